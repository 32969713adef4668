"""LAB: the labeling of generated content."""

from __future__ import annotations

import pytest

from tests.building import a_dossier, flagged, flagged_in_full

FUNCTIONS = {
    "dialogue": "text",
    "text_generation": "text",
    "code_generation": "text",
    "image_generation": "image",
    "face_edit": "image",
    "audio_generation": "audio",
    "voice_edit": "audio",
    "video_generation": "video",
    "virtual_scene": "virtual_scene",
}
METADATA = "/labeling/implicit/metadata"
PRODUCER = f"{METADATA}/ContentProducer"


def offering(*functions, **more):
    return {
        "/service/functions": list(functions),
        "/service/separate_consent_for_biometrics": True,
        "/algorithm": None,
        "/labeling/explicit": [],
        **more,
    }


@pytest.mark.parametrize(("function", "modality"), FUNCTIONS.items())
@pytest.mark.parametrize(("kind", "level"), [("generative", "error"), ("registration", "warning")])
def test_lab01_requires_a_label_for_the_output_of_each_function(function, modality, kind, level):
    found = [each for each in flagged_in_full(a_dossier(kind, offering(function))) if each[0] == "LAB-01"]
    assert found == [("LAB-01", "/labeling/explicit", level, f"missing:{modality}")]


@pytest.mark.parametrize("functions", [["recommendation"], ["search", "dispatch"], []])
def test_lab01_applies_to_generative_services(functions):
    found = flagged(a_dossier("generative", offering(*functions)))
    assert "LAB-01" not in {rule for rule, _ in found}


def test_lab01_requires_each_modality_once_including_those_of_the_algorithm():
    changes = {"/algorithm/output_modalities": ["audio", "text"], "/labeling/explicit": []}
    found = [each[3] for each in flagged_in_full(a_dossier("algorithm", changes)) if each[0] == "LAB-01"]
    assert found == ["missing:audio", "missing:text"]


@pytest.mark.parametrize("kind", ["algorithm", "generative", "registration"])
@pytest.mark.parametrize("nothing", [None, {}])
def test_only_lab01_flags_missing_labeling(kind, nothing):
    found = flagged_in_full(a_dossier(kind, {"/labeling": nothing}))
    assert {(rule, at) for rule, at, *_ in found} == {("LAB-01", "/labeling")}


@pytest.mark.parametrize(("rule", "field"), [("LAB-02", "export_keeps_label"), ("LAB-03", "terms_clause")])
@pytest.mark.parametrize(("value", "variant"), [(None, "missing"), (False, "not_true")])
@pytest.mark.parametrize("kind", ["generative", "registration"])
def test_lab02_and_lab03_ask_for_a_yes(kind, rule, field, value, variant):
    at = f"/labeling/{field}"
    assert flagged_in_full(a_dossier(kind, {at: value})) == [(rule, at, "error", variant)]


@pytest.mark.parametrize(
    ("changes", "at", "variant"),
    [
        ({f"{METADATA}/Label": None}, f"{METADATA}/Label", "missing"),
        ({f"{METADATA}/Label": "4"}, f"{METADATA}/Label", "unknown_label"),
        ({f"{METADATA}/Label": "１"}, f"{METADATA}/Label", "unknown_label"),
        ({PRODUCER: " "}, PRODUCER, "missing"),
        ({f"{METADATA}/ProduceID": ""}, f"{METADATA}/ProduceID", "missing"),
        ({METADATA: {}}, METADATA, "missing"),
        ({"/labeling/implicit": None}, "/labeling/implicit", "missing"),
    ],
)
def test_lab05_requires_the_keys_of_the_implicit_label(changes, at, variant):
    assert flagged_in_full(a_dossier("generative", changes)) == [("LAB-05", at, "error", variant)]


@pytest.mark.parametrize("label", ["1", "2", "3"])
def test_lab05_knows_three_labels(label):
    assert flagged_in_full(a_dossier("generative", {f"{METADATA}/Label": label})) == []


@pytest.mark.parametrize(
    ("producer", "variant"),
    [
        ("001191440300708461136T10002", None),
        ("001191440300708461136T00000", None),
        ("001191440300708461136T2ABCD", None),
        ("样例云图智能有限公司", None),
        ("Shenzhen Example Tech Co Lt", None),
        ("样" * 27, None),
        ("0011", None),
        ("001191440300708461136T30002", "format"),
        ("002191440300708461136T10002", "format"),
        ("001191440300708461136I10002", "format"),
        ("001191440300708461136X10002", "check_digit"),
        ("001191110000600037341L10002", "not_the_applicants"),
    ],
)
def test_lab06_applies_to_what_is_as_long_as_a_code(producer, variant):
    expected = [("LAB-06", PRODUCER, "warning", variant)] if variant else []
    assert flagged_in_full(a_dossier("generative", {PRODUCER: producer})) == expected


@pytest.mark.parametrize(
    ("text", "variants"),
    [
        ("内容由AI生成", []),
        ("人工智能合成", []),
        ("ＡＩ生成", []),
        ("本内容为 ai 生成", []),
        ("AI内容", ["no_generation"]),
        ("机器生成", ["no_ai"]),
        ("said 生成", ["no_ai"]),
        ("AIGC生成", []),
        ("OpenAI合成", []),
        ("Kai生成", ["no_ai"]),
        ("示例", ["no_ai", "no_generation"]),
        ("", ["missing"]),
        (None, ["missing"]),
    ],
)
@pytest.mark.parametrize("modality", ["text", "image", "video"])
def test_lab07_requires_both_elements(text, variants, modality):
    label = {"modality": modality, "text": text, "seconds": "3", "height_share": "0.1"}
    found = flagged_in_full(a_dossier("generative", {"/labeling/explicit/-": label}))
    assert found == [("LAB-07", "/labeling/explicit/1/text", "error", variant) for variant in variants]


@pytest.mark.parametrize("modality", ["audio", "virtual_scene"])
def test_lab07_and_lab08_do_not_look_at_sound_and_scenes(modality):
    assert flagged_in_full(a_dossier("generative", {"/labeling/explicit/-": {"modality": modality}})) == []


@pytest.mark.parametrize("type_", ["personalized_push", "ranking", "search_filter", "dispatch"])
def test_lab09_applies_to_algorithm_filings_only_for_generation(type_):
    kinds = {"/algorithm/type": type_, "/algorithm/opt_out": True, "/documents/6": {"kind": "other"}}
    assert flagged(a_dossier("algorithm", kinds)) == []
    assert flagged(a_dossier("algorithm", {"/documents/6": {"kind": "other"}})) == [("LAB-09", "/documents")]
