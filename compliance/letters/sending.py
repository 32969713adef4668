"""Returning, rejecting and deciding with a letter: the step and its letter in one transaction."""

from __future__ import annotations

from collections.abc import Set

from django.db import transaction

from compliance.filings import actions
from compliance.filings.locking import ExpectedVersion
from compliance.letters.composing import Text, draft, due_day, language_of_applicant, period_to_answer
from compliance.letters.heading import office_of, particulars_of, title_of_kind
from compliance.letters.refusals import FlagsChanged
from compliance.models import Event, Filing, Flag, Letter, LetterKind, Level
from compliance.rules.catalog import CATALOG
from registry.models import User

Identity = tuple[str, str, str]
_SIGNS = {LetterKind.CORRECTION: "C", LetterKind.REJECTION: "R", LetterKind.DECISION: "D"}


@transaction.atomic
def return_filing(
    filing: Filing,
    *,
    by: User,
    reason: str = "",
    expected_version: ExpectedVersion = None,
    text: Text | None = None,
    known: Set[Identity] | None = None,
) -> Filing:
    """
    Return a filing for correction, with a notice: the given text, or one with a point for each open error, and the reason.

    A notice without a point needs a reason. `known` are the flags that the writer of the text was shown. Raises FlagsChanged
    if there is another error now, or one of the points is not open any more; otherwise as
    `compliance.filings.actions.return_filing`.
    """
    if text and not reason.strip():
        own = [point.text for point in text.points if not point.rule]
        reason = "\n".join(own or ([] if _has_errors(text) else [point.text for point in text.points]))
    filing = actions.return_filing(filing, by=by, reason=reason, expected_version=expected_version)
    if text is not None and known is not None:
        _refuse_other_flags(filing, text, known)
    if text is None:
        errors = Flag.objects.open().errors().filter(filing=filing).order_by("pk")
        text = _with_reason(draft(filing, LetterKind.CORRECTION, language_of_applicant(filing), errors), reason)
    _write(filing, LetterKind.CORRECTION, text, by)
    return filing


@transaction.atomic
def reject_filing(
    filing: Filing, *, by: User, reason: str, expected_version: ExpectedVersion = None, text: Text | None = None
) -> Filing:
    """Reject a filing, with a letter that gives the reason. Raises as `compliance.filings.actions.reject_filing`."""
    filing = actions.reject_filing(filing, by=by, reason=reason, expected_version=expected_version)
    text = text or _with_reason(draft(filing, LetterKind.REJECTION, language_of_applicant(filing)), reason)
    _write(filing, LetterKind.REJECTION, text, by)
    return filing


@transaction.atomic
def decide_filing(
    filing: Filing, *, by: User, reason: str = "", expected_version: ExpectedVersion = None, text: Text | None = None
) -> Filing:
    """Decide to file a filing, with a letter that names the number. Raises as `compliance.filings.actions.decide_filing`."""
    filing = actions.decide_filing(filing, by=by, reason=reason, expected_version=expected_version)
    text = text or _with_reason(draft(filing, LetterKind.DECISION, language_of_applicant(filing)), reason)
    _write(filing, LetterKind.DECISION, text, by)
    return filing


def _refuse_other_flags(filing: Filing, text: Text, known: Set[Identity]) -> None:
    """The check of the return may have raised or resolved flags that the writer does not know of."""
    now = {flag.identity: flag for flag in Flag.objects.open().filter(filing=filing)}
    errors = {identity for identity, flag in now.items() if flag.level == Level.ERROR}
    points = {(point.rule, point.at, point.variant) for point in text.points if point.rule}
    if errors - known or points - now.keys():
        raise FlagsChanged


def _has_errors(text: Text) -> bool:
    """Whether a point is an error, so that the return needs no reason of its own."""
    return any(point.rule and CATALOG[point.rule].level == Level.ERROR for point in text.points)


def _with_reason(text: Text, reason: str) -> Text:
    opening = f"{text.opening}\n{reason.strip()}" if reason.strip() else text.opening
    return Text(text.language, opening, text.closing, text.points)


def _write(filing: Filing, kind: LetterKind, text: Text, by: User) -> Letter:
    """Write the letter of the last event of a filing, which the transaction has locked."""
    event = Event.objects.get(filing=filing, number=filing.last_event_number)
    count = Letter.objects.filter(filing=filing, kind=kind).count() + 1
    is_correction = kind == LetterKind.CORRECTION
    due_on = due_day(filing) if is_correction else None
    number = str(event.data.get("number", "")) if kind == LetterKind.DECISION else ""
    return Letter.objects.create(
        filing=filing,
        event=event,
        kind=kind,
        number=f"{filing.case_number}-{_SIGNS[kind]}{count}",
        language=text.language,
        title=title_of_kind(filing, kind).in_(text.language),
        particulars=particulars_of(filing, text.language, number=number, due_on=due_on),
        signed=office_of(filing, text.language),
        opening=text.opening,
        points=[point.as_json for point in text.points],
        closing=_closing(filing, text) if is_correction else text.closing,
        due_on=due_on,
        at=event.at,
        by=by,
    )


def _closing(filing: Filing, text: Text) -> str:
    """Return the period to answer, as of now, whenever the rest was written."""
    return "\n".join(part for part in (period_to_answer(filing, text.language), text.closing) if part)
