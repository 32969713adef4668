"""The relations between a model and its base model: the spellings in use, and which relations keep structure and weights."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from compliance.dossier.lineage import WITHOUT_A_COPY

FINETUNE, ADAPTER, MERGE, QUANTIZED, DRAFT = "finetune", "adapter", "merge", "quantized", "draft_model"
# Relations that keep the layers of the parent unchanged; a missing relation counts as one of them.
KEEPS_THE_BLOCK = frozenset({FINETUNE, "continued_pretraining", ADAPTER, QUANTIZED, None})
_SPELLINGS = MappingProxyType(
    {
        "finetune": FINETUNE,
        "finetuned": FINETUNE,
        "finetuning": FINETUNE,
        "sft": FINETUNE,
        "adapter": ADAPTER,
        "lora": ADAPTER,
        "qlora": ADAPTER,
        "peft": ADAPTER,
        "merge": MERGE,
        "merged": MERGE,
        "quantized": QUANTIZED,
        "quantised": QUANTIZED,
        "quantization": QUANTIZED,
        "quantize": QUANTIZED,
        "continuedpretraining": "continued_pretraining",
        "architectureonly": "architecture_only",
        "apicall": "api_call",
        "distillation": "distillation",
        "distilled": "distillation",
        "draft": DRAFT,
        "draftmodel": DRAFT,
        "speculator": DRAFT,
        "pruning": "pruning",
        "pruned": "pruning",
    }
)


def relation_named(text: str | None) -> str | None:
    """Return the relation for a spelling, or None if it is unknown."""
    return _SPELLINGS.get(re.sub(r"[^a-z]", "", (text or "").casefold()))


def relation_of(declaration: Mapping[str, Any]) -> str | None:
    """Return the relation of a declaration: unknown ones unchanged, None if it is missing."""
    text = str(declaration.get("base_model_relation") or "").strip()
    return relation_named(text) or text or None


def passes_no_copy(relation: str | None) -> bool:
    return relation in WITHOUT_A_COPY
