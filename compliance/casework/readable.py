"""A dossier rendered for readers: sections of lines with translated field names and codes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
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
    """One field: its name, its displayed value, its nesting depth, and the unresolved flags that point to it."""

    at: Pointer
    name: str
    value: str
    depth: int
    flags: tuple[Any, ...] = ()
    is_linked: bool = False

    @property
    def has_address(self) -> bool:
        """Whether something on the page leads to this line."""
        return self.is_linked or bool(self.flags)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the dossier with its lines."""

    at: str
    title: str
    lines: list[Line]

    @property
    def flag_count(self) -> int:
        return sum(len(line.flags) for line in self.lines)

    @property
    def is_led_to(self) -> bool:
        return any(line.has_address for line in self.lines)


Flagged = Mapping[str, Sequence[Any]]


def sections_of(
    content: str, language: Language, flagged: Flagged, linked: Collection[str] = frozenset()
) -> list[Section]:
    """
    Split a stored dossier into sections: first the top-level fields, then each part that is not empty.

    `flagged` are the unresolved flags, as the page shows them, by the pointer of their place. Each flagged place gets a line beside its neighbors,
    even if the dossier has no value there. A flag on the whole dossier gets none. `linked` are other places to which
    something leads.
    """
    tree = json.loads(content)
    own = {key: value for key, value in tree.items() if not isinstance(value, dict | list) or _is_empty(value)}
    parts = {key: value for key, value in tree.items() if key not in own}
    places = {Pointer(at): tuple(flags) for at, flags in flagged.items() if at}
    of_own = {at: flags for at, flags in places.items() if at.steps[0] not in parts}
    sections = [_section(ROOT / key, value, language, places) for key, value in parts.items()]
    return [_with_links(section, linked) for section in (_section(ROOT, own, language, of_own), *sections)]


def _with_links(section: Section, linked: Collection[str]) -> Section:
    if not linked:
        return section
    return replace(section, lines=[replace(line, is_linked=str(line.at) in linked) for line in section.lines])


def _section(at: Pointer, value: Any, language: Language, flagged: Mapping[Pointer, tuple[Any, ...]]) -> Section:
    lines = [replace(line, flags=flagged.get(line.at, ())) for line in lines_of(at, value, language, 0)]
    given = {line.at for line in lines}
    for place, flags in flagged.items():
        if place not in given and f"{place}/".startswith(f"{at}/"):
            depth = max(len(place.steps) - len(at.steps) - 1, 0)
            _insert(lines, place, depth, flags, language)
    title = _headline(at, language) if at else _FILING.in_(language)
    return Section(str(at), title, lines)


def _insert(lines: list[Line], at: Pointer, depth: int, flags: tuple[Any, ...], language: Language) -> None:
    """Insert the line of a place that has no value, after the last line of the part to which it belongs."""
    parent = f"{at}".rpartition("/")[0]
    after = max((i for i, line in enumerate(lines) if f"{line.at}/".startswith(f"{parent}/")), default=len(lines) - 1)
    lines.insert(after + 1, Line(at, _headline(at, language), _NOT_GIVEN.in_(language), depth, flags))


def lines_of(at: Pointer, value: Any, language: Language, depth: int) -> Iterator[Line]:
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for step, child in children:
        below = at / step
        if _is_empty(child) and (step, child) != ("permits", []):
            continue
        if _is_nested(child):
            yield Line(below, _headline(below, language), "", depth)
            yield from lines_of(below, child, language, depth + 1)
        else:
            yield Line(below, _headline(below, language), shown_value(below, child, language), depth)


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(_is_empty(child) for child in (value.values() if isinstance(value, dict) else value))
    return value is None or value == ""


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))


def shown_value(at: Pointer, value: Any, language: Language) -> str:
    if isinstance(value, list):
        return listed([shown_value(at / i, item, language) for i, item in enumerate(value)], language) or _NOTHING.in_(
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
