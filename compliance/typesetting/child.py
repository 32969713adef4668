"""The child process that sets a document: a template and data (JSON) on standard input, the PDF or PNG on standard output."""

from __future__ import annotations

import json
import re
import resource
import sys
from functools import cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parent
FONTS = FOLDER / "fonts"
# For what the fonts do not have.
SUBSTITUTE = "□"
# White space for which a font has no glyph.
_SPACES = re.compile(r"[\t\v\f\r\x85\u2028\u2029]")
_CPU_SECONDS = 50
_MEMORY = 3 * 1024**3
_PPI = 110


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    given = json.load(sys.stdin)
    sys.stdout.buffer.write(set_document(given["template"], given["data"], given["format"]))


def set_document(template: str, data: Any, format: str) -> bytes:
    """Return the PDF/A-2b of a template and its data, or its first page as PNG. `replaced` counts the characters without a glyph."""
    printable = _printable(data)
    printable["replaced"] = _count(printable) - _count(data)
    document: bytes | list[bytes] = typst.compile(
        (FOLDER / "templates" / f"{template}.typ").read_bytes(),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format=format,
        sys_inputs={"data": json.dumps(printable, ensure_ascii=False)},
        **({"pdf_standards": ["a-2b"]} if format == "pdf" else {"ppi": _PPI}),
    )
    return document[0] if isinstance(document, list) else document


def _count(node: Any) -> int:
    """Return how often the substitute occurs in data."""
    if isinstance(node, str):
        return node.count(SUBSTITUTE)
    if isinstance(node, dict):
        return sum(map(_count, node.values()))
    return sum(map(_count, node)) if isinstance(node, list) else 0


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(TTFont(FONTS / "NotoSansSC-Regular.ttf", lazy=True).getBestCmap())


def _printable(node: Any) -> Any:
    """Return data without characters that the fonts cannot show."""
    if isinstance(node, str):
        return "".join(
            character if ord(character) in _glyphs() or character == "\n" else SUBSTITUTE
            for character in _SPACES.sub(" ", node)
        )
    if isinstance(node, dict):
        return {key: _printable(value) for key, value in node.items()}
    return [_printable(item) for item in node] if isinstance(node, list) else node


if __name__ == "__main__":
    main()
