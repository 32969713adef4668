"""Columns that several reports have: what names a filing, its applicant and its rule."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from compliance.dossier.codes import KINDS
from compliance.filings.workflow import STATUSES
from compliance.language import Bilingual
from compliance.reports.catalog import Column, ColumnType
from compliance.reports.scopes import Row
from compliance.rules.catalog import CATALOG
from registry.models import Organization
from registry.reference.regions import PROVINCES

LEVELS = {
    "error": Bilingual("error", "错误"),
    "warning": Bilingual("warning", "警告"),
    "info": Bilingual("information", "提示"),
}
_PROVINCE_NAMES = {code: Bilingual(*names) for code, names in PROVINCES.items()}


def province_name(code: str) -> Bilingual | None:
    return _PROVINCE_NAMES.get(code)


def rule_title(code: str) -> Bilingual:
    return CATALOG[code].title


def rule_with_title(code: str) -> Bilingual:
    title = CATALOG[code].title
    return Bilingual(f"{code} {title.en}", f"{code} {title.zh}")


def desk_link(row: Row) -> str | None:
    """Return the address of the filing of a row at the desk."""
    key = row.get("filing_key")
    return f"{settings.BASE_URL}/admin/compliance/filing/{key}/change/" if key else None


def workspace_link(row: Row, *, organization: Organization) -> str | None:
    """Return the address of the filing of a row in the workspace of its organization."""
    uid = row.get("filing")
    if not uid or row.get("uscc") != organization.uscc:
        return None
    return f"{settings.BASE_URL}{reverse('workspace:filing', args=[organization.uid, uid])}"


CASE_NUMBER = Column("case_number", Bilingual("case number", "案号"), width=0.9)
FILING = Column("filing", Bilingual("filing id", "申报标识"), meaning=Bilingual("The id of the API.", "接口所用标识。"))
LINK = Column("link", Bilingual("link", "链接"), ColumnType.LINK)
KIND = Column("kind", Bilingual("kind", "备案类型"), labels=KINDS)
SERVICE = Column("service", Bilingual("service", "服务名称"), width=1.4)
APPLICANT = Column(
    "applicant",
    Bilingual("applicant", "备案主体"),
    meaning=Bilingual("As the dossier named it then.", "以当时申报材料所填名称为准。"),
    width=1.6,
)
USCC = Column("uscc", Bilingual("USCC", "统一社会信用代码"))
PROVINCE = Column("province", Bilingual("province", "省份"), labels=province_name)
STATUS = Column(
    "status",
    Bilingual("status", "状态"),
    labels=STATUSES,
    meaning=Bilingual("The status at the end of the period.", "期末状态。"),
)
RULE = Column("rule", Bilingual("rule", "规则"), width=0.6)
RULE_TITLE = Column("title", Bilingual("finding", "问题"), labels=rule_title, of="rule", width=2)
LEVEL = Column("level", Bilingual("level", "级别"), labels=LEVELS, width=0.6)
# What names a filing, at the beginning and at the end of a row.
CASE = (CASE_NUMBER, FILING, LINK, KIND, SERVICE, APPLICANT, USCC, PROVINCE)


def yes_or_no(value: Any) -> Bilingual:
    return Bilingual("yes", "是") if value in (True, "true") else Bilingual("no", "否")
