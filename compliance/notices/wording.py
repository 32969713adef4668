"""The titles of notices, in the language of their reader."""

from __future__ import annotations

from typing import Any

from compliance.filings.workflow import STATUSES
from compliance.language import Bilingual, Language
from compliance.notices.kinds import KINDS

CLOCKS = {
    "decision": Bilingual("decision by the authority", "主管部门作出决定的"),
    "correction": Bilingual("correction by the applicant", "备案主体补正的"),
    "filing": Bilingual("algorithm filing after the launch", "上线后算法备案的"),
    "amendment": Bilingual("change or cancellation", "变更或者注销的"),
    "termination": Bilingual("cancellation after the termination", "终止服务后注销的"),
}


def title_of(kind: str, values: dict[str, Any], language: Language) -> str:
    """Return the title of a notice. Codes in its values become labeled."""
    labeled = dict(values)
    if (status := labeled.get("status")) in STATUSES:
        labeled["status"] = STATUSES[status].in_(language)
    if (clock := labeled.get("clock")) in CLOCKS:
        labeled["clock"] = CLOCKS[clock].in_(language)
    return KINDS[kind].title.filled(language, labeled)
