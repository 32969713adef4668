"""A dossier rendered for readers: sections of lines with translated field names and codes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from compliance.dossier.naming import code_label, name_of
from compliance.dossier.pointer import ROOT, Pointer
from compliance.language import Bilingual, Language, listed

_FILING = Bilingual("Filing", "申报事项")
_YES, _NO, _NOTHING = Bilingual("yes", "是"), Bilingual("no", "否"), Bilingual("none", "无")
_NOT_GIVEN = Bilingual("not given", "未填写")


@dataclass(frozen=True, slots=True)
class Line:
    """One field: its name, its displayed value, its nesting depth, and whether a flag points to it."""

    at: Pointer
    name: str
    value: str
    depth: int
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the dossier with its lines."""

    at: str
    title: str
    lines: list[Line]


def sections_of(content: str, language: Language, flagged: Sequence[Pointer]) -> list[Section]:
    """
    Split a stored dossier into sections: first the top-level fields, then each part that is not empty.

    Each flagged place gets a line, even if the dossier has no value there. A flag on the whole dossier gets none.
    """
    tree = json.loads(content)
    own = {key: value for key, value in tree.items() if not isinstance(value, dict | list) or _is_empty(value)}
    parts = {key: value for key, value in tree.items() if key not in own}
    sections = [_section(ROOT / key, value, language, flagged) for key, value in parts.items()]
    return [_section(ROOT, own, language, [at for at in flagged if at and at.steps[0] not in parts]), *sections]


def _section(at: Pointer, value: Any, language: Language, flagged: Sequence[Pointer]) -> Section:
    places = set(flagged)
    lines = [replace(line, is_flagged=line.at in places) for line in _lines(at, value, language, 0)]
    given = {line.at for line in lines}
    missing = [place for place in flagged if place not in given and f"{place}/".startswith(f"{at}/")]
    title = _headline(at, language) if at else _FILING.in_(language)
    return Section(at, title, [*lines, *(_not_given(place, language) for place in missing)])


def _not_given(at: Pointer, language: Language) -> Line:
    return Line(at, _headline(at, language), _NOT_GIVEN.in_(language), 0, is_flagged=True)


def _lines(at: Pointer, value: Any, language: Language, depth: int) -> Iterator[Line]:
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for step, child in children:
        below = at / step
        if _is_empty(child) and (step, child) != ("permits", []):
            continue
        if _is_nested(child):
            yield Line(below, _headline(below, language), "", depth)
            yield from _lines(below, child, language, depth + 1)
        else:
            yield Line(below, _headline(below, language), _value(below, child, language), depth)


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(_is_empty(child) for child in (value.values() if isinstance(value, dict) else value))
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
