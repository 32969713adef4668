"""Two months in a registry: what happened on which day is known, so that every figure can be counted by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from compliance.casework import assigning
from compliance.filings import actions
from compliance.models import Filing, Flag
from compliance.reports.catalog import REPORTS
from registry.models import Organization, User
from tests.building import USCC, parsed
from tests.making_filings import a_filing, a_submitted_filing, check_everything
from tests.reports.writing import a_report, on

# One error: the operating mechanism of the algorithm is not given.
INCOMPLETE = {"/algorithm/mechanism": None, "/service/launched_on": None}
OCTOBER = ("2026-10-01", "2026-11-01")
NOVEMBER = ("2026-11-01", "2026-12-01")
REQUIRED = {"scorecard": {"applicant": USCC}}


@dataclass
class TwoMonths:
    """The filings by a short name, and the hash of each report of October as it was written on 1 November."""

    filings: dict[str, Filing] = field(default_factory=dict)
    october: dict[str, str] = field(default_factory=dict)

    def case(self, name: str) -> str:
        return self.filings[name].case_number


def _submitted(filer: User, name: str, kind: str = "algorithm", changes: dict[str, Any] | None = None) -> Filing:
    given = {"/reference": name, "/service/name": f"服务{name}", **(changes or {})}
    filing = a_submitted_filing(filer, kind, given)
    check_everything()
    return filing


@pytest.fixture
def two_months(filer: User, reviewer: User, registrar: User) -> TwoMonths:
    """
    October: `mended` is submitted with an error (5), returned (20); `filed` is submitted (12), accepted (13), decided (15).
    November: `mended` comes back under another name (3); `waived` is submitted with an error (10), waived (11), the waiver is
    lifted (20); `gone` is submitted with an error (24) and withdrawn (25); `filed` is suspended (27).
    """
    months = TwoMonths()
    filings = months.filings
    with on("2026-10-05"):
        filings["mended"] = _submitted(filer, "mended", changes=INCOMPLETE)
        a_filing(filer, changes={**INCOMPLETE, "/reference": "draft", "/service/name": "draft"})
        check_everything()
    with on("2026-10-06"):
        assigning.assign_filing(filings["mended"], reviewer, by=reviewer)
    with on("2026-10-12"):
        filings["filed"] = _submitted(filer, "filed", "generative")
    with on("2026-10-13"):
        actions.accept_filing(filings["filed"], by=reviewer)
        actions.forward_filing(filings["filed"], by=reviewer)
        actions.forward_filing(filings["filed"], by=reviewer)
    with on("2026-10-15"):
        actions.decide_filing(filings["filed"], by=registrar)
    with on("2026-10-20"):
        actions.return_filing(filings["mended"], by=reviewer)
        check_everything()
    with on("2026-11-01"):
        months.october = {name: a_report(name, *OCTOBER, REQUIRED.get(name)).sha256 for name in REPORTS}
    _november(months, filer, reviewer, registrar)
    return months


def _november(months: TwoMonths, filer: User, reviewer: User, registrar: User) -> None:
    filings = months.filings
    with on("2026-11-03"):
        renamed = {
            "/service/name": "服务改名",
            "/reference": "mended",
            "/service/launched_on": None,
            "/applicant/name": "新名",
        }
        actions.edit_dossier(filings["mended"], parsed("algorithm", renamed), by=filer)
        actions.submit_filing(filings["mended"], by=filer)
        Organization.objects.filter(uscc=USCC).update(name="改名后的公司")
        check_everything()
    with on("2026-11-10"):
        filings["waived"] = _submitted(filer, "waived", changes=INCOMPLETE)
    with on("2026-11-11"):
        actions.waive_flag(
            filings["waived"], _the_flag(filings["waived"]), until=date(2026, 11, 30), reason="已电话确认", by=reviewer
        )
    with on("2026-11-20"):
        actions.lift_waiver(filings["waived"], _the_flag(filings["waived"]), reason="核实有误", by=reviewer)
    with on("2026-11-24"):
        filings["gone"] = _submitted(filer, "gone", changes=INCOMPLETE)
    with on("2026-11-25"):
        actions.withdraw_filing(filings["gone"], by=filer)
        check_everything()
    with on("2026-11-27"):
        actions.suspend_filing(filings["filed"], by=registrar, reason="整改")
        check_everything()


def _the_flag(filing: Filing) -> tuple[str, str, str]:
    return Flag.objects.unresolved().get(filing=filing, rule="ALG-03").identity
