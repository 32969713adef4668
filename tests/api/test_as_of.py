"""Checks of a dossier or a filing as of another day, over the API and on the desk."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from compliance.filings import actions
from compliance.models import Flag
from registry.models import NumberKind, OfficialNumber
from tests.building import example, parsed
from tests.conftest import client_of
from tests.making_filings import a_filing, a_submitted_filing, check_everything

BASE_2024 = json.loads(example("generative-unfiled-base-2024"))
SAMPLED = {"/models/0/corpora/0/manual_sample/size": 3_999, "/assessment/assessed_on": None}


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel("2026-11-20 10:00+08:00", tick=False):
        yield


def rules(findings) -> list[str]:
    return sorted({finding["rule"] for finding in findings})


def test_a_dossier_is_judged_as_of_a_day_and_compared_with_another(api):
    answer = api.post("/api/v1/check/?as_of=2025-10-31&compare_to=2025-11-01", BASE_2024, format="json").json()
    assert (answer["as_of"], rules(answer["findings"])) == ("2025-10-31", ["COR-07", "PRO-03", "PRO-08"])
    compared = answer["compared"]
    assert {name: rules(compared[name]) for name in ("new", "gone", "changed")} == {
        "new": ["PRO-04"],
        "gone": ["PRO-03"],
        "changed": [],
    }
    assert compared["compare_to"] == "2025-11-01"


def test_nothing_is_compared_without_a_second_day(api):
    assert api.post("/api/v1/check/", BASE_2024, format="json").json()["compared"] is None


@pytest.mark.parametrize("name", ["as_of", "compare_to"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_invalid_day_is_refused(api, name, language):
    answer = api.post(f"/api/v1/check/?{name}=soon", BASE_2024, format="json", HTTP_ACCEPT_LANGUAGE=language)
    assert (answer.status_code, answer.json()["code"]) == (400, f"bad_{name}")
    assert ("有效日期" in answer.json()["detail"]) == (language == "zh-hans")


def check(client, filing, query=""):
    return client.get(f"/api/v1/filings/{filing.uid}/check/{query}").json()


def test_without_a_day_a_filing_is_judged_as_it_is(api, filer):
    filing = a_submitted_filing(filer, "generative", SAMPLED)
    check_everything()
    assert rules(check(api, filing)["findings"]) == sorted(set(Flag.objects.values_list("rule", flat=True)))


def test_a_filing_is_judged_as_if_it_were_submitted_on_the_day(api, filer):
    filing = a_submitted_filing(filer, "generative", SAMPLED)
    then, now = check(api, filing, "?as_of=2024-06-20"), check(api, filing, "?as_of=2026-11-20")
    assert ("COR-05" in rules(then["findings"]), "COR-06" in rules(then["findings"])) == (True, False)
    assert ("COR-05" in rules(now["findings"]), "COR-06" in rules(now["findings"])) == (False, True)
    compared = check(api, filing, "?as_of=2025-10-31&compare_to=2025-11-01")["compared"]
    assert ("COR-05" in rules(compared["gone"]), "COR-06" in rules(compared["new"])) == (True, True)
    assert Flag.objects.count() == 0


def test_a_filing_is_judged_with_the_facts_of_the_register(api, filer):
    number = "Beijing-ChatGLM-20230821"
    OfficialNumber.objects.create(number=number, key=number.casefold(), kind=NumberKind.GENERATIVE, status="revoked")
    filing = a_submitted_filing(filer, "registration")
    assert rules(check(api, filing, "?as_of=2026-11-20")["findings"]) == ["PRO-05"]


def test_the_applicant_sees_the_check_of_the_working_copy_and_others_that_of_the_revision(api, filer, reviewer):
    filing = a_submitted_filing(filer, "generative", {"/service/audience": None})
    actions.return_filing(filing, by=reviewer, reason="Name the audience.")
    actions.edit_dossier(filing, parsed("generative", {"/service/audience": "成年人"}), by=filer)
    assert "SRV-04" not in rules(check(api, filing)["findings"])
    assert "SRV-04" in rules(check(client_of(reviewer), filing)["findings"])


def test_an_unknown_query_parameter_of_a_filing_check_is_refused(api, filer):
    filing = a_filing(filer)
    answer = api.get(f"/api/v1/filings/{filing.uid}/check/?day=2026-01-01")
    assert answer.status_code == 400


def desk_page(reviewer, filing, **days):
    desk = Client()
    desk.force_login(reviewer)
    answer = desk.get(reverse("admin:compliance_filing_as_of", args=[filing.pk]), days)
    return answer.status_code, answer.content.decode()


def test_the_desk_shows_another_day_and_what_changes(filer, reviewer):
    filing = a_submitted_filing(filer, "generative", SAMPLED)
    status, page = desk_page(reviewer, filing, day="2025-10-31", compare_to="2025-11-01")
    assert status == 200
    assert "What changes from 2025-10-31 to 2025-11-01" in page
    assert page.index("New") < page.index("COR-06") < page.index("No longer required") < page.index("COR-05")


def test_the_desk_reports_an_invalid_day_and_shows_today(filer, reviewer):
    filing = a_submitted_filing(filer, "generative")
    status, page = desk_page(reviewer, filing, day="2025-13-01")
    assert (status, "“2025-13-01” is not a valid date" in page, "2026-11-20" in page) == (200, True, True)


def test_the_desk_hides_filings_of_other_provinces(filer, far_reviewer):
    filing = a_submitted_filing(filer, "generative")
    assert desk_page(far_reviewer, filing, day="2025-10-31")[0] == 404


def test_an_unknown_query_parameter_of_a_check_is_refused(api):
    assert api.post("/api/v1/check/?asof=2024-01-01", BASE_2024, format="json").status_code == 400
