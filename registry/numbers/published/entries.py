"""Parsing a row of a published list into an entry of the register, with notes on anything doubtful. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from registry.numbers.forms import algorithm_number, is_official_number, place_in
from registry.numbers.published.numbers import ALGORITHM, GENERATIVE, REGISTRATION, InvalidRow, kind_of, number_in
from registry.numbers.published.remarks import HOLDERS, is_about_names, is_about_status, rename_in, status_in
from registry.reference.regions import PROVINCES

# State-owned enterprises file with this body in place of a province; their numbers begin with ZhongYangQiYe.
STATE_OWNED = frozenset({"国资委", "国务院国资委", "中央企业"})
ALGORITHM_TYPES = {
    "生成合成": "generation",
    "个性化推送": "personalized_push",
    "排序精选": "ranking",
    "检索过滤": "search_filter",
    "调度决策": "dispatch",
}
ROLES = {"服务提供者": "provider", "服务技术支持者": "technical_supporter", "技术支持者": "technical_supporter"}
# Names for lists that do not give their own, so that the identity of a list never depends on a file name.
LISTS = {
    ALGORITHM: "互联网信息服务算法备案清单",
    GENERATIVE: "生成式人工智能服务已备案信息",
    REGISTRATION: "生成式人工智能服务已登记信息",
}
_PLACES = (
    {names[1]: code for code, names in PROVINCES.items()}
    | {
        re.sub("(省|市|自治区|壮族自治区|回族自治区|维吾尔自治区|特别行政区)$", "", names[1]): code
        for code, names in PROVINCES.items()
    }
    | {"内蒙古": "15", "广西": "45", "西藏": "54", "宁夏": "64", "新疆": "65", "香港": "81", "澳门": "82"}
)
_ORGANIZATION = re.compile(
    "(公司|集团|中心|大学|学院|学校|研究院|研究所|实验室|医院|银行|社|台|厂|馆|委员会|委|协会|学会|政府|局|部|合伙)"
    r"(\(.*\))?$"
)
_CLEARLY_ORGANIZATION = re.compile(r"(公司|集团|研究院|研究所|实验室)(\(.*\))?$")
_PRODUCT_LIKE = re.compile(r"(模型|助手|平台|系统|算法|引擎|智能体|机器人|GPT|AI)(\(.*\))?$", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)(?P<year>20\d\d)\s*[/.年-]\s*(?P<month>\d{1,2})\s*[/.月-]\s*(?P<day>\d{1,2})(?!\d)\s*日?")
_COMPACT_DAY = re.compile(r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)")
# Serial day numbers of workbooks, counted from 1899-12-30: 2009 to 2064.
_SERIAL_DAY = re.compile(r"[45]\d{4}")
_ANNOUNCEMENT = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})")
_FOOTER = re.compile("^(注|备注|合计|说明|总计|数据来源|来源)")
_LATE_ENTRY = "补登"
_NOTE_IN_CELL = re.compile(r"^(?P<text>.+?)\s*[((]?\s*注\s*[::]\s*(?P<note>.+?)[))]?$")
_ENGLISH = re.compile(r"英文名[为是::]*\s*(?P<name>[A-Za-z0-9][\w .+-]*)")
BLANK_MARKS = frozenset({"", "-", "--", "—", "——", "/", "无"})


@dataclass(slots=True)
class Entry:
    """The contents of a row, ready for the register. `notes` are pairs of English and Chinese remarks on how it was read."""

    number: str
    kind: str
    status: str
    title: str
    holder: str
    name_en: str = ""
    former_holder: str = ""
    jurisdiction: str = ""
    place: str = ""
    issued_on: str = ""
    is_late: bool = False
    algorithm_type: str = ""
    role: str = ""
    products: str = ""
    purpose: str = ""
    remark: str = ""
    announced: str = ""
    list: str = ""
    row_number: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)

    def content(self) -> dict[str, object]:
        """Return the entry without its notes, as it is stored."""
        data = asdict(self)
        del data["notes"]
        return data


def entry_of(cells: dict[str, str]) -> Entry:
    """
    Parse a row. Raises InvalidRow if it has no number in a known form, or no holder.

    Values in the wrong column are recognized by their content: a number or a day by its form, an organization by the end
    of its name.
    """
    raw, notes = cells, []
    cells = {column: unicodedata.normalize("NFKC", cell).strip() for column, cell in raw.items()}
    _move_days_and_places(cells, notes)
    number = number_in(cells, notes)
    kind = kind_of(number, cells, notes)
    _swap_title_and_holder(cells, notes)
    holder, holder_note = _without_note(cells.get("holder", ""))
    if holder_note:
        notes.append((f"the cell of the holder contains a note: {holder_note}", f"单位单元格内有注：{holder_note}"))
    if holder in BLANK_MARKS:
        raise InvalidRow(
            f"The holder of {number} is missing. Fill in 备案单位 or 主体名称 and import again.",
            f"编号 {number} 未填写备案单位或主体名称。请补充后重新导入。",
        )
    title, title_note = _without_note(cells.get("title", ""))
    if not title:
        notes.append(("the name is missing", "未填写名称"))
    entry = Entry(
        number=number,
        kind=kind,
        status="registered" if kind == REGISTRATION else "filed",
        title=title,
        holder=holder,
        purpose=_unless_blank(cells.get("purpose")),
        products=_unless_blank(cells.get("products")),
        remark="; ".join(filter(None, [_unless_blank(cells.get("remark")), title_note])),
        announced=_announcement(cells.get("announced", ""), cells.get("list", "")),
        list=cells.get("list", "") or LISTS[kind],
        row_number="".join(character for character in cells.get("row_number", "") if character.isdigit()),
        notes=notes,
    )
    if title_note:
        _read_title_note(entry, title_note)
    _read_place(entry, cells.get("place", ""))
    _read_day(entry, cells.get("issued_on", ""))
    _read_algorithm(entry, cells)
    _read_remark(entry)
    for name in ("title", "holder", "products", "purpose", "remark"):
        setattr(entry, name, _in_original_width(raw, getattr(entry, name)))
    return entry


def is_footer(cells: dict[str, str]) -> bool:
    """Say whether a row is a note or a total below the list rather than an entry."""
    texts = [unicodedata.normalize("NFKC", cell) for cell in cells.values() if cell]
    return not any(map(is_official_number, texts)) and bool(texts) and (_FOOTER.match(texts[0]) is not None)


def _announcement(*texts: str) -> str:
    """Return the year and month of an announcement as YYYY-MM, from the first text that contains them."""
    found = next((found for text in texts if (found := _ANNOUNCEMENT.search(text))), None)
    return f"{found[1]}-{int(found[2]):02}" if found else texts[0]


_COLUMN_NAMES = {"issued_on": ("day", "日期"), "place": ("jurisdiction", "属地")}


def _move_days_and_places(cells: dict[str, str], notes: list[tuple[str, str]]) -> None:
    """Move a day or a province to its column if it is in another one; both are recognized by their content."""
    for column, matches in (("issued_on", _is_day), ("place", _is_place)):
        here = cells.get(column, "")
        others = [name for name in ("title", "holder", "place", "issued_on") if name != column]
        elsewhere = [name for name in others if matches(cells.get(name, ""))]
        if len(elsewhere) == 1 and not matches(here):
            cells[column], cells[elsewhere[0]] = cells[elsewhere[0]], here
            en, zh = _COLUMN_NAMES[column]
            notes.append((f"the {en} was found in another column", f"{zh}出现在其他列"))


def _is_day(cell: str) -> bool:
    return _DAY.match(cell) is not None


def _is_place(cell: str) -> bool:
    return cell in _PLACES or cell in STATE_OWNED


def _in_original_width(raw: dict[str, str], text: str) -> str:
    """Return a text in the character width that it has in the row."""
    for cell in raw.values() if text else ():
        at_half_width = unicodedata.normalize("NFKC", cell)
        if len(at_half_width) == len(cell) and (start := at_half_width.find(text)) >= 0:
            return cell[start : start + len(text)]
    return text


def _swap_title_and_holder(cells: dict[str, str], notes: list[tuple[str, str]]) -> None:
    """Swap name and holder if they are clearly in the wrong columns, judging by how organizations and products are named."""
    title, holder = cells.get("title", ""), cells.get("holder", "")
    if holder in BLANK_MARKS or _PRODUCT_LIKE.search(title) or _ORGANIZATION.search(holder):
        return
    if _CLEARLY_ORGANIZATION.search(title) or (_ORGANIZATION.search(title) and _PRODUCT_LIKE.search(holder)):
        cells["title"], cells["holder"] = holder, title
        notes.append(("name and holder were swapped between their columns", "名称与单位两列互换"))


# --- cells ------------------------------------------------------------------------------------------------------
def _unless_blank(cell: str | None) -> str:
    return "" if cell is None or cell in BLANK_MARKS else cell


def _without_note(cell: str) -> tuple[str, str]:
    """Split a cell into its text and the note in it."""
    found = _NOTE_IN_CELL.match(cell)
    return (found["text"].strip(), found["note"].strip()) if found else (_unless_blank(cell), "")


def _read_title_note(entry: Entry, note: str) -> None:
    if found := _ENGLISH.search(note):
        entry.name_en = found["name"].strip()
    entry.notes.append((f"the cell of the name contains a note: {note}", f"名称单元格内有注：{note}"))


def _read_place(entry: Entry, place: str) -> None:
    """Set the province by its name or, if that is missing, by the number."""
    entry.place = place
    entry.jurisdiction = _PLACES.get(place, "")
    from_number = place_in(entry.number)
    if not place:
        entry.jurisdiction = from_number or _province_of_area(entry.number)
    elif not entry.jurisdiction and place not in STATE_OWNED:
        entry.jurisdiction = from_number or ""
        entry.notes.append((f"“{place}” is not a province", f"“{place}”不是省级属地"))
    elif from_number and entry.jurisdiction and from_number != entry.jurisdiction:
        entry.notes.append(
            (
                f"the row is listed under {place}, but the number begins with another province",
                f"属地为{place}，与编号开头的省份不符",
            )
        )


def _province_of_area(number: str) -> str:
    parsed = algorithm_number(number)
    return parsed.area[:2] if parsed and parsed.area[:2] in PROVINCES else ""


def _read_day(entry: Entry, text: str) -> None:
    if text in BLANK_MARKS:
        return
    day = _day(text)
    if day is None:
        entry.notes.append((f"“{text}” is not a date", f"“{text}”不是日期"))
        return
    entry.issued_on = day.isoformat()
    if _LATE_ENTRY in text:
        entry.is_late = True
        entry.notes.append(("entered late (补登)", "补登"))


def _day(text: str) -> date | None:
    """Parse a day in the forms used by the lists; five digits are a workbook's serial number, counted from 1899-12-30."""
    if _SERIAL_DAY.fullmatch(text):
        return date(1899, 12, 30) + timedelta(days=int(text))
    found = _COMPACT_DAY.fullmatch(text) or _DAY.search(text)
    try:
        return date(*(int(found[part]) for part in ("year", "month", "day"))) if found else None
    except ValueError:
        return None


