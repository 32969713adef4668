"""Waiving a flag over the API and on the desk, with one invalid input of each kind."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from compliance.models import Filing, Flag
from tests.conftest import client_of
from tests.making_filings import a_submitted_filing, check_everything

FLAG = {"rule": "DOC-04", "at": "/documents/1/sealed", "variant": "not_true"}
WAIVER = {**FLAG, "until": "2099-12-31", "reason": "The seal is being cut anew."}


@pytest.fixture
def filing(filer) -> Filing:
    filing = a_submitted_filing(filer, "generative", {"/documents/1/sealed": False})
    check_everything()
    return filing


def post(user, filing, verb, body):
    return client_of(user).post(f"/api/v1/filings/{filing.uid}/{verb}/", body, format="json")


def test_a_flag_includes_its_waiver(filing, reviewer, api):
    answer = post(reviewer, filing, "waive", WAIVER)
    assert answer.status_code == 200
    given = answer.json()["waiver"]
    assert {**given, "at": "…"} == {
        "until": "2099-12-31",
        "reason": "The seal is being cut anew.",
        "by": "reviewer",
        "at": "…",
    }
    url = f"/api/v1/filings/{filing.uid}/"
    assert api.get(url).json()["flags"] == {"error": 0, "warning": 0, "info": 0, "waived": 1}
    assert [flag["waiver"]["until"] for flag in api.get(f"{url}flags/").json()["results"]] == ["2099-12-31"]
    assert post(reviewer, filing, "accept", {}).status_code == 200


def test_a_flag_blocks_again_after_its_waiver_is_lifted(filing, reviewer):
    post(reviewer, filing, "waive", WAIVER)
    answer = post(reviewer, filing, "lift_waiver", {**FLAG, "reason": "It was ready."})
    assert (answer.status_code, answer.json()["waiver"]) == (200, None)
    assert post(reviewer, filing, "accept", {}).json()["code"] == "errors_stand"


@pytest.mark.parametrize(
    ("spoiled", "status", "code", "pointer"),
    [
        ({"until": "31.12.2099"}, 400, "bad_day", "/until"),
        ({"until": "2020-01-01"}, 400, "day_past", "/until"),
        ({"reason": " "}, 400, "reason_missing", "/reason"),
        ({"rule": "DOC-99"}, 409, "no_such_flag", "/rule"),
        ({"variant": "missing"}, 409, "no_such_flag", "/rule"),
        ({"level": "error"}, 400, "bad_reason", "/level"),
        ({"until": 20991231}, 400, "bad_reason", "/until"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_invalid_waiver_is_refused_with_a_pointer(filing, reviewer, spoiled, status, code, pointer, language):
    client = client_of(reviewer)
    url = f"/api/v1/filings/{filing.uid}/waive/"
    answer = client.post(url, {**WAIVER, **spoiled}, format="json", HTTP_ACCEPT_LANGUAGE=language)
    data = answer.json()
    assert (answer.status_code, data["code"], data["errors"][0]["pointer"]) == (status, code, pointer)
    assert any("一" <= letter <= "鿿" for letter in data["errors"][0]["message"]) == (language == "zh-hans")
    assert not Flag.objects.get().is_waived


def test_the_desk_waives_and_lifts(filing, reviewer):
    desk = Client()
    desk.force_login(reviewer)
    page = reverse("admin:compliance_filing_change", args=[filing.pk])
    flag = Flag.objects.get()

    def send(verb, **form):
        filing.refresh_from_db()
        url = reverse("admin:compliance_filing_waive", args=[filing.pk, verb])
        return desk.post(url, {"flag": flag.pk, "expected_version": filing.last_event_hash, **form}, follow=True)

    assert "Waive" in desk.get(page).content.decode()
    shown = send("waive", until="2099-12-31", reason="The seal is being cut anew.").content.decode()
    flag.refresh_from_db()
    assert flag.is_waived
    assert "The seal is being cut anew." in shown
    send("lift_waiver", reason="It was ready.")
    flag.refresh_from_db()
    assert not flag.is_waived


def test_the_desk_shows_what_is_wrong_with_a_waiver(filing, reviewer):
    desk = Client()
    desk.force_login(reviewer)
    url = reverse("admin:compliance_filing_waive", args=[filing.pk, "waive"])
    form = {"flag": Flag.objects.get().pk, "expected_version": filing.last_event_hash, "until": "soon", "reason": "why"}
    shown = desk.post(url, form, follow=True)
    assert "Enter the last day of the waiver in the format YYYY-MM-DD." in shown.content.decode()
    assert not Flag.objects.get().is_waived


def test_the_desk_offers_waivers_only_to_those_who_may_waive(filing, auditor, filer):
    desk = Client()
    desk.force_login(auditor)
    page = desk.get(reverse("admin:compliance_filing_change", args=[filing.pk])).content.decode()
    assert "DOC-04" in page
    assert "desk-waive" not in page
