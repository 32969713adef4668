"""The table of known base models: its files are valid, agree with one another, and state numbers that fit their structures."""

from __future__ import annotations

from collections import Counter

import pytest

from registry.reference.base_models import base_models, families, naming_schemes
from registry.reference.family_sources import FamilyFileRefused, read_family, shipped_families
from registry.reference.layer_sizes import has_layer, parameters_of
from registry.reference.licenses import LICENSES

# Their names give a rounded size, and no source gives a closer one; what follows from the structure is within 11 %.
ROUNDED = {
    *(
        "aquila-7b",
        "chatglm-6b",
        "ernie-4.5-21b-a3b",
        "falcon-7b",
        "falcon-40b",
        "gpt2-xl",
        "hunyuan-4b",
        "internlm-7b",
    ),
    *(
        "internlm2-7b",
        "llama-1-7b",
        "llama-2-7b",
        "codellama-7b",
        "open-llama-7b",
        "orion-14b",
        "phi-1.5",
        "qwen-1.5-0.5b",
    ),
    *(
        "qwen-1-7b",
        "qwen-3-14b",
        "skywork-13b",
        "telechat-12b",
        "telechat-12b-v2",
        "xverse-7b",
        "xverse-13b",
        "chinese-rbt3",
    ),
}


def test_the_table_has_the_families_and_models_of_today():
    assert len(families()) >= 90
    assert len(base_models()) >= 300
    assert sum(bool(model.structure) for model in base_models()) >= 300
    modalities = {modality for model in base_models() for modality in model.modalities}
    assert modalities == {"text", "image", "audio", "video"}


def test_every_model_names_its_sources():
    assert [model.id for model in base_models() if not model.sources or not all(model.sources)] == []


def test_ids_and_hub_ids_mean_one_model():
    ids = Counter(model.id for model in base_models())
    hub = Counter(name.casefold() for model in base_models() for name in model.hub)
    assert [name for name, count in (ids | hub).items() if count > 1] == []


def test_every_base_is_in_the_table_and_no_model_stands_on_itself():
    parents = {model.id: [base for base, _ in model.parents] for model in base_models()}
    assert [base for bases in parents.values() for base in bases if base not in parents] == []
    for model in parents:
        above, waiting = set[str](), list(parents[model])
        while waiting:
            base = waiting.pop()
            assert base != model
            if base not in above:
                above.add(base)
                waiting += parents[base]


def test_the_lineage_is_followed_through_the_chain():
    parents = {model.id: model.parents for model in base_models()}
    assert parents["deepseek-r1-distill-qwen-7b"][0][0] in parents
    assert parents["deepseek-r1-distill-llama-8b"][0][0] == "llama-3.1-8b"


def test_parameters_follow_from_the_structure_within_three_percent():
    computed = {
        model.id: parameters / 1e9 / model.billions - 1
        for model in base_models()
        if model.structure and model.billions and model.modalities == ("text",)
        if (parameters := parameters_of(model.structure)) is not None
    }
    assert len(computed) > 200
    off = {id: deviation for id, deviation in computed.items() if abs(deviation) > 0.03}
    assert sorted(off) == sorted(ROUNDED)
    assert max(map(abs, off.values())) < 0.11


def test_the_tensor_names_of_a_scheme_belong_to_a_layer_that_is_known():
    schemes = naming_schemes()
    for model in base_models():
        if scheme := model.structure.get("scheme"):
            assert scheme in schemes
            assert has_layer(model.structure), model.id


def test_licenses_with_duties_are_spelled_as_the_rules_spell_them():
    folded = {name.casefold(): license.name for name, license in LICENSES.items()}
    used = {model.license for model in base_models()}
    assert [license for license in used if folded.get(license.casefold(), license) != license] == []


def test_a_file_of_the_table_is_read_strictly():
    (qwen,) = (family for family in shipped_families() if family.family == "Qwen-3")
    assert qwen.developer.country == "CN"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("family: [", ""),
        ("[]", "/"),
        ("family: X\n", "/developer"),
        ("x" * 3_000_000, ""),
    ],
)
def test_a_faulty_file_is_refused_with_the_place(text, at):
    with pytest.raises(FamilyFileRefused) as refused:
        read_family(text)
    assert refused.value.faults[0].at == at
