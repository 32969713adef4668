"""What can be wrong with the structure of a workbook, in both languages."""

from __future__ import annotations

from dataclasses import dataclass, field

from compliance.language import Bilingual, Language

NO_FILING = Bilingual(
    "The row does not say to which filing it belongs. Enter the number of a row of the sheet “Filing”.",
    "该行未注明所属申报。请填写“申报事项”表中的申报序号。",
)
UNKNOWN_FILING = Bilingual(
    "No row of the sheet “Filing” has the number “{number}”. Correct the number, or add the filing there.",
    "“申报事项”表中没有序号“{number}”。请更正，或者先在该表中添加申报。",
)
UNKNOWN_ENTRY = Bilingual(
    "Filing {filing} has no entry with the number “{number}” there. Correct the number.",
    "申报 {filing} 没有序号为“{number}”的条目。请更正序号。",
)
TWICE = Bilingual(
    "Filing no. {number} has a row above already. Keep one row for each filing in this sheet.",
    "申报序号 {number} 在上方已有一行。本表每项申报只保留一行。",
)
TOO_MANY = Bilingual("More than {limit} filings. Divide the workbook.", "申报超过 {limit} 项，请拆分工作簿。")
TOO_MANY_ENTRIES = Bilingual(
    "More than {limit} entries in one list of a filing. Leave some out.",
    "同一申报的一个列表中条目超过 {limit} 项，请删减。",
)
NO_SHEET = Bilingual(
    "The workbook has no sheet “Filing” with rows. Fill in the workbook that can be downloaded here.",
    "工作簿中没有“申报事项”表或者该表没有内容。请填写在此下载的工作簿。",
)
NOT_A_WORKBOOK = Bilingual(
    "This file is not a workbook (.xlsx). Save it as xlsx and choose it again.",
    "该文件不是工作簿（.xlsx）。请另存为 xlsx 后重新选择。",
)


@dataclass(frozen=True, slots=True)
class CellFault:
    """A fault of a workbook: the sheet and the cell, and what is wrong there."""

    sheet: str
    cell: str
    text: Bilingual
    values: dict[str, object] = field(default_factory=dict)

    def message(self, language: Language) -> str:
        return self.text.filled(language, self.values)
