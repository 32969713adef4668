"""Benchmarks of verdicts on evidence, with a baseline in the same run."""

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

Report = Callable[[str, str], None]
RUNS = 7


def measure_provenance(report: Report) -> None:
    """Time one verdict with its text for headers of increasing size, and reading the same header as JSON for comparison."""
    references()
    for label, id, disguise in (
        ("70-billion-parameter header", "llama-3-70b", dict),
        ("the same, all renamed", "llama-3-70b", all_renamed),
        ("the same, without any index", "llama-3-70b", without_index),
        ("DeepSeek-V3 (45,000 tensors)", "deepseek-v3", dict),
    ):
        shapes = disguise(shapes_of(id))
        evidence = {"safetensors_header": as_safetensors(shapes), "config.json": config_of(id)}
        text = json.dumps(evidence)
        report(
            f"{label}: {len(shapes):,} tensors, read as JSON (baseline)",
            _milliseconds(lambda text=text: json.loads(text)),
        )
        report(f"{label}: verdict with its text", _milliseconds(lambda it=evidence: as_text(assess({}, it), "en")))
    report("118 other known models, one verdict each", _milliseconds(_all_models, runs=1))


def _all_models() -> None:
    ids = [id for id in models() if id != "deepseek-v3"]
    random.Random(1).shuffle(ids)
    for id in ids:
        assess({}, {"safetensors_header": as_safetensors(shapes_of(id))})


def _milliseconds(work: Callable[[], object], runs: int = RUNS) -> str:
    durations = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return f"{1000 * median(durations):,.1f} ms"
