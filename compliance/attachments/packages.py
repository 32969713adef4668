"""Open zipped documents (xlsx, docx) safely: the declared sizes are checked before anything is unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from xml.parsers import expat

from compliance.attachments.refused import CannotRead

MEGABYTE = 1024 * 1024
# A library of 200,000 keywords takes about 20 MB unpacked.
MOST_UNPACKED = 200 * MEGABYTE
MOST_STRINGS = 50 * MEGABYTE
MOST_MEMBERS = 2_000
CHUNK = 256 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_IS_ENCRYPTED = 0x1


def starts_a_package(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06")


def refuse_ole(stream: IO[bytes], head: bytes) -> None:
    """Refuse old and encrypted Office files. Raises CannotRead: `encrypted`, `old_workbook`."""
    if head.startswith(_OLE):
        stream.seek(0)
        whole = stream.read(4 * MEGABYTE)
        raise CannotRead("encrypted" if _ENCRYPTED in whole else "old_workbook")


@contextmanager
def opened(stream: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open a package. Raises CannotRead: `damaged`, `encrypted`, `too_large`; also while its members are read."""
    try:
        with zipfile.ZipFile(stream) as package:
            _check_sizes(package)
            yield package
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
        struct.error,
        LookupError,
    ) as error:
        raise CannotRead("damaged", detail=type(error).__name__) from error
    except expat.ExpatError as error:
        raise CannotRead("damaged", detail=str(error)[:100]) from error


def _check_sizes(package: zipfile.ZipFile) -> None:
    """Check the declared sizes; zipfile never unpacks more than a member declares."""
    members = package.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS:
        raise CannotRead("too_many_members", found=len(members), asked=MOST_MEMBERS)
    if unpacked > MOST_UNPACKED:
        raise CannotRead("too_large", found=unpacked // MEGABYTE, asked=MOST_UNPACKED // MEGABYTE)
    if any(member.flag_bits & _IS_ENCRYPTED for member in members):
        raise CannotRead("encrypted")


def parse_member(package: zipfile.ZipFile, name: str, handlers: Any) -> None:
    """Parse a member in chunks with an object that has `start`, `end` and `text`; a document type is refused."""
    for _ in events(package, name, handlers):
        pass


def events(package: zipfile.ZipFile, name: str, handlers: Any) -> Iterator[None]:
    """Parse a member as `parse_member` does, and yield after each chunk so that the caller can take the results."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = handlers.start
    parser.EndElementHandler = handlers.end
    parser.CharacterDataHandler = handlers.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with package.open(name) as member:
        while piece := member.read(CHUNK):
            parser.Parse(piece, False)
            yield
    parser.Parse(b"", True)
    yield


def _refuse_doctype(*declared: object) -> None:
    raise CannotRead("damaged", detail="DOCTYPE")


def local(name: str) -> str:
    """Return the name of an element without its namespace."""
    return name.rpartition("}")[2]
