"""The documents of a filing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from filing_client.answers import Answer, Page, one
from filing_client.bodies import Source, file_body, name_of
from filing_client.call import Call, Id, Listing, address, get, paged, post
from filing_client.saving import Saving


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Answer):
    """A document of a filing. `contents` is what was counted in it, None until then."""

    sha256: str
    size: int
    filename: str
    media_type: str
    uploaded_at: datetime
    url: str = ""
    contents: dict[str, Any] | None = None


def listed(filing: Id) -> Listing[Page[Document], Document]:
    """Iterate over the documents of a filing."""
    return paged(address("filings", filing, "documents"), Document, {})


def uploaded(
    filing: Id,
    file: Source,
    entry: int | None = None,
    *,
    filename: str | None = None,
    etag: str | None = None,
    idempotency_key: str | None = None,
) -> Call[Document]:
    """Upload a document, given as a path or an open file. `entry` is the index in `documents[]` to fill in."""
    body = file_body(file)
    headers = {"Content-Type": "application/octet-stream", **body.headers}
    params = {"entry": entry, "filename": filename or name_of(file)}
    path = address("filings", filing, "documents")
    return post(path, one(Document), body, params=params, headers=headers, key=idempotency_key, etag=etag)


def downloaded(filing: Id, sha256: str, path: str | Path) -> Saving:
    """Save a document as a file. Raises WrongDigest, and saves nothing, if its bytes do not have the SHA-256."""
    return Saving(get(address("filings", filing, "documents", sha256), _unread, is_stream=True), path, sha256)


def _unread(response: httpx.Response) -> httpx.Response:
    return response
