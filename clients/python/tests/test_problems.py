"""Problems of the API as exceptions."""

from __future__ import annotations

import httpx
import pytest
from answering import Server, client_of, problem

from filing_client import (
    ApiProblem,
    ChangedMeanwhile,
    Conflict,
    Fault,
    Malformed,
    NotAllowed,
    NotFound,
    Throttled,
    Unauthorized,
)

KINDS = {
    400: Malformed,
    401: Unauthorized,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    412: ChangedMeanwhile,
    413: ApiProblem,
    429: Throttled,
    500: ApiProblem,
}


def raised_by(reply: httpx.Response) -> ApiProblem:
    with pytest.raises(ApiProblem) as raised:
        client_of(Server(reply), retries=0).filings.get("f-1")
    return raised.value


@pytest.mark.parametrize("status", KINDS)
def test_each_status_has_its_exception(status: int) -> None:
    assert type(raised_by(problem(status, "some_code"))) is KINDS[status]


def test_a_problem_has_all_its_members_and_reads_as_text() -> None:
    error = {"pointer": "/applicant/uscc", "code": "bad_uscc", "message": "Wrong check digit."}
    found = raised_by(problem(412, "changed_meanwhile", errors=[error], current={"etag": '"b"'}))
    assert (found.status, found.code, found.title, found.detail) == (412, "changed_meanwhile", "Title", "Detail.")
    assert found.errors == (Fault(pointer="/applicant/uscc", code="bad_uscc", message="Wrong check digit."),)
    assert (found.request_id, found.current) == ("request-1", {"etag": '"b"'})
    assert str(found) == "Detail.\n/applicant/uscc: Wrong check digit."


def test_the_message_of_a_single_error_is_not_repeated() -> None:
    error = {"pointer": "", "code": "some_code", "message": "Detail."}
    assert str(raised_by(problem(400, "some_code", errors=[error]))) == "Detail."


def test_an_error_of_a_proxy_has_its_status_alone() -> None:
    found = raised_by(httpx.Response(502, text="<html>Bad gateway</html>"))
    assert (type(found), found.status, found.code, str(found)) == (ApiProblem, 502, "", "HTTP 502 Bad Gateway")
