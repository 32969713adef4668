"""The filings API: open, read, edit, submit, flags."""

from __future__ import annotations

import json
from datetime import date

import pytest
import time_machine

from compliance.api.serializers import FilingSerializer
from compliance.filings import actions
from compliance.filings.refusals import ChangedMeanwhile
from compliance.models import Event, Filing, Flag, Revision, WorkingCopy
from tests.building import a_document, example, parsed
from tests.making_filings import check_everything, hold_documents

FILINGS = "/api/v1/filings/"


def post(api, body: bytes, **headers: str):
    return api.generic("POST", FILINGS, body, content_type="application/json", headers=headers)


def opened(api, name: str = "algorithm-incomplete") -> str:
    answer = post(api, example(name))
    assert answer.status_code == 201
    return answer.headers["Location"]


@time_machine.travel("2026-11-23T09:00:00+08:00", tick=False)
def test_a_posted_and_submitted_filing_gets_its_flags(api):
    url = opened(api)
    assert api.post(f"{url}submit/").json()["status"] == "submitted"
    hold_documents(Filing.objects.get(), Filing.objects.get().opened_by)
    check_everything(today=date(2026, 11, 23))
    answer = api.get(f"{url}flags/").json()
    assert [(flag["rule"], flag["level"], flag["variant"], flag["at"]) for flag in answer["results"]] == [
        ("ORG-03", "error", "missing:monitoring", "/applicant/governance"),
        ("ORG-03", "error", "missing:incident_response", "/applicant/governance"),
        ("ORG-03", "error", "missing:violation_handling", "/applicant/governance"),
        ("ORG-04", "warning", "missing", "/applicant/governance"),
        ("ALG-03", "error", "missing", "/algorithm/mechanism"),
    ]
    assert (answer["as_of"], answer["due"], answer["next"]) == ("2026-11-23", False, None)


def test_a_flag_contains_everything_needed_to_fix_it(api):
    url = opened(api)
    check_everything(today=date(2026, 11, 23))
    flag = api.get(f"{url}flags/").json()["results"][-1]
    raised_at = flag.pop("raised_at")
    assert raised_at.endswith("+08:00")
    assert flag == {
        "rule": "ALG-03",
        "level": "error",
        "variant": "missing",
        "at": "/algorithm/mechanism",
        "title": "Content to be publicized incomplete",
        "message": "Not given: operating mechanism. In force since 2022-03-01.",
        "cites": ["ALG 16", "ALG 24"],
        "fix": "Add the missing part in language that users understand.",
        "resolved_at": None,
        "waiver": None,
    }


def test_flags_are_in_the_language_of_the_user(api):
    url = opened(api)
    check_everything(today=date(2026, 11, 23))
    flag = api.get(f"{url}flags/", headers={"Accept-Language": "zh-CN"}).json()["results"][-1]
    assert (flag["title"], flag["message"]) == ("拟公示内容不完整", "未填写算法运行机制。该要求自 2022-03-01 起施行。")


def test_flags_include_whether_a_check_is_due(api):
    url = opened(api)
    before = api.get(f"{url}flags/").json()
    assert (before["as_of"], before["due"], before["results"]) == (None, True, [])


def test_resolved_flags_are_listed_on_request(api):
    url = opened(api)
    check_everything(today=date(2026, 11, 23))
    api.post(f"{url}withdraw/")
    check_everything(today=date(2026, 11, 23))
    assert api.get(f"{url}flags/").json()["results"] == []
    assert len(api.get(f"{url}flags/?state=resolved").json()["results"]) == 5
    assert len(api.get(f"{url}flags/?state=all").json()["results"]) == 5


def test_flags_are_paginated(api):
    url = opened(api)
    check_everything(today=date(2026, 11, 23))
    found, page = [], api.get(f"{url}flags/?page_size=2").json()
    while True:
        found += [flag["at"] for flag in page["results"]]
        if page["next"] is None:
            break
        page = api.get(page["next"]).json()
    assert len(found) == 5


@time_machine.travel("2026-11-23T09:00:00+08:00", tick=False)
def test_a_filing_is_summarized(api, filer):
    url = opened(api)
    check_everything(today=date(2026, 11, 23))
    data = api.get(url).json()
    times = {name: data.pop(name) for name in ("opened_at", "changed_at")}
    checked_at = data["check"].pop("checked_at")
    assert all(moment.endswith("+08:00") for moment in (*times.values(), checked_at))
    assert data == {
        "id": str(Filing.objects.get().uid),
        "case_number": Filing.objects.get().case_number,
        "kind": "algorithm",
        "action": "initial",
        "status": "draft",
        "reference": "algorithm-incomplete",
        "jurisdiction": "44",
        "applicant": {"uscc": "91440300708461136T", "name": "样例云图智能有限公司"},
        "service": {"name": "样例问答"},
        "first_submitted_at": None,
        "submitted_at": None,
        "accepted_at": None,
        "returned_at": None,
        "decided_at": None,
        "official_number": None,
        "amends_filing": None,
        "flags": {"error": 4, "warning": 1, "info": 0, "waived": 0},
        "check": {"as_of": "2026-11-23", "due": False, "next_look_on": "2026-11-25"},
    }


