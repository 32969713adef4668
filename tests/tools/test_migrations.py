"""Migrations after the rule are such that the version before can go on working beside the new tables."""

from __future__ import annotations

import subprocess
import sys

import pytest

from launch.paths import ROOT


def linted(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "tools.migrations", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.full
def test_a_migration_that_breaks_the_version_before_is_refused():
    status, output = linted("registry=10", "compliance=27")
    assert (status, "NOT NULL constraint" in output, "after registry.0011_accounts" in output) == (1, True, True)
