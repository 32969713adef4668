"""A catalog of a few families: loading all of the table takes seconds, which tests of what is done with a model need not spend."""

from __future__ import annotations

import pytest

from registry.reference.base_models import BaseModel, base_models
from registry.register import catalog

FAMILIES = (
    "Apertus",
    "Chinese-LLaMA-Alpaca",
    "Falcon",
    "GLM-API",
    "GPT-2",
    "LLaMA-1",
    "Llama-2",
    "Qwen3-Coder",
    "SmolLM",
)
HAS_BASES_ELSEWHERE = "llama-3-chinese-8b"


def few_models() -> list[BaseModel]:
    return [
        model for model in base_models() if model.family in FAMILIES and not model.id.startswith(HAS_BASES_ELSEWHERE)
    ]


def load_small_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the catalog as if the table had these families alone, for the rest of the test."""
    monkeypatch.setattr(catalog, "base_models", few_models)
    catalog.load_catalog()
