"""
What each kind of filing asks for, field by field, worked out by trying the rules on complete dossiers and on their examples.

A field is asked for if a rule flags it, or if the outcome of a rule depends on it. So nothing is declared a second time: a new
rule brings its fields with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from compliance.dossier.patching import ABSENT, changed
from compliance.dossier.pointer import ROOT, Pointer
from compliance.dossier.stored import Canonical, load
from compliance.forms.shape import Field, Node, fields_of
from compliance.rules.catalog import CATALOG, Rule
from compliance.rules.context import A_FILE_ON_ITS_OWN, Facts
from compliance.rules.evaluation import evaluate
from compliance.rules.examples import EXAMPLES
from compliance.rules.examples.making import complete

# A rule and the pattern of a field that it flags, or on which its outcome depends.
_Concern = tuple[str, str]
# Fields that tell the entries of a list apart.
_IDENTITY = frozenset({"key", "name", "version", "kind", "title"})
_REQUIRED = frozenset({"/kind", "/applicant", "/applicant/uscc", "/service", "/service/name"})


@dataclass(frozen=True, eq=False)
class Guidance:
    """
    What a kind of filing asks for: the patterns of the fields on which the outcome depends, and the rules that flag a field,
    by its pattern.
    """

    asked: frozenset[str]
    rules: Mapping[str, tuple[Rule, ...]]

    def asks_for(self, at: str) -> bool:
        """Whether a field, or the part that it belongs to as a whole, is asked for."""
        pattern = pattern_of(at)
        parent, _slash, name = pattern.rpartition("/")
        return name in _IDENTITY or pattern in self.asked or (parent.count("/") > 1 and self._asks_for_part(parent))

    def asks_for_node(self, node: Node, at: Pointer) -> bool:
        """Whether anything of a part or a list is asked for, besides what tells its entries apart."""
        return _asks_for_node(self, node, pattern_of(at))

    def _asks_for_part(self, pattern: str) -> bool:
        return pattern.removesuffix("/*") in self.rules and not pattern.endswith(("/models/*", "/corpora/*"))

    def rules_at(self, at: str) -> tuple[Rule, ...]:
        return self.rules.get(pattern_of(at), ())


@lru_cache(maxsize=16_384)
def _asks_for_node(guidance: Guidance, node: Node, pattern: str) -> bool:
    """The answer for any entry of a list, worked out once: a page asks it for every field of every section."""
    if isinstance(node, Field):
        return node.is_required or guidance.asks_for(pattern)
    below = fields_of(node, Pointer(pattern))
    return any(at.rpartition("/")[2] not in _IDENTITY and guidance.asks_for(at) for at, _field in below)


@lru_cache(maxsize=16_384)
def pattern_of(at: str) -> str:
    """Return the place of a field in any entry of its lists: `/models/*/name` for `/models/0/name`."""
    return "/".join("*" if step.isdigit() or step == "-" else step for step in at.split("/"))


def guidance_of(kind: str, action: str, day: date) -> Guidance:
    """Return what the rules in force on a day ask of a kind of filing and an action."""
    changes = (change for rule in CATALOG for change in (rule.since, rule.until) if change and change <= day)
    return _guidance(kind, action, max(changes, default=day))


@cache
def _guidance(kind: str, action: str, day: date) -> Guidance:
    in_force = {rule.code for rule in CATALOG.judging(kind, action) if rule.is_in_force(day)}
    flagged, read = defaultdict(set), set()
    for code, pattern in (*_flagged_in_examples(), *_flagged_without(kind, day)):
        if code in in_force:
            flagged[pattern].add(code)
    for code, pattern in (*_changed_in_examples(), *_read_without(kind, day)):
        if code in in_force:
            read.add(pattern)
    rules = {pattern: tuple(r for r in CATALOG.in_order() if r.code in codes) for pattern, codes in flagged.items()}
    return Guidance(frozenset(read | flagged.keys()), MappingProxyType(rules))


@cache
def _flagged_in_examples() -> tuple[_Concern, ...]:
    """Return each rule with the fields that it flags in its own example."""
    return tuple(
        (code, pattern_of(at))
        for code, example in EXAMPLES.items()
        for rule, at, _variant in _findings(example.failing_document, example.facts, example.on)
        if rule == code
    )


@cache
def _changed_in_examples() -> tuple[_Concern, ...]:
    """Return each rule with the fields by which its examples differ from a complete dossier."""
    changes = ((code, {**example.failing, **example.passing}) for code, example in EXAMPLES.items())
    return tuple((code, pattern_of(at)) for code, by in changes for at, value in by.items() if not _is_part(value))


def _is_part(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(entry, dict) for entry in value))


def _flagged_without(kind: str, day: date) -> Iterator[_Concern]:
    """Yield each rule with the fields of a complete dossier that it flags when they, or others, are missing."""
    for _at, changes in _outcomes_without(kind, day):
        yield from ((code, pattern_of(flagged)) for code, flagged in changes)


def _read_without(kind: str, day: date) -> Iterator[_Concern]:
    """Yield each rule with the fields of a complete dossier without which its outcome changes."""
    for at, changes in _outcomes_without(kind, day):
        yield from ((code, pattern_of(at)) for code, _flagged in changes)


@cache
def _outcomes_without(kind: str, day: date) -> tuple[tuple[Pointer, frozenset[tuple[str, str]]], ...]:
    """Return, for each place of the complete dossier of a kind, the rules whose outcome changes without it, and where."""
    document = complete(f"{kind}-complete")
    before = _findings(document, A_FILE_ON_ITS_OWN, day)
    outcomes = []
    for at in _places(ROOT, document):
        after = _findings(changed(document, {at: ABSENT}), A_FILE_ON_ITS_OWN, day)
        outcomes.append((at, frozenset((code, where) for code, where, _variant in after ^ before)))
    return tuple(outcomes)


def _places(at: Pointer, value: Any) -> Iterator[Pointer]:
    """Yield the places of a document that can be left out."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in steps:
        if isinstance(step, str) and at / step not in _REQUIRED:
            yield at / step
        yield from _places(at / step, child)


def _findings(document: Any, facts: Facts, day: date) -> frozenset[tuple[str, str, str]]:
    dossier = load(Canonical.of(document).text)
    return frozenset(finding.identity for finding in evaluate(dossier, facts, today=day).findings)
