"""Celery tasks. Each one calls a single function of another module and can safely run twice."""

from __future__ import annotations

from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from compliance.api.imports import describe
from compliance.backup.places import back_up_to, file_of, remove_old_backups
from compliance.backup.trying import try_backup
from compliance.checking import check_filings, consequences, dispatch, due_marks, flag_counts
from compliance.documents import counting, parts
from compliance.filings.history import anchors
from compliance.imports import running
from compliance.notices import calendar, delivering, inviting, mailing, messages, raising
from compliance.opendata import archiving
from compliance.reports import runs, sending, timetable, written
from compliance.retention.applying import apply_retention
from compliance.retention.kinds import days_of
from compliance.statistics import desk_figures, public_figures
from compliance.watch import heartbeats
from compliance.watch.models import Part
from registry.api.idempotency import forget_old_answers

# 100,000 filings in each run. More would be assigned twice, because the leases expire before the workers get to them.
LEASES_PER_PICK_UP = 20
COUNTING_SECONDS = 120
DELIVER = "compliance.deliver"


@shared_task(name=dispatch.CHECK_RANGE)
def check_range(first: int, last: int) -> int:
    """Check the due filings of a key range."""
    return check_filings.check_range(first, last)


@shared_task(name=dispatch.SPREAD)
def spread_consequences() -> int:
    """Mark the filings that depend on changes to the register due, and assign them to workers."""
    marked = consequences.spread()
    if marked:
        pick_up()
    return marked


@shared_task(name="compliance.pick_up")
def pick_up() -> int:
    """Assign due filings that no worker has leased: one task for each key range, up to a limited number of leases."""
    consequences.spread()
    assigned = 0
    for _ in range(LEASES_PER_PICK_UP):
        ranges = due_marks.lease_due()
        for first, last in ranges:
            dispatch.publish(dispatch.CHECK_RANGE, first, last)
        assigned += len(ranges)
        if not ranges:
            break
    return assigned


@shared_task(name=dispatch.COUNT_DOCUMENT, soft_time_limit=COUNTING_SECONDS, time_limit=COUNTING_SECONDS + 30)
def count_document(sha256: str) -> bool:
    """Count the contents of the document with this hash."""
    return counting.count(sha256)


@shared_task(name="compliance.count_what_is_left")
def count_what_is_left() -> int:
    """Assign the documents that are not counted yet to workers."""
    left = counting.left_to_count()
    for sha256 in left:
        dispatch.publish(dispatch.COUNT_DOCUMENT, sha256)
    return len(left)


@shared_task(name="compliance.sweep_of_the_day")
def sweep_of_the_day() -> int:
    """Mark the filings due whose outcome may change today without an edit, and recount flags whose waivers have ended."""
    flag_counts.recount_where_waivers_ended()
    return due_marks.mark_those_whose_day_has_come()


@shared_task(name="compliance.sweep_of_the_week")
def sweep_of_the_week() -> int:
    """Mark the filings due that have not been checked for a week."""
    return due_marks.mark_those_not_read_for_a_week()


@shared_task(name="compliance.write_due_reports")
def write_due_reports() -> int:
    """Make the runs that are due, and assign those that no worker holds to workers."""
    runs.schedule_weekly_runs()
    timetable.make_sendings()
    waiting = runs.runs_to_write()
    for key in waiting:
        dispatch.publish(dispatch.WRITE_REPORT, key)
    return len(waiting)


@shared_task(
    name=dispatch.WRITE_REPORT,
    soft_time_limit=settings.REPORT_SECONDS,
    time_limit=settings.REPORT_SECONDS + 60,
)
def write_report(run: int) -> bool:
    """Write a report run, and count its figures."""
    is_written = runs.write_run(run)
    if is_written:
        written.keep_figures(run)
    return is_written


@shared_task(name="compliance.notify")
def notify() -> int:
    """Make the messages of new changes, and assign the webhooks that have messages due to workers."""
    messages.make_messages()
    webhooks = delivering.webhooks_with_work()
    for key in webhooks:
        dispatch.publish(DELIVER, key)
    return len(webhooks)


