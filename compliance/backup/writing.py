"""
Writing a backup: a tar file with the dump of the database, the files of the storage below `files/`, and at its end `manifest.json`
with the SHA-256 of each and an anchor of the chains. With recipients it is encrypted for them (age, filippo.io/age).

The database is dumped first. Files are named by their content and never change, so that those which the dump names are all there
when the storage is copied; files that came meanwhile do no harm.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pyrage
from django.core.files.storage import Storage, storages
from django.db import connection
from django.utils import timezone

from compliance.backup.databases import dump_database
from compliance.filings.history.anchors import MARGIN, anchor_of
from registry.encryption import UNFINISHED

SCHEMA = "backup/1"
ENCRYPTED = ".age"
FILES = "files/"
_BLOCK = 1 << 20


@dataclass(slots=True)
class _Archive:
    tar: tarfile.TarFile
    hashes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, file: IO[bytes], size: int) -> None:
        reader = _Hashing(file)
        entry = tarfile.TarInfo(name)
        entry.size = size
        self.tar.addfile(entry, reader)  # type: ignore[arg-type]
        self.hashes[name] = reader.digest.hexdigest()


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.digest.update(block)
        return block


class RecipientRefused(Exception):
    """What is to be a recipient is no public key of age; the text is what was given."""


def write_backup(folder: Path, recipients: Sequence[str] = ()) -> Path:
    """
    Write a backup of this moment into a folder, and return the file: whole, or not there. Raises DatabaseRefused, RecipientRefused.
    """
    keys = [_recipient(text) for text in recipients]
    name = f"registry-{timezone.now():%Y%m%dT%H%M%SZ}.tar{ENCRYPTED if keys else ''}"
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".backup-") as scratch:
        plain, part = Path(scratch) / "backup.tar", Path(scratch) / name
        _write(plain, Path(scratch))
        if keys:
            pyrage.encrypt_file(str(plain), str(part), keys)
        else:
            plain.rename(part)
        shutil.move(part, folder / name)
    return folder / name


def _write(path: Path, scratch: Path) -> None:
    with tarfile.open(path, "w") as tar:
        archive = _Archive(tar)
        dump = dump_database(scratch)
        with dump.open("rb") as file:
            archive.add(dump.name, file, dump.stat().st_size)
        storage: Storage = storages["default"]
        for name in names_in(storage):
            with storage.open(name) as file:
                archive.add(f"{FILES}{name}", file, storage.size(name))
        content = json.dumps(_manifest(archive), ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(content)
        tar.addfile(entry, BytesIO(content))


def _manifest(archive: _Archive) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "made_at": timezone.now().isoformat(),
        "database": connection.vendor,
        # Older than what the dump may lack: it fits the restored history, or that was changed.
        "anchor": asdict(anchor_of(timezone.now() - MARGIN, "")),
        "files": archive.hashes,
    }


def names_in(storage: Storage, folder: str = "") -> Iterator[str]:
    """Yield the names of all files of a storage, without those that were not written to their end."""
    folders, files = storage.listdir(folder)
    yield from (f"{folder}{name}" for name in sorted(files) if not name.startswith(UNFINISHED))
    for each in sorted(folders):
        yield from names_in(storage, f"{folder}{each}/")


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise RecipientRefused(text) from error
