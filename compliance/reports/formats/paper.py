"""Reports as PDF/A: summary, charts with their tables, and the rows, or of a long report where the rows are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, BinaryIO

from compliance.language import Bilingual
from compliance.reports.catalog import Column, ColumnType
from compliance.reports.charts import svg_of
from compliance.reports.formats.cells import shown_cell
from compliance.reports.presenting import ShownBreakdown, ShownFigure, ShownReport, ShownTable
from compliance.reports.shown import shown_number
from compliance.typesetting.pdf import pdf_of, png_of

MOST_ROWS = 500
_LONGEST_CELL = 200
_TEXTS = {
    "summary": Bilingual("Summary", "摘要"),
    "charts": Bilingual("Figures", "图表"),
    "nothing": Bilingual("Nothing in this period.", "本期无此类内容。"),
    "replaced": Bilingual(
        "Characters for which the fonts have no glyph are shown as □. The other formats have them as they were written.",
        "字体中没有字形的字符显示为□，其他格式中保留原字符。",
    ),
}
_CONTENTS = Bilingual("Contents", "目录")
_FOOTER = Bilingual("AI Model Compliance Registry", "人工智能模型合规登记系统")
_FIGURES = (
    Bilingual("Figure", "项目"),
    Bilingual("Value", "数值"),
    Bilingual("Period before", "上期"),
    Bilingual("Change", "增减"),
)
_MORE_GROUPS = Bilingual("{count} more groups are in the other formats.", "其余 {count} 个分组见其他格式。")
_MORE_ROWS = Bilingual(
    "The first {most} rows. All rows are in the formats XLSX, CSV and JSON.",
    "仅列前 {most} 行，全部见 XLSX、CSV、JSON 格式。",
)
_WIDTHS = {ColumnType.NUMBER: 0.5, ColumnType.DAY: 0.65, ColumnType.MOMENT: 1.0}


def write_pdf(shown: ShownReport, out: BinaryIO) -> None:
    """Write the PDF/A-2b of a report. Raises NotSet."""
    out.write(pdf_of("report", _data(shown)))


def chart_picture(shown: ShownReport) -> bytes | None:
    """Return the first chart of a report as PNG, for a mail; None if there is nothing to draw. Raises NotSet."""
    drawn = next(((each.title, svg) for each in shown.breakdowns if (svg := svg_of(each))), None)
    return png_of("chart", {"title": drawn[0], "svg": drawn[1]}) if drawn else None


def _data(shown: ShownReport) -> dict[str, Any]:
    language, day = shown.language, shown.written.period.last_day
    return {
        "title": shown.title,
        "description": shown.description,
        "language": language,
        "period": shown.period,
        "hash": f"SHA-256 {shown.written.sha256[:16]}…",
        "date": [day.year, day.month, day.day],
        "footer": _FOOTER.in_(language),
        "contents": _CONTENTS.in_(language),
        "headings": {name: text.in_(language) for name, text in _TEXTS.items()},
        "particulars": shown.particulars,
        "sentences": shown.sentences,
        "figure_headings": [heading.in_(language) for heading in _FIGURES],
        "figures": [_figure(figure) for figure in shown.figures],
        "breakdowns": [_breakdown(breakdown, shown) for breakdown in shown.breakdowns],
        "tables": [_table(table, shown) for table in shown.tables()],
    }


def _figure(figure: ShownFigure) -> list[str]:
    direction = "" if figure.is_worse is None else "worse" if figure.is_worse else "better"
    return [figure.title, figure.shown, shown_number(figure.before), figure.shown_change, direction]


def _breakdown(breakdown: ShownBreakdown, shown: ShownReport) -> dict[str, Any]:
    left_out = breakdown.left_out
    return {
        "title": breakdown.title,
        "svg": svg_of(breakdown),
        "headings": breakdown.headings,
        "rows": [[label, *(shown_number(number) for number in numbers)] for label, *numbers in breakdown.cells],
        "left_out": _MORE_GROUPS.filled(shown.language, {"count": left_out}) if left_out else "",
    }


def _table(table: ShownTable, shown: ShownReport) -> dict[str, Any]:
    rows = list(islice(table.rows(), MOST_ROWS + 1))
    left_out = _MORE_ROWS.filled(shown.language, {"most": MOST_ROWS}) if len(rows) > MOST_ROWS else ""
    return {
        "title": table.title,
        "headings": table.headings,
        "widths": [_width(column) for column in table.columns],
        "rows": [_cells(cells, table.columns) for cells in rows[:MOST_ROWS]],
        "left_out": left_out,
    }


def _width(column: Column) -> float:
    return column.width or _WIDTHS.get(column.type, 1.0)


def _cells(cells: Sequence[Any], columns: Sequence[Column]) -> list[str]:
    return [_shortened(shown_cell(cell, column)) for cell, column in zip(cells, columns, strict=True)]


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"
