"""Fill sentence templates and format the values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compliance.language import Bilingual, Language, listed

SHOWN = 6

Values = Mapping[str, object]


class All(list[str]):
    """Names that are always listed in full."""


Filling = tuple[Bilingual, Values]


def filled(sentences: Iterable[Filling], language: Language) -> Iterator[str]:
    for template, values in sentences:
        shown = {name: _shown(value, language) for name, value in values.items()}
        yield template.filled(language, shown)


def _shown(value: object, language: Language) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Bilingual):
        return value.in_(language)
    if isinstance(value, All):
        return listed(value, language)
    if isinstance(value, list | tuple):
        more = len(value) - SHOWN
        text = listed([_shown(each, language) for each in value[:SHOWN]], language)
        return text + (_MORE.filled(language, {"more": more}) if more > 0 else "")
    return str(value)


_MORE = Bilingual(" and {more} more", "等（另有 {more} 项）")
