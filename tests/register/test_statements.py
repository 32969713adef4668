"""Statements: what each source declares, which statement takes precedence, and who sees it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from compliance.dossier.projection import statement_of
from compliance.dossier.stored import load
from compliance.filings import actions
from compliance.models import Filing
from registry.lineage import walks
from registry.models import (
    AIModel,
    Derivation,
    Membership,
    ModelStatement,
    Organization,
    Service,
    Source,
    TrainingCompute,
    TrainingDataDeclaration,
    User,
)
from registry.names import version_beside
from registry.register.corrections import merge_models, undo_correction
from registry.register.pipeline import apply
from registry.register.precedence import shown_values
from tests.building import a_document, parsed
from tests.conftest import OTHER_USCC
from tests.making_filings import a_submitted_filing

NOBODY = AnonymousUser()
BASE = {
    "key": "base",
    "name": "Shared Base",
    "version": "1",
    "developer": {"name": "Base Works", "country": "US"},
    "used_by_service": False,
    "development": "from_scratch",
    "license": "MIT",
}
FINETUNED = [{"key": "base", "relation": "finetune", "modified": True}]
ROOT = {"key": "root", "name": "Root", "developer": {"name": "Root Works", "country": "FR"}, "license": "MIT"}
MAIN = {"/models/0/development": "derived", "/models/0/derived_from": FINETUNED}


@pytest.fixture
def other_filer(stranger) -> User:
    return stranger


def submitted(by: User, models, reference: str, **more) -> Filing:
    """Submit a generative filing whose first model derives from `base`, with `models` as its other models."""
    uscc = Membership.objects.get(user=by).organization.uscc
    changes = {**MAIN, "/reference": reference, "/service/name": f"服务 {reference}", **more}
    changes |= {"/applicant/uscc": uscc, "/models/0/developer/uscc": uscc}
    changes = {"/models/0/name": f"模型 {reference}", **changes}
    for model in models:
        changes = {**changes, "/models": [*changes.get("/models", []), model]}
    listed = changes.pop("/models", [])
    document = a_document("generative", changes)["models"]
    return a_submitted_filing(by, "generative", {**changes, "/models": [*document, *listed]})


def model(name: str) -> AIModel:
    return AIModel.objects.get(name=name)


def walked(name: str, viewer) -> list[str]:
    found = walks.walk(model(name).pk, "ancestors", viewer)
    return [AIModel.objects.get(pk=key).name for key in sorted(found.depths, key=lambda key: found.depths[key])]


def test_submitting_enters_all_statements_of_the_dossier(filer):
    filing = submitted(filer, [BASE], "a")
    source = Source.objects.get()
    assert (source.kind, source.owner, source.is_public, filing.source_id) == (
        "filing",
        filing.applicant,
        False,
        source.pk,
    )
    assert sorted(AIModel.objects.values_list("name", "version", "developer__name", "country")) == [
        ("Shared Base", "1", "Base Works", "US"),
        ("模型 a", "1.0", "样例云图智能有限公司", "CN"),
    ]
    declared = a_document("generative")["models"][0]
    own = ModelStatement.objects.get(is_developers_own=True)
    assert (own.parameters, own.license, own.used_by_service) == (declared["parameters"], declared["license"], True)
    assert TrainingDataDeclaration.objects.count() == len(declared["corpora"])
    assert TrainingCompute.objects.count() == len(declared["training"]["compute"])
    assert Service.objects.get().registration_status == "in_progress"


def test_a_draft_makes_no_statements(filer):
    actions.open_filing(parsed("generative"), by=filer)
    assert (Source.objects.count(), AIModel.objects.count()) == (0, 0)


def test_submitting_again_replaces_only_the_statements_of_the_filing(filer, reviewer, other_filer):
    others = submitted(other_filer, [BASE], "other")
    filing = submitted(filer, [BASE], "a")
    before = set(ModelStatement.objects.filter(source=others.source).values_list("pk", flat=True))
    actions.return_filing(filing, by=reviewer, reason="x")
    actions.edit_dossier(filing, parsed("generative", {"/reference": "a", "/models/0/name": "改名"}), by=filer)
    actions.submit_filing(filing, by=filer)
    filing.refresh_from_db()
    assert [statement.name for statement in ModelStatement.objects.filter(source=filing.source)] == ["改名"]
    assert set(ModelStatement.objects.filter(source=others.source).values_list("pk", flat=True)) == before
    assert not AIModel.objects.visible_to(filer).filter(name="模型 a").exists()


def test_applicants_who_contradict_each_other_see_their_own_statements(filer, other_filer, registrar):
    on_root = {**BASE, "development": "derived", "derived_from": [{"key": "root", "relation": "finetune"}]}
    submitted(filer, [on_root, ROOT], "a")
    submitted(other_filer, [BASE], "b")
    assert walked("模型 a", filer) == ["模型 a", "Shared Base", "Root"]
    assert walked("模型 b", other_filer) == ["模型 b", "Shared Base"]
    # Staff see the statement that comes first in precedence: the later one, in which the base is trained from scratch.
    assert walked("模型 a", registrar) == ["模型 a", "Shared Base"]
    assert not AIModel.objects.visible_to(NOBODY).exists()


def test_filed_statements_precede_pending_ones_and_the_developers_own_precede_both(filer, other_filer, registrar):
    developer = User.objects.create_user("developer")
    works = Organization.objects.create(uscc="91110000600037341L", name="Base Works")
    Membership.objects.create(user=developer, organization=works, role="filer")
    on_root = {**BASE, "development": "derived", "derived_from": [{"key": "root", "relation": "finetune"}]}
    apply(submitted(filer, [on_root, ROOT], "a").source, is_live=True, is_public=True)
    submitted(other_filer, [BASE], "b")
    assert walked("模型 a", registrar) == ["模型 a", "Shared Base", "Root"]
    by_itself = {"/models/0/development": "from_scratch", "/models/0/derived_from": None, "/models/0/version": "1"}
    own = submitted(developer, [], "own", **by_itself, **{"/models/0/name": "Shared Base"})
    assert model("Shared Base").statements.count() == 3
    assert walked("模型 a", registrar) == ["模型 a", "Shared Base", "Root"]
    apply(own.source, is_live=True, is_public=True)
    assert walked("模型 a", registrar) == ["模型 a", "Shared Base"]


def test_an_edge_that_would_close_a_cycle_is_stored_but_not_walked(filer, other_filer, registrar):
    left = {
        **BASE,
        "key": "l",
        "name": "Left",
        "development": "derived",
        "derived_from": [{"key": "r", "relation": "merge"}],
    }
    right = {**BASE, "key": "r", "name": "Right"}
    submitted(
        filer,
        [left, {**right, "development": None}],
        "a",
        **{"/models/0/derived_from": [{"key": "l", "relation": "finetune"}]},
    )
    turned = [
        {**left, "derived_from": None, "development": None},
        {**right, "development": "derived", "derived_from": [{"key": "l", "relation": "merge"}]},
    ]
    second = submitted(other_filer, turned, "b", **{"/models/0/derived_from": [{"key": "r", "relation": "finetune"}]})
    assert second.status == "submitted"
    marked = Derivation.objects.get(closes_cycle=True)
    assert (marked.child.name, marked.parent.name, marked.source) == ("Right", "Left", second.source)
    assert walked("Left", registrar) == ["Left", "Right"]
    assert walked("Right", registrar) == ["Right"]
    actions.withdraw_filing(Filing.objects.get(reference="a"), by=filer)
    assert not Derivation.objects.filter(closes_cycle=True).exists()
    assert walked("Right", registrar) == ["Right", "Left"]


def test_a_withdrawal_hides_statements_from_others(filer, registrar):
    filing = submitted(filer, [BASE], "a")
    assert AIModel.objects.visible_to(registrar).count() == 2
    actions.withdraw_filing(filing, by=filer)
    assert AIModel.objects.visible_to(registrar).count() == 0
    assert AIModel.objects.visible_to(filer).count() == 2
    assert set(AIModel.objects.values_list("registration_status", flat=True)) == {"unfiled"}
    assert walked("模型 a", registrar) == ["模型 a"]


def test_a_reviewer_sees_the_statements_of_the_own_provinces(filer, reviewer, far_reviewer):
    submitted(filer, [BASE], "a")
    counts = [AIModel.objects.visible_to(person).count() for person in (reviewer, far_reviewer)]
    assert counts == [2, 0]
    assert walked("模型 a", far_reviewer) == ["模型 a"]


def test_models_without_developer_or_name_are_separate_for_each_applicant(filer, other_filer):
    nameless = [{"key": "base", "used_by_service": False}]
    submitted(filer, nameless, "a")
    submitted(other_filer, nameless, "b")
    assert AIModel.objects.filter(name="base").count() == 2


def test_names_that_differ_in_width_case_and_hyphens_are_one_model(filer, other_filer):
    submitted(filer, [{**BASE, "name": "Llama-2-13B", "developer": {"name": "Meta", "country": "US"}}], "a")
    submitted(other_filer, [{**BASE, "name": "ｌｌａｍａ 2 13b", "developer": {"name": "META", "country": "US"}}], "b")
    assert AIModel.objects.filter(developer__name="Meta").count() == 1


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("Llama 2 13B", "2", ""),
        ("Qwen2.5-7B", "v2.5", ""),
        ("Model 7B", "7", "7"),
        ("GPT 10", "1", "1"),
        ("样例大模型", "1.0", "1.0"),
        ("ChatGLM3-6B", "3", ""),
        ("GPT-2", "", ""),
    ],
)
def test_a_version_that_the_name_contains_does_not_distinguish_models(name, version, expected):
    assert version_beside(name, version) == expected


def test_after_a_merge_the_statement_of_either_developer_is_the_developers_own(filer, other_filer, registrar):
    own = submitted(filer, [], "a", **{"/models/0/development": "from_scratch", "/models/0/derived_from": None})
    submitted(other_filer, [{**BASE, "name": "别名"}], "b")
    record, into = model("模型 a"), model("别名")
    merge = merge_models(record, into, reason="one", by=registrar)
    statement = ModelStatement.objects.get(source=own.source)
    assert (statement.model, statement.is_developers_own) == (into, True)
    undo_correction(merge, reason="two", by=registrar)
    assert ModelStatement.objects.get(source=own.source).model == record


def test_a_statement_made_again_after_a_merge_stays_the_developers_own(filer, registrar):
    filing = submitted(filer, [{**BASE, "name": "别名"}], "a")
    merge_models(model("别名"), model("模型 a"), reason="one", by=registrar)

    def is_own() -> dict[str, bool]:
        return dict(ModelStatement.objects.filter(source=filing.source).values_list("name", "is_developers_own"))

    assert is_own() == {"模型 a": True, "别名": True}
    apply(filing.source, [statement_of(load(filing.revisions.get().content))])
    assert is_own() == {"模型 a": True, "别名": True}


def test_a_code_given_by_a_stranger_does_not_take_over_a_name(filer, other_filer):
    submitted(
        filer, [{**BASE, "developer": {"name": "Base Works", "uscc": "91110000600037341L", "country": "CN"}}], "a"
    )
    submitted(other_filer, [BASE], "b")
    assert AIModel.objects.filter(name="Shared Base").count() == 2


def test_a_shown_value_has_its_source(filer):
    filing = submitted(filer, [BASE], "a")
    statements = model("Shared Base").statements.select_related("source")
    value, source = shown_values(statements)["license"]
    assert (value, source) == ("MIT", filing.source)


def test_the_source_is_in_the_province_of_the_filing(filer):
    filing = submitted(filer, [BASE], "a", **{"/jurisdiction": "11"})
    assert filing.source.province == "11"
    assert filing.applicant.uscc != OTHER_USCC
