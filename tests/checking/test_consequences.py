"""A change of the register makes all affected filings due, in bulk."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.checking import consequences
from compliance.filings import actions
from compliance.models import Consequence, Filing, Flag
from compliance.tasks import spread_consequences
from registry.models import AIModel, NumberKind, NumberStatus, OfficialNumber, User
from registry.numbers.actions import set_number_status
from registry.register.pipeline import rederive
from tests.building import parsed
from tests.conftest import OTHER_USCC
from tests.making_filings import a_filing, a_submitted_filing, check_everything, hold_documents, unresolved_flags

DAY = date(2026, 11, 20)
NUMBER = "Guangdong-YangLi-202601010001"
LICENSE = {"license": "LicenseRef-Commercial"}
BASE = {"name": "示例旁观科技有限公司", "country": "CN", "uscc": OTHER_USCC}


def derived(*, lists_base: bool = True, **base: Any) -> dict[str, Any]:
    """Return the changes for a service on an own model that derives from a base model of somebody else."""
    parent = {"key": "base", "name": "旁观基座", "version": "1.0", "developer": BASE, **LICENSE, **base}
    return {
        "/models/0/development": "derived",
        "/models/0/derived_from": [{"key": "base", "relation": "finetune"}],
        **({"/models/-": parent} if lists_base else {}),
    }


def filed_base(stranger: User, registrar: User, name: str = "旁观基座", **changes: Any) -> Filing:
    """Return the filing of the base model itself, with a recorded external decision."""
    own = {
        "/applicant/uscc": OTHER_USCC,
        "/applicant/name": BASE["name"],
        "/models/0/name": name,
        "/models/0/developer": BASE,
        "/reference": name,
        **changes,
    }
    filing, _ = actions.open_filing(parsed("generative", own), by=stranger)
    actions.submit_filing(filing, by=stranger)
    hold_documents(filing, stranger)
    number = NUMBER[:-1] + str(OfficialNumber.objects.count() + 1)
    return actions.record_decision(Filing.objects.get(pk=filing.pk), number=number, day=date(2026, 1, 2), by=registrar)


def flags_after_spreading() -> dict[str, list[tuple[str, str]]]:
    consequences.spread()
    check_everything(today=DAY)
    return {filing.reference: unresolved_flags(filing) for filing in Filing.objects.order_by("pk")}


def test_revoking_a_base_model_flags_the_filings_based_on_it_including_drafts(filer, stranger, registrar):
    base = filed_base(stranger, registrar)
    a_submitted_filing(filer, "generative", {**derived(), "/reference": "submitted"})
    a_filing(filer, "generative", {**derived(filing_number=base.official_number.number), "/reference": "draft"})
    before = flags_after_spreading()
    assert (before["submitted"], before["draft"]) == ([], [])
    actions.revoke_filing(base, by=registrar, reason="obtained by false materials")
    after = flags_after_spreading()
    expected = [("PRO-04", "/models/1/filing_number")]
    assert (after["submitted"], after["draft"]) == (expected, expected)


def test_a_resumed_base_model_resolves_the_flag(filer, stranger, registrar):
    base = filed_base(stranger, registrar)
    a_submitted_filing(filer, "generative", {**derived(), "/reference": "one"})
    base = actions.suspend_filing(base, by=registrar, reason="for the time being")
    assert flags_after_spreading()["one"] == [("PRO-04", "/models/1/filing_number")]
    actions.resume_filing(base, by=registrar)
    assert flags_after_spreading()["one"] == []


def test_an_ancestor_that_only_the_register_knows_is_flagged(filer, stranger, registrar):
    middle = filed_base(
        stranger,
        registrar,
        "旁观中层",
        **{
            "/models/0/development": "derived",
            "/models/0/derived_from": [{"key": "root", "relation": "continued_pretraining"}],
            "/models/-": {
                "key": "root",
                "name": "样例根模型",
                "developer": {"name": "Meta", "country": "US"},
                "license": "MIT",
            },
        },
    )
    named = {"name": "旁观中层", "version": "1.0", "filing_number": middle.official_number.number}
    a_submitted_filing(filer, "generative", {**derived(**named), "/reference": "one"})
    assert flags_after_spreading()["one"] == [("PRO-04", "/models/1/derived_from")]
    flag = Flag.objects.unresolved().get(filing__reference="one")
    assert (flag.variant, flag.values["ancestor"]) == ("unlisted:样例根模型", "样例根模型")
    root = AIModel.objects.get(name="样例根模型")
    number = OfficialNumber.objects.create(
        number="Beijing-Gen-202401010001",
        key="beijing-gen-202401010001",
        kind=NumberKind.GENERATIVE,
        status=NumberStatus.FILED,
    )

    number.ai_models.set([root])
    rederive({root.pk}, numbers={number.key})
    assert flags_after_spreading()["one"] == []
    set_number_status(number, "revoked")
    flags_after_spreading()
    flag = Flag.objects.unresolved().get(filing__reference="one")
    assert flag.variant == "unlisted_ended:样例根模型"


@pytest.mark.parametrize("count", [2, 12])
def test_spreading_takes_a_fixed_number_of_queries(filer, stranger, registrar, count):
    base = filed_base(stranger, registrar)
    for i in range(count):
        a_submitted_filing(filer, "generative", {**derived(), "/reference": f"r{i}"})
    consequences.spread()
    check_everything(today=DAY)
    base.refresh_from_db()
    actions.revoke_filing(base, by=registrar, reason="why")
    with CaptureQueriesContext(connection) as captured:
        assert consequences.spread() >= count
    assert len(captured) == 12  # savepoints included
    assert Consequence.objects.count() == 0
    assert Filing.objects.due().count() >= count


def test_spreading_nothing_takes_one_query(django_assert_num_queries, db):
    with django_assert_num_queries(1):
        assert consequences.spread() == 0


def test_the_pick_up_finds_an_unannounced_change(filer, stranger, registrar, monkeypatch):
    base = filed_base(stranger, registrar)
    a_submitted_filing(filer, "generative", {**derived(), "/reference": "one"})
    flags_after_spreading()
    actions.revoke_filing(Filing.objects.get(pk=base.pk), by=registrar, reason="why")
    published: list[tuple[Any, ...]] = []
    monkeypatch.setattr("compliance.checking.dispatch.publish", lambda *args: published.append(args))
    assert spread_consequences() >= 1
    check_everything(today=DAY)
    assert unresolved_flags(Filing.objects.get(reference="one")) == [("PRO-04", "/models/1/filing_number")]


def test_unrelated_filings_do_not_become_due(filer, stranger, registrar):
    base = filed_base(stranger, registrar)
    other = a_submitted_filing(filer, "generative", {"/reference": "other"})
    flags_after_spreading()
    actions.revoke_filing(Filing.objects.get(pk=base.pk), by=registrar, reason="why")
    consequences.spread()
    assert Filing.objects.due().filter(pk=other.pk).count() == 0
