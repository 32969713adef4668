"""
Running an import: a worker divides the file into parts, and workers take the parts, side by side. Each dossier is all or
nothing, in a transaction with its result; so a part that a killed worker held goes on where it stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone

from compliance.documents.actions import upload_document
from compliance.documents.uploads import LARGEST, TooLarge, received
from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import parse
from compliance.dossier.schema import Dossier
from compliance.filings import actions
from compliance.filings.refusals import Refused
from compliance.filings.workflow import DRAFT
from compliance.imports.files import (
    Documents,
    FileRefused,
    dossier_members,
    lines_of,
    opened_archive,
    read_dossier,
    read_line,
)
from compliance.models import ChangeType, Filing, ImportOutcome, ImportPart, ImportResult, ImportRun, ImportState
from compliance.notices.messages import APPLICANTS
from compliance.notices.writing import write_change
from registry.models import User

PART = 50
logger = logging.getLogger(__name__)
MOST_ERRORS = 50
Errors = list[dict[str, Any]]
# Returns the errors of a refusal, each with its pointer, its code, and its message by language.
Describe = Callable[[Exception], Errors]


class _Rollback(Exception):
    """Ends the transaction of a dossier that is only tried."""


def runs_to_divide() -> list[int]:
    """Return the keys of the imports that no worker is dividing."""
    return list(_free(ImportRun.objects.filter(state=ImportState.WAITING)).values_list("pk", flat=True))


def parts_to_do(limit: int = 200) -> list[int]:
    """Return the keys of the parts that no worker has leased."""
    rows = _free(ImportPart.objects.filter(done_at=None, run__state=ImportState.RUNNING))
    return list(rows.order_by("run", "first").values_list("pk", flat=True)[:limit])


def _lease() -> timedelta:
    return timedelta(seconds=settings.IMPORT_LEASE_SECONDS)


def _free(rows: Any) -> Any:
    return rows.exclude(leased_until__gt=timezone.now())


def divide(key: int) -> list[int]:
    """Check the file of an import, divide it into parts, and return their keys. A file that is no good is refused."""
    with transaction.atomic():
        run = _free(
            ImportRun.objects.select_for_update(skip_locked=True).filter(pk=key, state=ImportState.WAITING)
        ).first()
        if run is None:
            return []
        run.leased_until = timezone.now() + _lease() * 5
        run.save(update_fields=["leased_until"])
    try:
        with run.kept_as.open("rb") as file:
            offsets = list(_offsets(run, file))
    except FileRefused as error:
        _end(run, ImportState.REFUSED, refusal=error.code, refusal_values=error.values)
        return []
    except FileNotFoundError:
        _end(run, ImportState.REFUSED, refusal="lost")
        return []
    return _make_parts(run, offsets)


def _offsets(run: ImportRun, file: IO[bytes]) -> Iterator[int]:
    """Yield where each dossier begins; 0 for those of an archive."""
    if not run.is_archive:
        yield from lines_of(file)
        return
    with opened_archive(file) as archive:
        yield from (0 for _ in dossier_members(archive))


@transaction.atomic
def _make_parts(run: ImportRun, offsets: list[int]) -> list[int]:
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.state != ImportState.WAITING:
        return []
    parts = [
        ImportPart(run=run, first=first, end=min(first + PART, len(offsets)), offset=offsets[first])
        for first in range(0, len(offsets), PART)
    ]
    ImportPart.objects.bulk_create(parts)
    run.total, run.state, run.leased_until = len(offsets), ImportState.RUNNING, None
    run.save(update_fields=["total", "state", "leased_until"])
    return [part.pk for part in parts]


def do_part(key: int, describe: Describe) -> int:
    """Take the dossiers of a part that have no result yet, and return how many they are."""
    part = _leased(key)
    if part is None:
        return 0
    done = set(part.run.results.filter(index__gte=part.first, index__lt=part.end).values_list("index", flat=True))
    taken = 0
    with part.run.kept_as.open("rb") as file, _source(part, file) as source:
        for index in range(part.first, part.end):
            name, read = source(index)
            if index not in done:
                _take(part.run, index, name, read, describe)
                taken += 1
                _prolong(part)
    ImportPart.objects.filter(pk=part.pk).update(done_at=timezone.now(), leased_until=None)
    _end_if_done(part.run)
    return taken


@transaction.atomic
def _leased(key: int) -> ImportPart | None:
    rows = ImportPart.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=key, done_at=None)
    part = _free(rows).select_related("run__by").first()
    if part is not None:
        part.leased_until = timezone.now() + _lease()
        part.save(update_fields=["leased_until"])
    return part


def _prolong(part: ImportPart) -> None:
    """Keep the lease of a part whose dossiers take long."""
    assert part.leased_until
    if part.leased_until - timezone.now() < _lease() / 2:
        part.leased_until = timezone.now() + _lease()
        part.save(update_fields=["leased_until"])


Read = Callable[[], tuple[bytes, Documents | None]]


@contextmanager
def _source(part: ImportPart, file: IO[bytes]) -> Iterator[Callable[[int], tuple[str, Read]]]:
    """Yield a function that returns the name of each dossier of a part, in order, and a function that reads it."""
    if not part.run.is_archive:
        file.seek(part.offset)

        def next_line(index: int) -> tuple[str, Read]:
            line = read_line(file)
            return f"line {index + 1}", lambda: (line, None)

        yield next_line
        return
    with opened_archive(file) as archive:
        members, documents = dossier_members(archive), Documents(archive)

        def member(index: int) -> tuple[str, Read]:
            found = members[index]
            return found.filename, lambda: (read_dossier(archive, found), documents)

        yield member


def _take(run: ImportRun, index: int, name: str, read: Read, describe: Describe) -> None:
    """Import one dossier with its documents and write its result, or write why it is refused."""
    result = ImportResult(run=run, index=index, name=name[-255:])
    try:
        with transaction.atomic():
            _import(result, run, name, *read())
            if run.dry_run:
                raise _Rollback
            result.save(force_insert=True)
        return
    except _Rollback:
        result.filing = None
    except IntegrityError:
        # Another worker, which was thought dead, has taken it meanwhile.
        if ImportResult.objects.filter(run=run, index=index).exists():
            return
        raise
    except DatabaseError:
        # The part is taken again.
        raise
    except Exception as error:
        if not isinstance(error, Malformed | Refused | FileRefused | WrongDigest):
            logger.exception("Dossier %s of import %s cannot be imported.", index, run)
        result = ImportResult(run=run, index=index, name=name[-255:], outcome=ImportOutcome.REFUSED)
        result.errors = describe(error)[:MOST_ERRORS]
    try:
        with transaction.atomic():
            result.save(force_insert=True)
    except IntegrityError:
        return


class WrongDigest(Exception):
    """A document of the archive has the file name of an entry, and another content than the dossier says."""

    def __init__(self, index: int, filename: str) -> None:
        super().__init__(filename)
        self.index, self.filename = index, filename


def _import(result: ImportResult, run: ImportRun, name: str, content: bytes, documents: Documents | None) -> None:
    parsed = parse(content)
    filing, is_new = actions.open_filing(parsed, by=run.by)
    result.outcome = ImportOutcome.OPENED if is_new else ImportOutcome.KNOWN
    if documents is not None:
        _upload(result, filing, parsed.dossier, documents, name)
    if run.submit and filing.status == DRAFT:
        filing = actions.submit_filing(filing, by=run.by)
    result.filing = filing


def _upload(result: ImportResult, filing: Filing, dossier: Dossier, documents: Documents, name: str) -> None:
    """Upload the documents that the dossier names. One that is not in the archive is missing; another content is refused."""
    run, uploaded = result.run, set(filing.documents.values_list("sha256", flat=True))
    for index, entry in enumerate(dossier.documents or ()):
        if not entry.sha256 or not entry.filename or entry.sha256 in uploaded:
            continue
        candidates = documents.near(entry.filename, name)
        member = documents.with_hash(candidates, entry.sha256)
        if member is None:
            if len(candidates) == 1:
                raise WrongDigest(index, entry.filename)
            result.missing.append(entry.filename)
            continue
        if not run.dry_run:
            _upload_one(filing, documents.chunks(member), entry.filename, run.by)
        uploaded.add(entry.sha256)
        result.uploaded += 1


def _upload_one(filing: Filing, chunks: Iterator[bytes], filename: str, by: User) -> None:
    try:
        file = received(chunks, filename, limit=LARGEST)
    except TooLarge as error:
        raise FileRefused("too_large_inside", limit=error.limit) from error
    with file.content:
        upload_document(filing, file, by=by)


def end_those_that_are_done() -> None:
    """End the imports whose last worker was killed before it could."""
    for run in ImportRun.objects.filter(state=ImportState.RUNNING).exclude(parts__done_at=None):
        _end_if_done(run)


def _end_if_done(run: ImportRun) -> None:
    if not run.parts.filter(done_at=None).exists():
        _end(run, ImportState.FINISHED)


def _end(run: ImportRun, state: str, **more: Any) -> None:
    """End an import, once, and tell whoever asked for it. The file is no longer needed."""
    now = timezone.now()
    with transaction.atomic():
        under_way = ImportRun.objects.filter(pk=run.pk).exclude(state__in=(ImportState.FINISHED, ImportState.REFUSED))
        if not under_way.update(state=state, finished_at=now, leased_until=None, **more):
            return
        applicants = run.results.exclude(filing=None).order_by().values_list("filing__applicant", flat=True).distinct()
        data = {"import": str(run.uid), "state": str(state), **counts_of(run), APPLICANTS: sorted(applicants)[:2]}
        write_change(ChangeType.IMPORT, data, at=now, user=run.by)
    run.kept_as.delete(save=False)


def counts_of_all(runs: Sequence[ImportRun]) -> dict[int, dict[str, int]]:
    """The same for several imports, by key."""
    counts = {run.pk: {str(outcome): 0 for outcome in ImportOutcome.values} for run in runs}
    rows = ImportResult.objects.filter(run__in=runs).order_by().values_list("run", "outcome").annotate(Count("pk"))
    for run, outcome, number in rows:
        counts[run][outcome] = number
    return counts


def counts_of(run: ImportRun) -> dict[str, int]:
    """Return how many dossiers have each outcome."""
    return counts_of_all([run])[run.pk]
