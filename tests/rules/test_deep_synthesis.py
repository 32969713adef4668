"""DS: duties of deep synthesis."""

from __future__ import annotations

import pytest

from tests.building import a_dossier, flagged, flagged_in_full
from tests.rules.amending import KINDS, amending

GENERATIVE_FUNCTIONS = ["dialogue", "text_generation", "code_generation", "image_generation", "audio_generation"]
GENERATIVE_FUNCTIONS += ["video_generation", "virtual_scene"]
EDITS = ["face_edit", "voice_edit"]
IMAGE_LABEL = {"modality": "image", "position": "corner", "text": "AI生成", "height_share": "0.0600"}
AUDIO_LABEL = {"modality": "audio", "position": "start", "text": "AI生成", "seconds": 3}
VIDEO_LABEL = {"modality": "video", "position": "start", "text": "AI生成", "seconds": 3, "height_share": "0.0600"}
SCENE_LABEL = {"modality": "virtual_scene", "position": "start", "text": "AI生成"}
TEXT_LABEL = {"modality": "text", "position": "bottom", "text": "内容由AI生成"}
LABELS = [TEXT_LABEL, IMAGE_LABEL, AUDIO_LABEL, VIDEO_LABEL, SCENE_LABEL]


def offering(*functions, consent=None, **service):
    """Return changes to a service with these functions and labels for all modalities."""
    return {
        "/service/functions": list(functions),
        "/service/separate_consent_for_biometrics": consent,
        "/labeling/explicit": LABELS,
        **{f"/service/{name}": value for name, value in service.items()},
    }


def an_assessment():
    return {"standard": "GB/T 45654-2025", "assessed_on": "2026-11-10", "assessor": "self", "conclusion": "conforming"}


# DS-01
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [None, "none"])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_ds01_requires_identity_verification(kind, value, action):
    changes = {"/service/identity_verification": value}
    dossier = a_dossier(kind, changes) if action == "initial" else amending(kind, action, changes)
    found = flagged_in_full(dossier)
    assert [line[:3] for line in found] == [("DS-01", "/service/identity_verification", "error")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["phone", "id_number", "uscc", "network_id"])
def test_ds01_accepts_each_of_the_four_ways(kind, way):
    assert flagged(a_dossier(kind, {"/service/identity_verification": way})) == []


@pytest.mark.parametrize("function", GENERATIVE_FUNCTIONS)
def test_ds01_applies_to_every_generative_function(function):
    dossier = a_dossier("algorithm", offering("search", function, identity_verification="none"))
    assert flagged(dossier) == [("DS-01", "/service/identity_verification")]


