"""Changing what was entered in a form: adding and removing entries of its lists, and finding the field of a place."""

from __future__ import annotations

from compliance.dossier.pointer import Pointer
from compliance.forms.answers import SHOWN, Answers, shown_rows
from compliance.forms.shape import Field, Node, Rows


def with_row(typed: Answers, at: Pointer) -> Answers:
    """Return what was typed with an empty entry added to a list."""
    following = max(shown_rows(at, typed), default=-1) + 1
    return {**typed, at: [SHOWN], at / following: [SHOWN]}


def without_row(typed: Answers, at: str) -> Answers:
    """Return what was typed without an entry of a list."""
    return {place: texts for place, texts in typed.items() if place != at and not place.startswith(f"{at}/")}


def field_at(node: Node, here: Pointer, at: Pointer) -> tuple[Pointer, Field | None]:
    """
    Return the field in which a place lies, and its own place: that of a text in a list is the list. `here` is the place of
    `node`.
    """
    for step in Pointer(at[len(here) :]).steps:
        if isinstance(node, Field):
            return here, node
        below = node.item if isinstance(node, Rows) else node.children.get(step)
        if below is None:
            return here, None
        node, here = below, here / step
    return here, node if isinstance(node, Field) else None
