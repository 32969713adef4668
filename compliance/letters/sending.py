"""Returning, rejecting and deciding with a letter: the step and its letter in one transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from compliance.filings import actions
from compliance.filings.locking import ExpectedVersion
from compliance.letters.composing import Text, draft, due_day, language_of_applicant
from compliance.models import Event, Filing, Flag, Letter, LetterKind, Level
from compliance.rules.catalog import CATALOG
from registry.models import User

_SIGNS = {LetterKind.CORRECTION: "C", LetterKind.REJECTION: "R", LetterKind.DECISION: "D"}


@transaction.atomic
def return_filing(
    filing: Filing, *, by: User, reason: str = "", expected_version: ExpectedVersion = None, text: Text | None = None
) -> Filing:
    """
    Return a filing for correction, with a notice: the given text, or one with a point for each open error, and the reason.

    A notice without a point needs a reason. Raises as `compliance.filings.actions.return_filing`.
    """
    if text and not reason.strip():
        own = [point.text for point in text.points if not point.rule]
        reason = "\n".join(own or ([] if _has_errors(text) else [point.text for point in text.points]))
    filing = actions.return_filing(filing, by=by, reason=reason, expected_version=expected_version)
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
    values: dict[str, Any] = {"due_on": due_day()} if kind == LetterKind.CORRECTION else {}
    return Letter.objects.create(
        filing=filing,
        event=event,
        kind=kind,
        number=f"{filing.case_number}-{_SIGNS[kind]}{count}",
        language=text.language,
        opening=text.opening,
        points=[point.as_json for point in text.points],
        closing=text.closing,
        at=event.at,
        by=by,
        **values,
    )
