"""From what was entered in a form to the tree of a dossier."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from compliance.dossier.pointer import Pointer
from compliance.forms.shape import Entry, Field, Node, Part, Rows
from compliance.forms.values import text_of, value_of

# What was entered, by the JSON Pointer of the field.
Answers = Mapping[str, Sequence[str]]
ABSENT = object()
# Stands at the place of an entry of a list that the form showed, and of a list that it showed.
SHOWN = "shown"
# Stands at the place of a list of which the applicant declares that it has no entries.
NONE_NEEDED = "none_needed"
# The lists for which an empty list says something else than none: no permit is needed.
SAYING_NONE = frozenset({"/service/permits"})


def entered(node: Node, at: Pointer, answers: Answers, before: Any = ABSENT) -> Any:
    """
    Return the tree of a part of the dossier with what was entered; ABSENT if nothing is there.

    `before` is the tree that the form showed. What the form did not show, and what somebody left as it was, stays exactly the
    same: also an empty text, or null.
    """
    if isinstance(node, Part):
        return _part(node, at, answers, before)
    if isinstance(node, Rows):
        return _rows(node, at, answers, before)
    return _field(node, answers[at], before) if at in answers else before


def _part(part: Part, at: Pointer, answers: Answers, before: Any) -> Any:
    known = before if isinstance(before, dict) else {}
    values = {
        name: entered(child, at / name, answers, known.get(name, ABSENT)) for name, child in part.children.items()
    }
    tree = {name: value for name, value in values.items() if value is not ABSENT}
    if tree or before == {}:
        return tree
    return None if before is None else ABSENT


def _rows(rows: Rows, at: Pointer, answers: Answers, before: Any) -> Any:
    if at not in answers:
        return before
    known = dict(enumerate(before)) if isinstance(before, list) else {}
    entries = [_row(rows.item, at / i, answers, known.get(i, ABSENT)) for i in shown_rows(at, answers)]
    tree = [entry for entry in entries if entry is not ABSENT]
    if tree or NONE_NEEDED in answers[at]:
        return tree
    return before if before is None or (before == [] and at not in SAYING_NONE) else ABSENT


def _row(item: Part, at: Pointer, answers: Answers, before: Any) -> Any:
    """An entry that was there and is empty now is dropped, as a new one in which nothing was entered."""
    tree = entered(item, at, answers, before)
    return ABSENT if tree is None else tree


def shown_rows(at: Pointer, answers: Answers) -> list[int]:
    """Return the numbers of the entries of a list that a form showed, in their order."""
    numbers = (place[len(at) + 1 :] for place in answers if place.startswith(f"{at}/"))
    return sorted({int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 6})


def _field(field: Field, texts: Sequence[str], before: Any) -> Any:
    if field.entry is Entry.CODES:
        return _codes([text for text in texts if text], before)
    text, shown = texts[-1], text_of(None if before is ABSENT else before, field)
    if _same_text(text, shown) or (field.entry is Entry.TEXTS and _lines(text) == _lines(shown)):
        return before
    if field.entry is Entry.TEXTS:
        return _lines(text) or ABSENT
    return value_of(text, field) if text.strip() else ABSENT


def _codes(chosen: list[str], before: Any) -> Any:
    known = before if isinstance(before, list) else []
    if sorted(set(chosen)) == sorted(set(known)):
        return before
    kept = [code for code in known if code in chosen]
    return [*kept, *(code for code in chosen if code not in kept)] or ABSENT


def _lines(text: str) -> list[str]:
    return [line.strip() for line in re.split("\r\n|\r|\n", text) if line.strip()]


def _same_text(one: str, other: str) -> bool:
    """Compare as a browser sends a text: with its own line ends."""
    return one.replace("\r\n", "\n").replace("\r", "\n") == other.replace("\r\n", "\n").replace("\r", "\n")
