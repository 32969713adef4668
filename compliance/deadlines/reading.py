"""The statutory deadlines of an organization: as the last check of each filing found them, for page, calendar and mail alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db.models import QuerySet

from compliance.casework.clocks import Remaining, remaining
from compliance.checking.case_facts import working_calendar
from compliance.language import Bilingual
from compliance.models import ClockName, Filing
from registry.models import Organization

# What happens after the last day of each clock.
CONSEQUENCES = MappingProxyType(
    {
        ClockName.FILING: Bilingual(
            "After this day the algorithm filing is late (Algorithm Recommendation Provisions, Art. 24): the authority may warn, order "
            "correction, and fine 10,000 to 100,000 yuan (Art. 31).",
            "逾期即违反《互联网信息服务算法推荐管理规定》第二十四条，主管部门可依第三十一条警告、责令限期改正，拒不改正或者情节严重的，"
            "责令暂停信息更新，并处一万元以上十万元以下罚款。",
        ),
        ClockName.AMENDMENT: Bilingual(
            "After this day the change or cancellation is late (Art. 24): the authority may warn and order correction (Art. 31).",
            "逾期即违反第二十四条关于变更、注销手续的规定，主管部门可依第三十一条予以警告、责令限期改正。",
        ),
        ClockName.TERMINATION: Bilingual(
            "After this day the cancellation of the ended service is late (Art. 24); the authority may cancel the number by itself (Art. 33).",
            "逾期未办理注销备案手续的，违反第二十四条；主管部门可依第三十三条注销备案编号。",
        ),
        ClockName.CORRECTION: Bilingual(
            "A filing that is not corrected in time may be closed, and has to be opened again.",
            "逾期未补正的，本次申报可能被终止，须重新办理。",
        ),
        ClockName.DECISION: Bilingual(
            "The authority decides by this day (Art. 25). You need not do anything.",
            "主管部门应于该日前作出决定（第二十五条），备案主体无须操作。",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline of a filing: its clock and how far away it is."""

    filing: Filing
    clock: Remaining

    @property
    def consequence(self) -> Bilingual:
        return CONSEQUENCES[self.clock.clock]


def filings_with_a_clock(organization: Organization) -> QuerySet[Filing]:
    """Return the filings of an organization for which a deadline runs or was missed."""
    rows = Filing.objects.running().filter(applicant=organization).exclude(clock="")
    return rows.select_related("applicant").defer("search_text", "search_grams")


def deadlines_of(organization: Organization, *, today: date) -> list[Due]:
    """Return the deadlines of an organization, the earliest first; those whose day is not known yet come last."""
    calendar = working_calendar()
    found = []
    for filing in filings_with_a_clock(organization):
        if clock := remaining(filing, today=today, calendar=calendar):
            found.append(Due(filing, clock))
    return sorted(found, key=lambda due: (due.clock.due_on or date.max, due.filing.pk))
