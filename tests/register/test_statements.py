"""Statements: what each source says, which one counts, and who sees it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

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


def says(by: User, models, reference: str, **more) -> Filing:
    """Submit a generative filing whose first model stands on others as `models` say."""
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


def test_submit_draws_all_that_a_dossier_states(filer):
    filing = says(filer, [BASE], "a")
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
    told = a_document("generative")["models"][0]
    own = ModelStatement.objects.get(is_developers_own=True)
    assert (own.parameters, own.license, own.used_by_service) == (told["parameters"], told["license"], True)
    assert TrainingDataDeclaration.objects.count() == len(told["corpora"])
    assert TrainingCompute.objects.count() == len(told["training"]["compute"])
    assert Service.objects.get().registration_status == "in_progress"


def test_a_draft_states_nothing(filer):
    actions.open_filing(parsed("generative"), by=filer)
    assert (Source.objects.count(), AIModel.objects.count()) == (0, 0)


def test_submitting_again_replaces_exactly_what_the_filing_stated(filer, reviewer, other_filer):
    others = says(other_filer, [BASE], "other")
    filing = says(filer, [BASE], "a")
    before = set(ModelStatement.objects.filter(source=others.source).values_list("pk", flat=True))
    actions.return_filing(filing, by=reviewer, reason="x")
    actions.edit_dossier(filing, parsed("generative", {"/reference": "a", "/models/0/name": "改名"}), by=filer)
    actions.submit_filing(filing, by=filer)
    filing.refresh_from_db()
    assert [told.name for told in ModelStatement.objects.filter(source=filing.source)] == ["改名"]
    assert set(ModelStatement.objects.filter(source=others.source).values_list("pk", flat=True)) == before
    assert not AIModel.objects.visible_to(filer).filter(name="模型 a").exists()


def test_two_applicants_who_contradict_each_other_each_see_their_own_word(filer, other_filer, registrar):
    on_root = {**BASE, "development": "derived", "derived_from": [{"key": "root", "relation": "finetune"}]}
    says(filer, [on_root, ROOT], "a")
    says(other_filer, [BASE], "b")
    assert walked("模型 a", filer) == ["模型 a", "Shared Base", "Root"]
    assert walked("模型 b", other_filer) == ["模型 b", "Shared Base"]
    # Staff see what precedence says: of two declarants the later, who says that the base derives from nothing.
    assert walked("模型 a", registrar) == ["模型 a", "Shared Base"]
    assert not AIModel.objects.visible_to(NOBODY).exists()


def test_what_is_filed_counts_before_what_is_pending_and_the_developers_own_before_all(filer, other_filer, registrar):
    developer = User.objects.create_user("developer")
    works = Organization.objects.create(uscc="91110000600037341L", name="Base Works")
    Membership.objects.create(user=developer, organization=works, role="filer")
    on_root = {**BASE, "development": "derived", "derived_from": [{"key": "root", "relation": "finetune"}]}
    apply(says(filer, [on_root, ROOT], "a").source, is_live=True, is_public=True)
    says(other_filer, [BASE], "b")
    assert walked("模型 a", registrar) == ["模型 a", "Shared Base", "Root"]
    by_itself = {"/models/0/development": "from_scratch", "/models/0/derived_from": None, "/models/0/version": "1"}
    own = says(developer, [], "own", **by_itself, **{"/models/0/name": "Shared Base"})
    assert model("Shared Base").statements.count() == 3
    assert walked("模型 a", registrar) == ["模型 a", "Shared Base", "Root"]
    apply(own.source, is_live=True, is_public=True)
    assert walked("模型 a", registrar) == ["模型 a", "Shared Base"]


def test_an_edge_that_would_close_a_cycle_is_kept_left_out_and_blocks_nobody(filer, other_filer, registrar):
    left = {
        **BASE,
        "key": "l",
        "name": "Left",
        "development": "derived",
        "derived_from": [{"key": "r", "relation": "merge"}],
    }
    right = {**BASE, "key": "r", "name": "Right"}
    says(
        filer,
        [left, {**right, "development": None}],
        "a",
        **{"/models/0/derived_from": [{"key": "l", "relation": "finetune"}]},
    )
    turned = [
        {**left, "derived_from": None, "development": None},
        {**right, "development": "derived", "derived_from": [{"key": "l", "relation": "merge"}]},
    ]
    second = says(other_filer, turned, "b", **{"/models/0/derived_from": [{"key": "r", "relation": "finetune"}]})
    assert second.status == "submitted"
    marked = Derivation.objects.get(closes_cycle=True)
    assert (marked.child.name, marked.parent.name, marked.source) == ("Right", "Left", second.source)
    assert walked("Left", registrar) == ["Left", "Right"]
    assert walked("Right", registrar) == ["Right"]
    actions.withdraw_filing(Filing.objects.get(reference="a"), by=filer)
    assert not Derivation.objects.filter(closes_cycle=True).exists()
    assert walked("Right", registrar) == ["Right", "Left"]


def test_withdrawal_takes_statements_out_of_others_sight(filer, registrar):
    filing = says(filer, [BASE], "a")
    assert AIModel.objects.visible_to(registrar).count() == 2
    actions.withdraw_filing(filing, by=filer)
    assert AIModel.objects.visible_to(registrar).count() == 0
    assert AIModel.objects.visible_to(filer).count() == 2
    assert set(AIModel.objects.values_list("registration_status", flat=True)) == {"unfiled"}
    assert walked("模型 a", registrar) == ["模型 a"]


def test_a_reviewer_sees_the_statements_of_the_provinces_reviewed(filer, reviewer, far_reviewer):
    says(filer, [BASE], "a")
    seen = [AIModel.objects.visible_to(person).count() for person in (reviewer, far_reviewer)]
    assert seen == [2, 0]
    assert walked("模型 a", far_reviewer) == ["模型 a"]


def test_models_without_developer_or_name_are_the_same_only_to_their_own_applicant(filer, other_filer):
    nameless = [{"key": "base", "used_by_service": False}]
    says(filer, nameless, "a")
    says(other_filer, nameless, "b")
    assert AIModel.objects.filter(name="base").count() == 2


def test_names_that_differ_in_width_case_and_hyphens_are_one_model(filer, other_filer):
    says(filer, [{**BASE, "name": "Llama-2-13B", "developer": {"name": "Meta", "country": "US"}}], "a")
    says(other_filer, [{**BASE, "name": "ｌｌａｍａ 2 13b", "developer": {"name": "META", "country": "US"}}], "b")
    assert AIModel.objects.filter(developer__name="Meta").count() == 1


@pytest.mark.parametrize(
    ("name", "version", "said"),
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
def test_a_version_that_the_name_says_already_tells_nothing_apart(name, version, said):
    assert version_beside(name, version) == said


def test_what_the_developer_of_a_merged_record_says_is_its_own_word(filer, other_filer, registrar):
    own = says(filer, [], "a", **{"/models/0/development": "from_scratch", "/models/0/derived_from": None})
    says(other_filer, [{**BASE, "name": "别名"}], "b")
    record, into = model("模型 a"), model("别名")
    merge = merge_models(record, into, reason="one", by=registrar)
    told = ModelStatement.objects.get(source=own.source)
    assert (told.model, told.is_developers_own) == (into, True)
    undo_correction(merge, reason="two", by=registrar)
    assert ModelStatement.objects.get(source=own.source).model == record


def test_a_stranger_who_gives_a_code_to_a_name_does_not_take_the_name_over(filer, other_filer):
    says(filer, [{**BASE, "developer": {"name": "Base Works", "uscc": "91110000600037341L", "country": "CN"}}], "a")
    says(other_filer, [BASE], "b")
    assert AIModel.objects.filter(name="Shared Base").count() == 2


def test_what_a_model_shows_names_its_source(filer):
    filing = says(filer, [BASE], "a")
    statements = model("Shared Base").statements.select_related("source")
    value, source = shown_values(statements)["license"]
    assert (value, source) == ("MIT", filing.source)


def test_a_change_of_applicant_province_moves_the_source(filer):
    filing = says(filer, [BASE], "a", **{"/jurisdiction": "11"})
    assert filing.source.province == "11"
    assert filing.applicant.uscc != OTHER_USCC
