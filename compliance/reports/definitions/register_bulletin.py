"""The register bulletin: the numbers issued in the period, in the columns of the official announcements."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from compliance.checking.case_facts import day_of
from compliance.dossier import codes
from compliance.filings import workflow
from compliance.filings.numbering import name_to_register
from compliance.language import Bilingual, Language
from compliance.models import Event, Kind
from compliance.reports import columns
from compliance.reports.candidates import with_events
from compliance.reports.catalog import Breakdown, Chart, Column, ColumnType, Figure, Table, report
from compliance.reports.history import CaseThen, cases_then, events_of
from compliance.reports.periods import Period
from compliance.reports.scopes import KIND, PROVINCE, Row, Scope
from registry.models import Listing
from registry.reference.regions import PROVINCES

GENERATIVE, REGISTRATION, ALGORITHM, SYNTHESIS = "generative", "registration", "algorithm", "deep_synthesis"
LISTS = {
    GENERATIVE: Bilingual("Filed generative AI services", "生成式人工智能服务已备案信息"),
    REGISTRATION: Bilingual("Registered generative AI services", "生成式人工智能服务已登记信息"),
    ALGORITHM: Bilingual("Algorithm filings", "互联网信息服务算法备案清单"),
    SYNTHESIS: Bilingual("Deep-synthesis algorithm filings", "深度合成服务算法备案清单"),
}
_STATUSES = {**workflow.STATUSES, "registered": Bilingual("registered", "已登记")}
_NUMBERED = (workflow.DECIDE.verb, workflow.RECORD_DECISION.verb)
_LATE = "（补登）"
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def _place(row: Row, language: Language) -> str:
    """Return the jurisdiction as it was published, else the province."""
    name = columns.province_name(row["province"])
    if row["place"] and (language == "zh" or name is None):
        return str(row["place"])
    return name.in_(language) if name else ""


def _official_day(row: Row, language: Language) -> str:
    """Return a day as the announcements write it: 2023/8/31; one that was entered late says so."""
    day = date.fromisoformat(row["issued_on"]) if row["issued_on"] else None
    return f"{day.year}/{day.month}/{day.day}{_LATE if row['is_late'] else ''}" if day else ""


def _is_in(name: str) -> Any:
    return lambda row: row["list"] == name


def _is_in_force(row: Row) -> bool:
    return row["number_status"] in (workflow.FILED, "registered")


_ROW_NUMBER = Column("row_number", Bilingual("no.", "序号"), width=0.4)
_PLACE = Column("place", Bilingual("jurisdiction", "属地"), text=_place)
_NAME = Column("name", Bilingual("name of the model", "模型名称"), width=1.5)
_HOLDER = Column("holder", Bilingual("filing entity", "备案单位"), width=1.8)
_NUMBER = Column("number", Bilingual("official number", "备案编号"), width=2)
_DAY = Column("day", Bilingual("date", "备案时间"), text=_official_day)
_TYPE = Column("type", Bilingual("algorithm type", "算法类别"))
_PRODUCTS = Column("products", Bilingual("products", "应用产品"), width=1.5)
_PURPOSE = Column("purpose", Bilingual("main use", "主要用途"), width=2.5)
_REMARK = Column("remark", Bilingual("remark", "备注"))
_ALGORITHM = Column("algorithm", Bilingual("name of the algorithm", "算法名称"), of="name", width=1.3)
_ENTITY = Column("subject", Bilingual("filing subject", "主体名称"), of="holder", width=1.5)
_ROLE = Column("role", Bilingual("role", "角色"), of="type")
_OF_SERVICES = (_ROW_NUMBER, _PLACE, _NAME, _HOLDER, _NUMBER, _DAY)
_OF_ALGORITHMS = (_ROW_NUMBER, _ALGORITHM, _TYPE, _ENTITY, _PRODUCTS, _PURPOSE, _NUMBER, _REMARK)
_OF_SYNTHESIS = tuple(_ROLE if column is _TYPE else column for column in _OF_ALGORITHMS)


@report(
    "register_bulletin",
    title=Bilingual("Register bulletin", "备案登记公告"),
    description=Bilingual(
        "The official numbers that were issued or announced in the period, in the columns of the official announcements; "
        "filings and registrations apart.",
        "本期取得或者公告的备案、登记编号，按官方公告的栏目列出，备案与登记分列。",
    ),
    sentence=Bilingual(
        "{numbers:number was|numbers were} issued or announced in the period: {generative} for filed services, {registration} "
        "for registered services, {algorithm} for algorithms.",
        "本期取得或者公告编号 {numbers} 个：已备案服务 {generative} 个，已登记服务 {registration} 个，算法 {algorithm} 个。",
    ),
    columns=(
        Column("list", Bilingual("list", "清单"), labels=LISTS),
        Column("announced", Bilingual("announcement", "公告期次")),
        _ROW_NUMBER,
        _PLACE,
        Column("name", Bilingual("name", "名称")),
        Column("type", Bilingual("type or role", "算法类别（角色）")),
        _HOLDER,
        _PRODUCTS,
        _PURPOSE,
        _NUMBER,
        _DAY,
        _REMARK,
        Column("issued_on", Bilingual("issued on (ISO)", "备案日期（ISO）"), ColumnType.DAY),
        Column("number_status", Bilingual("status", "状态"), labels=_STATUSES),
        Column("source", Bilingual("source", "来源")),
        columns.CASE_NUMBER,
        columns.USCC,
        columns.PROVINCE,
    ),
    tables=(
        Table(GENERATIVE, LISTS[GENERATIVE], _OF_SERVICES, _is_in(GENERATIVE)),
        Table(REGISTRATION, LISTS[REGISTRATION], _OF_SERVICES, _is_in(REGISTRATION)),
        Table(ALGORITHM, LISTS[ALGORITHM], _OF_ALGORITHMS, _is_in(ALGORITHM)),
        Table(SYNTHESIS, LISTS[SYNTHESIS], _OF_SYNTHESIS, _is_in(SYNTHESIS)),
    ),
    figures=(
        Figure("numbers", Bilingual("Numbers", "编号")),
        Figure("generative", Bilingual("Filed services", "已备案服务"), _is_in(GENERATIVE)),
        Figure("registration", Bilingual("Registered services", "已登记服务"), _is_in(REGISTRATION)),
        Figure(
            "algorithm",
            Bilingual("Algorithms", "算法"),
            lambda row: row["list"] in (ALGORITHM, SYNTHESIS),
        ),
        Figure("in_force", Bilingual("In force", "有效"), _is_in_force),
    ),
    breakdowns=(
        Breakdown("by_list", Bilingual("By list", "按清单"), "list", labels=LISTS),
        Breakdown("by_province", Bilingual("By province", "按省份"), "province", labels=columns.province_name),
        Breakdown("by_month", Bilingual("By month", "按月份"), lambda row: row["dated_on"][:7], chart=Chart.COLUMNS),
    ),
    is_public=True,
    formats=("html", "pdf", "xlsx", "csv", "json", "docx"),
)
def register_bulletin(scope: Scope) -> Iterator[Row]:
    """
    Yield a row for each number that a filing of this registry got in the period, and for each row of a published list whose
    day, or else whose announcement, lies in it. A published list counts in the period of its rows, whenever it was imported.
    """
    public = Scope(scope.period, scope.parameters)
    rows = sorted([*_listed(public), *_held(public)], key=_order)
    last: dict[str, int] = defaultdict(int)
    for row in rows:
        last[row["list"]] = max(last[row["list"]], _leading_number(row["row_number"]))
    for row in rows:
        if not row["row_number"]:
            last[row["list"]] += 1
            row["row_number"] = str(last[row["list"]])
        yield row


def _order(row: Row) -> tuple[Any, ...]:
    return (list(LISTS).index(row["list"]), row["dated_on"], _leading_number(row["row_number"]), row["number"])


def _leading_number(text: str) -> int:
    found = re.match(r"\d+", text)
    return int(found[0]) if found else 0


def _listed(scope: Scope) -> Iterator[Row]:
    """Yield the rows of published lists."""
    # What a filing had taken over by the end of the period is listed with the filing.
    taken_over = Event.objects.filter(
        filing__official_number=OuterRef("number"), verb__in=_NUMBERED, at__lt=scope.period.ends_at
    )
    listings = Listing.objects.filter(~Exists(taken_over)).select_related("number", "source", "number__organization")
    for listing in listings.order_by("pk").iterator(chunk_size=2_000):
        content = listing.content
        dated_on = content["issued_on"] or _first_of(listing.announced)
        if not dated_on or not scope.period.contains_day(date.fromisoformat(dated_on)):
            continue
        province = content["jurisdiction"]
        if (
            scope.parameters.get(PROVINCE, province) != province
            or scope.parameters.get(KIND, content["kind"]) != content["kind"]
        ):
            continue
        holder = listing.number.organization
        uscc = (holder and holder.uscc) or ""
        if scope.covers(province=province, uscc=uscc, kind=content["kind"]):
            yield _listed_row(listing, dated_on, uscc)


def _first_of(announced: str) -> str:
    found = _MONTH.fullmatch(announced)
    return f"{found[0]}-01" if found else ""


def _listed_row(listing: Listing, dated_on: str, uscc: str) -> Row:
    content = listing.content
    is_algorithm = content["kind"] == Kind.ALGORITHM
    name = content["title"]
    if not is_algorithm and content["remark"]:
        # The lists of services have no column for remarks; what stood in the cell of the name stands there again.
        name = f"{name}注：{content['remark']}"
    kind = SYNTHESIS if content["role"] else content["kind"]
    return {
        "list": kind,
        "announced": listing.announced,
        "row_number": listing.row_number,
        "place": content["place"],
        "name": name,
        "type": _type(content["algorithm_type"], content["role"]),
        "holder": content["holder"],
        "products": content["products"],
        "purpose": content["purpose"],
        "number": content["number"],
        "issued_on": content["issued_on"],
        "is_late": content.get("is_late", False),
        "dated_on": dated_on,
        "remark": content["remark"] if is_algorithm else "",
        "number_status": content["status"],
        "source": listing.source.label,
        "kind": content["kind"],
        "case_number": "",
        "uscc": uscc,
        "province": content["jurisdiction"],
    }


def _type(algorithm_type: str | None, role: str | None) -> str:
    """Return the type or the role as the lists write it, in Chinese."""
    if role and role in codes.ROLES:
        return codes.ROLES[role].zh
    return f"{codes.ALGORITHM_TYPES[algorithm_type].zh}类" if algorithm_type in codes.ALGORITHM_TYPES else ""


def _held(scope: Scope) -> Iterator[Row]:
    """Yield the numbers that filings of this registry got in the period."""
    for cases in cases_then(scope, among=with_events(scope.period, _NUMBERED)):
        by_key = {case.key: case for case in cases}
        for key, events in events_of(cases, scope.period.ends_at, verbs=_NUMBERED).items():
            yield from (_held_row(by_key[key], event) for event in events if _gives_a_number(event, scope.period))


def _gives_a_number(event: dict[str, Any], period: Period) -> bool:
    return period.contains(event["at"]) and "day" in event["data"]


def _held_row(case: CaseThen, event: dict[str, Any]) -> Row:
    dossier = case.dossier
    algorithm, service = dossier.algorithm, dossier.service
    is_algorithm = case.kind == Kind.ALGORITHM
    forms = "、".join(codes.FORMS[form].zh for form in service.forms or ())
    role = (algorithm and algorithm.role) or ""
    type_ = (algorithm and algorithm.type) or ""
    return {
        "list": SYNTHESIS if is_algorithm and type_ == "generation" and role else case.kind,
        "announced": "",
        "row_number": "",
        "place": PROVINCES[case.province][1] if case.province in PROVINCES else "",
        "name": name_to_register(case, dossier),
        "type": _type(type_, role if type_ == "generation" else ""),
        "holder": case.applicant,
        "products": (f"{service.name}（{forms}）" if forms else service.name) if is_algorithm else "",
        "purpose": ((algorithm and (algorithm.purpose or algorithm.scenario)) or "") if is_algorithm else "",
        "number": event["data"]["number"],
        "issued_on": event["data"]["day"],
        "is_late": False,
        "dated_on": str(day_of(event["at"])),
        "remark": "",
        "number_status": "registered" if (case.kind, case.status) == (Kind.REGISTRATION, "filed") else case.status,
        "source": case.case_number,
        "kind": case.kind,
        "case_number": case.case_number,
        "filing": case.uid,
        "uscc": case.uscc,
        "province": case.province,
    }
