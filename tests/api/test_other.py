"""Checks without storage, the catalog, the API schema, authentication, and errors common to all URLs."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest
from django.test import Client

from compliance.models import Filing, Flag
from compliance.rules.catalog import CATALOG
from registry.models import ApiToken
from registry.tokens import create_token
from tests.building import example


def check(api, name: str, query: str = "", **headers: str):
    return api.generic(
        "POST", f"/api/v1/check/{query}", example(name), content_type="application/json", headers=headers
    )


@pytest.mark.parametrize(
    ("as_of", "rules"),
    [
        ("2026-11-24", ["ALG-03", "ORG-03", "ORG-04"]),
        ("2026-11-25", ["ALG-03", "DDL-01", "ORG-03", "ORG-04"]),
        ("2021-01-01", []),
    ],
)
def test_a_check_judges_as_of_a_day_and_stores_nothing(api, as_of, rules):
    answer = check(api, "algorithm-incomplete", f"?as_of={as_of}").json()
    assert sorted({finding["rule"] for finding in answer["findings"]}) == rules
    assert (answer["as_of"], answer["malformed"]) == (as_of, [])
    assert (Filing.objects.count(), Flag.objects.count()) == (0, 0)


def test_a_finding_has_the_same_form_as_in_the_command(api):
    finding = check(api, "algorithm-late", "?as_of=2026-06-01").json()["findings"]
    assert finding == [
        {
            "rule": "DDL-01",
            "level": "error",
            "variant": "overdue",
            "at": "/service/launched_on",
            "title": "Algorithm filing not submitted in time",
            "message": "Not submitted by 2026-05-18, the 10th working day after 2026-04-30. In force since 2022-03-01.",
            "cites": ["ALG 24"],
            "fix": "Submit the filing now; a late submission is recorded, but it is better than none.",
        }
    ]


@pytest.mark.parametrize("as_of", ["2026-13-01", "20261101", "today", "", "2026-1-1"])
def test_an_invalid_day_is_refused(api, as_of):
    answer = check(api, "algorithm-late", f"?as_of={as_of}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_as_of")


def test_a_malformed_dossier_is_not_checked(api):
    assert check(api, "malformed").status_code == 400


def test_the_catalog_is_available_in_both_languages(client):
    english = client.get("/api/v1/rules/").json()["results"]
    chinese = client.get("/api/v1/rules/", headers={"Accept-Language": "zh-hans"}).json()["results"]
    assert [rule["code"] for rule in english] == [rule.code for rule in CATALOG.in_order()]
    assert (english[0]["title"], chinese[0]["title"]) == ("Applicant not fully identified", "备案主体信息不完整")


def test_the_documentation_needs_no_foreign_host_and_no_inline_script(client):
    page = client.get("/api/v1/docs/")
    text = page.content.decode()
    assert "//cdn" not in text
    assert "<script>" not in text
    assert "unsafe" not in page.headers["Content-Security-Policy"].split("script-src")[1].split(";")[0]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing/", 404, "not_found"),
        ("GET", "/api/v1/filings/not-a-uuid/", 404, "not_found"),
        ("DELETE", "/api/v1/filings/", 405, "method_not_allowed"),
        ("GET", "/api/v1/filings/?cursor=cD1hYmM=", 404, "not_found"),
        ("GET", "/api/v1/filings/?cursor=bz14", 404, "not_found"),
        ("GET", "/api/v1/filings/?status=draft&status=filed", 400, "bad_status"),
        ("GET", "/api/v1/rules/?page=2", 400, "bad_page"),
    ],
)
def test_every_error_is_problem_details(api, method, path, status, code):
    answer = api.generic(method, path)
    problem = json.loads(answer.content)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"urn:problem:{code}")
    assert set(problem) == {"type", "title", "status", "code", "detail", "instance", "request_id", "errors"}


@pytest.mark.parametrize("accept", ["application/problem+json", "application/xml", "text/html"])
def test_the_answer_is_json_regardless_of_the_accept_header(api, accept):
    good, bad = (api.get(path, headers={"Accept": accept}) for path in ("/api/v1/filings/", "/api/v1/nothing/"))
    assert (good.status_code, good.headers["Content-Type"]) == (200, "application/json")
    assert (bad.status_code, bad.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("filings/?page_size=-1", "bad_page_size"),
        ("filings/?page_size=0", "bad_page_size"),
        ("filings/?page_size=many", "bad_page_size"),
        ("filings/?page_size=" + "9" * 5_000, "bad_page_size"),
    ],
)
def test_an_invalid_page_size_is_refused(api, query, code):
    answer = api.get(f"/api/v1/{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("position", ["[0,null,-1]", "[0,null,1e3]", '["0",null,1]', "[0,null]", "{}", "null", "x"])
def test_a_forged_cursor_is_not_found(api, position):
    answer = api.get("/api/v1/filings/", {"cursor": urlsafe_b64encode(position.encode()).decode()})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_cursor_that_is_none_is_refused(api):
    assert api.get("/api/v1/filings/", {"cursor": "…"}).json()["code"] == "bad_cursor"


def test_api_urls_work_without_the_trailing_slash(api):
    answer = api.generic("POST", "/api/v1/check", example("algorithm-complete"), content_type="application/json")
    assert (answer.status_code, "findings" in answer.json()) == (200, True)


def test_an_unknown_host_gets_problem_details(client):
    answer = client.get("/api/v1/rules/", headers={"Host": "elsewhere.example"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


def test_a_failure_of_the_server_is_problem_details(api, monkeypatch, filer):
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a test")

    monkeypatch.setattr("compliance.api.checks.evaluate", fail)
    api.raise_request_exception = False
    answer = check(api, "algorithm-complete")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert json.loads(answer.content)["code"] == "error"


@pytest.mark.parametrize("header", ["", "Token", "Token x y", "Token nonsense", "Bearer x", "Token ü"])
def test_a_valid_token_is_required(db, header):
    headers = {"Authorization": header} if header else {}
    answer = Client().get("/api/v1/filings/", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Token realm="api"')
    assert answer.json()["code"] in ("not_authenticated", "authentication_failed")


def test_a_token_is_stored_as_a_hash_and_works_only_while_its_user_is_active(filer):
    token = create_token(filer)
    kept = ApiToken.objects.get()
    assert token not in (kept.digest, kept.beginning)
    headers = {"Authorization": f"Token {token}"}
    assert Client().get("/api/v1/filings/", headers=headers).status_code == 200
    filer.is_active = False
    filer.save()
    assert Client().get("/api/v1/filings/", headers=headers).status_code == 401
