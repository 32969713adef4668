"""Counting the contents of documents, once for each hash. Filings with the document are then checked again."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.utils import timezone

from compliance.attachments.contents import Contents, Unreadable
from compliance.attachments.reader import READER
from compliance.attachments.reading import read
from compliance.checking.dispatch import announce_after_commit, announce_count, announce_count_after_commit
from compliance.checking.due_marks import mark_due
from compliance.filings.refusals import StillBeingRead
from compliance.models import Document, DocumentFacts, Filing

LEASE = timedelta(minutes=5)
# A document is not tried again after this many attempts in which the worker died.
MOST_TRIES = 3
ANNOUNCED_AT_ONCE = 500

logger = logging.getLogger(__name__)


def facts_of(sha256: str) -> DocumentFacts:
    """Return the facts of a file by its hash; if it is not counted yet, announce it to the workers after commit."""
    facts, _ = DocumentFacts.objects.get_or_create(sha256=sha256)
    if facts.reader < READER:
        announce_count_after_commit(sha256)
    return facts


def left_to_count(*, at: datetime | None = None) -> list[str]:
    """Return the hashes of files to count, after a failure of the broker or a worker, or with a new version of the reader."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at or timezone.now())
    left = DocumentFacts.objects.to_count().filter(free).order_by("pk")
    return list(left.values_list("sha256", flat=True)[:ANNOUNCED_AT_ONCE])


def count(sha256: str) -> bool:
    """Count the file with this hash and mark the filings that have it due. Return False if there was nothing to do."""
    facts = _lease(sha256)
    if facts is None:
        return False
    try:
        _save(facts, _contents(facts) if facts.tries <= MOST_TRIES else _TOO_LONG)
    except (OSError, DatabaseError):
        # The storage or the database was unavailable, so the attempt does not count.
        DocumentFacts.objects.filter(pk=facts.pk).update(tries=F("tries") - 1)
        raise
    return True


def number_being_read(filing: Filing) -> int:
    """Return how many documents of a filing are not counted yet."""
    return DocumentFacts.objects.to_count().filter(documents__filing=filing).values("pk").distinct().count()


def refuse_while_documents_are_read(filing: Filing) -> None:
    """Raise StillBeingRead if documents of the filing are not counted yet, and announce these documents to the workers."""
    left = DocumentFacts.objects.to_count().filter(documents__filing=filing).values_list("sha256", flat=True).distinct()
    if hashes := list(left):
        for sha256 in hashes:
            announce_count(sha256)
        raise StillBeingRead(len(hashes))


_TOO_LONG = Contents(unreadable=Unreadable(code="too_long"))


@transaction.atomic
def _lease(sha256: str) -> DocumentFacts | None:
    now = timezone.now()
    free = DocumentFacts.objects.to_count().filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now))
    facts = free.filter(sha256=sha256).select_for_update(skip_locked=True).first()
    if facts is not None:
        facts.tries, facts.leased_until = facts.tries + 1, now + LEASE
        facts.save(update_fields=["tries", "leased_until"])
    return facts


def _contents(facts: DocumentFacts) -> Contents:
    """Read the document. Any failure of the reader becomes a finding."""
    document = Document.objects.filter(facts=facts).order_by("pk").first()
    if document is None:
        return Contents()
    with document.stored_as.open("rb") as stream:
        try:
            return read(stream)
        except OSError:
            raise
        except SoftTimeLimitExceeded:
            return _TOO_LONG
        except Exception as error:
            logger.exception("Document %s cannot be read.", facts.sha256)
            return Contents(unreadable=Unreadable(code="damaged", values={"detail": type(error).__name__}))


@transaction.atomic
def _save(facts: DocumentFacts, contents: Contents) -> None:
    """
    Save the counts, and mark the filings that have the document due in the same transaction.

    The filings are locked first, in the order of their keys, to prevent deadlocks.
    """
    now = timezone.now()
    with_document = Filing.objects.running().filter(documents__facts=facts).values("pk")
    filings = Filing.objects.filter(pk__in=with_document).order_by("pk").select_for_update(of=("self",))
    keys = list(filings.values_list("pk", flat=True))
    facts.contents, facts.says_anything = contents.plain(), contents != Contents()
    facts.reader, facts.counted_at, facts.leased_until, facts.tries = READER, now, None, 0
    facts.save(update_fields=["contents", "says_anything", "reader", "counted_at", "leased_until", "tries"])
    mark_due(Filing.objects.filter(pk__in=keys), at=now)
    for key in keys:
        announce_after_commit(key)
