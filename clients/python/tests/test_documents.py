"""Uploads and downloads."""

from __future__ import annotations

import asyncio
import hashlib
import io
from base64 import b64encode
from pathlib import Path

import httpx
import pytest
from answering import Server, async_client_of, client_of, ok
from rows import DOCUMENT

from filing_client import Unreachable, WrongDigest

DIGEST = f"sha-256=:{b64encode(hashlib.sha256(b'hello').digest()).decode()}:"
SHA256 = hashlib.sha256(b"hello").hexdigest()
HEADERS = ("Content-Type", "Content-Length", "Transfer-Encoding", "Content-Digest")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a b.pdf"
    path.write_bytes(b"hello")
    return path


def test_an_upload_is_sent_with_its_digest_each_time(file: Path) -> None:
    server = Server(httpx.WriteTimeout("slow"), httpx.Response(502), ok(DOCUMENT, 201))
    assert client_of(server).documents.upload("f-1", file, entry=2).sha256 == SHA256
    assert server.lines == ["POST /filings/f-1/documents/?entry=2&filename=a+b.pdf"] * 3
    assert [request.content for request in server.requests[1:]] == [b"hello", b"hello"]
    expected = ["application/octet-stream", "5", None, DIGEST]
    assert [[request.headers.get(name) for name in HEADERS] for request in server.requests] == [expected] * 3
    assert len(set(server.sent("Idempotency-Key"))) == 1


def test_an_open_file_is_sent_from_its_position_on() -> None:
    server = Server(httpx.Response(503), ok(DOCUMENT))
    content = io.BytesIO(b"say hello")
    content.seek(4)
    client_of(server).documents.upload("f-1", content, filename="x.pdf")
    assert [request.content for request in server.requests] == [b"hello", b"hello"]
    assert server.sent("Content-Digest") == [DIGEST, DIGEST]


def test_the_asynchronous_client_uploads_the_same(file: Path) -> None:
    server = Server(ok(DOCUMENT))
    asyncio.run(_upload(server, file))
    assert (server.requests[0].content, server.sent("Content-Length")) == (b"hello", ["5"])


async def _upload(server: Server, file: Path) -> None:
    async with async_client_of(server) as client:
        await client.documents.upload("f-1", file)


def test_a_download_is_saved_if_it_has_its_digest(tmp_path: Path) -> None:
    server = Server(httpx.Response(200, content=b"hello"))
    saved = client_of(server).documents.download("f-1", SHA256, tmp_path / "x.pdf")
    assert (saved, saved.read_bytes(), list(tmp_path.iterdir())) == (tmp_path / "x.pdf", b"hello", [saved])
    assert server.lines == [f"GET /filings/f-1/documents/{SHA256}/"]


def test_other_bytes_are_not_saved(tmp_path: Path) -> None:
    server = Server(httpx.Response(200, content=b"hellp"))
    with pytest.raises(WrongDigest, match=SHA256):
        client_of(server).documents.download("f-1", SHA256, tmp_path / "x.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_download_that_breaks_off_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"old")
    server = Server(httpx.Response(200, stream=_BreaksOff()))
    with pytest.raises(Unreachable, match="broken"):
        client_of(server).documents.download("f-1", SHA256, tmp_path / "x.pdf")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"x.pdf": b"old"}


class _BreaksOff(httpx.SyncByteStream):
    def __iter__(self):  # type: ignore[no-untyped-def]
        yield b"hel"
        raise httpx.ReadError("broken")
