"""
Documents encrypted at rest: files of the storage are encrypted as age does (age-encryption.org/v1), and decrypted when they are opened.

`DOCUMENT_KEYS` are secret keys of age, the first of which encrypts; all decrypt, so that a key is replaced by putting a new one before
it. Files that were stored without encryption are read as they are (`manage.py encrypt_documents` encrypts them).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any

import pyrage
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3Storage

# How files begin that are not written to their end; after a crash they stay, and are no documents.
UNFINISHED = ".unfinished-"
MAGIC = b"age-encryption.org/v1\n"
# The payload: a nonce, then chunks of 64 KiB, each with a tag (age-encryption.org/v1, "Payload").
_NONCE, _CHUNK, _TAG = 16, 64 * 1024, 16
_LONGEST_HEADER = 64 * 1024


class Encrypting:
    """A storage whose files are encrypted; before a storage among the bases of a class."""

    def __init__(self, *, keys: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self._texts = tuple(keys)

    @cached_property
    def _keys(self) -> list[pyrage.x25519.Identity]:
        try:
            return [pyrage.x25519.Identity.from_str(text.strip()) for text in self._texts]
        except pyrage.IdentityError as error:
            raise ImproperlyConfigured("DOCUMENT_KEYS must be secret keys of age: AGE-SECRET-KEY-1…") from error

    def is_encrypted(self, name: str) -> bool:
        with super()._open(name, "rb") as file:  # type: ignore[misc]
            return bool(file.read(len(MAGIC)) == MAGIC)

    def size(self, name: str) -> int:
        """Return the size of what was stored, not of what it became."""
        size = int(super().size(name))  # type: ignore[misc]
        with super()._open(name, "rb") as file:  # type: ignore[misc]
            head = file.read(_LONGEST_HEADER)
        return _plain_size(size - _length_of_header(head)) if head.startswith(MAGIC) else size

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        stored = super()._open(name, mode)  # type: ignore[misc]
        if stored.read(len(MAGIC)) != MAGIC:
            stored.seek(0)
            return stored  # type: ignore[no-any-return]
        stored.seek(0)
        with stored:
            return File(_decrypted(stored, self._keys), name)

    def _save(self, name: str, content: IO[bytes]) -> str:
        with _encrypted(content, self._keys[0]) as file:
            return super()._save(name, File(file, name))  # type: ignore[misc,no-any-return]

    def encrypt(self, name: str) -> bool:
        """Encrypt a file that was stored without, or by a former key, and return whether it was."""
        if self.is_encrypted(name) and self._is_by_first_key(name):
            return False
        with self._open(name) as plain, _encrypted(plain, self._keys[0]) as file:
            self._put_in_place(name, file)
        return True

    def _is_by_first_key(self, name: str) -> bool:
        try:
            with super()._open(name, "rb") as stored:  # type: ignore[misc]
                _decrypted(stored, self._keys[:1]).close()
        except OSError:
            return False
        return True

    def _put_in_place(self, name: str, file: IO[bytes]) -> None:
        """Replace a file at once: whoever reads it gets the one before or this one."""
        raise NotImplementedError


class EncryptedFolder(Encrypting, FileSystemStorage):
    """Files in a folder, encrypted."""

    def _put_in_place(self, name: str, file: IO[bytes]) -> None:
        path = Path(self.path(name))
        with NamedTemporaryFile(dir=path.parent, prefix=UNFINISHED, delete=False) as target:
            shutil.copyfileobj(file, target)
            os.fsync(target.fileno())
        shutil.copymode(path, target.name)
        Path(target.name).replace(path)


class EncryptedBucket(Encrypting, S3Storage):
    """Files in a bucket, encrypted before they leave this machine."""

    def _put_in_place(self, name: str, file: IO[bytes]) -> None:
        S3Storage._save(self, name, File(file, name))


@contextmanager
def _encrypted(content: IO[bytes], key: pyrage.x25519.Identity) -> Iterator[IO[bytes]]:
    with TemporaryFile() as file:
        content.seek(0)
        pyrage.encrypt_io(content, file, [key.to_public()])
        file.seek(0)
        yield file


def _decrypted(stored: IO[bytes], keys: Sequence[pyrage.x25519.Identity]) -> IO[bytes]:
    """Return the plain file; raises OSError if no key opens it, or if it was changed."""
    file = TemporaryFile()  # noqa: SIM115  (the caller closes it)
    try:
        pyrage.decrypt_io(stored, file, list(keys))
    except (pyrage.DecryptError, OSError) as error:
        file.close()
        raise OSError(f"The file was changed, or is encrypted by none of DOCUMENT_KEYS: {error}") from error
    file.seek(0)
    return file


def _length_of_header(head: bytes) -> int:
    """The header ends with the line of its MAC, which begins with three hyphens."""
    return head.index(b"\n", head.index(b"\n--- ") + 1) + 1


def _plain_size(payload: int) -> int:
    chunks = -(-(payload - _NONCE) // (_CHUNK + _TAG))
    return payload - _NONCE - chunks * _TAG
