"""Where backups are kept: a folder, or a bucket, written as STORAGE_URL is (`s3://bucket/folder?endpoint_url=…`); and how long."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from compliance.backup.writing import write_backup
from registry.storage import storage_of

# Files of other names are not looked at.
_BACKUP = re.compile(r"registry-(\d{8}T\d{6}Z)\.tar(\.age)?")


class PlaceRefused(Exception):
    """An address is none of a bucket, or the bucket does not exist, does not answer, refuses, or lacks the file; the text says which."""


def back_up_to(place: str, recipients: Sequence[str] = ()) -> str:
    """Write a backup of this moment to a place, and return the place of the file. Raises PlaceRefused, and what `write_backup` raises."""
    if not _has_scheme(place):
        return str(write_backup(Path(place), recipients))
    storage = storage_at(place)
    with TemporaryDirectory() as scratch:
        path = write_backup(Path(scratch), recipients)
        with path.open("rb") as file, _answering():
            name = storage.save(path.name, File(file))
    return file_at(place, name)


@contextmanager
def file_of(place: str) -> Iterator[Path]:
    """Give a backup as a file of this machine, wherever it is. Raises PlaceRefused."""
    if not _has_scheme(place):
        yield Path(place)
        return
    address, mark, query = place.partition("?")
    folder, _, name = address.rpartition("/")
    storage = storage_at(f"{folder}{mark}{query}")
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / name
        with _answering(), storage.open(name) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield path


def remove_old_backups(place: str, days: int, now: datetime) -> list[str]:
    """
    Remove the backups at a place that are older than some days, and return their names. The newest is kept, however old. Raises
    PlaceRefused.
    """
    storage, last = storage_at(place), now - timedelta(days=days)
    with _answering():
        made = sorted((at, name) for name in storage.listdir("")[1] if (at := _made_at(name)))
        old = [name for at, name in made[:-1] if at < last]
        for name in old:
            storage.delete(name)
    return old


def storage_at(place: str) -> Storage:
    """Return the storage that a place is. Raises PlaceRefused for an address that is none of a bucket."""
    if not _has_scheme(place):
        return FileSystemStorage(location=place)
    try:
        return storages.create_storage(storage_of(place))
    except ValueError as error:
        raise PlaceRefused(str(error)) from error


def file_at(place: str, name: str) -> str:
    """Return the place of a file in a place."""
    address, mark, query = place.partition("?")
    return f"{address.removesuffix('/')}/{name}{mark}{query}"


def _has_scheme(place: str) -> bool:
    """Whether a place is an address; everything else is a folder."""
    return "://" in place


def _made_at(name: str) -> datetime | None:
    """Return when a backup was made, by its name; None for any other file."""
    found = _BACKUP.fullmatch(name)
    with suppress(ValueError):
        return found and datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return None


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, FileNotFoundError) as error:
        raise PlaceRefused(str(error)) from error
