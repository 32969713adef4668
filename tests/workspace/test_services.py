"""My services, their duties, and the models that they stand on."""

from __future__ import annotations

import pytest
from django.test import Client

from compliance.filings import actions
from compliance.inventory.ai_models import models_of
from compliance.inventory.services import services_of
from compliance.models import KeptService
from compliance.rules.duties import Need, duties_of
from registry.models import NumberKind, NumberStatus, OfficialNumber, Organization, User
from tests.building import a_document, a_dossier, parsed

REQUIRED, NOT_REQUIRED, UNCLEAR = Need


@pytest.mark.parametrize(
    ("kind", "changes", "needs"),
    [
        ("generative", {}, [REQUIRED, REQUIRED, NOT_REQUIRED]),
        ("registration", {}, [REQUIRED, NOT_REQUIRED, REQUIRED]),
        ("registration", {"/models/0/derived_from": [{"modified": True}]}, [REQUIRED, REQUIRED, NOT_REQUIRED]),
        ("generative", {"/service/public": False}, [NOT_REQUIRED] * 3),
        ("generative", {"/service/opinion_capacity": False}, [NOT_REQUIRED] * 3),
        ("generative", {"/service/opinion_capacity": None}, [UNCLEAR] * 3),
        ("generative", {"/service/functions": ["recommendation"]}, [REQUIRED, NOT_REQUIRED, NOT_REQUIRED]),
        ("generative", {"/models": []}, [REQUIRED, UNCLEAR, UNCLEAR]),
        ("generative", {"/service/functions": None, "/algorithm": None}, [UNCLEAR] * 3),
    ],
)
def test_which_filings_a_service_needs(kind: str, changes: dict[str, object], needs: list[Need]) -> None:
    duties = duties_of(a_dossier(kind, changes))
    assert [duty.need for duty in duties] == needs
    assert [duty.kind for duty in duties] == ["algorithm", "generative", "registration"]


def test_a_service_has_one_line_with_all_its_filings(organization: Organization, filer: User, today) -> None:  # type: ignore[no-untyped-def]
    for kind in ("algorithm", "generative"):
        actions.open_filing(parsed(kind, {"/service/name": "样例问答"}), by=filer)
    KeptService.objects.create(organization=organization, name="内部试用", facts={"public": False}, by=filer)
    lines = services_of(organization, today=today())
    assert sorted((line.name, len(line.filings), line.is_open) for line in lines) == [
        ("内部试用", 0, False),
        ("样例问答", 2, False),
    ]


def test_a_kept_service_says_what_it_needs(web: Client, organization: Organization) -> None:
    home = f"/workspace/{organization.uid}/"
    typed = {
        "name": "陪伴助手",
        "public": "true",
        "opinion_capacity": "true",
        "functions": ["dialogue"],
        "runs_on": "called",
    }
    web.post(f"{home}services/keep/", typed)
    page = web.get(home).content.decode()
    assert "陪伴助手" in page
    assert "a registration is enough" in page
    assert "kind=registration" in page
    refused = web.post(f"{home}services/keep/", {**typed, "name": " "})
    assert refused.status_code == 422
    assert KeptService.objects.count() == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_exported(web: Client, organization: Organization, filer: User, form: str) -> None:
    actions.open_filing(parsed("generative", {"/service/name": "=1+1"}), by=filer)
    answer = web.get(f"/workspace/{organization.uid}/", {"export": form})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    assert content.startswith(b"PK" if form == "xlsx" else "\ufeff".encode())
    assert b"\n=1+1" not in content


def test_the_inventory_says_what_stands_on_a_base_and_what_is_affected(
    web: Client, organization: Organization, filer: User
) -> None:
    number = "Beijing-ShiLiJiZuo-20240101"
    base = {
        "key": "base",
        "name": "基座",
        "filing_number": number,
        "developer": {"name": "示例基座公司", "country": "CN"},
    }
    middle = {"key": "middle", "name": "中间", "derived_from": [{"key": "base", "relation": "finetune"}]}
    own = {**a_document("generative")["models"][0], "derived_from": [{"key": "middle", "relation": "finetune"}]}
    filing, _is_new = actions.open_filing(parsed("generative", {"/models": [own, middle, base]}), by=filer)
    OfficialNumber.objects.create(
        number=number, key=number.lower(), kind=NumberKind.GENERATIVE, status=NumberStatus.REVOKED, title="基座"
    )
    listed = {model.name: model for model in models_of(organization)}
    assert [each.service_name for each in listed["基座"].affected] == [filing.service_name]
    assert listed["基座"].is_ended
    assert listed["中间"].bases == {"基座": "finetune"}
    assert (
        "not in force any more: 1 service is affected"
        in web.get(f"/workspace/{organization.uid}/models/").content.decode()
    )
