"""Files as bodies of requests: streamed, with a digest, and read anew for each attempt."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

Source: TypeAlias = str | Path | BinaryIO
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class FileBody:
    """A file on disk, or an open one from a position on."""

    source: Path | BinaryIO
    start: int
    size: int
    sha256: bytes

    @property
    def headers(self) -> dict[str, str]:
        """The header fields that describe the body. The length keeps it from being sent in chunks."""
        digest = b64encode(self.sha256).decode()
        return {"Content-Length": str(self.size), "Content-Digest": f"sha-256=:{digest}:"}

    def chunks(self) -> Iterator[bytes]:
        """Read the file from its beginning."""
        with _opened(self.source, self.start) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    async def chunks_async(self) -> AsyncIterator[bytes]:
        """Do the same for the asynchronous client. Reading so little from a disk blocks for no noticeable time."""
        for chunk in self.chunks():
            yield chunk


def file_body(source: Source) -> FileBody:
    """Return a file as a body. Raises OSError if it cannot be read, ValueError if an open file cannot be read twice."""
    origin = Path(source) if isinstance(source, str) else source
    start = 0 if isinstance(origin, Path) else _position(origin)
    with _opened(origin, start) as file:
        digest = hashlib.sha256()
        while chunk := file.read(CHUNK):
            digest.update(chunk)
        return FileBody(origin, start, file.tell() - start, digest.digest())


def name_of(source: Source) -> str | None:
    """Return the name of a file, without its folder; None for an open file that has none."""
    name = source if isinstance(source, str | Path) else getattr(source, "name", None)
    return Path(name).name if isinstance(name, str | Path) else None


def _position(file: BinaryIO) -> int:
    if not file.seekable():
        raise ValueError("The file is read twice, for its digest and to send it. Give a path or a file that can seek.")
    return file.tell()


@contextmanager
def _opened(source: Path | BinaryIO, start: int) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
    else:
        source.seek(start)
        yield source