def _read_algorithm(entry: Entry, cells: dict[str, str]) -> None:
    algorithm_type = cells.get("algorithm_type", "")
    entry.algorithm_type = ALGORITHM_TYPES.get(algorithm_type.removesuffix("类"), "")
    if algorithm_type and not entry.algorithm_type:
        entry.notes.append((f"“{algorithm_type}” is not an algorithm type", f"“{algorithm_type}”不是算法类别"))
    role = cells.get("role", "")
    entry.role = ROLES.get(role, "")
    if role and not entry.role:
        entry.notes.append((f"“{role}” is not a role", f"“{role}”不是角色"))


def _read_remark(entry: Entry) -> None:
    """Read amendments and cancellations from the remark, which is prose; add a note where it is ambiguous."""
    status = status_in(entry.remark)
    if status:
        entry.status = status
        entry.notes.append(
            (
                f"status {status}, according to the remark: {entry.remark}",
                f"按备注记为{_STATUS_ZH[status]}：{entry.remark}",
            )
        )
    elif is_about_status(entry.remark):
        entry.notes.append((f"the remark is ambiguous: {entry.remark}", f"备注含义不明：{entry.remark}"))
    renamed = [found for clause in re.split("[;。]", entry.remark) if (found := rename_in(clause))]
    for what, old, new in renamed:
        _rename(entry, what, old, new)
    if not renamed and is_about_names(entry.remark):
        entry.notes.append((f"a name may have changed: {entry.remark}", f"名称可能有变更：{entry.remark}"))


_STATUS_ZH = {"cancelled": "已注销", "revoked": "已撤销", "suspended": "已暂停"}


def _rename(entry: Entry, what: str, old: str, new: str) -> None:
    """Rename the holder or the title, depending on what was renamed; a renamed product leaves an algorithm's title unchanged."""
    if what in HOLDERS or (what == "名称" and _ORGANIZATION.search(new)):
        entry.former_holder, entry.holder, thing = old, new, "holder"
    elif entry.kind != ALGORITHM or what == "算法名称":
        entry.title, thing = new, "name"
    else:
        entry.notes.append((f"a product was renamed: {entry.remark}", f"产品名称有变更：{entry.remark}"))
        return
    entry.notes.append((f"{thing} changed from {old or '–'} to {new}", f"{what}由{old or '–'}变更为{new}"))
