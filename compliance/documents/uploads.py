"""Uploads: hashed and measured while they stream to a temporary file; the media type is detected from the content."""

from __future__ import annotations

import codecs
import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import filetype
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

MEGABYTE = 1024 * 1024
IN_MEMORY = MEGABYTE
HEAD = 8_192
# The largest accepted file by kind of document; proofs of a corpus are the largest.
LIMIT_OF_KIND = {"test_questions": 50 * MEGABYTE, "keyword_list": 20 * MEGABYTE, "corpus_proof": 200 * MEGABYTE}
LIMIT_OF_OTHERS = 20 * MEGABYTE
LARGEST = max(LIMIT_OF_KIND.values())

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KNOWN_TYPES = frozenset({"application/pdf", XLSX, DOCX, "application/msword", "image/png", "image/jpeg"})


@dataclass(slots=True)
class Incoming:
    """A completely received file."""

    content: IO[bytes]
    sha256: str
    size: int
    filename: str
    media_type: str | None


class TooLarge(Exception):
    """More bytes were sent than the limit allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


def limit_of(kind: str | None) -> int:
    return LIMIT_OF_KIND.get(kind or "", LIMIT_OF_OTHERS) if kind else LARGEST


def received(chunks: Iterable[bytes], filename: str, *, limit: int) -> Incoming:
    """Receive a file in chunks. Raises TooLarge as soon as the limit is exceeded."""
    content: Any = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (the caller closes it)
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            content.close()
            raise TooLarge(limit)
        digest.update(chunk)
        content.write(chunk)
    return incoming(content, digest.hexdigest(), size, filename)


def incoming(content: IO[bytes], sha256: str, size: int, filename: str) -> Incoming:
    """Return a completely received file with its media type. Control characters are removed from its name."""
    content.seek(0)
    head = content.read(HEAD)
    content.seek(0)
    name = (
        "".join(character for character in filename if unicodedata.category(character)[0] != "C").strip() or "document"
    )
    return Incoming(content, sha256, size, name, media_type_of(head, name))


class HashingUploadHandler(TemporaryFileUploadHandler):
    """Hashes and limits the file of a multipart body, as `received` does for a plain body."""

    def __init__(self, request: Any, limit: int) -> None:
        super().__init__(request)
        self.limit, self.is_over_limit = limit, False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._digest, self._size = hashlib.sha256(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size > self.limit:
            self.is_over_limit = True
            raise StopUpload(connection_reset=True)
        self._digest.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        file = super().file_complete(file_size)
        file.sha256 = self._digest.hexdigest()
        return file


def media_type_of(head: bytes, filename: str) -> str | None:
    """Detect the media type from the beginning of a file. Return None if the type is not accepted."""
    guessed = filetype.guess(head)
    if guessed is not None:
        return guessed.mime if guessed.mime in KNOWN_TYPES else None
    if not _is_text(head):
        return None
    return "text/csv" if filename.lower().endswith(".csv") else "text/plain"


def _is_text(head: bytes) -> bool:
    if b"\0" in head or head.lstrip()[:1] == b"<":
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        # The last character of the head may be truncated.
        codecs.getincrementaldecoder(encoding)().decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True
