"""A written report as a file for whoever asks."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import Any

from django.http import FileResponse

from compliance.reports.formats import FORMATS, write_report
from compliance.reports.presenting import ShownReport

_IN_MEMORY = 5 * 1024**2


def download(shown: ShownReport, format: str) -> FileResponse:
    """Return a report as a file of a format. Raises TooManyRows, NotSet, TemplateRefused."""
    file: Any = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the response closes it
    write_report(shown, format, file)
    file.seek(0)
    response = FileResponse(
        file, as_attachment=True, filename=f"{shown.filename}.{format}", content_type=FORMATS[format].media_type
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response
