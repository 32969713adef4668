from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited for, without waiting. Chance always takes the longest pause; the clock goes on."""
    waited: list[float] = []
    real = time.monotonic
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setattr(time, "monotonic", lambda: real() + timedelta(seconds=sum(waited)).total_seconds())
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    return waited
