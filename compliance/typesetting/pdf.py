"""Making a PDF in a child process, so that no document, however large, takes a worker with it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Seconds. A letter takes less than one.
LONGEST = 20
# The child is a module of the project, wherever the process was started.
ROOT = Path(__file__).resolve().parent.parent.parent


class NotSet(Exception):
    """A document could not be set; the text says why, for the log."""


def pdf_of(template: str, data: Mapping[str, Any]) -> bytes:
    """
    Return the PDF of a template of `compliance/typesetting/templates`, filled with data (JSON). The same arguments give the
    same bytes. Characters for which the fonts have no glyph are replaced by “□”. Raises NotSet.
    """
    return _set(template, data, "pdf", b"%PDF")


def png_of(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the first page of a template as a picture; otherwise as `pdf_of`."""
    return _set(template, data, "png", b"\x89PNG")


def _set(template: str, data: Mapping[str, Any], format: str, signature: bytes) -> bytes:
    content = json.dumps({"template": template, "data": data, "format": format}, ensure_ascii=False).encode()
    command = [sys.executable, "-m", "compliance.typesetting.child"]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=LONGEST, cwd=ROOT, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotSet(f"{template} was not set within {LONGEST} seconds.") from error
    if done.returncode or not done.stdout.startswith(signature):
        raise NotSet(done.stderr.decode(errors="replace")[-2_000:])
    return done.stdout
