"""Hostile texts, dossiers full of them, and what tells whether a page would run any of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import Parsed, parse
from compliance.filings import actions
from compliance.models import Filing
from registry.models import User
from tests.building import USCC, a_document
from tests.making_filings import check_everything, hold_documents

MARK = "zq7"
# Leaves an attribute in either quotes, the elements whose content is text, and a script; then tries to run.
MARKUP = (
    f"{MARK}\"'><script>{MARK}()</script><img src={MARK} onerror={MARK}()>"
    f"</script></title></textarea></style></template><svg onload={MARK}()>{{{{7*7}}}}${{7*7}}"
)
SCRIPT_URL = f"javascript:{MARK}()//https://sample.example/"
RUN_BY_A_TEMPLATE = f"<svg onload={MARK}()>49"
# Values that identify something, or that the product compares with a list of its own.
_KEPT = frozenset({USCC, "44"})
_FORMULA_STARTS = {"equals": "=", "plus": "+", "minus": "-", "at": "@", "tab": "\t", "return": "\r"}
FORMULAS = {name: f"{start}HYPERLINK({MARK})" for name, start in _FORMULA_STARTS.items()}


class _Active(HTMLParser):
    """Collects what a browser would run or load because of a hostile text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []
        self._within = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._within = tag
        for name, value in attributes:
            text = (value or "").strip().lower()
            is_address = name in ("href", "src", "action", "formaction", "data", "srcdoc", "xlink:href", "poster")
            if is_address and (text.startswith(("javascript:", "data:text", "vbscript:")) or text == MARK):
                self.found.append(f"<{tag} {name}={value}>")
            if name.startswith(("on", "x-", "@", ":", "hx-on")) and MARK in text:
                self.found.append(f"<{tag} {name}={value}>")
            if MARK in name:
                self.found.append(f"<{tag} {name}>")
            if name == "href" and tag == "a" and value:
                self.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "script" and f"{MARK}()" in data:
            self.found.append(f"<script>{data[:100]}")


def active_parts(page: str) -> list[str]:
    """Return what of a page a hostile text made active; nothing is expected."""
    return [*_Active(page).found, *([RUN_BY_A_TEMPLATE] if RUN_BY_A_TEMPLATE in page else [])]


def links_of(page: str) -> list[str]:
    return _Active(page).links


def dossier_of(text: Callable[[str], str], kind: str = "generative", changes: Any = None) -> Parsed:
    """
    Return a dossier in which every text that may be any text is a hostile one: `text` makes it from the original. The same
    original gives the same text, so that keys still refer to one another.
    """
    original = a_document(kind, changes)
    document = _replaced(original, text)
    for _ in range(20):
        try:
            return parse(json.dumps(document).encode())
        except Malformed as error:
            for fault in error.faults:
                _restore(document, original, fault.at.steps)
    raise AssertionError("The dossier stays malformed.")


def _replaced(value: Any, text: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(child, text) for name, child in value.items()}
    if isinstance(value, list):
        return [_replaced(child, text) for child in value]
    return text(value) if isinstance(value, str) and value not in _KEPT else value


def _restore(document: Any, original: Any, steps: tuple[Any, ...]) -> None:
    """Take a place, or the nearest one above it that both documents have, from the original."""
    for step in steps[:-1]:
        step = int(step) if isinstance(document, list) else step
        document, original = document[step], original[step]
    step = int(steps[-1]) if isinstance(document, list) else steps[-1]
    document[step] = original[step]


def a_hostile_filing(by: User, text: Callable[[str], str], kind: str = "generative", changes: Any = None) -> Filing:
    """Return a submitted and checked filing all of whose texts are hostile."""
    filing, _ = actions.open_filing(dossier_of(text, kind, changes), by=by)
    filing = actions.submit_filing(filing, by=by)
    hold_documents(filing, by)
    check_everything()
    filing.refresh_from_db()
    return filing


def texts_of(value: Any) -> Iterator[str]:
    """Yield all texts within a tree."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from texts_of(child)
