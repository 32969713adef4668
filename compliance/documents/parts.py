"""Uploads in parts, which go on after a broken connection: each part is kept until the last one has arrived."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from tempfile import SpooledTemporaryFile

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils import timezone

from compliance.documents.actions import upload_document
from compliance.documents.uploads import IN_MEMORY, LARGEST, TooLarge, received
from compliance.filings.permissions import refuse_unless_filer
from compliance.filings.refusals import DocumentRefused
from compliance.models import Document, Filing, PartialUpload, UploadedPart
from registry.models import User

KEPT_FOR = timedelta(days=7)
MOST_UNDER_WAY = 100
_CHUNK = 64 * 1024


class PartRefused(Exception):
    """A part is refused; `code`: wrong_offset (`offset` is what is expected), too_much, digest_mismatch, deleted, too_many."""

    def __init__(self, code: str, offset: int = 0) -> None:
        super().__init__(code)
        self.code, self.offset = code, offset


def begin_upload(
    filing: Filing, *, by: User, filename: str, size: int, sha256: str, entry: int | None = None
) -> PartialUpload:
    """Begin an upload in parts. Raises NotAFiler, DocumentRefused (`too_large`, `empty`), PartRefused (`too_many`)."""
    refuse_unless_filer(filing, by)
    if not size:
        raise DocumentRefused("empty")
    if size > LARGEST:
        raise DocumentRefused("too_large", limit=LARGEST)
    if PartialUpload.objects.filter(by=by, document=None).count() >= MOST_UNDER_WAY:
        raise PartRefused("too_many")
    name = re.split(r"[/\\]", filename)[-1][:255]
    return PartialUpload.objects.create(filing=filing, by=by, filename=name, size=size, sha256=sha256, entry=entry)


def add_part(upload: PartialUpload, chunks: Iterable[bytes], *, offset: int) -> PartialUpload:
    """
    Add what arrives to an upload, from where it stopped. What arrived before a connection broke is kept.

    Raises PartRefused: `wrong_offset`, `too_much`.
    """
    if offset != upload.offset:
        raise PartRefused("wrong_offset", upload.offset)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as content:
        count = 0
        try:
            for chunk in chunks:
                count += len(chunk)
                if offset + count > upload.size:
                    raise PartRefused("too_much", upload.offset)
                content.write(chunk)
        except OSError:
            # The connection broke. The client asks where to go on.
            count = content.tell()
        return _keep(upload, content, offset, count) if count else upload


@transaction.atomic
def _keep(upload: PartialUpload, content: SpooledTemporaryFile[bytes], offset: int, count: int) -> PartialUpload:
    found = PartialUpload.objects.select_for_update().filter(pk=upload.pk).first()
    if found is None:
        raise PartRefused("deleted")
    upload = found
    if offset != upload.offset:
        raise PartRefused("wrong_offset", upload.offset)
    content.seek(0)
    part = UploadedPart(upload=upload, offset=offset)
    part.kept_as = _storage().save(f"uploads/{upload.uid}/{offset}", File(content))
    part.save()
    upload.offset += count
    upload.save(update_fields=["offset"])
    return upload


def finish_upload(upload: PartialUpload, *, by: User) -> Document:
    """
    Put the parts together and store the document; one that is stored already is returned. Raises what `upload_document`
    raises, and PartRefused (`digest_mismatch`): then the upload begins anew.
    """
    document = _finish(upload, by)
    if document is None:
        raise PartRefused("digest_mismatch")
    return document


@transaction.atomic
def _finish(upload: PartialUpload, by: User) -> Document | None:
    """Return the document; None, with the parts forgotten, if what arrived has another SHA-256."""
    upload = PartialUpload.objects.select_for_update().get(pk=upload.pk)
    if upload.document is not None:
        return upload.document
    try:
        file = received(_content(upload), upload.filename, limit=LARGEST)
    except TooLarge as error:
        raise DocumentRefused("too_large", limit=error.limit) from error
    with file.content:
        if file.sha256 == upload.sha256:
            upload.document, _is_new = upload_document(upload.filing, file, entry=upload.entry, by=by)
        else:
            upload.offset = 0
    upload.save(update_fields=["document", "offset"])
    _forget_parts(upload)
    return upload.document


def _content(upload: PartialUpload) -> Iterator[bytes]:
    for part in upload.parts.order_by("offset"):
        with _storage().open(part.kept_as) as content:
            while chunk := content.read(_CHUNK):
                yield chunk


def _storage() -> Storage:
    return storages["default"]


def _forget_parts(upload: PartialUpload) -> None:
    names = list(upload.parts.values_list("kept_as", flat=True))
    upload.parts.all().delete()
    # The files are deleted when nothing can bring the rows back.
    transaction.on_commit(lambda: [_storage().delete(name) for name in names], robust=True)


def forget_upload(upload: PartialUpload) -> None:
    """Delete an upload with its parts."""
    _forget_parts(upload)
    upload.delete()


def forget_old_uploads() -> int:
    """Delete the uploads that were not finished in a week, and return how many they were."""
    old = list(PartialUpload.objects.filter(created_at__lte=timezone.now() - KEPT_FOR))
    for upload in old:
        forget_upload(upload)
    return len(old)
