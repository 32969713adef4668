"""Every address that leads on to another one stays within the product, whatever it is told."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from registry import exporting
from registry.admin import exporting as lists
from tests.accounts.codes import signs_in
from tests.admin.test_desk import FILINGS, FLAGS, ORGANIZATIONS, desk_of
from tests.making_filings import a_submitted_filing

ELSEWHERE = [
    "https://evil.example/",
    "http://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "\t//evil.example/",
    " https://evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "//testserver:80@evil.example/",
    "https://evil.example\\@testserver/",
    "https://evil.example#@testserver/",
    "https://evil.example?@testserver/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "ftp://evil.example/",
    "https://[::1",
    "/%09/evil.example",
    "/%5cevil.example",
    "/ok\r\nLocation: https://evil.example/",
    "/ok\r\nSet-Cookie: sessionid=x",
    "/\x00/evil.example",
    "https://еvil.example/",
    "//evil。example/",
]

SOME = [*ELSEWHERE[::8], "https://[::1", "//evil.example/", "javascript:alert(1)", "/ok\r\nSet-Cookie: sessionid=x"]


def is_within(answer) -> bool:
    """Whether an answer leads nowhere, or within the product, in one line."""
    location = answer.headers.get("Location", "")
    assert answer.status_code < 500
    assert not set(location) & set("\r\n\t\\\0")
    parts = urlsplit(location)
    assert (parts.scheme, parts.netloc) in (("", ""), ("http", "testserver"))
    assert not location.startswith("//")
    assert not urlsplit(parts.path).netloc
    return True


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_signing_in_leads_nowhere_else(reviewer, elsewhere):
    web = Client()
    answer = web.post(reverse("account_login"), {"login": "reviewer", "password": "a password", "next": elsewhere})
    assert is_within(answer)


@pytest.mark.parametrize("elsewhere", SOME)
def test_the_page_to_sign_in_carries_no_other_address(db, elsewhere):
    answer = Client().get(reverse("account_login"), {"next": elsewhere})
    assert answer.status_code in (200, 400)
    page = answer.content.decode()
    assert 'href="javascript:' not in page.lower()
    assert 'href="https://evil' not in page


@pytest.mark.parametrize("elsewhere", SOME)
@pytest.mark.parametrize("path", ["/admin/login/", "/workspace/sign-in/"])
def test_the_old_pages_to_sign_in_lead_nowhere_else(db, path, elsewhere):
    assert is_within(Client().get(path, {"next": elsewhere}))


@pytest.mark.parametrize("elsewhere", SOME)
def test_whoever_is_signed_in_is_led_nowhere_else(reviewer, elsewhere):
    assert is_within(desk_of(reviewer).get(reverse("account_login"), {"next": elsewhere}))


@pytest.mark.parametrize("elsewhere", SOME)
def test_signing_out_leads_nowhere_else(reviewer, elsewhere):
    assert is_within(desk_of(reviewer).post(reverse("account_logout"), {"next": elsewhere}))


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_choosing_a_language_leads_nowhere_else(db, elsewhere):
    web = Client()
    assert is_within(web.post("/language/setlang/", {"language": "zh-hans", "next": elsewhere}))
    assert is_within(web.post("/language/setlang/", {"language": "en"}, headers={"Referer": "https://evil.example/"}))


@pytest.mark.parametrize("language", ["../../x", "en\r\nSet-Cookie: a=b", "<script>", "x" * 5_000, "zh-hans; Path=/"])
def test_a_language_that_is_none_is_not_kept(db, language):
    answer = Client().post("/language/setlang/", {"language": language, "next": "/"})
    assert is_within(answer)
    assert "django_language" not in answer.cookies


@pytest.mark.parametrize("elsewhere", SOME)
@pytest.mark.parametrize("name", ["account_reauthenticate", "account_change_password", "account-second-factor"])
def test_the_pages_of_an_account_lead_nowhere_else(reviewer, name, elsewhere):
    answer = desk_of(reviewer).get(reverse(name), {"next": elsewhere})
    assert is_within(answer)
    page = answer.content.decode().lower()
    assert 'href="javascript:' not in page
    assert "evil.example" not in [urlsplit(part.partition('"')[0]).hostname for part in page.split('href="')[1:]]


def test_a_confirmed_password_leads_nowhere_else(reviewer):
    web = Client()
    assert signs_in(web, "reviewer") == "/admin/"
    for elsewhere in SOME:
        assert is_within(web.post(reverse("account_reauthenticate"), {"password": "a password", "next": elsewhere}))


@pytest.mark.parametrize(
    "path", ["//evil.example/", "///evil.example/admin", "/\\evil.example/admin", "//evil.example/%2e%2e"]
)
def test_a_path_that_looks_like_a_host_leads_nowhere_else(db, path):
    assert is_within(Client().get(path))
    assert is_within(Client().get("/x", PATH_INFO=path))


@pytest.mark.parametrize("query", ["next=https://evil.example/", "queue=//evil.example", "q=https://evil.example/"])
@pytest.mark.parametrize("path", ["/admin/", "/admin/search/", FILINGS, "/admin/compliance/filing/999999/change/"])
def test_the_desk_leads_nowhere_else(reviewer, path, query):
    assert is_within(desk_of(reviewer).get(f"{path}?{query}"))


@pytest.mark.parametrize("name", ["assign", "comment"])
def test_a_form_of_a_case_leads_back_to_the_case(filer, reviewer, name):
    filing = a_submitted_filing(filer)
    answer = desk_of(reviewer).post(
        reverse(f"admin:compliance_filing_{name}", args=[filing.pk]),
        {"text": "x", "next": "https://evil.example/", "back": "https://evil.example/", "queue": "//evil.example"},
        headers={"Referer": "https://evil.example/"},
    )
    assert is_within(answer)


@pytest.mark.parametrize("path", [FILINGS, FLAGS, ORGANIZATIONS])
def test_a_workbook_that_would_be_too_large_leads_back_to_its_list_and_not_to_where_the_link_was(
    filer, reviewer, monkeypatch, path
):
    a_submitted_filing(filer, changes={"/algorithm/mechanism": None})
    monkeypatch.setattr(exporting, "MOST_IN_A_WORKBOOK", -1)
    monkeypatch.setattr(lists, "MOST_IN_A_WORKBOOK", -1)
    answer = desk_of(reviewer).get(f"{path}export.xlsx", headers={"Referer": "https://evil.example/"})
    assert answer.status_code == 302
    assert is_within(answer)
