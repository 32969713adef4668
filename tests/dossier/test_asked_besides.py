"""What the forms ask for and no rule requires: the numbers under which sites and apps are filed, and facts on the owner."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from compliance.dossier.asked_besides import asked_besides
from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import parse
from tests.building import a_document, a_dossier, flagged

RECORDS = "/service/icp_records"


def record(**values: str) -> dict[str, object]:
    return {RECORDS: [{"form": "website", "address": "example.cn", **values}]}


@pytest.mark.parametrize(
    "number",
    [
        "京ICP备12345678号",
        "京ICP备12345678号-1",
        "粤ICP备2021012345号-3A",
        "沪ICP备2023000001号-2X",
        "京ICP证030173号",
        "粤B2-20090059",
        "浙A2.B1-20210001",
        "B2-20100001",
        "A1.A2.B1.B2-20070004",
        "粤B2-20090059-5",
        "合字B2-20090001",
    ],
)
def test_an_icp_number_is_kept_and_raises_nothing(number):
    dossier = a_dossier("generative", record(number=number, public_security_number="京公网安备11010802020134号"))
    assert dossier.service.icp_records[0].number == number
    assert (flagged(dossier), list(asked_besides(dossier))) == ([], [])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("number", "ICP备12345678号", "not_an_icp_number"),
        ("number", "京ICP备1234号", "not_an_icp_number"),
        ("number", "京 ICP备12345678号", "not_an_icp_number"),
        ("number", "申请中", "not_an_icp_number"),
        ("public_security_number", "京公网安备1101号", "not_a_public_security_number"),
    ],
)
def test_a_malformed_number_is_a_fault_of_form(field, value, code):
    with pytest.raises(Malformed) as refused:
        parse(json.dumps(a_document("generative", record(**{field: value}))).encode())
    (fault,) = refused.value.faults
    assert (str(fault.at), fault.code) == (f"{RECORDS}/0/{field}", code)
    assert fault.message("en") != fault.message("zh")


@pytest.mark.parametrize("kind", ["algorithm", "generative", "registration"])
def test_an_absent_icp_number_of_a_public_site_is_information_and_no_flag(kind):
    dossier = a_dossier(kind, {"/service/public": True, "/service/forms": ["website"]})
    assert flagged(dossier) == []
    (information,) = asked_besides(dossier)
    assert information.at == RECORDS
    assert "ICP备案" in information.in_("en")
    assert "ICP 备案号" in information.in_("zh")


@pytest.mark.parametrize("changes", [{"/service/forms": ["api"]}, {"/service/public": False}, {"/service/forms": None}])
def test_nothing_is_asked_of_a_service_without_a_public_site(changes):
    whole = {"/service/public": True, "/service/forms": ["website"], **changes}
    assert list(asked_besides(parse(json.dumps(a_document("generative", whole)).encode()).dossier)) == []


def test_capital_and_foreign_shareholding_are_facts():
    dossier = a_dossier(
        "generative", {"/applicant/registered_capital": "10000000", "/applicant/foreign_shareholding": "0.25"}
    )
    facts = (dossier.applicant.registered_capital, dossier.applicant.foreign_shareholding)
    assert facts == (10_000_000, Decimal("0.25"))
    assert flagged(dossier) == []
