"""The catalog of rules, and the decorator that adds a function to it as a rule."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from compliance.dossier.schema import Dossier
from compliance.language import Bilingual
from compliance.rules.context import Context
from compliance.rules.instruments import instrument_of
from compliance.rules.problems import Problem


class Level(StrEnum):
    """The severity: an error makes a filing incomplete, a warning advises, info is for the registry's staff."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Force(StrEnum):
    """The force of the requirement: shall (应), should (宜), or administrative practice."""

    SHALL = "shall"
    SHOULD = "should"
    PRACTICE = "practice"


class Basis(StrEnum):
    """The source that was read: the official text, a restatement, or none."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    UNCONFIRMED = "unconfirmed"


class JudgedOn(StrEnum):
    """The date on which a rule is evaluated: the submission, the assessment, or today whenever it was submitted."""

    SUBMISSION_DAY = "submission_day"
    ASSESSMENT_DAY = "assessment_day"
    TODAY = "today"


ERROR, WARNING, INFO = Level
SHALL, SHOULD, PRACTICE = Force
OFFICIAL, SECONDARY, UNCONFIRMED = Basis
SUBMISSION_DAY, ASSESSMENT_DAY, TODAY = JudgedOn
ALGORITHM, GENERATIVE, REGISTRATION = "algorithm", "generative", "registration"
ALL_KINDS = frozenset({ALGORITHM, GENERATIVE, REGISTRATION})
INITIAL, CHANGE, CANCELLATION = "initial", "change", "cancellation"
NOT_CANCELLATION = frozenset({INITIAL, CHANGE})
EVERY_ACTION = frozenset({INITIAL, CHANGE, CANCELLATION})

Condition = Callable[[Dossier, Context], Iterator[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A legal duty with a code. `since` is inclusive, `until` exclusive; None means open. `messages` are by variant."""

    code: str
    title: Bilingual
    duty: Bilingual
    why: Bilingual
    fix: Bilingual
    level: Level
    force: Force
    basis: Basis
    cites: tuple[str, ...]
    kinds: frozenset[str]
    actions: frozenset[str]
    judged_on: JudgedOn
    since: date | None
    until: date | None
    messages: Mapping[str, Bilingual] = field(repr=False)
    condition: Condition = field(repr=False)

    @property
    def family(self) -> str:
        return self.code.partition("-")[0]

    def is_in_force(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class Catalog:
    """All rules by code."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)

    def __getitem__(self, code: str) -> Rule:
        return self._rules[code]

    def in_order(self) -> list[Rule]:
        """Return the rules by family, in the order in which the families were added, and by code."""
        families = list(dict.fromkeys(rule.family for rule in self))
        return sorted(self, key=lambda rule: (families.index(rule.family), rule.code))

    def add(self, rule: Rule) -> None:
        """Add a rule. Raises ValueError if its code exists already; codes are never reused."""
        if rule.code in self._rules:
            raise ValueError(f"Two rules have the code {rule.code}.")
        self._rules[rule.code] = rule

    def judging(self, kind: str, action: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.in_order() if kind in rule.kinds and action in rule.actions)


CATALOG = Catalog()


def rule(
    code: str,
    title: str,
    *,
    level: Level,
    cites: tuple[str, ...],
    kinds: Iterable[str],
    force: Force = SHALL,
    basis: Basis = OFFICIAL,
    actions: Iterable[str] = NOT_CANCELLATION,
    judged_on: JudgedOn = SUBMISSION_DAY,
    since: date | None = None,
    until: date | None = None,
    messages: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> Callable[[Condition], Condition]:
    """
    Add a function to the catalog as the condition of a rule.

    Its docstring holds the texts for filers in both languages (see `_paragraphs`). Without `since`, the rule is in force
    from the earliest date of the instruments that it cites. Raises ValueError if a text or an instrument is missing.
    """

    def add(condition: Condition) -> Condition:
        declared = Rule(
            code=code,
            **_bilingual_texts(code, title, condition),
            level=level,
            force=force,
            basis=basis,
            cites=cites,
            kinds=frozenset(kinds),
            actions=frozenset(actions),
            judged_on=judged_on,
            since=since or _earliest(cites),
            until=until,
            messages=MappingProxyType({variant: Bilingual(*both) for variant, both in messages.items()}),
            condition=condition,
        )
        CATALOG.add(declared)
        return condition

    return add


_MARKS = ("Why", "Fix", "标题", "要求", "理由", "补正")


def _bilingual_texts(code: str, title: str, condition: Condition) -> dict[str, Bilingual]:
    texts = _paragraphs(code, condition)
    return {
        "title": Bilingual(title, texts["标题"]),
        "duty": Bilingual(texts["Duty"], texts["要求"]),
        "why": Bilingual(_sentence(texts["Why"]), texts["理由"]),
        "fix": Bilingual(_sentence(texts["Fix"]), texts["补正"]),
    }


def _paragraphs(code: str, condition: Condition) -> dict[str, str]:
    """Parse the paragraphs of a docstring: the duty, then `Why:`, `Fix:`, `标题：`, `要求：`, `理由：`, `补正：`."""
    texts: dict[str, str] = {}
    for paragraph in inspect.cleandoc(condition.__doc__ or "").split("\n\n"):
        line = _one_line(paragraph)
        mark, _, rest = line.replace("：", ":", 1).partition(":")
        texts.update({mark: rest.strip()} if mark in _MARKS else {"Duty": line})
    if missing := [mark for mark in ("Duty", *_MARKS) if not texts.get(mark)]:
        raise ValueError(f"The docstring of rule {code} is missing: {', '.join(missing)}.")
    return texts


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _one_line(paragraph: str) -> str:
    lines = [line.strip() for line in paragraph.splitlines()]
    joint = "" if any("一" <= character <= "鿿" for character in paragraph) else " "
    return joint.join(lines)


def _earliest(cites: tuple[str, ...]) -> date | None:
    days = [instrument_of(citation).since for citation in cites]
    return None if None in days else min(day for day in days if day)
