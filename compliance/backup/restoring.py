"""Restoring a backup into an empty database and storage; a backup that was changed is named and nothing is restored."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyrage
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.core.management import call_command

from compliance.backup.databases import load_database
from compliance.backup.writing import ENCRYPTED, FILES, SCHEMA
from compliance.filings.history.anchors import Anchor, misfit_of
from compliance.filings.history.verification import faults_of_history
from compliance.filings.history.wording import described, misfit_text
from compliance.language import Language
from registry.audit.verification import faults_of_log

_BLOCK = 1 << 20


class BackupRefused(Exception):
    """
    A file is not restored; `code`: `unreadable` (no backup, or cut off), `locked` (encrypted, and no key opens it), `changed`
    (`names` do not fit the manifest), `storage_not_empty`.
    """

    def __init__(self, code: str, names: Sequence[str] = ()) -> None:
        self.code, self.names = code, list(names)
        super().__init__(f"{code}: {', '.join(self.names[:10])}")


def restore_backup(path: Path, scratch: Path, identity: Path | None, language: Language = "en") -> list[str]:
    """
    Restore a backup, and return what its verification finds, as sentences; none if all fits. Raises BackupRefused and
    DatabaseRefused before anything is changed.
    """
    manifest = unpacked(path, scratch, identity)
    storage: Storage = storages["default"]
    if any(part for part in _listed(storage)):
        raise BackupRefused("storage_not_empty")
    dump = next(name for name in manifest["files"] if not name.startswith(FILES))
    load_database(scratch / dump)
    for name in manifest["files"]:
        if name.startswith(FILES):
            with (scratch / name).open("rb") as file:
                storage.save(name.removeprefix(FILES), File(file))
    call_command("migrate", verbosity=0)
    return verified(Anchor(**manifest["anchor"]), language)


def verified(anchor: Anchor, language: Language) -> list[str]:
    """Return every fault of the restored history, its files and its log, and whether it is that of the backup."""
    found = [fault.describe(language) for fault in faults_of_history(with_files=True)]
    found += [described(fault, language) for fault in faults_of_log()]
    misfit = misfit_of([anchor])
    return [*found, *([misfit_text(misfit, language)] if misfit else [])]


def unpacked(path: Path, scratch: Path, identity: Path | None) -> dict[str, Any]:
    """Unpack a backup into an empty folder, and return its manifest. Raises BackupRefused."""
    plain = _decrypted(path, scratch, identity) if path.name.endswith(ENCRYPTED) else path
    hashes: dict[str, str] = {}
    try:
        with tarfile.open(plain) as tar:
            for entry in tar:
                if entry.isreg() and not _leads_out(entry.name):
                    hashes[entry.name] = _unpack(tar, entry, scratch / entry.name)
        manifest: dict[str, Any] = json.loads((scratch / "manifest.json").read_bytes())
        asked = manifest["files"] if manifest["schema"] == SCHEMA else None
        Anchor(**manifest["anchor"])
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise BackupRefused("unreadable", [path.name]) from error
    if not isinstance(asked, dict):
        raise BackupRefused("unreadable", [path.name])
    del hashes["manifest.json"]
    if hashes != asked:
        differing = {name for name in hashes.keys() | asked.keys() if hashes.get(name) != asked.get(name)}
        raise BackupRefused("changed", sorted(differing))
    return manifest


def _unpack(tar: tarfile.TarFile, entry: tarfile.TarInfo, target: Path) -> str:
    source, digest = tar.extractfile(entry), hashlib.sha256()
    assert source is not None
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        while block := source.read(_BLOCK):
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def _leads_out(name: str) -> bool:
    return name.startswith("/") or ".." in Path(name).parts


def _decrypted(path: Path, scratch: Path, identity: Path | None) -> Path:
    target = scratch / ".plain.tar"
    try:
        lines = identity.read_text().splitlines() if identity else []
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")]
        pyrage.decrypt_file(str(path), str(target), keys)
    except (OSError, pyrage.DecryptError, pyrage.IdentityError, ValueError) as error:
        raise BackupRefused("locked", [path.name]) from error
    return target


def _listed(storage: Storage) -> list[str]:
    try:
        folders, files = storage.listdir("")
    except FileNotFoundError:
        return []
    return [*folders, *files]
