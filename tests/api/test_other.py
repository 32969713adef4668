"""Checking without storing, the catalog, the description, and the errors that every address shares."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from compliance.models import Filing, Flag
from compliance.rules.catalog import CATALOG
from registry.actions import create_token
from registry.models import ApiToken
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


def test_a_finding_is_told_as_by_the_command(api):
    finding = check(api, "algorithm-late", "?as_of=2026-06-01").json()["findings"]
    assert finding == [
        {
            "rule": "DDL-01",
            "level": "error",
            "variant": "overdue",
            "at": "/service/launched_on",
            "title": "Algorithm filing not submitted in time",
            "message": "Nothing was submitted by 2026-05-18, the 10th working day after 2026-04-30. In force since 2022-03-01.",
            "cites": ["ALG 24"],
            "fix": "Submit the filing now; a late submission is recorded, and it is better than none.",
        }
    ]


@pytest.mark.parametrize("as_of", ["2026-13-01", "20261101", "today", "", "2026-1-1"])
def test_a_day_that_is_none_is_refused(api, as_of):
    answer = check(api, "algorithm-late", f"?as_of={as_of}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_day")


def test_a_malformed_dossier_is_not_checked(api):
    assert check(api, "malformed").status_code == 400


def test_the_catalog_is_told_in_both_languages(client):
    english = client.get("/api/v1/rules/").json()["results"]
    chinese = client.get("/api/v1/rules/", headers={"Accept-Language": "zh-hans"}).json()["results"]
    assert [rule["rule"] for rule in english] == [rule.code for rule in CATALOG]
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
    ],
)
def test_every_error_is_problem_details(api, method, path, status, code):
    answer = api.generic(method, path)
    problem = json.loads(answer.content)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"urn:problem:{code}")
    assert set(problem) == {"type", "title", "status", "code", "detail", "instance", "errors"}


def test_an_answer_that_is_not_json_is_not_offered(api):
    answer = api.get("/api/v1/filings/", headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


def test_a_failure_of_the_server_is_problem_details(api, monkeypatch, filer):
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a test")

    monkeypatch.setattr("compliance.api.views.evaluate", fail)
    api.raise_request_exception = False
    answer = check(api, "algorithm-complete")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert json.loads(answer.content)["code"] == "error"


@pytest.mark.parametrize("header", ["", "Token", "Token x y", "Token nonsense", "Bearer x", "Token ü"])
def test_without_a_valid_token_nobody_enters(db, header):
    headers = {"Authorization": header} if header else {}
    answer = Client().get("/api/v1/filings/", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Token realm="api"')
    assert answer.json()["code"] in ("not_authenticated", "authentication_failed")


def test_a_token_is_kept_as_a_hash_and_ends_with_its_user(filer):
    token = create_token(filer)
    kept = ApiToken.objects.get()
    assert token not in (kept.digest, kept.beginning)
    headers = {"Authorization": f"Token {token}"}
    assert Client().get("/api/v1/filings/", headers=headers).status_code == 200
    filer.is_active = False
    filer.save()
    assert Client().get("/api/v1/filings/", headers=headers).status_code == 401
