"""The whole workflow of a filing over the API, with a filer, a reviewer and a registrar."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from compliance import demo
from compliance.documents import counting
from compliance.filings.history.verification import faults_of_history
from compliance.models import Event, Filing
from registry.models import AIModel, Membership, OfficialNumber, Service, StaffRole
from tests.building import a_document
from tests.conftest import client_of
from tests.making_filings import check_everything

FILES = Path(demo.__file__).parent / "documents"
NUMBERS = {
    "algorithm": "网信算备440305000000101260017号",
    "generative": "Guangdong-YangLiDaMoXing-202611200001",
    "registration": "Guangdong-YangLiWenDa-20261120S0001",
}
REVIEWS = {"algorithm": 2, "generative": 2, "registration": 1}


@pytest.fixture(autouse=True)
def on_a_day(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def people(filer, reviewer, registrar):
    return {"filer": client_of(filer), "reviewer": client_of(reviewer), "registrar": client_of(registrar)}


def opened(people, document) -> str:
    answer = people["filer"].post("/api/v1/filings/", document, format="json")
    assert answer.status_code == 201, answer.json()
    return f"/api/v1/filings/{answer.json()['id']}/"


def upload_all(people, url: str, document) -> None:
    for entry in document.get("documents", []):
        path = FILES / entry["filename"]
        answer = people["filer"].post(
            f"{url}documents/", {"file": SimpleUploadedFile(path.name, path.read_bytes())}, format="multipart"
        )
        assert answer.status_code == 201, answer.json()
        assert answer.json()["sha256"] == entry["sha256"]
        counting.count(entry["sha256"])


def does(people, who: str, verb: str, url: str, expected: int = 200, **body):
    answer = people[who].post(f"{url}{verb}/", body or None, format="json")
    assert answer.status_code == expected, answer.content.decode()
    return answer.json()


def reviewed(people, url: str, kind: str):
    does(people, "reviewer", "accept", url)
    for _ in range(REVIEWS[kind]):
        does(people, "reviewer", "forward", url)
    return does(people, "registrar", "decide", url)


def filed(people, kind: str, changes=None) -> str:
    document = a_document(kind, changes)
    url = opened(people, document)
    upload_all(people, url, document)
    does(people, "filer", "submit", url)
    reviewed(people, url, kind)
    return url


@pytest.mark.parametrize("kind", ["algorithm", "generative", "registration"])
def test_a_filing_gets_a_number_and_is_changed_and_cancelled(people, kind):
    document = a_document(kind)
    url = opened(people, {**document, "jurisdiction": None})
    upload_all(people, url, document)
    does(people, "filer", "submit", url)
    refused = does(people, "reviewer", "accept", url, 409)
    assert (refused["code"], [(e["code"], e["pointer"]) for e in refused["errors"]]) == (
        "errors_stand",
        [("RTE-09", "/jurisdiction")],
    )
    assert does(people, "reviewer", "return", url, reason="属地未填写")["status"] == "returned"
    notice = people["filer"].get(f"{url}events/").json()["results"][0]
    assert (notice["verb"], notice["reason"], [gap["rule"] for gap in notice["data"]["gaps"]]) == (
        "return",
        "属地未填写",
        ["RTE-09"],
    )
    assert people["filer"].put(f"{url}dossier/", document, format="json", headers={"If-Match": "*"}).status_code == 200
    does(people, "filer", "submit", url)
    decided = reviewed(people, url, kind)
    assert (decided["status"], decided["official_number"]) == ("filed", NUMBERS[kind])
    number = OfficialNumber.objects.get()
    assert (number.issued_on, number.status) == (
        date(2026, 11, 20),
        "registered" if kind == "registration" else "filed",
    )
    assert Service.objects.get().registration_status == number.status

    amending = {"amends": NUMBERS[kind], "occurred_on": "2026-11-18"}
    change = {**document, **amending, "action": "change", "reference": "the change"}
    change["service"] = {**change["service"], "description": "改进后的问答服务。"}
    changed = opened(people, change)
    second = people["filer"].post("/api/v1/filings/", {**change, "reference": "another"}, format="json")
    assert (second.status_code, second.json()["code"]) == (409, "amendment_open")
    upload_all(people, changed, change)
    does(people, "filer", "submit", changed)
    answer = reviewed(people, changed, kind)
    assert (answer["status"], answer["official_number"], answer["amends_filing"]) == ("filed", None, url[-37:-1])
    now = people["filer"].get(f"{url}dossier/").json()
    assert now == {**document, "service": change["service"]}
    assert people["filer"].get(url).json()["official_number"] == NUMBERS[kind]

    cancellation = opened(
        people,
        {
            **amending,
            "kind": kind,
            "action": "cancellation",
            "applicant": document["applicant"],
            "service": {"name": document["service"]["name"]},
            "jurisdiction": "44",
        },
    )
    does(people, "filer", "submit", cancellation)
    reviewed(people, cancellation, kind)
    assert people["filer"].get(url).json()["status"] == "cancelled"
    number.refresh_from_db()
    assert (number.status, Service.objects.get().registration_status) == ("cancelled", "cancelled")
    assert [event.verb for event in Event.objects.filter(filing__uid=url[-37:-1]).exclude(verb="upload")] == [
        "open",
        "submit",
        "return",
        "edit",
        "submit",
        "accept",
        *["forward"] * REVIEWS[kind],
        "decide",
        "amended",
        "cancel",
    ]
    assert faults_of_history() == []
    assert check_everything() == 3


def test_a_filing_is_suspended_resumed_and_revoked_with_its_models(people):
    url = filed(people, "generative")
    statuses = [AIModel.objects.get().registration_status]
    for verb in ("suspend", "resume", "revoke"):
        does(people, "registrar", verb, url, reason="现场检查")
        statuses.append(AIModel.objects.get().registration_status)
    assert statuses == ["filed", "suspended", "filed", "revoked"]


def test_the_filer_records_an_external_decision_with_its_proof(people):
    document = a_document("generative")
    url = opened(people, document)
    upload_all(people, url, document)
    does(people, "filer", "submit", url)
    proof = document["documents"][0]["sha256"]
    decision = {"number": "Guangdong-YangLi-202605010009", "day": "2026-05-12", "document": proof}
    answer = does(people, "filer", "record_decision", url, **decision)
    assert (answer["status"], answer["official_number"]) == ("filed", "Guangdong-YangLi-202605010009")
    assert OfficialNumber.objects.get().issued_on == date(2026, 5, 12)


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"number": "Guangdong-YangLi-20260501S0009"}, 400, "number_malformed", "/number"),
        ({"number": "x"}, 400, "number_malformed", "/number"),
        ({"day": "2026-13-01"}, 400, "bad_day", "/day"),
        ({"day": "2026-11-21"}, 400, "day_to_come", "/day"),
        ({"document": "0" * 64}, 400, "document_not_held", "/document"),
        ({"day": 5}, 400, "bad_reason", "/day"),
        ({"colour": "red"}, 400, "bad_reason", "/colour"),
    ],
)
def test_an_invalid_decision_is_refused_entirely(people, changes, status, code, pointer):
    url = opened(people, a_document("generative"))
    does(people, "filer", "submit", url)
    decision = {"number": "Guangdong-YangLi-202605010009", "day": "2026-05-12", **changes}
    answer = does(people, "filer", "record_decision", url, status, **decision)
    assert (answer["code"], answer["errors"][0]["pointer"]) == (code, pointer)
    assert (people["filer"].get(url).json()["status"], OfficialNumber.objects.count()) == ("submitted", 0)


@pytest.mark.parametrize("verb", ["reject", "cancel", "revoke", "suspend"])
def test_rejecting_cancelling_revoking_and_suspending_require_a_reason(people, verb):
    url = filed(people, "registration") if verb != "reject" else opened(people, a_document("registration"))
    if verb == "reject":
        upload_all(people, url, a_document("registration"))
        does(people, "filer", "submit", url)
        does(people, "reviewer", "accept", url)
        does(people, "reviewer", "forward", url)
    before = Filing.objects.get().status
    assert does(people, "registrar", verb, url, 400)["code"] == "reason_missing"
    assert Filing.objects.get().status == before


def test_reviewers_cannot_decide_and_filers_cannot_review_their_own_filings(people, filer, registrar, organization):
    url = opened(people, a_document("registration"))
    upload_all(people, url, a_document("registration"))
    does(people, "filer", "submit", url)
    StaffRole.objects.create(user=filer, role="registrar")
    assert does(people, "filer", "accept", url, 403)["code"] == "own_filing"
    Membership.objects.filter(user=filer).delete()
    assert does(people, "filer", "accept", url, 403)["code"] == "prepared_by_you"
    does(people, "registrar", "accept", url)
    does(people, "registrar", "forward", url)
    assert does(people, "registrar", "decide", url, 403)["code"] == "reviewed_by_you"
    assert does(people, "reviewer", "decide", url, 403)["code"] == "not_a_registrar"


def test_an_action_with_a_stale_etag_is_refused(people):
    url = opened(people, a_document("registration"))
    stale = people["filer"].get(url).headers["ETag"]
    does(people, "filer", "submit", url)
    answer = people["reviewer"].post(f"{url}return/", {"reason": "x"}, format="json", headers={"If-Match": stale})
    assert (answer.status_code, answer.json()["code"]) == (412, "changed_meanwhile")


def test_only_the_applicant_sees_the_working_copy_of_a_returned_filing(people):
    url = opened(people, a_document("registration"))
    does(people, "filer", "submit", url)
    does(people, "reviewer", "return", url)
    edited = a_document("registration", {"/service/description": "新的介绍"})
    people["filer"].put(f"{url}dossier/", edited, format="json", headers={"If-Match": "*"})
    descriptions = [people[who].get(f"{url}dossier/").json()["service"]["description"] for who in ("filer", "reviewer")]
    assert descriptions == ["新的介绍", a_document("registration")["service"]["description"]]


def test_the_demo_contains_every_file_that_the_examples_name():
    named = {entry["filename"] for kind in REVIEWS for entry in a_document(kind)["documents"]}
    assert named <= {path.name for path in Path(FILES).iterdir()}
