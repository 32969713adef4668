"""The synchronous client."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from filing_client.bodies import FileBody
from filing_client.call import Attempt, Call, Listing, Outcome, Pause, R, Step, Steps, T
from filing_client.groups import Registry
from filing_client.lines import Lines
from filing_client.problems import a_lost_connection_is_reported
from filing_client.retrying import attempts
from filing_client.saving import Saving
from filing_client.settings import Language, http_settings, request_settings


class Client(Registry["Client"]):
    """The registry, for programs that wait for each answer."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        language: Language = "en",
        timeout: float = 30.0,
        retries: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(self)
        self._retries = retries
        self._http = httpx.Client(**http_settings(base_url, token, language, timeout), transport=transport)

    def run(self, steps: Call[T] | Steps[T]) -> T:
        """Carry out a call, or steps one after another, and return their result."""
        running, outcome = iter(steps), None
        while True:
            try:
                step = running.send(outcome)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            outcome = self._outcome_of(step)

    def rows(self, listing: Listing[Any, R]) -> Iterator[R]:
        """Iterate over the rows of a list, and read its pages as they are needed."""
        call: Call[Any] | None = listing.first
        while call:
            page = self.run(call)
            yield from listing.rows(page)
            call = listing.following(page)

    def lines(self, call: Call[httpx.Response]) -> Iterator[str]:
        """Iterate over the lines of an answer while they arrive."""
        lines = Lines()
        with closing(self.run(call)) as response, a_lost_connection_is_reported():
            for chunk in response.iter_bytes():
                yield from lines.of(chunk)
        yield from lines.last()

    def save(self, saving: Saving) -> Path:
        """Save an answer as a file."""
        with closing(self.run(saving.call)) as response, a_lost_connection_is_reported(), saving:
            for chunk in response.iter_bytes():
                saving.write(chunk)
        return saving.path

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _outcome_of(self, step: Step) -> Any:
        match step:
            case Pause(seconds):
                time.sleep(seconds)
            case Attempt(call):
                return self._attempt(call)
            case Call():
                return self.run(attempts(step, self._retries))
        return None

    def _attempt(self, call: Call[Any]) -> Outcome:
        body = call.body.chunks() if isinstance(call.body, FileBody) else call.body
        try:
            request = self._http.build_request(**request_settings(call), content=body)
            response = self._http.send(request, stream=True)
            if not (call.is_stream and response.is_success):
                response.read()
        except httpx.RequestError as error:
            return error
        return response
