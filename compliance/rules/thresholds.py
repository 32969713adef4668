"""The figures of the law, apart from the rules: each with the day from which it holds, and its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure by date: `steps` are (since, value) in order; `source` is an instrument's citation."""

    steps: tuple[tuple[date, int], ...]
    unit: str
    source: str

    def on(self, day: date) -> int:
        """Return the figure in force on a day; before the first, the first."""
        return max((step for step in self.steps if step[0] <= day), default=self.steps[0])[1]


_PROVISIONS = date(2022, 3, 1)

FILING_DAYS = Threshold(((_PROVISIONS, 10),), "working days after the service is offered", "ALG 24")
CHANGE_DAYS = Threshold(((_PROVISIONS, 10),), "working days after the change", "ALG 24")
CANCELLATION_DAYS = Threshold(((_PROVISIONS, 20),), "working days after termination", "ALG 24")
DECISION_DAYS = Threshold(((_PROVISIONS, 30),), "working days after acceptance", "ALG 25")
CORRECTION_DAYS = Threshold(((_PROVISIONS, 15),), "working days after the return", "FRM")
DUE_SOON_DAYS = Threshold(((_PROVISIONS, 3),), "working days before a deadline", "FRM")
DESCRIPTION_LENGTH = Threshold(((_PROVISIONS, 500),), "characters", "FRM")
