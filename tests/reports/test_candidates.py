"""A report reads the filings that can have a row in it, and has the rows that it would have if it read all of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest

from compliance.casework import assigning
from compliance.checking.due_marks import mark_those_whose_day_has_come
from compliance.filings import actions
from compliance.filings.refusals import Refused
from compliance.models import Filing, Flag
from compliance.reports.definitions import (
    changes,
    incomplete_filings,
    register_bulletin,
    reviewer_workload,
    statutory_deadlines,
)
from compliance.reports.history import cases_then
from registry.models import User
from tests.building import parsed
from tests.making_filings import check_everything, hold_documents
from tests.reports.writing import a_report, on

CHOOSING = {
    "changes": changes,
    "incomplete_filings": incomplete_filings,
    "register_bulletin": register_bulletin,
    "reviewer_workload": reviewer_workload,
    "statutory_deadlines": statutory_deadlines,
}
FIRST, LAST = date(2026, 1, 5), date(2026, 11, 20)


def _sweep() -> None:
    """Check what is due, and what may have changed by the day, as the jobs do each night."""
    mark_those_whose_day_has_come()
    check_everything()


class Course:
    """Filings whose people do what comes into their minds, on random days of a year."""

    CHANCES: ClassVar = {
        "open": 1,
        "accept": 3,
        "return": 3,
        "answer": 3,
        "decide": 4,
        "reject": 0.5,
        "withdraw": 0.5,
        "suspend": 2,
        "revoke": 1,
        "cancel": 1,
        "assign": 2,
        "waive": 2,
    }

    def __init__(self, seed: int, people: dict[str, User]) -> None:
        self.random, self.people, self.count = random.Random(seed), people, 0
        self.done: Counter[str] = Counter()

    def run(self, days: int) -> None:
        for day in sorted(self._day() for _ in range(days)):
            with on(day.isoformat(), hour=self.random.randrange(9, 18)):
                self._something(day)
                if self.random.random() < 0.7:
                    _sweep()
        _sweep()

    def _something(self, day: date) -> None:
        filings = list(Filing.objects.order_by("pk"))
        filing = self.random.choice(filings) if filings and self.random.random() < 0.8 else None
        verbs = self.random.choices([*self._verbs(filing)], [*self.CHANCES.values()], k=6) if filing else ["open"]
        for verb in verbs:
            try:
                self._verbs(filing)[verb](day)
            except Refused:
                continue
            self.done[verb] += 1
            return

    def _verbs(self, filing: Any) -> dict[str, Any]:
        filer, reviewer, registrar = (self.people[name] for name in ("filer", "reviewer", "registrar"))
        acts = {
            "open": self._open,
            "accept": lambda day: actions.accept_filing(filing, by=reviewer),
            "return": lambda day: actions.return_filing(filing, by=reviewer, reason="缺少材料"),
            "answer": lambda day: self._answer(filing, day),
            "decide": lambda day: self._decide(filing, reviewer, registrar),
            "reject": lambda day: actions.reject_filing(filing, by=registrar, reason="不予备案"),
            "withdraw": lambda day: actions.withdraw_filing(filing, by=filer),
            "suspend": lambda day: actions.suspend_filing(filing, by=registrar, reason="整改"),
            "revoke": lambda day: actions.revoke_filing(filing, by=registrar, reason="撤销"),
            "cancel": lambda day: self._submit("algorithm", self._cancelling(filing, day)),
            "assign": lambda day: assigning.assign_filing(filing, reviewer, by=reviewer),
            "waive": lambda day: self._waive(filing, day, reviewer),
        }
        assert acts.keys() == self.CHANCES.keys()
        return acts

    def _open(self, day: date) -> None:
        kind = self.random.choice(["algorithm", "algorithm", "generative"])
        self._submit(kind, self._days(kind, day))

    def _submit(self, kind: str, given: dict[str, Any]) -> None:
        self.count += 1
        given = {"/reference": str(self.count), **given}
        filing, _ = actions.open_filing(parsed(kind, given), by=self.people["filer"])
        if self.random.random() < 0.9:
            hold_documents(actions.submit_filing(filing, by=self.people["filer"]), self.people["filer"])

    def _answer(self, filing: Filing, day: date) -> None:
        given = {"/reference": filing.reference, **self._days(filing.kind, day)}
        actions.edit_dossier(filing, parsed(filing.kind, given), by=self.people["filer"])
        actions.submit_filing(filing, by=self.people["filer"])

    def _days(self, kind: str, day: date) -> dict[str, Any]:
        """Return a launch, and often an end of the service, before or after the day on which they are declared."""
        launched = self._near(day, before=60, after=150)
        ended = self._near(day, before=0, after=200) if self.random.random() < 0.5 else None
        incomplete = {"/algorithm/mechanism": None} if kind == "algorithm" and self.random.random() < 0.3 else {}
        return {
            "/service/name": f"服务{self.random.randrange(12)}",
            "/service/launched_on": launched.isoformat(),
            "/service/terminated_on": ended and max(ended, launched).isoformat(),
            **incomplete,
        }

    def _cancelling(self, filing: Filing, day: date) -> dict[str, Any]:
        number = str(filing.official_number) if filing.official_number else "网信算备440300000000000000000号"
        occurred = self._near(day, before=60, after=60)
        return {
            "/action": "cancellation",
            "/amends": number,
            "/occurred_on": occurred.isoformat(),
            "/service/name": "x",
        }

    def _decide(self, filing: Filing, reviewer: User, registrar: User) -> None:
        for _ in range(2):
            if filing.status == "submitted":
                filing = actions.accept_filing(filing, by=reviewer)
            filing = actions.forward_filing(filing, by=reviewer)
        actions.decide_filing(filing, by=registrar)

    def _waive(self, filing: Filing, day: date, by: User) -> None:
        flags = list(Flag.objects.unresolved().filter(filing=filing, level="error"))
        if flags:
            flag = self.random.choice(flags).identity
            actions.waive_flag(filing, flag, until=day + timedelta(days=20), reason="已核实", by=by)

    def _day(self) -> date:
        return FIRST + timedelta(days=self.random.randrange((LAST - FIRST).days))

    def _near(self, day: date, *, before: int, after: int) -> date:
        return day + timedelta(days=self.random.randrange(-before, after + 1))


@pytest.fixture(params=[1, 2, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(3, 23))])
def course(request: Any, filer: User, reviewer: User, registrar: User) -> Course:
    course = Course(request.param, {"filer": filer, "reviewer": reviewer, "registrar": registrar})
    course.run(days=120)
    assert {"decide", "answer", "return", "cancel", "assign", "waive"} <= set(course.done), course.done
    return course


def periods() -> Iterator[tuple[str, str]]:
    """Yield the weeks of a year and more, and some months."""
    day = FIRST - timedelta(days=7)
    while day < LAST + timedelta(days=120):
        yield day.isoformat(), (day + timedelta(days=7)).isoformat()
        day += timedelta(days=21)
    yield "2026-03-01", "2026-04-01"
    yield "2026-09-01", "2026-12-01"
    yield "2026-01-01", "2027-01-01"


def test_reports_have_the_rows_that_they_have_when_they_read_all_filings(course: Course, monkeypatch: Any) -> None:
    asked = [(name, period) for name in CHOOSING for period in periods()]
    chosen = {each: _rows(*each) for each in asked}
    for module in CHOOSING.values():
        monkeypatch.setattr(module, "cases_then", lambda scope, among: cases_then(scope))
    assert chosen == {each: _rows(*each) for each in asked}
    rows = {name: sum(len(chosen[name, period]) for period in periods()) for name in CHOOSING}
    assert min(rows.values()) > 0, rows


def _rows(name: str, period: tuple[str, str]) -> list[dict[str, Any]]:
    return list(a_report(name, *period).rows())
