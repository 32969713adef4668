"""Checking filings: evaluation in chunks, and writing down what was found."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from compliance.checking.case_facts import Case, cases_of
from compliance.checking.flag_counts import COLUMNS, counts_on, write_counts
from compliance.checking.reconciling import Checked, reconcile
from compliance.filings.history.recording import THE_REGISTRY, record
from compliance.filings.refusals import NotChecked
from compliance.filings.workflow import ENDED, WAIVER_LAPSED
from compliance.models import Filing, Flag
from compliance.rules.due_dates import next_deadline
from compliance.rules.evaluation import Outcome, evaluate

# A filing that cannot be evaluated is tried again after so long.
ASIDE = timedelta(minutes=10)
SHORTLY = timedelta(seconds=4)
# What a check reads of a filing besides its dossier.
_READ = (
    "uid",
    "applicant_id",
    "kind",
    "action",
    "status",
    "service_key",
    "amends_key",
    "first_submitted_at",
    "submitted_at",
    "accepted_at",
    "returned_at",
    "next_look_on",
    "clock",
    "due_on",
    "last_event_number",
    "last_event_hash",
    *COLUMNS,
)

logger = logging.getLogger(__name__)


def check_now(filing: Filing, *, today: date | None = None) -> None:
    """Check one filing, which the caller has locked, in the transaction at hand."""
    if not _check([Filing.objects.get(pk=filing.pk)], today or timezone.localdate()):
        raise NotChecked
    # A waiver that lapsed is a line of its history.
    filing.refresh_from_db(fields=["last_event_number", "last_event_hash", *COLUMNS])


def check_range(first: int, last: int, *, today: date | None = None) -> int:
    """Check the due filings with keys from first to last and return how many; safe to run twice, or side by side."""
    today, checked = today or timezone.localdate(), 0
    due = Filing.objects.due().filter(pk__lte=last).order_by("pk").values_list("pk", flat=True)
    while keys := list(due.filter(pk__gte=first)[: settings.CHECK_CHUNK]):
        checked += _check_or_one_by_one(keys, today)
        first = keys[-1] + 1
    return checked


def _check_or_one_by_one(keys: list[int], today: date) -> int:
    """Check a chunk; where the database refuses it, each alone, so that one filing keeps no other from its check."""
    try:
        return _check_chunk(keys, today)
    except DatabaseError as error:
        logger.exception("%s filings from key %s cannot be checked at once.", len(keys), keys[0])
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        # A deadlock or a lost connection passes; what else the database says of a filing, it will say again.
        aside = SHORTLY if isinstance(error, OperationalError) else ASIDE
    if len(keys) > 1:
        return sum(_check_or_one_by_one([key], today) for key in keys)
    _set_aside(keys, aside)
    return 0


@transaction.atomic
def _check_chunk(keys: list[int], today: date) -> int:
    """
    Check filings in one transaction, with a fixed number of queries.

    The rows are locked before anything of them is read, so that no change between reading and writing is missed;
    what somebody else has locked is being changed or checked, and stays due.
    """
    due = Filing.objects.due().filter(pk__in=keys).order_by("pk").only(*_READ)
    filings = list(due.select_for_update(skip_locked=True))
    if filings:
        with _collecting_no_garbage():
            _check(filings, today)
    return len(filings)


@contextmanager
def _collecting_no_garbage() -> Iterator[None]:
    """
    Keep Python's collector from going through the dossiers of a chunk again and again: they are trees, in which nothing
    refers to itself. It took a fifth of a sweep.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _check(filings: Sequence[Filing], today: date) -> int:
    """Check filings that are locked, and return how many could be checked."""
    now = timezone.now()
    cases = cases_of(filings)
    outcomes = _outcomes(cases, today)
    reconciled = reconcile(
        (
            Checked(case.filing.pk, case.dossier, outcomes[case.filing.pk].findings)
            for case in cases
            if case.filing.pk in outcomes
        ),
        now=now,
        today=today,
    )
    _record_lapsed_waivers(reconciled.lapsed, {filing.pk: filing for filing in filings}, now)
    Filing.objects.filter(pk__in=outcomes).update(
        due_since=None, leased_until=None, checked_at=now, checked_as_of=today
    )
    checked = [filing for filing in filings if filing.pk in outcomes]
    _remember_days(cases, outcomes, today)
    write_counts(
        {filing.pk: count for filing in checked if (count := reconciled.counts[filing.pk]) != counts_on(filing)}
    )
    _set_aside([filing.pk for filing in filings if filing.pk not in outcomes], ASIDE)
    return len(outcomes)


def _outcomes(cases: Sequence[Case], today: date) -> dict[int, Outcome]:
    """Evaluate each case. One that cannot be evaluated must not keep the others of its chunk from it."""
    outcomes = {}
    for case in cases:
        try:
            outcomes[case.filing.pk] = _outcome(case, today)
        except Exception:
            logger.exception("Filing %s cannot be checked; it stays due.", case.filing)
    return outcomes


def _outcome(case: Case, today: date) -> Outcome:
    """Nothing stands against an ended filing."""
    if case.filing.status in ENDED:
        return Outcome([], None)
    return evaluate(case.dossier, case.facts, today=today)


def _set_aside(failed: list[int], aside: timedelta) -> None:
    Filing.objects.filter(pk__in=failed).update(leased_until=timezone.now() + aside)


def _remember_days(cases: Sequence[Case], outcomes: dict[int, Outcome], today: date) -> None:
    """Write down when to look again, and the statutory deadline, of those filings for which they have moved."""
    moved = []
    for case in cases:
        if case.filing.pk in outcomes:
            filing = case.filing
            clock, due_on = _deadline(case, today)
            days = (outcomes[filing.pk].look_again_on, clock, due_on)
            if days != (filing.next_look_on, filing.clock, filing.due_on):
                filing.next_look_on, filing.clock, filing.due_on = days
                moved.append(filing)
    Filing.objects.bulk_update(moved, ["next_look_on", "clock", "due_on"])


def _deadline(case: Case, today: date) -> tuple[str, date | None]:
    """Return the clock and the last day of the earliest unmet deadline. No clock runs for an ended filing."""
    if case.filing.status in ENDED:
        return "", None
    return next_deadline(case.dossier, case.facts, today=today) or ("", None)


def _record_lapsed_waivers(lapsed: list[Flag], filings: dict[int, Filing], now: datetime) -> None:
    """A waiver that lapses is an event of the history, in the name of whoever gave it."""
    for flag in lapsed:
        filing, by = filings[flag.filing_id], flag.waived_by
        assert by
        data = {**flag.as_line, "waived_by": by.username}
        record(filing, WAIVER_LAPSED, by=by, at=now, data=data, actor=THE_REGISTRY)
