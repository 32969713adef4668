"""How a model derives from another, by the words that people use for it; and what passes by which relation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from compliance.dossier.lineage import WITHOUT_A_COPY

FINETUNE, ADAPTER, MERGE, QUANTIZED = "finetune", "adapter", "merge", "quantized"
# Relations by which a child keeps the layers of its parent as they are; where none is said, they count as kept.
KEEPS_THE_BLOCK = frozenset({FINETUNE, "continued_pretraining", ADAPTER, QUANTIZED, None})
_WORDS = MappingProxyType(
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
        "pruning": "pruning",
        "pruned": "pruning",
    }
)


def relation_named(said: str | None) -> str | None:
    """Return the relation that a word means, however it is spelled; None for one that is not known."""
    return _WORDS.get(re.sub(r"[^a-z]", "", (said or "").casefold()))


def relation_of(declaration: Mapping[str, Any]) -> str | None:
    """The relation of a declaration; a word that is not known stays as it is, None where none is said."""
    said = str(declaration.get("base_model_relation") or "").strip()
    return relation_named(said) or said or None


def passes_no_copy(relation: str | None) -> bool:
    return relation in WITHOUT_A_COPY
