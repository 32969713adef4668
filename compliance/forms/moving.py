"""Where a section stands after somebody else added or removed models or corpora before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from compliance.dossier.pointer import ROOT, Pointer
from compliance.forms.answers import ABSENT
from compliance.forms.sections import Section, tree_at

# What tells a model from the others of its dossier: its key, or its name if it has no key.
Identity = str


def identity_of(model: Any) -> Identity:
    """Return what tells a model from the others; empty if nothing does."""
    known = model if isinstance(model, dict) else {}
    key, name = known.get("key"), known.get("name")
    return f"key {key}" if isinstance(key, str) and key else f"name {name}" if isinstance(name, str) and name else ""


def owner_of(section: Section, document: Any) -> Identity:
    """Return the identity of the model to which a section belongs; empty for other sections and for a new model."""
    steps = section.at.steps
    return identity_of(tree_at(document, ROOT / "models" / steps[1])) if steps[:1] == ["models"] else ""


def place_now(section: Section, document: Any, shown: Any, owner: Identity) -> Section | None:
    """
    Return a section where its model, and its corpus, stand now; None if they are gone or cannot be told from others.

    `shown` is the tree of the section that a form showed (ABSENT for a new entry), `owner` the identity of its model then.
    """
    steps = section.at.steps
    if steps[:1] != ["models"]:
        return section
    models = _list_at(ROOT / "models", document)
    if len(steps) == 2 and shown is ABSENT:
        return section.moved_to(ROOT / "models" / len(models))
    number = _found(models, int(steps[1]), lambda model: bool(owner) and identity_of(model) == owner)
    if number is None:
        return None
    model = ROOT / "models" / number
    return section.moved_to(model) if len(steps) == 2 else _inside(section, model, document, shown)


def _inside(section: Section, model: Pointer, document: Any, shown: Any) -> Section | None:
    if not section.is_entry:
        return section.moved_to(model / section.at.steps[-1])
    at = model / section.at.steps[2]
    entries, number = _list_at(at, document), int(section.at.steps[-1])
    if shown is ABSENT:
        return section.moved_to(at / len(entries))
    known = shown if isinstance(shown, dict) else {}
    found = _found(entries, number, lambda entry: entry == known)
    if found is None:
        found = _found(entries, number, lambda entry: bool(known.get("name")) and entry.get("name") == known["name"])
    return None if found is None else section.moved_to(at / found)


def _found(entries: Sequence[Any], number: int, is_same: Callable[[Any], bool]) -> int | None:
    """Return the number of the entry that is the same: the one at its old number, or the only one."""
    same = [i for i, entry in enumerate(entries) if is_same(entry)]
    return number if number in same else same[0] if len(same) == 1 else None


def _list_at(at: Pointer, document: Any) -> list[Any]:
    found = tree_at(document, at)
    return found if isinstance(found, list) else []
