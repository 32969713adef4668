"""Lists as CSV and XLSX, for the pages of the desk and of the workspace."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import unescape
from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from registry.tables import harmless

FORMS = ("csv", "xlsx")
# A workbook of more rows takes minutes to write and to open.
MOST_IN_A_WORKBOOK = 50_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Row = Sequence[Any]


def exported(
    request: HttpRequest, name: str, form: str, headings: Row, rows: Iterable[Row], count: int
) -> HttpResponseBase:
    """
    Return rows as a file of a form, `csv` (streamed) or `xlsx`. A workbook of too many rows is refused with a message that
    names the form that can.
    """
    filename = f"{name}-{timezone.localtime():%Y%m%d-%H%M}.{form}"
    if form == "csv":
        content = StreamingHttpResponse(_lines(headings, rows), content_type="text/csv; charset=utf-8")
        content.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
        return content
    if count > MOST_IN_A_WORKBOOK:
        text = _("The list has more than %(most)s rows, too many for a workbook. Export it as CSV, or filter it.")
        messages.error(request, text % {"most": f"{MOST_IN_A_WORKBOOK:,}"})
        return redirect(f"./?{request.GET.urlencode()}")
    return FileResponse(_workbook(headings, rows), as_attachment=True, filename=filename, content_type=XLSX)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _lines(headings: Row, rows: Iterable[Row]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # The byte order mark tells spreadsheets that the file is UTF-8.
    yield "\ufeff" + writer.writerow(headings)
    for row in rows:
        yield writer.writerow([harmless(_plain(value)) for value in row])


def _plain(value: Any) -> Any:
    """Return a value without markup and without a time zone, which spreadsheets do not know."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, int | float) or hasattr(value, "year"):
        return value
    text = unescape(strip_tags(value)) if isinstance(value, SafeString) else str(value)
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _workbook(headings: Row, rows: Iterable[Row]) -> Any:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for column in range(1, len(headings) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 20
    sheet.append([_heading(sheet, heading) for heading in headings])
    count = 1
    for row in rows:
        sheet.append([harmless(_plain(value)) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{count}"
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return file


def _heading(sheet: Any, text: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, str(text))
    cell.font = Font(bold=True)
    return cell