@pytest.mark.parametrize("function", EDITS)
def test_ds01_applies_to_editing_faces_and_voices(function):
    dossier = a_dossier("registration", offering(function, consent=True, identity_verification="none"))
    assert flagged(dossier) == [("DS-01", "/service/identity_verification")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("functions", [["recommendation"], ["search"], ["dispatch"], ["dispatch", "search"]])
def test_ds01_is_silent_without_a_generative_function(kind, functions):
    assert flagged(a_dossier(kind, offering(*functions, identity_verification="none"))) == []


@pytest.mark.parametrize("functions", [None, []])
def test_ds01_is_silent_without_any_function(functions):
    changes = {"/service/functions": functions, "/service/identity_verification": None}
    assert flagged(a_dossier("algorithm", changes)) == []


def test_ds01_is_silent_if_the_service_is_not_public():
    changes = {"/service/public": False, "/service/identity_verification": "none"}
    assert flagged(a_dossier("algorithm", changes)) == []


def test_ds01_is_silent_if_the_service_is_not_declared_public():
    changes = {"/service/public": None, "/service/identity_verification": None}
    assert flagged(a_dossier("algorithm", changes)) == [("SRV-10", "/service/public")]


def test_ds01_does_not_require_opinion_capacity():
    changes = {"/service/opinion_capacity": False, "/service/identity_verification": None}
    assert flagged(a_dossier("algorithm", changes)) == [("DS-01", "/service/identity_verification")]


# DS-02
@pytest.mark.parametrize("kind", ["generative", "registration"])
@pytest.mark.parametrize("functions", [["face_edit"], ["voice_edit"], ["dialogue", "face_edit", "voice_edit"]])
@pytest.mark.parametrize("consent", [None, False])
def test_ds02_requires_separate_consent_to_editing(kind, functions, consent):
    found = flagged_in_full(a_dossier(kind, offering(*functions, consent=consent)))
    assert [line[:3] for line in found] == [("DS-02", "/service/separate_consent_for_biometrics", "error")]


@pytest.mark.parametrize("consent", [None, False])
def test_ds02_applies_to_algorithm_filings(consent):
    dossier = a_dossier("algorithm", {**offering("face_edit", consent=consent), "/assessment": an_assessment()})
    assert flagged(dossier) == [("DS-02", "/service/separate_consent_for_biometrics")]


def test_ds02_applies_to_changes():
    dossier = amending("registration", "change", offering("voice_edit", consent=False))
    assert flagged(dossier) == [("DS-02", "/service/separate_consent_for_biometrics")]


@pytest.mark.parametrize("kind", ["generative", "registration"])
@pytest.mark.parametrize("function", EDITS)
def test_ds02_is_met_by_consent(kind, function):
    assert flagged(a_dossier(kind, offering(function, consent=True))) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("function", GENERATIVE_FUNCTIONS)
def test_ds02_does_not_require_consent_for_other_functions(kind, function):
    assert flagged(a_dossier(kind, offering(function, consent=False))) == []


def test_ds02_applies_even_if_the_service_is_not_public():
    dossier = a_dossier("registration", offering("face_edit", consent=False, public=False))
    assert flagged(dossier) == [("RTE-03", "/service/public"), ("DS-02", "/service/separate_consent_for_biometrics")]


# DS-03
@pytest.mark.parametrize("function", EDITS)
@pytest.mark.parametrize("nothing", [None, {}])
@pytest.mark.parametrize("action", ["initial", "change"])
def test_ds03_requires_an_assessment_of_editing(function, nothing, action):
    changes = {**offering(function, consent=True), "/assessment": nothing}
    dossier = a_dossier("algorithm", changes) if action == "initial" else amending("algorithm", action, changes)
    assert flagged_in_full(dossier) == [("DS-03", "/assessment", "error", "missing")]


def test_ds03_requires_an_assessment_of_an_algorithm_that_uses_biometrics():
    assert flagged_in_full(a_dossier("algorithm", {"/algorithm/uses_biometrics": True})) == [
        ("DS-03", "/assessment", "error", "missing")
    ]


@pytest.mark.parametrize("value", [False, None])
def test_ds03_does_not_require_an_assessment_without_biometrics(value):
    assert flagged(a_dossier("algorithm", {"/algorithm/uses_biometrics": value})) == []


def test_ds03_is_raised_once_if_both_reasons_apply():
    changes = {**offering("face_edit", "voice_edit", consent=True), "/algorithm/uses_biometrics": True}
    assert flagged(a_dossier("algorithm", changes)) == [("DS-03", "/assessment")]


def test_ds03_is_raised_together_with_ds02():
    assert flagged(a_dossier("algorithm", offering("face_edit"))) == [
        ("DS-02", "/service/separate_consent_for_biometrics"),
        ("DS-03", "/assessment"),
    ]


def test_ds03_is_met_by_an_assessment():
    changes = {
        **offering("face_edit", consent=True),
        "/assessment": an_assessment(),
        "/algorithm/uses_biometrics": True,
    }
    assert flagged(a_dossier("algorithm", changes)) == []


def test_ds03_is_met_by_the_assessment_of_a_complete_generative_filing():
    assert flagged(a_dossier("generative", offering("face_edit", "voice_edit", consent=True))) == []


def test_ds03_applies_to_generative_filings():
    dossier = a_dossier("generative", {**offering("face_edit", consent=True), "/assessment": None})
    assert flagged(dossier) == [("DS-03", "/assessment"), ("AS-01", "/assessment")]


def test_ds03_does_not_apply_to_registrations():
    assert flagged(a_dossier("registration", offering("face_edit", consent=True))) == []


@pytest.mark.parametrize("function", GENERATIVE_FUNCTIONS)
def test_ds03_does_not_require_an_assessment_for_other_functions(function):
    assert flagged(a_dossier("algorithm", offering(function))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_rule_of_the_family_applies_to_a_cancellation(kind):
    changes = {**offering("face_edit", "dialogue", consent=False, identity_verification="none"), "/assessment": None}
    assert flagged(amending(kind, "cancellation", changes)) == []
