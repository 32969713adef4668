"""A change of the register reaches every filing that hangs on it, in bulk."""

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
from tests.making_filings import a_filing, a_submitted_filing, check_everything, hold_documents, standing

DAY = date(2026, 11, 20)
NUMBER = "Guangdong-YangLi-202601010001"
LICENSE = {"license": "LicenseRef-Commercial"}
BASE = {"name": "示例旁观科技有限公司", "country": "CN", "uscc": OTHER_USCC}


def derived(*, lists_base: bool = True, **base: Any) -> dict[str, Any]:
    """A service on a model of one's own, made from a base model of somebody else."""
    parent = {"key": "base", "name": "旁观基座", "version": "1.0", "developer": BASE, **LICENSE, **base}
    return {
        "/models/0/development": "derived",
        "/models/0/derived_from": [{"key": "base", "relation": "finetune"}],
        **({"/models/-": parent} if lists_base else {}),
    }


def filed_base(stranger: User, registrar: User, name: str = "旁观基座", **changes: Any) -> Filing:
    """The base model's own generative filing, decided outside and recorded."""
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
    return {filing.reference: standing(filing) for filing in Filing.objects.order_by("pk")}


def test_a_revoked_base_model_reaches_what_stands_on_it_drafts_included(filer, stranger, registrar):
    base = filed_base(stranger, registrar)
    a_submitted_filing(filer, "generative", {**derived(), "/reference": "submitted"})
    a_filing(filer, "generative", {**derived(filing_number=base.official_number.number), "/reference": "draft"})
    before = flags_after_spreading()
    assert (before["submitted"], before["draft"]) == ([], [])
    actions.revoke_filing(base, by=registrar, reason="obtained by false materials")
    after = flags_after_spreading()
    asked = [("PRO-04", "/models/1/filing_number")]
    assert (after["submitted"], after["draft"]) == (asked, asked)


def test_what_is_resumed_counts_again(filer, stranger, registrar):
    base = filed_base(stranger, registrar)
    a_submitted_filing(filer, "generative", {**derived(), "/reference": "one"})
    base = actions.suspend_filing(base, by=registrar, reason="for the time being")
    assert flags_after_spreading()["one"] == [("PRO-04", "/models/1/filing_number")]
    actions.resume_filing(base, by=registrar)
    assert flags_after_spreading()["one"] == []


def test_an_ancestor_that_only_the_register_knows_reaches_the_filing_too(filer, stranger, registrar):
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


def test_nothing_to_spread_is_one_look(django_assert_num_queries, db):
    with django_assert_num_queries(1):
        assert consequences.spread() == 0


def test_a_change_that_nobody_was_told_of_is_found_by_the_pick_up(filer, stranger, registrar, monkeypatch):
    base = filed_base(stranger, registrar)
    a_submitted_filing(filer, "generative", {**derived(), "/reference": "one"})
    flags_after_spreading()
    actions.revoke_filing(Filing.objects.get(pk=base.pk), by=registrar, reason="why")
    handed_out: list[tuple[Any, ...]] = []
    monkeypatch.setattr("compliance.checking.dispatch.publish", lambda *args: handed_out.append(args))
    assert spread_consequences() >= 1
    check_everything(today=DAY)
    assert standing(Filing.objects.get(reference="one")) == [("PRO-04", "/models/1/filing_number")]


def test_filings_that_have_nothing_to_do_with_it_are_left_alone(filer, stranger, registrar):
    base = filed_base(stranger, registrar)
    other = a_submitted_filing(filer, "generative", {"/reference": "other"})
    flags_after_spreading()
    actions.revoke_filing(Filing.objects.get(pk=base.pk), by=registrar, reason="why")
    consequences.spread()
    assert Filing.objects.due().filter(pk=other.pk).count() == 0
