"""Benchmarks of verdicts on evidence, with a baseline in the same run."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from compliance.provenance.assessing import assess
from compliance.provenance.known_structures import references
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
    report("All other known models with a structure, one verdict each", _milliseconds(_all_models, runs=1))
    _measure_loading(report)


# Run in a process of its own, since everything is loaded once a process.
_LOADING = """
import re, time
from pathlib import Path
# What a process has for itself: pages of mapped files are shared with the others.
resident = lambda: int(re.search(r"Private_Dirty: +(\\d+)", Path("/proc/self/smaps_rollup").read_text())[1]) / 1024
before = resident()
moments = [time.perf_counter()]
from registry.reference.series import base_model_named
base_model_named("Qwen/Qwen3-8B"); moments.append(time.perf_counter())
from compliance.provenance.known_structures import references
references(); moments.append(time.perf_counter())
checking = resident()
from registry.reference.base_models import base_models
base_models(); moments.append(time.perf_counter())
print(*(1000 * (b - a) for a, b in zip(moments, moments[1:])), checking - before, resident() - checking)
"""


def _measure_loading(report: Report) -> None:
    """Report what the table of known base models costs a process: loading, its structures, the first name, memory."""
    runs = [
        subprocess.run([sys.executable, "-c", _LOADING], capture_output=True, text=True, check=True)
        for _ in range(RUNS)
    ]
    columns = zip(*([float(value) for value in run.stdout.split()] for run in runs), strict=True)
    name, structures, everything, memory, more = (median(column) for column in columns)
    report("the first name identified", f"{name:.0f} ms")
    report("structures to compare with", f"{structures:.0f} ms")
    report("memory of both", f"{memory:.1f} MB")
    report("all known base models, as their page lists them", f"{everything:.0f} ms, {more:.1f} MB more")


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