def test_posting_again_returns_the_same_filing(api):
    first, second = post(api, example("algorithm-complete")), post(api, example("algorithm-complete"))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_another_dossier_under_a_used_reference_is_a_conflict(api):
    opened(api, "algorithm-complete")
    other = json.dumps(a_document(changes={"/applicant/name": "x"})).encode()
    problem = post(api, other).json()
    assert (problem["status"], problem["code"], problem["errors"][0]["pointer"]) == (
        409,
        "reference_taken",
        "/reference",
    )


def test_a_malformed_dossier_is_refused_entirely(api):
    answer = post(api, example("malformed"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    problem = answer.json()
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [
        ("/applicant/uscc", "uscc_check_digit"),
        ("/assessment/refusal_test/refusal_rate", "rate_out_of_range"),
        ("/modles", "unknown_field"),
    ]
    assert [model.objects.count() for model in (Filing, WorkingCopy, Revision, Event, Flag)] == [0] * 5


def test_faults_are_in_the_language_of_the_user(api):
    error = post(api, b"{}", **{"Accept-Language": "zh"}).json()["errors"][0]
    assert error == {
        "pointer": "/applicant",
        "code": "required",
        "message": "该字段必填。请填写。",
    }


@pytest.mark.parametrize("path", ["", "check"])
def test_a_body_over_two_mebibytes_is_refused(api, path):
    url = "/api/v1/check/" if path else FILINGS
    answer = api.generic("POST", url, b" " * (2 * 1024 * 1024 + 1), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "2097152" in answer.json()["detail"]


def test_a_content_type_other_than_json_is_refused(api):
    answer = api.generic("POST", FILINGS, b"{}", content_type="text/plain")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_the_dossier_is_returned_as_it_was_posted(api):
    url = opened(api, "generative-complete")
    answer = api.get(f"{url}dossier/")
    assert json.loads(answer.content) == json.loads(example("generative-complete"))
    assert answer.headers["ETag"] == f'"{parsed("generative").canonical.sha256}"'


class TestEditing:
    @pytest.fixture
    def url(self, api) -> str:
        return f"{opened(api, 'algorithm-complete')}dossier/"

    def put(self, api, url: str, changes: dict, **headers: str):
        body = json.dumps(a_document(changes=changes))
        return api.generic("PUT", url, body, content_type="application/json", headers=headers)

    def test_the_current_etag_overwrites_the_dossier(self, api, url):
        etag = api.get(url).headers["ETag"]
        answer = self.put(api, url, {"/applicant/name": "x"}, **{"If-Match": etag})
        assert (answer.status_code, json.loads(answer.content)["applicant"]["name"]) == (200, "x")
        assert answer.headers["ETag"] == api.get(url).headers["ETag"] != etag

    def test_an_etag_is_required(self, api, url):
        answer = self.put(api, url, {})
        assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")

    @pytest.mark.parametrize("weak_or_old", ['"0000"', "W/{}", "garbage"])
    def test_another_etag_returns_the_current_dossier(self, api, url, weak_or_old):
        current_etag = api.get(url).headers["ETag"]
        answer = self.put(api, url, {"/applicant/name": "x"}, **{"If-Match": weak_or_old.format(current_etag)})
        problem = answer.json()
        assert (answer.status_code, problem["code"], answer.headers["ETag"]) == (412, "changed_meanwhile", current_etag)
        assert problem["current"] == {"etag": current_etag, "dossier": a_document()}

    def test_the_current_dossier_keeps_every_digit(self, api):
        document = a_document("generative", {"/models/0/training/compute/0/hours": 2400.1})
        raw = json.dumps(document).replace("2400.1", "9007199254740991.1234").encode()
        url = f"{post(api, raw).headers['Location']}dossier/"
        answer = self.put(api, url, {}, **{"If-Match": '"0"'})
        hours = answer.json()["current"]["dossier"]["models"][0]["training"]["compute"][0]["hours"]
        assert hours == "9007199254740991.1234"

    def test_one_of_several_etags_is_enough(self, api, url):
        current_etag = api.get(url).headers["ETag"]
        assert self.put(api, url, {}, **{"If-Match": f'"0", {current_etag}'}).status_code == 200

    def test_a_malformed_dossier_changes_nothing(self, api, url):
        before = api.get(url)
        answer = self.put(api, url, {"/kind": "x"}, **{"If-Match": before.headers["ETag"]})
        assert (answer.status_code, api.get(url).content) == (400, before.content)

    def test_a_submitted_dossier_is_not_overwritten(self, api, url):
        api.post(url.replace("dossier", "submit"))
        answer = self.put(api, url, {}, **{"If-Match": api.get(url).headers["ETag"]})
        assert (answer.status_code, answer.json()["filing_status"]) == (409, "submitted")

    def test_submitting_a_changed_dossier_with_the_old_etag_is_refused(self, api, url):
        etag = api.get(url).headers["ETag"]
        self.put(api, url, {"/applicant/name": "x"}, **{"If-Match": etag})
        submit = url.replace("dossier", "submit")
        assert api.post(submit, headers={"If-Match": etag}).status_code == 412
        assert api.post(submit, headers={"If-Match": api.get(url).headers["ETag"]}).status_code == 200


def test_a_submission_compares_the_expected_version_under_the_lock(api, filer):
    url = opened(api)
    etag = api.get(f"{url}dossier/").headers["ETag"].strip('"')
    filing = Filing.objects.get()
    actions.edit_dossier(filing, parsed(), by=filer)
    with pytest.raises(ChangedMeanwhile):
        actions.submit_filing(filing, by=filer, expected_version={etag})
    assert not Revision.objects.exists()


def test_an_etag_from_before_a_check_is_still_accepted_by_actions(api):
    url = opened(api)
    before = api.get(url).headers["ETag"]
    check_everything(today=date(2026, 11, 23))
    after = api.get(url).headers["ETag"]
    assert before != after == api.get(url).headers["ETag"]
    assert api.post(f"{url}submit/", headers={"If-Match": before}).status_code == 200
    assert api.post(f"{url}withdraw/", headers={"If-Match": before}).status_code == 412


def test_an_unknown_flag_state_is_refused(api):
    assert api.get(f"{opened(api)}flags/?state=gone").json()["code"] == "bad_state"


def test_a_cancellation_of_an_unknown_number_is_flagged(api):
    url = opened(api, "algorithm-cancellation")
    check_everything(today=date(2026, 11, 23))
    flags = api.get(f"{url}flags/").json()["results"]
    assert [(flag["rule"], flag["variant"], flag["at"]) for flag in flags] == [("RTE-06", "unknown", "/amends")]


def test_a_filing_is_submitted_once_over_the_api(api):
    url = opened(api)
    answers = [api.post(f"{url}submit/") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json()["filing_status"] == "submitted"


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ("", 200, ""),
        ("{}", 200, ""),
        ('{"reason": " no "}', 200, "no"),
        ("[]", 400, None),
        ("{", 400, None),
        ('{"reason": 12}', 400, None),
        ('{"because": "no"}', 400, None),
        ('{"reason": "a\\u0000b"}', 400, None),
        ('{"reason": "' + "x" * 2_001 + '"}', 400, None),
        ("[" * 200_000, 400, None),
    ],
)
def test_a_withdrawal_may_give_a_reason(api, body, status, reason):
    url = opened(api)
    answer = api.generic("POST", f"{url}withdraw/", body, content_type="application/json")
    assert answer.status_code == status
    assert list(Event.objects.filter(verb="withdraw").values_list("reason", flat=True)) == (
        [] if reason is None else [reason]
    )


def test_the_pages_of_a_list_have_no_gaps_or_repetitions(api):
    for i in range(5):
        post(api, json.dumps(a_document(changes={"/reference": str(i)})).encode())
    found, url = [], f"{FILINGS}?page_size=2"
    while url:
        page = api.get(url).json()
        found += [filing["reference"] for filing in page["results"]]
        url = page["next"]
    assert found == ["4", "3", "2", "1", "0"]


def test_a_list_takes_as_many_queries_for_five_filings_as_for_one(api, django_assert_num_queries):
    for number in (1, 5):
        for i in range(number):
            post(api, json.dumps(a_document(changes={"/reference": f"{number}-{i}"})).encode())
        with django_assert_num_queries(2):
            api.get(FILINGS)


def test_a_post_takes_a_fixed_number_of_queries(api, django_assert_max_num_queries):
    opened(api, "algorithm-complete")
    with django_assert_max_num_queries(11):
        opened(api)


def test_a_submission_takes_at_most_forty_statements(api, django_assert_max_num_queries):
    url = opened(api, "generative-complete")
    with django_assert_max_num_queries(40):
        assert api.post(f"{url}submit/").status_code == 200
    second = json.dumps(a_document("generative", {"/reference": "second", "/service/name": "another"})).encode()
    url = post(api, second).headers["Location"]
    with django_assert_max_num_queries(40):
        assert api.post(f"{url}submit/").status_code == 200


def test_reading_a_filing_and_its_flags_takes_a_query_each_beside_the_token(api, django_assert_num_queries):
    url = opened(api)
    check_everything()
    with django_assert_num_queries(2):
        api.get(url)
    with django_assert_num_queries(3):
        assert api.get(f"{url}flags/").json()["results"]


def test_a_summary_is_what_its_description_says(api):
    answer = api.get(opened(api)).json()
    described = FilingSerializer().fields
    assert list(answer) == list(described)
    assert {name: list(answer[name]) for name in ("applicant", "service", "flags", "check")} == {
        name: list(described[name].fields) for name in ("applicant", "service", "flags", "check")
    }
