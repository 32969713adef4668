"""A row of a published list as an entry of the register: what is sure, what is doubtful, and what is no entry. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from registry.numbers.forms import algorithm_number, is_official_number, place_in
from registry.numbers.published.numbers import ALGORITHM, GENERATIVE, REGISTRATION, NoEntry, kind_of, number_in
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
# What a list is called that does not say its own name, so that no file name decides what is the same list.
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
_SURELY_ORGANIZATION = re.compile(r"(公司|集团|研究院|研究所|实验室)(\(.*\))?$")
_PRODUCT_LIKE = re.compile(r"(模型|助手|平台|系统|算法|引擎|智能体|机器人|GPT|AI)(\(.*\))?$", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)(?P<year>20\d\d)\s*[/.年-]\s*(?P<month>\d{1,2})\s*[/.月-]\s*(?P<day>\d{1,2})(?!\d)\s*日?")
_COMPACT_DAY = re.compile(r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)")
# Days as a workbook counts them, from 1899-12-30: 2009 to 2064.
_SERIAL_DAY = re.compile(r"[45]\d{4}")
_ANNOUNCEMENT = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})")
_FOOTER = re.compile("^(注|备注|合计|说明|总计|数据来源|来源)")
_LATE_ENTRY = "补登"
_NOTE_IN_CELL = re.compile(r"^(?P<text>.+?)\s*[((]?\s*注\s*[::]\s*(?P<note>.+?)[))]?$")
_ENGLISH = re.compile(r"英文名[为是::]*\s*(?P<name>[A-Za-z0-9][\w .+-]*)")
MINUS = frozenset({"", "-", "--", "—", "——", "/", "无"})


@dataclass(slots=True)
class Entry:
    """What a row says, ready for the register. `notes` are pairs of English and Chinese: what is doubtful, or was read."""

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
        """The entry without its notes, as it is kept."""
        told = asdict(self)
        del told["notes"]
        return told


def entry_of(cells: dict[str, str]) -> Entry:
    """
    Read a row. Raises NoEntry when it has no number of a known form, or no holder.

    Columns that stand in each other's place are told by their content: a number by its form, a day by its, an
    organization by the end of its name.
    """
    raw, notes = cells, []
    cells = {column: unicodedata.normalize("NFKC", cell).strip() for column, cell in raw.items()}
    _put_days_and_places_right(cells, notes)
    number = number_in(cells, notes)
    kind = kind_of(number, cells, notes)
    _swap_title_and_holder(cells, notes)
    holder, holder_note = _without_note(cells.get("holder", ""))
    if holder_note:
        notes.append((f"the holder came with a note: {holder_note}", f"单位单元格内有注：{holder_note}"))
    if holder in MINUS:
        raise NoEntry(
            f"No organization is given that holds {number}. Fill in the holder (备案单位 or 主体名称).",
            f"编号 {number} 未填写备案单位或主体名称。请补充后重新导入。",
        )
    title, title_note = _without_note(cells.get("title", ""))
    if not title:
        notes.append(("no name is given", "未填写名称"))
    entry = Entry(
        number=number,
        kind=kind,
        status="registered" if kind == REGISTRATION else "filed",
        title=title,
        holder=holder,
        purpose=_unless_minus(cells.get("purpose")),
        products=_unless_minus(cells.get("products")),
        remark="; ".join(filter(None, [_unless_minus(cells.get("remark")), title_note])),
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
        setattr(entry, name, _as_written_in(raw, getattr(entry, name)))
    return entry


def is_footer(cells: dict[str, str]) -> bool:
    """Say whether a row is a note or a sum under the list, and no entry."""
    said = [unicodedata.normalize("NFKC", cell) for cell in cells.values() if cell]
    return not any(map(is_official_number, said)) and bool(said) and (_FOOTER.match(said[0]) is not None)


def _announcement(*texts: str) -> str:
    """The year and month of an announcement as YYYY-MM, of the first text that says one."""
    found = next((found for text in texts if (found := _ANNOUNCEMENT.search(text))), None)
    return f"{found[1]}-{int(found[2]):02}" if found else texts[0]


_COLUMN_NAMES = {"issued_on": ("day", "日期"), "place": ("jurisdiction", "属地")}


def _put_days_and_places_right(cells: dict[str, str], notes: list[tuple[str, str]]) -> None:
    """A day and a province are told by their content, wherever they stand; neither is a name."""
    for column, is_one in (("issued_on", _is_day), ("place", _is_place)):
        here = cells.get(column, "")
        others = [name for name in ("title", "holder", "place", "issued_on") if name != column]
        elsewhere = [name for name in others if is_one(cells.get(name, ""))]
        if len(elsewhere) == 1 and not is_one(here):
            cells[column], cells[elsewhere[0]] = cells[elsewhere[0]], here
            en, zh = _COLUMN_NAMES[column]
            notes.append((f"the {en} was found in another column", f"{zh}出现在其他列"))


def _is_day(cell: str) -> bool:
    return _DAY.match(cell) is not None


def _is_place(cell: str) -> bool:
    return cell in _PLACES or cell in STATE_OWNED


def _as_written_in(raw: dict[str, str], text: str) -> str:
    """Give a text back in the width in which it stands in the row."""
    for cell in raw.values() if text else ():
        at_half_width = unicodedata.normalize("NFKC", cell)
        if len(at_half_width) == len(cell) and (start := at_half_width.find(text)) >= 0:
            return cell[start : start + len(text)]
    return text


def _swap_title_and_holder(cells: dict[str, str], notes: list[tuple[str, str]]) -> None:
    """Only where it is sure: the name ends as an organization does and the holder does not, or ends as a product does."""
    title, holder = cells.get("title", ""), cells.get("holder", "")
    if holder in MINUS or _PRODUCT_LIKE.search(title) or _ORGANIZATION.search(holder):
        return
    if _SURELY_ORGANIZATION.search(title) or (_ORGANIZATION.search(title) and _PRODUCT_LIKE.search(holder)):
        cells["title"], cells["holder"] = holder, title
        notes.append(("name and holder stood in each other's column", "名称与单位两列互换"))


# --- cells ------------------------------------------------------------------------------------------------------
def _unless_minus(cell: str | None) -> str:
    return "" if cell is None or cell in MINUS else cell


def _without_note(title: str) -> tuple[str, str]:
    found = _NOTE_IN_CELL.match(title)
    return (found["text"].strip(), found["note"].strip()) if found else (_unless_minus(title), "")


def _read_title_note(entry: Entry, note: str) -> None:
    if found := _ENGLISH.search(note):
        entry.name_en = found["name"].strip()
    entry.notes.append((f"the name came with a note: {note}", f"名称单元格内有注：{note}"))


def _read_place(entry: Entry, place: str) -> None:
    """The province by its name; where it is not given, by the number."""
    entry.place = place
    entry.jurisdiction = _PLACES.get(place, "")
    from_number = place_in(entry.number)
    if not place:
        entry.jurisdiction = from_number or _province_of_area(entry.number)
    elif not entry.jurisdiction and place not in STATE_OWNED:
        entry.jurisdiction = from_number or ""
        entry.notes.append((f"“{place}” is no province", f"“{place}”不是省级属地"))
    elif from_number and entry.jurisdiction and from_number != entry.jurisdiction:
        entry.notes.append(
            (f"the row says {place}, the number begins with another province", f"属地为{place}，与编号开头的省份不符")
        )


def _province_of_area(number: str) -> str:
    read = algorithm_number(number)
    return read.area[:2] if read and read.area[:2] in PROVINCES else ""


def _read_day(entry: Entry, written: str) -> None:
    if written in MINUS:
        return
    day = _day(written)
    if day is None:
        entry.notes.append((f"“{written}” is no day", f"“{written}”不是日期"))
        return
    entry.issued_on = day.isoformat()
    if _LATE_ENTRY in written:
        entry.notes.append(("entered late (补登)", "补登"))


def _day(written: str) -> date | None:
    """Read a day as the lists write it; five digits are the serial number that a workbook counts from 1899-12-30."""
    if _SERIAL_DAY.fullmatch(written):
        return date(1899, 12, 30) + timedelta(days=int(written))
    found = _COMPACT_DAY.fullmatch(written) or _DAY.search(written)
    try:
        return date(*(int(found[part]) for part in ("year", "month", "day"))) if found else None
    except ValueError:
        return None


def _read_algorithm(entry: Entry, cells: dict[str, str]) -> None:
    written = cells.get("algorithm_type", "")
    entry.algorithm_type = ALGORITHM_TYPES.get(written.removesuffix("类"), "")
    if written and not entry.algorithm_type:
        entry.notes.append((f"“{written}” is no algorithm type", f"“{written}”不是算法类别"))
    role = cells.get("role", "")
    entry.role = ROLES.get(role, "")
    if role and not entry.role:
        entry.notes.append((f"“{role}” is no role", f"“{role}”不是角色"))


def _read_remark(entry: Entry) -> None:
    """Amendments and cancellations stand in the remarks as prose; what is not read for sure is told."""
    status = status_in(entry.remark)
    if status:
        entry.status = status
        entry.notes.append(
            (f"{status}, by the remark: {entry.remark}", f"按备注记为{_STATUS_ZH[status]}：{entry.remark}")
        )
    elif is_about_status(entry.remark):
        entry.notes.append((f"the remark is not clear: {entry.remark}", f"备注含义不明：{entry.remark}"))
    renamed = [found for clause in re.split("[;。]", entry.remark) if (found := rename_in(clause))]
    for what, old, new in renamed:
        _rename(entry, what, old, new)
    if not renamed and is_about_names(entry.remark):
        entry.notes.append((f"a name may have changed: {entry.remark}", f"名称可能有变更：{entry.remark}"))


_STATUS_ZH = {"cancelled": "已注销", "revoked": "已撤销", "suspended": "已暂停"}


def _rename(entry: Entry, what: str, old: str, new: str) -> None:
    """A holder is renamed by its words, a title by those of its own kind; an algorithm is not called as its product."""
    if what in HOLDERS or (what == "名称" and _ORGANIZATION.search(new)):
        entry.former_holder, entry.holder, thing = old, new, "holder"
    elif entry.kind != ALGORITHM or what == "算法名称":
        entry.title, thing = new, "name"
    else:
        entry.notes.append((f"a product was renamed: {entry.remark}", f"产品名称有变更：{entry.remark}"))
        return
    entry.notes.append((f"{thing} changed from {old or '–'} to {new}", f"{what}由{old or '–'}变更为{new}"))
