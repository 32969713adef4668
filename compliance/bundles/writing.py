"""
Writing a case as a ZIP file:

* `manifest.json`: the case, the hash of its last event, and the SHA-256 of each file;
* `revisions/0001.json` …: the dossiers as submitted, byte by byte; what the applicant is working on belongs to the applicant alone;
* `documents/<SHA-256>.<ending>`: the files, with their names in `documents.json`;
* `events.jsonl`: the history, an event a line as its hash covers it; `flags.json`: what was flagged, resolved and waived;
* `letters.json`: the letters to the applicant; `verify.py`: the script that verifies all of it.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils import timezone

from compliance.models import Document, Event, Filing, Flag, Letter, Revision

SCRIPT = Path(__file__).parent / "verify.py"
_FLAG = (
    "rule",
    "level",
    "variant",
    "at",
    "values",
    "raised_at",
    "resolved_at",
    "waived_until",
    "waived_at",
    "waiver_reason",
)
_BLOCK = 1 << 20


@dataclass(slots=True)
class _Archive:
    file: zipfile.ZipFile
    hashes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> None:
        self.hashes[name] = hashlib.sha256(content).hexdigest()
        self.file.writestr(name, content, zipfile.ZIP_DEFLATED)

    def add_stored(self, name: str, storage: Storage, stored_as: str) -> None:
        """Add a file of the storage; documents are compressed already."""
        digest = hashlib.sha256()
        with storage.open(stored_as) as source, self.file.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
            while block := source.read(_BLOCK):
                digest.update(block)
                target.write(block)
        self.hashes[name] = digest.hexdigest()


class FileMissing(Exception):
    """A document of the case is not in the storage; `filename` is its name."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        super().__init__(filename)


@transaction.atomic
def write_bundle(filing: Filing, target: IO[bytes]) -> None:
    """Write a case into an open file, all of it as at one moment. Raises FileMissing."""
    filing = Filing.objects.select_for_update(of=("self",)).select_related("applicant").get(pk=filing.pk)
    with zipfile.ZipFile(target, "w") as file:
        archive = _Archive(file)
        for revision in Revision.objects.filter(filing=filing).order_by("number"):
            archive.add(f"revisions/{revision.number:04}.json", revision.content.encode())
        documents = list(filing.documents.order_by("pk"))
        _add_documents(archive, documents)
        events = list(Event.objects.filter(filing=filing).order_by("number"))
        archive.add("events.jsonl", "".join(_lines(filing, events)).encode())
        archive.add("flags.json", _as_json([_columns(flag, _FLAG) for flag in Flag.objects.filter(filing=filing)]))
        letters = Letter.objects.filter(filing=filing).order_by("pk")
        archive.add("letters.json", _as_json([_columns(letter, _letter_columns()) for letter in letters]))
        archive.add("verify.py", SCRIPT.read_bytes())
        file.writestr("manifest.json", _as_json(_manifest(filing, archive, documents, events)))


def _manifest(filing: Filing, archive: _Archive, documents: list[Document], events: list[Event]) -> dict[str, Any]:
    named = {event.data.get("document") for event in events}
    return {
        "schema": "case/1",
        "case_number": filing.case_number,
        "filing": str(filing.uid),
        "status": filing.status,
        "applicant": {"uscc": filing.applicant.uscc, "name": filing.applicant.name},
        "exported_at": timezone.now(),
        "last_event_hash": filing.last_event_hash,
        # Documents that came with a change that took effect; the history of that change names them.
        "documents_of_changes": sorted({document.sha256 for document in documents} - named),
        "files": dict(sorted(archive.hashes.items())),
    }


def _add_documents(archive: _Archive, documents: list[Document]) -> None:
    storage: Storage = storages["default"]
    names = {}
    for document in documents:
        name = f"documents/{document.sha256}{Path(document.filename).suffix.lower()[:12]}"
        names[name] = {
            "filename": document.filename,
            "media_type": document.media_type,
            "uploaded_at": document.uploaded_at,
        }
        try:
            archive.add_stored(name, storage, str(document.stored_as.name))
        except OSError as error:
            raise FileMissing(document.filename) from error
    archive.add("documents.json", _as_json(names))


def _lines(filing: Filing, events: list[Event]) -> Iterator[str]:
    for event in events:
        line = {
            "filing": str(filing.uid),
            "number": event.number,
            "verb": event.verb,
            "from": event.from_status,
            "to": event.to_status,
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": event.actor,
            "reason": event.reason,
            "data": event.data,
            "previous_hash": event.previous_hash,
            "hash": event.hash,
        }
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _letter_columns() -> tuple[str, ...]:
    return tuple(column.attname for column in Letter._meta.concrete_fields if column.attname not in ("id", "filing_id"))


def _columns(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _as_json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