@shared_task(name="compliance.tell_people", time_limit=170)
def tell_people() -> int:
    """Raise the notices of new changes, and send the mails that are due: notices and reports."""
    messages.give_positions()
    raising.raise_from_changes()
    mailing.make_mails()
    sending.prepare_mails()
    return mailing.send_mails(sending.message_of)


@shared_task(name="compliance.send_invitations", time_limit=110)
def send_invitations() -> int:
    """Send the invitations whose mail is due."""
    return inviting.send_invitations()


@shared_task(name="compliance.note_worker")
def note_worker() -> None:
    """Say that a worker does tasks."""
    heartbeats.note_alive(Part.WORKER)


@shared_task(name="compliance.keep_desk_figures")
def keep_desk_figures() -> bool:
    """Count the figures of the first page of the desk, if something has changed."""
    return desk_figures.keep_figures(last_change=messages.last_change())


@shared_task(name="compliance.keep_public_figures")
def keep_public_figures() -> None:
    """Count the figures of the public register."""
    public_figures.keep_figures()


@shared_task(name="compliance.raise_notices_of_the_day")
def raise_notices_of_the_day() -> int:
    """Tell people of deadlines that are near or have passed, and of waivers that end."""
    return calendar.raise_notices_of_the_day()


@shared_task(name=DELIVER, time_limit=int(delivering.LEASE.total_seconds()))
def deliver(webhook: int) -> int:
    """Deliver the messages of a webhook that are due."""
    return delivering.deliver(webhook)


@shared_task(name="compliance.forget_what_is_old")
def forget_what_is_old() -> int:
    """Delete answers that are too old to be asked for again, uploads that were not finished, old reports, and what RETENTION says."""
    forgotten = int(forget_old_answers()) + parts.forget_old_uploads() + runs.delete_old_runs()
    return forgotten + sum(each.rows for each in apply_retention(days_of(settings.RETENTION)))


@shared_task(name=dispatch.DIVIDE_IMPORT)
def divide_import(run: int) -> int:
    """Divide the file of an import into parts, and assign them to workers."""
    parts = running.divide(run)
    for part in parts:
        dispatch.publish(dispatch.DO_IMPORT_PART, part)
    return len(parts)


@shared_task(name=dispatch.DO_IMPORT_PART)
def do_import_part(part: int) -> int:
    """Import the dossiers of a part."""
    return running.do_part(part, describe)


@shared_task(name="compliance.pick_up_imports")
def pick_up_imports() -> int:
    """Assign the imports and the parts that no worker has leased."""
    running.end_those_that_are_done()
    imports, parts = running.runs_to_divide(), running.parts_to_do()
    for key in imports:
        dispatch.publish(dispatch.DIVIDE_IMPORT, key)
    for key in parts:
        dispatch.publish(dispatch.DO_IMPORT_PART, key)
    return len(imports) + len(parts)


@shared_task(name="compliance.write_anchor")
def anchor_the_chains() -> str:
    """Write the anchor of the day, and mail it."""
    anchor = anchors.write_anchor(Path(settings.ANCHOR_FILE))
    if settings.ANCHOR_MAIL:
        send_mail(f"Anchor {anchor.until}", anchor.as_line(), None, settings.ANCHOR_MAIL)
    return anchor.digest


@shared_task(name="compliance.archive_register")
def archive_register() -> int:
    """Keep the register of the day as open data."""
    return len(archiving.archive_register())


@shared_task(name="compliance.back_up")
def back_up() -> str:
    """
    Write the backup of the night, if there is a place for it, and try it if it can be read here; then remove those that are too old.
    """
    if not settings.BACKUP_TO:
        return ""
    written = back_up_to(settings.BACKUP_TO, settings.BACKUP_RECIPIENTS)
    if not settings.BACKUP_RECIPIENTS:
        with file_of(written) as path:
            if found := try_backup(path):
                raise RuntimeError(f"The backup {written} cannot be restored: {found[0]}")
    if settings.BACKUP_KEEP_DAYS:
        remove_old_backups(settings.BACKUP_TO, settings.BACKUP_KEEP_DAYS, timezone.now())
    return written
