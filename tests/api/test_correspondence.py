"""Messages and letters over the API."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from compliance.casework.commenting import comment_on
from compliance.letters import sending
from compliance.models import Comment, Filing
from registry.models import User
from registry.tokens import make_token
from tests.conftest import client_of
from tests.making_filings import a_submitted_filing, check_everything


@pytest.fixture
def filing(filer: User) -> Filing:
    filing = a_submitted_filing(filer, changes={"/algorithm/mechanism": None})
    check_everything()
    return filing


def messages(user: User, filing: Filing) -> list[tuple[str, str]]:
    rows = client_of(user).get(f"/api/v1/filings/{filing.uid}/messages/").json()["results"]
    return [(row["by"], row["text"]) for row in rows]


def write(user: User, filing: Filing, body: object):
    return client_of(user).post(f"/api/v1/filings/{filing.uid}/messages/", body, format="json")


def test_both_sides_write_and_read_messages_and_nobody_reads_comments_of_staff(filing, filer, reviewer):
    assert write(reviewer, filing, {"text": "Please call us."}).status_code == 201
    assert write(filer, filing, {"text": "We did."}).json()["text"] == "We did."
    comment_on(filing, "among us", by=reviewer)
    expected = [("filer", "We did."), ("reviewer", "Please call us.")]
    assert (messages(filer, filing), messages(reviewer, filing)) == (expected, expected)


@pytest.mark.parametrize("body", [{}, {"text": " "}, {"text": 5}, {"text": "x", "to": "all"}, []], ids=str)
def test_an_unusable_message_is_refused_with_its_place(filing, filer, body):
    answer = write(filer, filing, body)
    assert (answer.status_code, len(answer.json()["errors"])) == (400, 1)
    assert not Comment.objects.exists()


def test_the_applicant_reads_the_letters_and_downloads_them(filing, filer, reviewer):
    sending.return_filing(filing, by=reviewer)
    api = client_of(filer)
    (letter,) = api.get(f"/api/v1/filings/{filing.uid}/letters/").json()["results"]
    assert {name: letter[name] for name in ("number", "kind", "title", "language")} == {
        "number": f"{filing.case_number}-C1",
        "kind": "correction",
        "title": "补正通知书",
        "language": "zh",
    }
    assert [(point["rule"], point["at"]) for point in letter["points"]] == [("ALG-03", "/algorithm/mechanism")]
    pdf = api.get(f"/api/v1/filings/{filing.uid}/letters/{letter['number']}/")
    assert (pdf.headers["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize(
    ("person", "scope", "status"),
    [("reviewer", "file", 403), ("reviewer", "review", 201), ("filer", "review", 403), ("filer", "file", 201)],
)
def test_a_token_writes_for_the_side_that_its_scope_is_for(filing, person, scope, status, request):
    client = APIClient()
    _token, text = make_token(request.getfixturevalue(person), scopes=["read", scope])
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    answer = client.post(f"/api/v1/filings/{filing.uid}/messages/", {"text": "hello"}, format="json")
    assert answer.status_code == status
