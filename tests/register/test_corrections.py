"""Corrections by registrars: they take precedence over other statements, are recorded, and can be undone completely."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from compliance.filings import actions
from registry import refusals
from registry.lineage import walks
from registry.models import AIModel, Correction, Derivation, ModelStatement, Source
from registry.reference.base_models import base_models
from registry.register import corrections, pipeline
from registry.register.catalog import load_catalog
from registry.register.precedence import shown_values
from tests.making_filings import a_submitted_filing
from tests.small_catalog import load_small_catalog

NOBODY = AnonymousUser()


@pytest.fixture
def catalog(db, monkeypatch) -> None:
    load_small_catalog(monkeypatch)


def model(name: str) -> AIModel:
    return AIModel.objects.get(name=name)


def value(row: AIModel, name: str):
    return shown_values(row.statements.select_related("source"))[name][0]


def test_loading_the_catalog_again_changes_nothing(db):
    load_catalog()
    before = list(ModelStatement.objects.values_list("pk", flat=True))
    assert load_catalog() == (len(base_models()), False)
    assert list(ModelStatement.objects.values_list("pk", flat=True)) == before
    assert AIModel.objects.count() == len(base_models())
    statement = ModelStatement.objects.get(name="Llama-2-13B")
    assert (statement.developer_name, statement.developer_country, statement.license) == (
        "Meta",
        "US",
        "LicenseRef-Llama-2",
    )
    assert statement.structure["num_hidden_layers"] == 40
    assert not ModelStatement.objects.filter(developer_name="").exists()


def test_a_correction_takes_precedence_over_the_catalog_until_it_is_undone(catalog, registrar):
    row = model("Llama-2-13B")
    correction = corrections.correct_model(
        row, {"license": "LicenseRef-Other"}, reason="the text says so", by=registrar
    )
    assert value(row, "license") == "LicenseRef-Other"
    corrections.undo_correction(correction, reason="misread", by=registrar)
    assert value(row, "license") == "LicenseRef-Llama-2"
    correction.refresh_from_db()
    assert (correction.reason, correction.undone_reason, correction.by) == ("the text says so", "misread", registrar)


def test_a_corrected_country_changes_the_country_of_the_model(catalog, registrar):
    row = model("SmolLM2-1.7B")
    corrections.correct_model(row, {"developer_country": "FR"}, reason="seat", by=registrar)
    row.refresh_from_db()
    assert row.country == "FR"


def test_a_merge_moves_the_lineage_and_undoing_moves_it_back(catalog, registrar):
    old, new, child = model("LLaMA-7B"), model("Falcon-7B"), model("Chinese-LLaMA-plus-7B")
    merge = corrections.merge_models(old, new, reason="a test of merging", by=registrar)
    assert walks.walk(child.pk, "ancestors", NOBODY).depths == {child.pk: 0, new.pk: 1}
    assert not AIModel.objects.visible_to(NOBODY).filter(pk=old.pk).exists()
    corrections.undo_correction(merge, reason="back", by=registrar)
    assert walks.walk(child.pk, "ancestors", NOBODY).depths == {child.pk: 0, old.pk: 1}
    assert AIModel.objects.visible_to(NOBODY).filter(pk=old.pk).exists()
    assert ModelStatement.objects.filter(model=old).count() == ModelStatement.objects.filter(model=new).count() == 1


def test_merges_can_be_undone_in_any_order(catalog, registrar):
    a, b, c = model("GPT-2"), model("GPT-2-medium"), model("GPT-2-large")
    first = corrections.merge_models(a, b, reason="x", by=registrar)
    second = corrections.merge_models(b, c, reason="x", by=registrar)
    assert set(ModelStatement.objects.filter(model=c).values_list("named_model", flat=True)) == {a.pk, b.pk, c.pk}
    corrections.undo_correction(first, reason="x", by=registrar)
    assert set(ModelStatement.objects.filter(model=c).values_list("named_model", flat=True)) == {b.pk, c.pk}
    corrections.undo_correction(second, reason="x", by=registrar)
    assert [ModelStatement.objects.get(model=row).named_model for row in (a, b, c)] == [a, b, c]


def test_a_model_merged_into_its_own_parent_does_not_derive_from_itself(catalog, registrar):
    child, parent = model("CodeLlama-7B"), model("Llama-2-7B")
    corrections.merge_models(child, parent, reason="x", by=registrar)
    assert Derivation.objects.get(child=parent, parent=parent).closes_cycle
    assert child.pk not in walks.walk(parent.pk, "ancestors", NOBODY).depths


@pytest.mark.parametrize(
    ("changes", "reason", "code"),
    [
        ({}, "x", "nothing_to_correct"),
        ({"license": "MIT"}, "  ", "reason_missing"),
        ({"registration_status": "filed"}, "x", "not_correctable"),
    ],
)
def test_invalid_corrections_are_refused(catalog, registrar, changes, reason, code):
    with pytest.raises(refusals.RegisterRefused) as refused:
        corrections.correct_model(model("GPT-2"), changes, reason=reason, by=registrar)
    assert (refused.value.code, Correction.objects.count()) == (code, 0)


@pytest.mark.parametrize("person", ["reviewer", "auditor", "administrator", "filer"])
def test_only_registrars_correct_models(catalog, person, request):
    with pytest.raises(refusals.RegisterRefused) as refused:
        corrections.correct_model(model("GPT-2"), {"license": "MIT"}, reason="x", by=request.getfixturevalue(person))
    assert refused.value.code == "not_a_registrar"


def test_a_model_is_not_merged_into_itself_or_twice(catalog, registrar):
    a, b = model("GPT-2"), model("GPT-2-medium")
    corrections.merge_models(a, b, reason="x", by=registrar)
    for row, into, code in ((b, b, "same_model"), (a, b, "merged_away"), (b, a, "merged_away")):
        with pytest.raises(refusals.RegisterRefused) as refused:
            corrections.merge_models(row, into, reason="x", by=registrar)
        assert refused.value.code == code


def test_a_statement_that_an_earlier_version_left_on_a_merged_record_is_withdrawn(filer, registrar, monkeypatch):
    filing = a_submitted_filing(filer, "generative")
    statement = ModelStatement.objects.get(source=filing.source)
    load_small_catalog(monkeypatch)
    corrections.merge_models(statement.model, model("Llama-2-13B"), reason="the same", by=registrar)
    ModelStatement.objects.filter(pk=statement.pk).update(model=statement.named_model)
    actions.withdraw_filing(filing, by=filer)
    assert Source.objects.get(pk=filing.source_id).is_live is False


@pytest.mark.skipif(
    settings.TEST_ON == "sqlite", reason="SQLite has one writer: nothing comes between reading and locking."
)
def test_a_statement_counts_for_the_record_that_stands_when_it_is_locked(filer, registrar, monkeypatch):
    first = a_submitted_filing(filer, "generative")
    record = ModelStatement.objects.get(source=first.source).model
    load_small_catalog(monkeypatch)
    merge = corrections.merge_models(record, model("Llama-2-13B"), reason="the same", by=registrar)
    lock, undone = pipeline.lock, []

    def undo_and_lock(*arguments, **options):
        if not undone:
            undone.append(merge)
            corrections.undo_correction(merge, reason="not the same", by=registrar)
        return lock(*arguments, **options)

    monkeypatch.setattr(pipeline, "lock", undo_and_lock)
    changes = {"/reference": "second", "/service/name": "another"}
    second = a_submitted_filing(filer, "generative", changes)
    assert ModelStatement.objects.get(source=second.source).model == record
