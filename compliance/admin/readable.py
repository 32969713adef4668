"""A dossier as a person reads it: by section, with the names of fields and codes in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compliance.dossier.naming import code_label, name_of
from compliance.dossier.pointer import ROOT, Pointer
from compliance.words import Language, Words, listed

_FILING = Words("Filing", "申报事项")
_YES, _NO, _NOTHING = Words("yes", "是"), Words("no", "否"), Words("none", "无")


@dataclass(frozen=True, slots=True)
class Line:
    """One field: its name, its value in words, and how deep it lies."""

    at: str
    name: str
    value: str
    depth: int


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the dossier with its lines."""

    at: str
    title: str
    lines: list[Line]


def sections_of(content: str, language: Language) -> list[Section]:
    """Split a stored dossier into sections: the filing's own fields first, then each part that says something."""
    tree = json.loads(content)
    plain = {key: value for key, value in tree.items() if not isinstance(value, dict | list)}
    parts = [(key, value) for key, value in tree.items() if isinstance(value, dict | list) and not _says_nothing(value)]
    own = Section("", _FILING.in_(language), list(_lines(ROOT, plain, language, 0)))
    return [own, *(_section(key, value, language) for key, value in parts)]


def _section(key: str, value: Any, language: Language) -> Section:
    at = ROOT / key
    return Section(at, _headline(at, language), list(_lines(at, value, language, 0)))


def _lines(at: Pointer, value: Any, language: Language, depth: int) -> Iterator[Line]:
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for step, child in children:
        below = at / step
        if _says_nothing(child) and (step, child) != ("permits", []):
            continue
        if _is_nested(child):
            yield Line(below, _headline(below, language), "", depth)
            yield from _lines(below, child, language, depth + 1)
        else:
            yield Line(below, _headline(below, language), _value(below, child, language), depth)


def _says_nothing(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(_says_nothing(child) for child in (value.values() if isinstance(value, dict) else value))
    return value is None or value == ""


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))


def _value(at: Pointer, value: Any, language: Language) -> str:
    if isinstance(value, list):
        return listed([_value(at / i, item, language) for i, item in enumerate(value)], language) or _NOTHING.in_(
            language
        )
    if isinstance(value, bool):
        return (_YES if value else _NO).in_(language)
    if isinstance(value, int):
        return f"{value:,}"
    return code_label(at, str(value)).in_(language)


def _headline(at: Pointer, language: Language) -> str:
    name = name_of(at).in_(language)
    return name[:1].upper() + name[1:]
