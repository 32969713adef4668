"""Dossiers that change or cancel a filing, in time on A_DAY."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.dossier.schema import Dossier
from tests.building import a_dossier

KINDS = ("algorithm", "generative", "registration")
NUMBERS = {
    "algorithm": "网信算备440305000000201260003号",
    "generative": "Guangdong-YangLiWenDa-202606010001",
    "registration": "Guangdong-YangLiWenDa-20260601S0001",
}


def amending(kind: str, action: str, changes: Mapping[str, Any] | None = None) -> Dossier:
    """Return a complete dossier of a kind as a change or a cancellation without findings, with `changes` applied."""
    amended = {"/action": action, "/amends": NUMBERS[kind], "/occurred_on": "2026-11-16"}
    return a_dossier(kind, {**amended, **(changes or {})})
