"""A dossier that is shown as a form and sent back is the same, to the last null; typed off, it has the same content."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from compliance.dossier.parsing import parse
from compliance.dossier.stored import Canonical
from tests.building import parsed
from tests.forms.filled import blank, filled_again
from tests.rules.random_dossiers import any_document, nearly_complete_document

KINDS = ["algorithm", "generative", "generative-complete-2024", "registration", "algorithm-cancellation"]
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


def normal(tree: Any) -> str:
    return parse(Canonical.of(tree).text.encode()).canonical.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_sent_back_changes_nothing(kind: str) -> None:
    text = parsed(kind).canonical.text
    assert normal(filled_again(json.loads(text), json.loads(text))) == text


@pytest.mark.parametrize("kind", KINDS)
def test_a_dossier_typed_off_has_the_same_content(kind: str) -> None:
    document = json.loads(parsed(kind).canonical.text)
    typed = normal(filled_again(document, blank(document)))
    assert declared(json.loads(typed)) == declared(document)


def declared(value: Any) -> Any:
    """Drop what says nothing: null, empty texts and parts, empty lists except that of the permits."""
    if isinstance(value, dict):
        kept = {name: declared(child) for name, child in value.items()}
        return {name: child for name, child in kept.items() if child not in (None, "", {}, []) or name == "permits"}
    return [declared(child) for child in value] if isinstance(value, list) else value


@settings(deadline=None, max_examples=20, suppress_health_check=SLOW)
@given(any_document() | nearly_complete_document())
def test_the_form_of_any_dossier_sent_back_changes_nothing(document: Any) -> None:
    text = normal(document)
    assert normal(filled_again(json.loads(text), json.loads(text))) == text
