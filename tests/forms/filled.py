"""What a browser sends for a form that somebody left as it was."""

from __future__ import annotations

from datetime import date
from typing import Any

from compliance.dossier.pointer import Pointer
from compliance.forms.answers import NONE_NEEDED, SAYING_NONE, SHOWN
from compliance.forms.sections import fill_in, own_tree, sections_of
from compliance.forms.shape import Entry, Field, Node, Part
from compliance.forms.values import text_of

Sent = dict[Pointer, list[str]]
DAY = date(2026, 11, 20)


def sent_for(node: Node, at: Pointer, tree: Any) -> Sent:
    """Return the fields of a form with what stands in them, with the line ends of a browser."""
    if isinstance(node, Field):
        if node.entry is Entry.CODES:
            return {at: ["", *(tree or [])]}
        return {at: [text_of(tree, node).replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")]}
    sent: Sent = {}
    if isinstance(node, Part):
        known = tree if isinstance(tree, dict) else {}
        for name, child in node.children.items():
            sent |= sent_for(child, at / name, known.get(name))
        return sent
    sent[at] = [SHOWN, *([NONE_NEEDED] if tree == [] and at in SAYING_NONE else [])]
    for i, entry in enumerate(tree or []):
        sent |= {at / i: [SHOWN], **sent_for(node.item, at / i, entry)}
    return sent


def filled_again(document: Any, into: Any) -> Any:
    """Send the form of every section of a dossier to another one, as somebody who types it off would."""
    for section in sections_of(document, DAY):
        tree = own_tree(section, document)
        into = fill_in(into, section, sent_for(section.part, section.at, tree if isinstance(tree, dict) else None))
    return into


def blank(document: Any) -> dict[str, Any]:
    """Return a dossier of the same kind in which nothing is filled in."""
    return {
        "kind": document["kind"],
        "applicant": {"uscc": document["applicant"]["uscc"]},
        "service": {"name": document["service"]["name"]},
    }
