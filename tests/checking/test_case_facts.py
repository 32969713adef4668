"""Rules get the facts of the register about numbers and models, in a fixed number of queries."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.checking.case_facts import cases_of
from compliance.filings import actions
from compliance.models import Filing
from registry.models import AIModel, NumberKind, NumberStatus, OfficialNumber, Organization
from tests.building import parsed
from tests.making_filings import a_filing, a_submitted_filing, check_everything, unresolved_flags

NUMBER = "Beijing-ChatGLM-20230821"
DERIVED = {
    "/models/0/development": "derived",
    "/models/0/derived_from": [{"key": "base", "relation": "finetune", "modified": True}],
    "/models/-": {
        "key": "base",
        "name": "ChatGLM",
        "developer": {"name": "北京智谱华章科技有限公司", "country": "CN"},
        "license": "LicenseRef-Commercial",
    },
}
NUMBERED = {**DERIVED, "/models/-": {**DERIVED["/models/-"], "filing_number": NUMBER}}
MISSING = [("PRO-04", "/models/1/filing_number")]


def a_number(status: str = NumberStatus.FILED, *models: AIModel, number: str = NUMBER) -> OfficialNumber:
    entered = OfficialNumber.objects.create(
        number=number, key=number.casefold(), kind=NumberKind.GENERATIVE, status=status
    )
    entered.ai_models.set(models)
    return entered


def flags_of(filer, changes) -> list[tuple[str, str]]:
    filing = a_filing(filer, "generative", changes)
    check_everything(today=date(2026, 11, 20))
    return unresolved_flags(filing)


def known_model(filer) -> AIModel:
    """Return the base model, which an earlier filing entered in the register."""
    a_submitted_filing(filer, "generative", {**DERIVED, "/reference": "earlier"})
    return AIModel.objects.get(name="ChatGLM")


def test_a_declared_number_that_is_not_in_the_register_is_accepted(filer):
    assert flags_of(filer, NUMBERED) == []


@pytest.mark.parametrize("status", ["cancelled", "revoked", "suspended"])
def test_a_declared_number_that_is_no_longer_in_force_is_flagged(filer, status):
    a_number(status)
    assert flags_of(filer, NUMBERED) == MISSING


def test_a_number_is_found_regardless_of_width_and_case(filer):
    a_number("revoked")
    written = {**DERIVED, "/models/-": {**DERIVED["/models/-"], "filing_number": "Ｂｅｉｊｉｎｇ-CHATGLM-20230821"}}
    assert flags_of(filer, written) == MISSING


def test_a_number_of_the_model_in_the_register_counts_without_a_declaration(filer):
    model = known_model(filer)
    assert flags_of(filer, DERIVED) == MISSING
    a_number("filed", model)
    assert flags_of(filer, {**DERIVED, "/reference": "later"}) == []


def test_one_number_in_force_is_enough(filer):
    model = known_model(filer)
    a_number("cancelled", model)
    assert flags_of(filer, DERIVED) == MISSING
    a_number("registered", model, number="Beijing-ChatGLM-20240101S0001")
    assert flags_of(filer, {**DERIVED, "/reference": "later"}) == []


def test_the_number_of_a_merged_model_counts(filer):
    model = known_model(filer)
    developer = Organization.objects.get(name="北京智谱华章科技有限公司")
    whole = AIModel.objects.create(key="whole", developer=developer, name="ChatGLM (whole)")
    AIModel.objects.filter(pk=model.pk).update(merged_into=whole)
    a_number("filed", model)
    assert flags_of(filer, DERIVED) == []


def test_an_algorithm_number_does_not_count_for_a_model(filer):
    model = known_model(filer)
    number = a_number("filed", model)
    OfficialNumber.objects.filter(pk=number.pk).update(kind=NumberKind.ALGORITHM)
    assert flags_of(filer, DERIVED) == MISSING


@pytest.mark.parametrize("count", [1, 12])
def test_case_facts_are_loaded_in_a_fixed_number_of_queries(filer, count):
    known_model(filer)
    for i in range(count):
        a_filing(filer, "generative", {**(NUMBERED if i % 2 else DERIVED), "/reference": f"r{i}"})
    filings = list(Filing.objects.all())
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert len(cases_of(filings)) == len(filings)
    assert len(captured) <= 14


def test_a_decided_change_or_cancellation_covers_no_service(filer):
    without = {"/service/algorithm_filing_number": None}
    algorithm = a_submitted_filing(filer, "algorithm", {"/reference": "algorithm"})
    Filing.objects.filter(pk=algorithm.pk).update(status="cancelled")
    ended = a_submitted_filing(filer, "algorithm", {"/reference": "end", "/action": "cancellation"})
    Filing.objects.filter(pk=ended.pk).update(status="filed")
    assert ("RTE-02", "/service/algorithm_filing_number") in flags_of(filer, without)


def test_a_renamed_service_is_looked_up_by_its_current_name(filer, reviewer):
    a_submitted_filing(filer, "algorithm", {"/service/name": "新名问答"})
    without = {"/service/algorithm_filing_number": None}
    filing = a_submitted_filing(filer, "generative", {**without, "/service/name": "旧名问答"})
    actions.return_filing(filing, by=reviewer, reason="Name it as it is.")
    actions.edit_dossier(filing, parsed("generative", {**without, "/service/name": "新名问答"}), by=filer)
    check_everything(today=date(2026, 11, 20))
    assert unresolved_flags(filing) == []
