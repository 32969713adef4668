"""Evidence over the API: filed, compared with the declaration, flagged by PRO-09, refused entirely if it is malformed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compliance.evidence.actions import file_evidence
from compliance.filings import actions
from compliance.models import EvidenceFile, Filing, Flag
from registry.models import AIModel, Source
from tests.building import ABSENT, parsed
from tests.conftest import OTHER_USCC, client_of
from tests.making_filings import a_filing, a_submitted_filing, check_everything
from tests.provenance.making import as_safetensors, config_of, renamed, shapes_of

CASES = Path(__file__).parent.parent / "examples" / "provenance"
OWN = {"architectures": ["OwnForCausalLM"], "model_type": "own"}


def evidence_of(id: str, **config: Any) -> dict[str, Any]:
    return {"safetensors_header": as_safetensors(shapes_of(id)), "config.json": config_of(id, **OWN, **config)}


def url_of(filing, key: str = "main") -> str:
    return f"/api/v1/filings/{filing.uid}/models/{key}/evidence/"


def post(client, filing, evidence: Any, key: str = "main", query: str = "") -> Any:
    return client.generic("POST", url_of(filing, key) + query, json.dumps(evidence), content_type="application/json")


def flagged(filing) -> list[tuple[str, str]]:
    check_everything()
    flags = Flag.objects.unresolved().filter(filing=filing, rule="PRO-09")
    return list(flags.values_list("at", "variant"))


def test_an_undeclared_structure_is_flagged_until_it_is_declared(api, filer):
    filing = a_filing(filer, "generative")
    answer = post(api, filing, evidence_of("llama-2-13b"))
    assert (answer.status_code, answer.json()["verdict"]["findings"]) == (
        201,
        ["STRUCT_IDENTICAL", "UNDECLARED_ARCHITECTURE_REUSE"],
    )
    assert answer.json()["verdict"]["parts"]["weights"] == ["no evidence filed."]
    assert flagged(filing) == [("/models/0/derived_from", "structure")]
    named = {
        "/models/0/derived_from": [{"key": "base", "relation": "architecture_only"}],
        "/models/-": {"key": "base", "name": "Llama 2 13B", "developer": {"name": "Meta", "country": "US"}},
    }
    actions.edit_dossier(filing, parsed("generative", named), by=filer)
    assert flagged(filing) == []
    assert "UNDECLARED_ARCHITECTURE_REUSE" not in api.get(url_of(filing)).json()["verdict"]["findings"]


def test_a_declared_base_that_contradicts_the_evidence_is_flagged(api, filer):
    derived = {
        "/models/0/development": "derived",
        "/models/0/derived_from": [{"key": "base", "relation": "finetune"}],
        "/models/-": {"key": "base", "name": "Mistral-7B-v0.1", "developer": {"name": "Mistral AI", "country": "FR"}},
    }
    filing = a_filing(filer, "generative", derived)
    header = as_safetensors(shapes_of("gemma-2b", vocabulary=300_000))
    answer = post(api, filing, {"safetensors_header": header})
    assert "DECLARED_BASE_CONTRADICTED" in answer.json()["verdict"]["findings"]
    assert flagged(filing) == [("/models/0/derived_from", "block")]


def test_an_honest_model_is_not_flagged(api, filer):
    filing = a_filing(filer, "generative")
    shapes = {
        name: tuple(side + 64 if side == 13824 else side for side in shape)
        for name, shape in shapes_of("llama-2-13b").items()
    }
    answer = post(api, filing, {"safetensors_header": as_safetensors(shapes)})
    assert answer.json()["verdict"]["findings"] == ["STRUCT_NONE"]
    assert flagged(filing) == []


def test_files_can_be_sent_one_by_one_and_replace_earlier_ones(api, filer):
    filing = a_filing(filer, "generative")
    post(api, filing, as_safetensors(shapes_of("yi-34b")), query="?part=safetensors_header")
    post(api, filing, config_of("yi-34b", num_hidden_layers=59), query="?part=config.json")
    assert "CONFIG_HEADER_MISMATCH" in api.get(url_of(filing)).json()["verdict"]["findings"]
    data = post(api, filing, config_of("yi-34b"), query="?part=config.json").json()
    assert "CONFIG_HEADER_MISMATCH" not in data["verdict"]["findings"]
    assert [file["part"] for file in data["files"]] == ["config.json", "safetensors_header"]
    assert (EvidenceFile.objects.current().count(), EvidenceFile.objects.count()) == (2, 3)
    verbs = [event["verb"] for event in api.get(f"/api/v1/filings/{filing.uid}/events/").json()["results"]]
    assert verbs.count("file_evidence") == 3


def test_the_applicant_cannot_replace_evidence_of_the_reviewer(filer, reviewer):
    filing = a_submitted_filing(filer, "generative")
    post(client_of(reviewer), filing, evidence_of("yi-34b"))
    verdict = post(client_of(filer), filing, evidence_of("gpt2")).json()["verdict"]
    assert verdict["families_with_identical_structure"] == ["Yi"]


def test_staff_do_not_learn_the_model_keys_of_a_working_copy(filer, reviewer):
    filing = a_submitted_filing(filer, "generative")
    actions.return_filing(filing, by=reviewer, reason="Add details.")
    hidden = parsed("generative", {"/models/-": {"key": "secret", "name": "Secret"}})
    actions.edit_dossier(Filing.objects.get(pk=filing.pk), hidden, by=filer)
    answer = post(client_of(reviewer), filing, evidence_of("yi-34b"), key="secret")
    assert (answer.status_code, "secret" in answer.json()["detail"].split("keys: ")[1]) == (404, False)


def test_a_model_card_is_evidence_too(api, filer):
    filing = a_filing(filer, "generative")
    card = "---\nbase_model: meta-llama/Llama-2-7b\n---\n"
    answer = api.generic("POST", url_of(filing) + "?part=README.md", card, content_type="text/markdown")
    assert (answer.status_code, answer.json()["verdict"]["findings"]) == (201, ["RESIDUAL_NAME"])


@pytest.mark.parametrize(
    ("evidence", "pointer", "code"),
    [
        ([], "", "not_an_object"),
        ({}, "", "nothing_known"),
        ({"weights.bin": 1}, "/weights.bin", "nothing_known"),
        ({"config.json": []}, "/config.json", "not_an_object"),
        ({"safetensors_header": {"a/b": {"dtype": "F32", "shape": [-1]}}}, "/safetensors_header/a~1b", "bad_shape"),
        ({"file_hashes": {"a": "x"}}, "/file_hashes/a", "bad_hash"),
        ({"weight_sketch": {"format": "?"}}, "/weight_sketch", "not_a_sketch"),
        ({"config.json": {"a": "\ud800"}}, "", "unsayable_text"),
        ({"config.json": {"a": "\x00"}}, "", "unsayable_text"),
        ({"tokenizer.json": {"model": {"vocab": {"a": "b"}}}}, "/tokenizer.json", "no_vocabulary"),
        ({"reference_sketches": {}}, "/reference_sketches", "nothing_known"),
    ],
)
def test_malformed_evidence_is_refused_entirely(api, filer, evidence, pointer, code):
    filing = a_filing(filer, "generative")
    good = {"adapter_config.json": {}} if isinstance(evidence, dict) and evidence else {}
    answer = post(api, filing, {**good, **evidence} if good else evidence)
    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert EvidenceFile.objects.count() == 0


def test_a_body_that_is_not_json_or_too_large_is_refused(api, filer):
    filing = a_filing(filer, "generative")
    send = lambda body: api.generic("POST", url_of(filing), body, content_type="application/json")  # noqa: E731
    assert send("{").json()["errors"][0]["code"] == "not_json"
    assert send('{"config.json": {"a": 1, "a": 2}}').json()["errors"][0]["code"] == "doubled_key"
    assert send(" " * (20 * 1024 * 1024 + 1)).status_code == 413


def test_a_model_that_the_dossier_does_not_list_has_no_evidence(api, filer):
    filing = a_filing(filer, "generative")
    answer = post(api, filing, evidence_of("yi-6b"), key="other")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_model")
    assert api.get(url_of(filing)).status_code == 404


def test_file_hashes_return_a_seed_and_only_a_sketch_with_that_seed_is_bound(api, filer):
    case = json.loads((CASES / "x011.json").read_text())["evidence"]
    filing = a_filing(filer, "generative")
    data = post(api, filing, {"weight_sketch": case["weight_sketch"]}).json()
    assert (data["sketch_is_bound"], data["seed"]) == (False, None)
    data = post(api, filing, {"file_hashes": {"model.safetensors": "a" * 64}}).json()
    assert data["sketch_is_bound"] is False
    assert data["seed"]
    data = post(api, filing, {"weight_sketch": {**case["weight_sketch"], "seed": data["seed"]}}).json()
    assert data["sketch_is_bound"] is True
    data = post(api, filing, {"file_hashes": {"model.safetensors": "b" * 64}}).json()
    assert data["sketch_is_bound"] is False


def test_staff_and_the_developer_read_the_evidence_of_a_model(filer, reviewer, stranger, far_reviewer):
    filing = a_submitted_filing(filer, "generative")
    file_evidence(filing, "main", evidence_of("yi-34b"), by=filer)
    url = f"/api/v1/models/{AIModel.objects.get().uid}/evidence/"
    answers = {user.username: client_of(user).get(url) for user in (filer, reviewer, stranger, far_reviewer)}
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "filer": 200, "reviewer": 200, "stranger": 404, "far_reviewer": 404,
    }  # fmt: skip
    assert [each["model"] for each in answers["reviewer"].json()["results"]] == ["main"]


def test_a_developer_does_not_see_the_seed_of_another_applicant(filer, stranger, organization):
    """The stranger's filing uses a model of the filer's organization, which may therefore read the evidence."""
    own = {"name": organization.name, "country": "CN", "uscc": organization.uscc}
    filed = {"/applicant/uscc": OTHER_USCC, "/applicant/name": "示例旁观科技有限公司", "/models/0/developer": own}
    filing = a_submitted_filing(stranger, "generative", filed)
    file_evidence(filing, "main", {"file_hashes": {"a": "0" * 64}}, by=stranger)
    url = f"/api/v1/models/{AIModel.objects.get().uid}/evidence/"
    Source.objects.update(is_public=True)
    (data,) = client_of(filer).get(url).json()["results"]
    assert (data["filing"], data["seed"]) == (str(filing.uid), None)
    assert client_of(stranger).get(url_of(filing)).json()["seed"]


def test_low_rank_layers_of_the_reference_are_not_flagged(api, filer):
    derived = {
        "/models/0/development": "derived",
        "/models/0/derived_from": [{"key": "base", "relation": "finetune"}],
        "/models/-": {"key": "base", "name": "Mistral-7B-v0.1", "developer": {"name": "Mistral AI", "country": "FR"}},
    }
    filing = a_filing(filer, "generative", derived)
    answer = post(api, filing, {"safetensors_header": as_safetensors(shapes_of("deepseek-v2-lite"))})
    assert answer.json()["verdict"]["findings"] == ["STRUCT_IDENTICAL"]
    assert flagged(filing) == []


def test_the_verdict_is_in_the_language_of_the_user(api, filer):
    filing = a_filing(filer, "generative")
    post(api, filing, evidence_of("yi-34b"))
    verdict = api.get(url_of(filing), headers={"Accept-Language": "zh-hans"}).json()["verdict"]
    assert verdict["parts"]["weights"] == ["未提交证据。"]


def test_a_card_extends_a_draft(api, filer):
    filing = a_filing(filer, "generative", {"/models/0/license": ABSENT, "/models/0/modalities": ABSENT})
    card = "---\nbase_model: Qwen/Qwen2.5-7B\nlicense: apache-2.0\ndatasets: [a/b]\n---\n"
    url = f"/api/v1/filings/{filing.uid}/model_card/"
    answer = api.generic("POST", f"{url}?key=main", card, content_type="text/markdown")
    assert (answer.status_code, answer.json()["model"], answer.json()["kept"]) == (200, "main", ["development"])
    dossier = api.get(f"/api/v1/filings/{filing.uid}/dossier/").json()
    assert (dossier["models"][0]["license"], dossier["models"][1]["name"]) == ("Apache-2.0", "Qwen2.5-7B")
    assert dossier["models"][0]["corpora"][-1]["name"] == "a/b"
    for query, status, code in (("?key=other", 404, "no_such_model"), ("", 400, "no_name")):
        refused = api.generic("POST", url + query, card, content_type="text/markdown")
        assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_renamed_tensors_are_shown_with_the_reference_names(api, filer):
    filing = a_filing(filer, "generative")
    shapes = renamed(shapes_of("llama-2-7b"), input_layernorm="ln1", post_attention_layernorm="ln2")
    verdict = post(api, filing, {"safetensors_header": as_safetensors(shapes)}).json()["verdict"]
    assert verdict["renamed"][0] == "model.layers.{}.ln1.weight → model.layers.{}.input_layernorm.weight"
