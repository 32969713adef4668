"""The description of the API against the running product: schemathesis calls every operation, as each kind of caller."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from launch.paths import ROOT
from tests.faults.stack import Stack

CONTRACT = ROOT / "tests" / "contract"
# Of each kind, the ids of some rows that exist.
KINDS = ("filings", "models", "organizations", "services", "register")
MOST_IDS = 3


def ids_of(stack: Stack, token: str) -> str:
    """Return ids that a caller sees, by the first part of the address."""
    pages = {kind: stack.call("GET", f"/api/v1/{kind}/?page_size={MOST_IDS}", token=token)[1] for kind in KINDS}
    return json.dumps({kind: [row["id"] for row in page["results"]] for kind, page in pages.items()})


def run_schemathesis(stack: Stack, folder: Path, caller: str, *options: str) -> str:
    """Return the output of schemathesis for a caller; fails if it found anything."""
    token = stack.token_of(caller) if caller != "anonymous" else ""
    headers = ["--header", f"Authorization: Bearer {token}"] if token else []
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "tests.contract.hooks",
        "PYTHONPATH": str(ROOT),
        "CONTRACT_IDS": ids_of(stack, stack.token_of("filer" if caller == "anonymous" else caller)),
    }
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONTRACT / "schemathesis.toml"), "run"),
        *(f"http://127.0.0.1:{stack.port}/api/v1/schema/", "--workers", "1", "--no-color", *headers, *options),
    ]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    return done.stdout


@pytest.fixture
def stack(make_stack) -> Stack:
    stack = make_stack(shared_broker=True)
    stack.up(stack.web)
    return stack


ONCE = pytest.mark.skipif(
    settings.TEST_ON != "postgresql", reason="The description is the same on both: asked on PostgreSQL."
)
# A filer and a reviewer see different rows; each is asked on one of the two databases. The values at every bound (coverage) are
# tried by `make full`, to stay within the time of CI.
CALLER = "reviewer" if settings.TEST_ON == "postgresql" else "filer"


def number_of_calls(output: str) -> int:
    found = re.search(r"(\d+) generated", output)
    return int(found[1]) if found else 0


# Those that take a dossier: each value of each of its fields in turn makes ten thousand calls, which `make full` has time for.
TAKE_A_DOSSIER = ("check", "filings_open", "dossier_write")


# For those with a token, `make full` has time.
@pytest.mark.full
@pytest.mark.timeout(900)
def test_the_api_keeps_its_description(stack, tmp_path):
    others = [f"--exclude-operation-id={name}" for name in TAKE_A_DOSSIER]
    phases = ("--phases", "examples,fuzzing")
    output = run_schemathesis(stack, tmp_path, CALLER, *phases, "--max-examples", "1", *others)
    assert number_of_calls(output) > 20


@pytest.mark.full
@pytest.mark.timeout(3_600)
def test_the_api_keeps_its_description_at_every_bound(stack, tmp_path):
    others = [f"--exclude-operation-id={name}" for name in TAKE_A_DOSSIER]
    output = run_schemathesis(stack, tmp_path, CALLER, "--phases", "examples,coverage", *others)
    assert number_of_calls(output) > 200


@pytest.mark.full
@pytest.mark.timeout(900)
def test_dossiers_are_taken_as_described(stack, tmp_path):
    these = [f"--include-operation-id={name}" for name in TAKE_A_DOSSIER]
    output = run_schemathesis(stack, tmp_path, "filer", "--phases", "examples,fuzzing", "--max-examples", "8", *these)
    assert number_of_calls(output) > 20


@ONCE
@pytest.mark.timeout(900)
def test_the_api_keeps_its_description_without_a_token(stack, tmp_path):
    others = [f"--exclude-operation-id={name}" for name in TAKE_A_DOSSIER]
    phases = ("--phases", "examples,fuzzing", "--max-examples", "1")
    output = run_schemathesis(stack, tmp_path, "anonymous", *phases, *others)
    assert number_of_calls(output) > 20


@pytest.mark.full
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("caller", ["filer", "reviewer", "admin"])
def test_the_api_keeps_its_description_in_sequences_of_calls(stack, tmp_path, caller):
    assert number_of_calls(run_schemathesis(stack, tmp_path, caller, "--max-examples", "50")) > 2_000
