"""The official number of a row: find it, clean it, determine its kind, and note anything unusual. Pure."""

from __future__ import annotations

import re

from registry.numbers.forms import (
    KNOWN_ALGORITHM_KINDS,
    AlgorithmNumber,
    algorithm_number,
    is_official_number,
    is_registration_number,
    normalized,
    running_number,
)
from registry.reference.regions import is_known_region

ALGORITHM, GENERATIVE, REGISTRATION = "algorithm", "generative", "registration"
KINDS = {"备案": GENERATIVE, "登记": REGISTRATION}


class InvalidRow(Exception):
    """A row that is not a valid entry; `en` and `zh` give the reason."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


def number_in(cells: dict[str, str], notes: list[tuple[str, str]]) -> str:
    """Return the number of a row, whatever column it is in. Raises InvalidRow if there is none in a known form."""
    cells["number"] = text = _cleaned(cells.get("number", ""), notes)
    if is_official_number(text):
        return _normalized(text, notes)
    elsewhere = [column for column, cell in cells.items() if column != "remark" and is_official_number(cell)]
    if len(elsewhere) == 1:
        column = elsewhere[0]
        notes.append(("the number was found in another column", "编号出现在其他列"))
        cells["number"], cells[column] = cells[column], text
        return _normalized(cells["number"], notes)
    if not text:
        raise InvalidRow("The official number is missing.", "未填写编号。")
    raise InvalidRow(*_malformed_message(text))


def _cleaned(written: str, notes: list[tuple[str, str]]) -> str:
    """Remove what tables add to a number: spaces, other dashes, a word before it, a note or a full stop after it."""
    number = re.sub("[‐‑‒–—―−]", "-", re.sub(r"\s+", "", written))
    number = re.sub("^(备案|登记|上线)?编?号:?", "", number)
    bare = re.sub(r"(\(.*\)|注:.*|补登|[。、,.;]+)$", "", number)
    if not is_official_number(bare) and is_official_number(bare[:1].upper() + bare[1:]):
        bare = bare[:1].upper() + bare[1:]
    if not is_official_number(bare):
        return written
    if re.search("[(注补]", number):
        notes.append((f"the cell of the number contains a note: {written}", f"编号单元格内有注：{written}"))
    return bare


def _normalized(text: str, notes: list[tuple[str, str]]) -> str:
    number = normalized(text)
    if read := algorithm_number(number):
        _oddities(read, notes)
    elif running_number(number) is not None and len(number.rsplit("-", 1)[1].replace("S", "")) > 12:
        notes.append((f"{number} has a running number of six digits", f"{number} 的流水号为六位"))
    return number


def _oddities(read: AlgorithmNumber, notes: list[tuple[str, str]]) -> None:
    """Note deviations from the inferred form of algorithm numbers; they are never refused."""
    if read.check != read.inferred_check:
        found, expected = read.check, read.inferred_check
        notes.append((f"the check digit is {found}, expected {expected}", f"校验位为 {found}，按规律应为 {expected}"))
    if not is_known_region(read.area):
        area = read.area
        notes.append((f"{area} is not the code of a known region", f"{area} 不是已知行政区划"))
    if read.kind not in KNOWN_ALGORITHM_KINDS:
        kind = read.kind
        notes.append((f"digits 14 and 15 are {kind}, expected 01 to 06", f"第 14、15 位为 {kind}，其他编号为 01 至 06"))


def _malformed_message(text: str) -> tuple[str, str]:
    digits = sum(character.isdigit() for character in text)
    if "网信算备" in text and digits == 21:
        return (
            f"“{text[:60]}” is malformed: it must be 网信算备 + 21 digits + 号 and nothing else.",
            f"“{text[:60]}”书写不符：应为网信算备加 21 位数字加号，不含其他字符。",
        )
    if "网信算备" in text:
        return (
            f"“{text[:60]}” has {digits} digits; an algorithm number must have 21 between 网信算备 and 号.",
            f"“{text[:60]}”含 {digits} 位数字；算法备案编号应为网信算备加 21 位数字加号。",
        )
    return (
        f"“{text[:60]}” is not an official number (网信算备 + 21 digits + 号, or Place-Name-YYYYMMDDNNNN).",
        f"“{text[:60]}”不是备案编号（网信算备加 21 位数字加号，或 属地-名称-年月日流水号）。",
    )


def kind_of(number: str, cells: dict[str, str], notes: list[tuple[str, str]]) -> str:
    """Return the kind by the form of the number; add a note if the row names another kind."""
    if algorithm_number(number):
        return ALGORITHM
    kind = REGISTRATION if is_registration_number(number) else GENERATIVE
    listed_kind = KINDS.get(cells.get("kind", ""))
    if listed_kind and listed_kind != kind:
        notes.append(
            (
                f"the row is listed as {cells['kind']}, but the number has the form of the other kind",
                f"类型为{cells['kind']}，与编号形式不符",
            )
        )
    return kind
