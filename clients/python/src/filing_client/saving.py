"""Downloads: saved under their name only when they are complete and, where the SHA-256 is known, verified."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType

import httpx

from filing_client.call import Call
from filing_client.problems import WrongDigest


class Saving:
    """A download and the file for it. The bytes go to a file beside it, which is renamed at the end or deleted."""

    def __init__(self, call: Call[httpx.Response], path: str | Path, sha256: str | None = None) -> None:
        self.call, self.path, self.sha256 = call, Path(path), sha256
        self._part = self.path.with_name(f"{self.path.name}.part")
        self._digest = hashlib.sha256()

    def __enter__(self) -> Saving:
        self._file = self._part.open("wb")
        return self

    def write(self, chunk: bytes) -> None:
        """Save the next bytes."""
        self._digest.update(chunk)
        self._file.write(chunk)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        try:
            if kind is None:
                self._verify()
                self._part.replace(self.path)
        finally:
            self._part.unlink(missing_ok=True)

    def _verify(self) -> None:
        actual = self._digest.hexdigest()
        if self.sha256 is not None and actual != self.sha256:
            raise WrongDigest(self.sha256, actual)
