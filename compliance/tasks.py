"""The jobs: each loads keys, calls one function and returns; each is safe to run twice."""

from __future__ import annotations

from celery import shared_task

from compliance.checking import check_filings, consequences, dispatch, due_marks, flag_counts
from compliance.documents import counting
from compliance.reports import writing

# 100,000 filings each time; more than the workers can check before the leases run out would only be handed out twice.
LEASES_A_PICK_UP = 20
COUNTING_SECONDS = 120


@shared_task(name=dispatch.CHECK_RANGE)
def check_range(first: int, last: int) -> int:
    """Check the due filings of a key range."""
    return check_filings.check_range(first, last)


@shared_task(name=dispatch.SPREAD)
def spread_consequences() -> int:
    """Mark what hangs on changes of the register due, and hand it out."""
    marked = consequences.spread()
    if marked:
        pick_up()
    return marked


@shared_task(name="compliance.pick_up")
def pick_up() -> int:
    """Hand out whatever is due and nobody has taken, a chunk a task, as many as fit into a few leases."""
    consequences.spread()
    handed_out = 0
    for _ in range(LEASES_A_PICK_UP):
        ranges = due_marks.lease_due()
        for first, last in ranges:
            dispatch.publish(dispatch.CHECK_RANGE, first, last)
        handed_out += len(ranges)
        if not ranges:
            break
    return handed_out


@shared_task(name=dispatch.COUNT_DOCUMENT, soft_time_limit=COUNTING_SECONDS, time_limit=COUNTING_SECONDS + 30)
def count_document(sha256: str) -> bool:
    """Count what the bytes with this hash hold."""
    return counting.count(sha256)


@shared_task(name="compliance.count_what_is_left")
def count_what_is_left() -> int:
    """Hand out the documents that nobody counts."""
    left = counting.left_to_count()
    for sha256 in left:
        dispatch.publish(dispatch.COUNT_DOCUMENT, sha256)
    return len(left)


@shared_task(name="compliance.sweep_of_the_day")
def sweep_of_the_day() -> int:
    """Mark the filings whose outcome changes on this day by itself, and count where a waiver has ended."""
    flag_counts.recount_where_waivers_ended()
    return due_marks.mark_those_whose_day_has_come()


@shared_task(name="compliance.sweep_of_the_week")
def sweep_of_the_week() -> int:
    """Mark the filings that nothing has led to be read for a week."""
    return due_marks.mark_those_not_read_for_a_week()


@shared_task(name="compliance.write_due_reports")
def write_due_reports() -> int:
    """Write the reports of the weeks that have ended and are not reported yet."""
    return len(writing.write_due())
