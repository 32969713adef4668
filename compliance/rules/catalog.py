"""The catalog of rules: what a rule declares, and the decorator by which a function becomes one."""

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
    """How grave: an error keeps a filing from being complete, a warning advises, info is for the registry's staff."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Force(StrEnum):
    """What the text messages: shall (应), should (宜), or what is done in practice."""

    SHALL = "shall"
    SHOULD = "should"
    PRACTICE = "practice"


class Basis(StrEnum):
    """Where the text was read: the official text, a restatement, or not at all."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    UNCONFIRMED = "unconfirmed"


class JudgedOn(StrEnum):
    """The day that counts for a rule: of submission, of the assessment, or today whenever it was submitted."""

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
    """A duty with a code, as a lawyer asks for it; `since` is inclusive, `until` exclusive, None is open."""

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
    """All rules by code, family by family."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)

    def __getitem__(self, code: str) -> Rule:
        return self._rules[code]

    def in_order(self) -> list[Rule]:
        """Return the rules as they are listed: family by family, as the families came in, each by number."""
        families = list(dict.fromkeys(rule.family for rule in self))
        return sorted(self, key=lambda rule: (families.index(rule.family), rule.code))

    def add(self, rule: Rule) -> None:
        """Add a rule; ValueError when its code is taken: a code is for ever."""
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
    Enter a function into the catalog as the condition of a rule.

    The docstring holds the texts for the filer in both languages (see `_texts`); without `since` a rule begins with
    the earliest of the instruments it cites. Raises ValueError when a text or an instrument is missing.
    """

    def enter(condition: Condition) -> Condition:
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

    return enter


_MARKS = ("Why", "Fix", "标题", "要求", "理由", "补正")


def _bilingual_texts(code: str, title: str, condition: Condition) -> dict[str, Bilingual]:
    texts = _texts(code, condition)
    return {
        "title": Bilingual(title, texts["标题"]),
        "duty": Bilingual(texts["Duty"], texts["要求"]),
        "why": Bilingual(_sentence(texts["Why"]), texts["理由"]),
        "fix": Bilingual(_sentence(texts["Fix"]), texts["补正"]),
    }


def _texts(code: str, condition: Condition) -> dict[str, str]:
    """Read the paragraphs of a docstring: the duty, then `Why:`, `Fix:`, `标题：`, `要求：`, `理由：`, `补正：`."""
    texts: dict[str, str] = {}
    for paragraph in inspect.cleandoc(condition.__doc__ or "").split("\n\n"):
        line = _one_line(paragraph)
        mark, _, rest = line.replace("：", ":", 1).partition(":")
        texts.update({mark: rest.strip()} if mark in _MARKS else {"Duty": line})
    if missing := [mark for mark in ("Duty", *_MARKS) if not texts.get(mark)]:
        raise ValueError(f"Rule {code} lacks the text {', '.join(missing)}.")
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
