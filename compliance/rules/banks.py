"""Counts of keywords and questions: from the uploaded file if it could be read, otherwise as declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.attachments.contents import NON_REFUSAL_QUESTIONS, Bank
from compliance.dossier.days import over_a_month_after
from compliance.dossier.pointer import Pointer
from compliance.dossier.risks import RISKS
from compliance.dossier.schema import Dossier
from compliance.rules.context import Context
from compliance.rules.files import held_bank
from compliance.rules.problems import MISSING, TOO_LOW, TOO_OLD, Problem, absent
from compliance.rules.reading import ASSESSMENT, below, gaps_in_section, is_missing
from compliance.rules.thresholds import Threshold

A1 = tuple(risk for risk in RISKS if risk.startswith("A.1"))
A2 = tuple(risk for risk in RISKS if risk.startswith("A.2"))
A3_TO_A5 = tuple(risk for risk in RISKS if risk not in A1 + A2)
MESSAGES_NONE = {
    MISSING: ("None: {field}.", "缺少：{field}。"),
    "none": ("{field}: the file contains none (declared: {declared}).", "{field}：文件中没有（申报：{declared}）。"),
}
MESSAGES_OLD = {
    TOO_OLD: (
        "Last updated on {found}, more than {asked} before the day of the assessment.",
        "最近更新于 {found}，距评估日超过{asked}。",
    )
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A bank as declared, and as counted in its file if that could be read."""

    at: Pointer
    section: Any
    held: Bank | None

    @property
    def by_class(self) -> Mapping[str, int | None] | None:
        """Return the declared counts per risk or per aspect."""
        if self.section is None:
            return None
        counts: Mapping[str, int | None] | None = getattr(self.section, self.classes)
        return counts

    def count_of(self, name: str) -> int | None:
        """Return the count of a class, from the file if it was read; None if it is not declared either."""
        if self.held is not None:
            return self.held.by_class.get(name, 0)
        return (self.by_class or {}).get(name)

    def declared_count(self, name: str) -> int | str:
        """Return the declared count of a class for a message."""
        return _or_dash((self.by_class or {}).get(name))

    @property
    def classes(self) -> str:
        return "per_aspect" if self.at.endswith(NON_REFUSAL_QUESTIONS) else "per_risk"


def counted(name: str, dossier: Dossier, context: Context) -> Iterator[Counted]:
    """Yield the bank of this name if there is an assessment; AS-01 reports a missing assessment."""
    assessment = dossier.assessment
    if assessment is not None and not is_missing(assessment):
        yield Counted(ASSESSMENT / name, getattr(assessment, name), held_bank(name, dossier, context))


def total_below(bank: Counted, threshold: Threshold, context: Context) -> Iterator[Problem]:
    if bank.held is None:
        yield from below(bank.at, bank.section, context, total=threshold)
    elif bank.held.total < (asked := threshold.count_on(context.day)):
        declared = bank.section.total if bank.section else None
        values = {"found": bank.held.total, "declared": _or_dash(declared), "asked": asked}
        yield Problem(bank.at / "total", TOO_LOW, values)


def without_any(bank: Counted, classes: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a problem for each empty class, or a single one if no class is counted at all."""
    if bank.held is None and is_missing(bank.by_class):
        yield absent(_counts_at(bank))
        return
    for name in classes:
        if not bank.count_of(name):
            at = bank.at / bank.classes / name
            yield absent(at) if bank.held is None else Problem(at, "none", {"declared": bank.declared_count(name)})


def classes_below(bank: Counted, least: Mapping[tuple[str, ...], Threshold], context: Context) -> Iterator[Problem]:
    """Yield a problem for each class below the minimum of its group of classes; empty ones are below it too."""
    if bank.held is None and is_missing(bank.by_class):
        yield absent(_counts_at(bank))
        return
    for classes, threshold in least.items():
        asked = threshold.count_on(context.day)
        for name in classes:
            found = bank.count_of(name)
            if found is None:
                yield absent(bank.at / bank.classes / name)
            elif found < asked:
                yield _too_low(bank, name, found, asked)


def _too_low(bank: Counted, name: str, found: int, asked: int) -> Problem:
    values: dict[str, int | str] = {"found": found, "asked": asked}
    if bank.held is not None:
        values["declared"] = bank.declared_count(name)
    return Problem(bank.at / bank.classes / name, TOO_LOW, values)


def _counts_at(bank: Counted) -> Pointer:
    return bank.at if is_missing(bank.section) else bank.at / bank.classes


def _or_dash(figure: int | None) -> int | str:
    return "–" if figure is None else figure


def not_updated(name: str, over: date | None, asked: str, dossier: Dossier, context: Context) -> Iterator[Problem]:
    """Yield a problem for a bank without an update, or with one that is too old from the day `over` on."""
    for bank in counted(name, dossier, context):
        if over is None:
            yield from gaps_in_section(bank.at, bank.section, "updated_on")
        elif context.has_reached(over):
            values = {"found": bank.section.updated_on.isoformat(), "asked": asked}
            yield Problem(bank.at / "updated_on", TOO_OLD, values)


def day_of_update(name: str, dossier: Dossier) -> date | None:
    section = getattr(dossier.assessment, name, None)
    return section.updated_on if section else None


def not_updated_for_a_month(name: str, dossier: Dossier, context: Context) -> Iterator[Problem]:
    updated_on = day_of_update(name, dossier)
    over = over_a_month_after(updated_on) if updated_on else None
    yield from not_updated(name, over, "one_month", dossier, context)


def too_small(
    bank: Counted,
    total: Threshold,
    classes: Mapping[tuple[str, ...], Threshold],
    context: Context,
) -> Iterator[Problem]:
    """Yield the problems of the total and of the classes, or a single one if the whole bank is missing."""
    if bank.held is None and is_missing(bank.section):
        yield absent(bank.at)
        return
    yield from total_below(bank, total, context)
    yield from classes_below(bank, classes, context)
