"""The asynchronous client: the same descriptions, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
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


class AsyncClient(Registry["AsyncClient"]):
    """The registry, for programs on asyncio."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        language: Language = "en",
        timeout: float = 30.0,
        retries: int = 3,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(self)
        self._retries = retries
        self._http = httpx.AsyncClient(**http_settings(base_url, token, language, timeout), transport=transport)

    async def run(self, steps: Call[T] | Steps[T]) -> T:
        """Carry out a call, or steps one after another, and return their result."""
        running, outcome = iter(steps), None
        while True:
            try:
                step = running.send(outcome)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            outcome = await self._outcome_of(step)

    async def rows(self, listing: Listing[Any, R]) -> AsyncIterator[R]:
        """Iterate over the rows of a list, and read its pages as they are needed."""
        call: Call[Any] | None = listing.first
        while call:
            page = await self.run(call)
            for row in listing.rows(page):
                yield row
            call = listing.following(page)

    async def lines(self, call: Call[httpx.Response]) -> AsyncIterator[str]:
        """Iterate over the lines of an answer while they arrive."""
        lines = Lines()
        async with aclosing(await self.run(call)) as response:
            with a_lost_connection_is_reported():
                async for chunk in response.aiter_bytes():
                    for line in lines.of(chunk):
                        yield line
        for line in lines.last():
            yield line

    async def save(self, saving: Saving) -> Path:
        """Save an answer as a file."""
        async with aclosing(await self.run(saving.call)) as response:
            with a_lost_connection_is_reported(), saving:
                async for chunk in response.aiter_bytes():
                    saving.write(chunk)
        return saving.path

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _outcome_of(self, step: Step) -> Any:
        match step:
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case Attempt(call):
                return await self._attempt(call)
            case Call():
                return await self.run(attempts(step, self._retries))
        return None

    async def _attempt(self, call: Call[Any]) -> Outcome:
        body = call.body.chunks_async() if isinstance(call.body, FileBody) else call.body
        try:
            request = self._http.build_request(**request_settings(call), content=body)
            response = await self._http.send(request, stream=True)
            if not (call.is_stream and response.is_success):
                await response.aread()
        except httpx.RequestError as error:
            return error
        return response
