"""Verdicts on evidence, and lineages followed for statistics: how long one takes, beside a yardstick in the same run."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from statistics import median

from compliance.provenance.assessing import assess
from compliance.provenance.references import references
from compliance.provenance.wording import as_text
from tests.provenance.making import all_renamed, as_safetensors, config_of, models, shapes_of, without_index

Say = Callable[[str, str], None]
RUNS = 7


def measure_provenance(say: Say) -> None:
    """Time one verdict with its text, on headers of growing size, and reading the same header as JSON beside it."""
    references()
    for told, id, disguise in (
        ("70-billion-parameter header", "llama-3-70b", dict),
        ("the same, all renamed", "llama-3-70b", all_renamed),
        ("the same, without any index", "llama-3-70b", without_index),
        ("DeepSeek-V3 (45,000 tensors)", "deepseek-v3", dict),
    ):
        shapes = disguise(shapes_of(id))
        evidence = {"safetensors_header": as_safetensors(shapes), "config.json": config_of(id)}
        text = json.dumps(evidence)
        say(
            f"{told}: {len(shapes):,} tensors, read as JSON (yardstick)",
            _milliseconds(lambda text=text: json.loads(text)),
        )
        say(f"{told}: verdict with its text", _milliseconds(lambda it=evidence: as_text(assess({}, it), "en")))
    say("118 other known models, one verdict each", _milliseconds(_all_models, runs=1))


def _all_models() -> None:
    ids = [id for id in models() if id != "deepseek-v3"]
    random.Random(1).shuffle(ids)
    for id in ids:
        assess({}, {"safetensors_header": as_safetensors(shapes_of(id))})


def _milliseconds(work: Callable[[], object], runs: int = RUNS) -> str:
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return f"{1000 * median(taken):,.1f} ms"
