"""A database that is away for a moment: the caller learns to send the same request again."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.db import DataError, InterfaceError, OperationalError

from registry.api.problems import is_away
from tests.conftest import client_of


def answer_to(filer, error: Exception, language: str = "en"):
    api = client_of(filer)
    api.raise_request_exception = False
    with patch("registry.api.endpoint.Endpoint.initial", side_effect=error):
        return api.get("/api/v1/filings/", headers={"Accept-Language": language})


@pytest.mark.parametrize("error", [OperationalError("database is locked"), InterfaceError("the row is locked")])
def test_the_answer_is_503_and_says_what_to_do(filer, error):
    answer = answer_to(filer, error)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (503, "3", "unavailable")
    assert "again" in answer.json()["detail"]
    assert answer_to(filer, error, "zh-hans").json()["title"] == "暂时不可用"


def test_what_the_database_refuses_is_no_such_case(filer):
    assert answer_to(filer, DataError("out of range")).status_code == 500


# Where a middleware meets it, the API has no answer of its own, either.
@pytest.mark.parametrize("path", ["/", "/workspace/", "/admin/", "/api/v1/filings/"])
def test_a_page_says_so_too(client, db, path):
    client.raise_request_exception = False
    with patch("registry.audit.acting.ActingPerson.__call__", side_effect=OperationalError("database is locked")):
        answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    for text in ("Unavailable", "暂时不可用") if "api" not in path else ('"code": "unavailable"',):
        assert text in answer.content.decode()


def test_a_page_that_fails_otherwise_is_an_internal_error(client, db):
    client.raise_request_exception = False
    with patch("registry.audit.acting.ActingPerson.__call__", side_effect=ValueError):
        answer = client.get("/")
    assert (answer.status_code, "内部错误" in answer.content.decode()) == (500, True)


class Refused(Exception):
    """What the driver raises."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "is_so"),
    [
        ("08006", True),
        ("40P01", True),
        ("55P03", True),
        ("57P01", True),
        (None, True),
        ("57014", False),
        ("53100", False),
    ],
)
def test_the_state_tells_what_passes(sqlstate, is_so):
    error = OperationalError("refused")
    error.__cause__ = Refused(sqlstate)
    with patch("registry.api.problems.connection", SimpleNamespace(vendor="postgresql")):
        assert is_away(error) is is_so
