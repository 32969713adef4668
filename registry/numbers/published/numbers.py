"""The official number of a row: found, cleaned, told apart by its form, with what is odd about it. Pure."""

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


class NoEntry(Exception):
    """A row that is none; `en` and `zh` say why."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


def number_in(cells: dict[str, str], notes: list[tuple[str, str]]) -> str:
    """Return the number of a row, wherever it stands. Raises NoEntry where there is none of a known form."""
    cells["number"] = written = _cleaned(cells.get("number", ""), notes)
    if is_official_number(written):
        return _as_written(written, notes)
    elsewhere = [column for column, cell in cells.items() if column != "remark" and is_official_number(cell)]
    if len(elsewhere) == 1:
        column = elsewhere[0]
        notes.append(("the number was found in another column", "编号出现在其他列"))
        cells["number"], cells[column] = cells[column], written
        return _as_written(cells["number"], notes)
    if not written:
        raise NoEntry("No official number is given.", "未填写编号。")
    raise NoEntry(_no_number(written)[0], _no_number(written)[1])


def _cleaned(written: str, notes: list[tuple[str, str]]) -> str:
    """A number as tables print it: with blanks, dashes of all kinds, a word before it, a note or a full stop behind it."""
    number = re.sub("[‐‑‒–—―−]", "-", re.sub(r"\s+", "", written))
    number = re.sub("^(备案|登记|上线)?编?号:?", "", number)
    bare = re.sub(r"(\(.*\)|注:.*|补登|[。、,.;]+)$", "", number)
    if not is_official_number(bare) and is_official_number(bare[:1].upper() + bare[1:]):
        bare = bare[:1].upper() + bare[1:]
    if not is_official_number(bare):
        return written
    if re.search("[(注补]", number):
        notes.append((f"the number came with a note: {written}", f"编号单元格内有注：{written}"))
    return bare


def _as_written(written: str, notes: list[tuple[str, str]]) -> str:
    number = normalized(written)
    if read := algorithm_number(number):
        _oddities(read, notes)
    elif running_number(number) is not None and len(number.rsplit("-", 1)[1].replace("S", "")) > 12:
        notes.append((f"{number} has six digits in its running number", f"{number} 的流水号为六位"))
    return number


def _oddities(read: AlgorithmNumber, notes: list[tuple[str, str]]) -> None:
    """What is inferred from the published numbers and does not fit is told, never refused."""
    if read.check != read.inferred_check:
        found, asked = read.check, read.inferred_check
        notes.append(
            (f"the last digit is {found}, other numbers lead to {asked}", f"校验位为 {found}，按规律应为 {asked}")
        )
    if not is_known_region(read.area):
        area = read.area
        notes.append((f"{area} is the code of no known region", f"{area} 不是已知行政区划"))
    if read.kind not in KNOWN_ALGORITHM_KINDS:
        kind = read.kind
        notes.append(
            (f"digits 14 and 15 are {kind}, others have 01 to 06", f"第 14、15 位为 {kind}，其他编号为 01 至 06")
        )


def _no_number(written: str) -> tuple[str, str]:
    digits = sum(character.isdigit() for character in written)
    if "网信算备" in written and digits == 21:
        return (
            f"“{written[:60]}” is not written as a number: 网信算备 + 21 digits + 号, nothing else.",
            f"“{written[:60]}”书写不符：应为网信算备加 21 位数字加号，不含其他字符。",
        )
    if "网信算备" in written:
        return (
            f"“{written[:60]}” has {digits} digits; an algorithm number has 21 between 网信算备 and 号.",
            f"“{written[:60]}”含 {digits} 位数字；算法备案编号应为网信算备加 21 位数字加号。",
        )
    return (
        f"“{written[:60]}” has not the form of an official number (网信算备 + 21 digits + 号, or Place-Name-YYYYMMDDNNNN).",
        f"“{written[:60]}”不是备案编号（网信算备加 21 位数字加号，或 属地-名称-年月日流水号）。",
    )


def kind_of(number: str, cells: dict[str, str], notes: list[tuple[str, str]]) -> str:
    """The form of the number decides; the column that says otherwise is told."""
    if algorithm_number(number):
        return ALGORITHM
    kind = REGISTRATION if is_registration_number(number) else GENERATIVE
    said = KINDS.get(cells.get("kind", ""))
    if said and said != kind:
        notes.append(
            (
                f"the row says {cells['kind']}, the number has the form of the other kind",
                f"类型为{cells['kind']}，与编号形式不符",
            )
        )
    return kind
