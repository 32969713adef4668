"""
The file of an import: a dossier a line, or a zip archive of dossiers and documents. An archive is checked before anything is
taken out of it: its names must stay within it, and it must not grow beyond all measure.
"""

from __future__ import annotations

import hashlib
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Any

from compliance.dossier.tree import SIZE_LIMIT

MEGABYTE = 1024 * 1024
LARGEST_FILE = 512 * MEGABYTE
LARGEST_CONTENT = 4_096 * MEGABYTE
LARGEST_MEMBER = 200 * MEGABYTE
# Text is compressed to a tenth at most; what grows a hundredfold is made to.
LARGEST_RATIO = 100
MOST_MEMBERS = 200_000
MOST_DOSSIERS = 100_000
_RATIO_FROM = MEGABYTE
_CHUNK = 64 * 1024
# The end of an archive: its signatures, where it is looked for, and the size of a usual entry of the directory.
_END, _END_64, _TAIL, _ENTRY = b"PK\x05\x06", b"PK\x06\x06", 66_000, 200


class FileRefused(Exception):
    """
    The file is refused as a whole. `code`: not_a_zip, encrypted, unsafe_name, link, too_many, too_large_inside, bomb, damaged,
    no_dossiers.
    """

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def lines_of(file: IO[bytes]) -> Iterator[int]:
    """Yield where each line begins that is not blank. Raises FileRefused for too many."""
    offset, count = 0, 0
    while line := _line(file):
        size, is_blank = line
        if not is_blank:
            count += 1
            if count > MOST_DOSSIERS:
                raise FileRefused("too_many", limit=MOST_DOSSIERS)
            yield offset
        offset += size
    if not count:
        raise FileRefused("no_dossiers")


def _line(file: IO[bytes]) -> tuple[int, bool] | None:
    """Read a line in pieces, as it may be as large as the file, and return its size and whether it is blank."""
    size, is_blank = 0, True
    while piece := file.readline(_CHUNK):
        size += len(piece)
        is_blank = is_blank and not piece.strip()
        if piece.endswith(b"\n"):
            break
    return (size, is_blank) if size else None


def read_line(file: IO[bytes]) -> bytes:
    """Read the next line that is not blank: one byte more than a dossier may have, if it is longer."""
    while line := file.readline(SIZE_LIMIT + 2):
        rest = line
        while len(rest) == SIZE_LIMIT + 2 and not rest.endswith(b"\n"):
            rest = file.readline(SIZE_LIMIT + 2)
        if line.strip():
            return line.rstrip(b"\r\n")
    return b""


def opened_archive(file: IO[bytes]) -> zipfile.ZipFile:
    """Open an archive whose members are all harmless. Raises FileRefused."""
    _refuse_a_large_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise FileRefused("not_a_zip") from error
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise FileRefused("too_many", limit=MOST_MEMBERS)
    for member in members:
        _refuse_unless_harmless(member)
    if sum(member.file_size for member in members) > LARGEST_CONTENT:
        raise FileRefused("too_large_inside", limit=LARGEST_CONTENT)
    return archive


def _refuse_a_large_directory(file: IO[bytes]) -> None:
    """
    Refuse an archive by the size of its directory, before the directory is read into memory (APPNOTE.TXT 4.3.14, 4.3.16).
    """
    size = file.seek(0, 2)
    file.seek(max(size - _TAIL, 0))
    tail = file.read(_TAIL)
    file.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise FileRefused("not_a_zip")
    count, length = struct.unpack_from("<HI", tail, at + 10)
    if length == 0xFFFFFFFF or count == 0xFFFF:
        at = tail.rfind(_END_64)
        if at < 0 or len(tail) < at + 56:
            raise FileRefused("not_a_zip")
        count, length = struct.unpack_from("<QQ", tail, at + 32)
    if count > MOST_MEMBERS or length > MOST_MEMBERS * _ENTRY:
        raise FileRefused("too_many", limit=MOST_MEMBERS)


def _refuse_unless_harmless(member: zipfile.ZipInfo) -> None:
    name = member.filename
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in member.orig_filename:
        raise FileRefused("unsafe_name", name=name[:200])
    if member.flag_bits & 0x1:
        raise FileRefused("encrypted", name=name[:200])
    if stat.S_ISLNK(member.external_attr >> 16):
        raise FileRefused("link", name=name[:200])
    if member.file_size > LARGEST_MEMBER:
        raise FileRefused("too_large_inside", limit=LARGEST_MEMBER)
    if member.file_size > _RATIO_FROM and member.file_size > LARGEST_RATIO * max(member.compress_size, 1):
        raise FileRefused("bomb", name=name[:200])


def dossier_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the dossiers of an archive, by name. Raises FileRefused if there is none, or too many."""
    found = sorted((member for member in archive.infolist() if _is_dossier(member)), key=lambda member: member.filename)
    if not found:
        raise FileRefused("no_dossiers")
    if len(found) > MOST_DOSSIERS:
        raise FileRefused("too_many", limit=MOST_DOSSIERS)
    return found


def _is_dossier(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not member.is_dir() and path.suffix.lower() == ".json" and not is_hidden


class Documents:
    """The documents of an archive, found by their file name: those in the folder of the dossier first."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.by_name: dict[str, list[zipfile.ZipInfo]] = {}
        self.digests: dict[str, str] = {}
        for member in archive.infolist():
            if not member.is_dir() and not _is_dossier(member):
                self.by_name.setdefault(PurePosixPath(member.filename).name, []).append(member)

    def near(self, filename: str, dossier: str) -> list[zipfile.ZipInfo]:
        """Return the members with a file name in the folder of a dossier and in those below it; failing that, all of them."""
        named = self.by_name.get(filename, [])
        folder = PurePosixPath(dossier).parent
        own = [member for member in named if PurePosixPath(member.filename).is_relative_to(folder)]
        return own if own and folder.parts else named

    def with_hash(self, candidates: list[zipfile.ZipInfo], sha256: str) -> zipfile.ZipInfo | None:
        """Return the member with a SHA-256. Raises FileRefused for one that cannot be read."""
        return next((member for member in candidates if self._digest(member) == sha256), None)

    def _digest(self, member: zipfile.ZipInfo) -> str:
        if member.filename not in self.digests:
            digest = hashlib.sha256()
            for chunk in self.chunks(member):
                digest.update(chunk)
            self.digests[member.filename] = digest.hexdigest()
        return self.digests[member.filename]

    def chunks(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield the content of a member."""
        yield from read_member(self.archive, member)


def read_dossier(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return the content of a dossier: one byte more than a dossier may have, if it is longer."""
    content = b""
    for chunk in read_member(archive, member):
        content += chunk
        if len(content) > SIZE_LIMIT:
            return content[: SIZE_LIMIT + 1]
    return content


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the content of a member in chunks. Raises FileRefused if it is damaged."""
    try:
        with archive.open(member) as content:
            while chunk := content.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, RuntimeError, OSError) as error:
        raise FileRefused("damaged", name=member.filename[:200]) from error
