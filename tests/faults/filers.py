"""Filers who open and submit filings by the API, at the same time, and try again until they are answered."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any

from tests.building import a_document

# Of each: its flags are the findings of `check_dossier`, since nothing of them depends on other filings or on the day of submission.
EXAMPLES = ("algorithm-incomplete", "generative-three-gaps", "registration-complete")
ANSWERED = 10.0
_AGAIN, _AVOIDED = 0.3, 4.0


def dossier(number: int) -> dict[str, Any]:
    """Return the dossier of a filing by its number. As people file, each has a service of its own, and a model where it has its own."""
    example = example_of(number)
    changes = {"/reference": f"kill-{number}", "/service/name": f"服务 {number}", "/service/launched_on": None}
    own = {"/models/0/name": f"样例大模型 {number}"} if example.startswith("generative") else {}
    return a_document(example, changes | own)


def example_of(number: int) -> str:
    return EXAMPLES[number % len(EXAMPLES)]


def answer_of(
    host: str, port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Return status and body of an answer; 0 if the server is away, or died while it answered."""
    connection = http.client.HTTPConnection(host, port, timeout=ANSWERED)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    except (OSError, ValueError, http.client.HTTPException):
        return 0, None
    finally:
        connection.close()


class _Refused(Exception):
    """A request was refused for a reason that no fault explains."""


class Filers:
    """Some filers at work. `submitted` are the ids of the filings of which a submission was acknowledged, by their numbers."""

    def __init__(self, servers: Sequence[tuple[str, int]], token: str, submissions: int, at_once: int) -> None:
        self.servers, self.token, self.submissions = servers, token, submissions
        self.submitted: dict[int, str] = {}
        self.answers: Counter[int] = Counter()
        # Answers that no fault explains.
        self.refused: list[tuple[str, int, Any]] = []
        self._away: dict[tuple[str, int], float] = {}
        self._numbers = count()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._file, daemon=True) for _ in range(at_once)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everyone bring to its end what was begun."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    @property
    def are_busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def figures(self) -> dict[str, Any]:
        away, refused = self.answers[0], sum(n for status, n in self.answers.items() if status >= 400)
        return {"submitted": len(self.submitted), "refused": self.refused[:5], "answers lost": away, "answers by an error": refused,
                "answers": {str(status): n for status, n in sorted(self.answers.items())}}  # fmt: skip

    def _file(self) -> None:
        while not self._stopped.is_set() and (number := self._next()) < self.submissions:
            with suppress(_Refused):
                self._file_one(number)

    def _file_one(self, number: int) -> None:
        body = json.dumps(dossier(number), ensure_ascii=False).encode()
        filing = self._insist("/api/v1/filings/", body, f"open-{number}")
        self._insist(f"/api/v1/filings/{filing['id']}/submit/", b"", f"submit-{number}")
        self.submitted[number] = filing["id"]

    def _next(self) -> int:
        with self._lock:
            return next(self._numbers)

    def _server(self) -> tuple[str, int]:
        """Return one that answered lately, as a load balancer does, or else any."""
        answering = [server for server in self.servers if self._away.get(server, 0.0) < time.monotonic()]
        return random.choice(answering or self.servers)

    def _insist(self, path: str, body: bytes, key: str) -> Any:
        """Send a request with its key, to one server or another, until it is done."""
        headers = {"Authorization": f"Token {self.token}", "Idempotency-Key": key}
        while True:
            server = self._server()
            status, answer = answer_of(*server, "POST", path, body, headers)
            with self._lock:
                self.answers[status] += 1
                self._away[server] = time.monotonic() + _AVOIDED if status in (0, 503) else 0.0
            if status in (200, 201):
                return answer
            if status and status not in (409, 429) and status < 500:
                self.refused.append((path, status, answer))
                raise _Refused
            time.sleep(_AGAIN)
