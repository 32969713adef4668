"""Uploading documents: files that a dossier names by hash, or that fill in an entry without a hash."""

from __future__ import annotations

from typing import Any

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction

from compliance.documents.counting import facts_of
from compliance.documents.uploads import Incoming, limit_of
from compliance.dossier.faults import Malformed
from compliance.dossier.normal import normal_form
from compliance.dossier.parsing import Parsed, parse
from compliance.dossier.stored import tree_of
from compliance.filings import workflow
from compliance.filings.locking import ExpectedVersion, lock_with_related_filings, refuse_other_version
from compliance.filings.opening import replace_working_copy
from compliance.filings.permissions import refuse_unless_filer
from compliance.filings.refusals import DocumentRefused, TransitionRefused
from compliance.filings.transitions import now, record_change
from compliance.models import Document, Filing
from registry.models import User

MOST_OF_A_FILING = 1_000
_NAME_LENGTH = 255


def upload_document(
    filing: Filing, file: Incoming, *, entry: int | None = None, by: User, expected_version: ExpectedVersion = None
) -> tuple[Document, bool]:
    """
    Store a document of a filing. Return it, and whether it is new; the same bytes again are the same document.

    `entry` is the index in `documents[]` of the entry whose hash, size and file name are to be filled in; the filing must be
    a draft or returned. Raises DocumentRefused with the code `empty`, `unknown_type`, `too_large`, `no_such_entry`,
    `entry_names_another`, `not_named`, `too_many` or `bad_filename`; TransitionRefused for an ended filing, or if the entry
    can no longer be filled in.
    """
    refuse_unless_filer(filing, by)
    _refuse_by_content(file)
    with transaction.atomic():
        return _store(filing, file, entry=entry, by=by, expected_version=expected_version)


def _store(
    filing: Filing, file: Incoming, *, entry: int | None, by: User, expected_version: ExpectedVersion
) -> tuple[Document, bool]:
    filing = lock_with_related_filings(filing)
    refuse_other_version(filing, expected_version, by)
    if filing.status in workflow.ENDED:
        raise TransitionRefused(workflow.UPLOAD, filing.status)
    tree = tree_of(filing.kept_dossier().content)
    entries = tree.get("documents") or []
    is_filled = entry is not None and _refuse_entry(filing, entries, entry, file)
    _refuse_by_kind(filing, entries, entry, file)
    document = filing.documents.filter(sha256=file.sha256).first()
    is_new = document is None
    document = document or _create_document(filing, file, by)
    data: dict[str, Any] = {
        "document": file.sha256,
        "filename": document.filename,
        **({} if entry is None else {"entry": entry}),
    }
    if is_filled and entry is not None:
        entries[entry] |= {"sha256": file.sha256, "size": file.size, "filename": document.filename}
        replace_working_copy(filing, _parsed(tree), workflow.UPLOAD, by=by, data=data)
    elif is_new:
        record_change(filing, workflow.UPLOAD, filing.status, by=by, at=now(), data=data)
    return document, is_new


def _parsed(tree: Any) -> Parsed:
    """Parse the filled-in dossier as strictly as a posted one: its new file name may not be valid in a dossier."""
    try:
        return parse(normal_form(tree).text.encode())
    except Malformed as error:
        raise DocumentRefused("bad_filename") from error


def _refuse_by_content(file: Incoming) -> None:
    if file.size == 0:
        raise DocumentRefused("empty")
    if file.media_type is None:
        raise DocumentRefused("unknown_type", filename=file.filename[:100])


def _refuse_entry(filing: Filing, entries: list[Any], entry: int, file: Incoming) -> bool:
    """Say whether an entry is to be filled in; refuse one that does not exist or names another file."""
    if not 0 <= entry < len(entries):
        raise DocumentRefused("no_such_entry", entry=entry, count=len(entries))
    expected = entries[entry].get("sha256")
    if expected and expected != file.sha256:
        raise DocumentRefused("entry_names_another", entry=entry, named=expected, found=file.sha256)
    if not expected and not filing.is_editable:
        raise TransitionRefused(workflow.UPLOAD, filing.status)
    return not expected


def _refuse_by_kind(filing: Filing, entries: list[Any], entry: int | None, file: Incoming) -> None:
    """Refuse documents that a submitted revision does not name, and files larger than the limit of their kind."""
    matching = [item for item in entries if item.get("sha256") == file.sha256]
    if entry is not None:
        matching.append(entries[entry])
    if not matching and not filing.is_editable:
        raise DocumentRefused("not_named", found=file.sha256)
    limit = max((limit_of(item.get("kind")) for item in matching), default=limit_of(None))
    if file.size > limit:
        raise DocumentRefused("too_large", limit=limit)
    if filing.documents.count() >= MOST_OF_A_FILING:
        raise DocumentRefused("too_many", limit=MOST_OF_A_FILING)


def _save_file(file: Incoming) -> str:
    """Save a file under its hash and return the path; equal files are stored once, whoever uploads them."""
    storage: Storage = storages["default"]
    path = f"documents/{file.sha256[:2]}/{file.sha256}"
    if storage.exists(path) and storage.size(path) != file.size:
        # An earlier upload was interrupted.
        storage.delete(path)
    if not storage.exists(path):
        storage.save(path, File(file.content))
    return path


def _create_document(filing: Filing, file: Incoming, by: User) -> Document:
    return Document.objects.create(
        filing=filing,
        sha256=file.sha256,
        size=file.size,
        media_type=file.media_type or "",
        filename=file.filename[:_NAME_LENGTH],
        stored_as=_save_file(file),
        facts=facts_of(file.sha256),
        uploaded_at=now(),
        uploaded_by=by,
    )
