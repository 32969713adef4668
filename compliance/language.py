"""Bilingual texts, independent of Django so that the rules can use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in English and in simplified Chinese (简体中文)."""

    en: str
    zh: str

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def filled(self, language: Language, values: Mapping[str, object]) -> str:
        """Return the text with its `{placeholders}` filled. Raises KeyError for a placeholder without a value."""
        return self.in_(language).format_map(values)


def language_of(tag: str | None) -> Language:
    """Map a BCP 47 tag (`zh-Hans-CN`, `en`, None) to one of the two languages; English by default."""
    return "zh" if (tag or "").lower().startswith("zh") else "en"


def listed(items: list[str], language: Language) -> str:
    """Join items with the list separator of the language."""
    return ("、" if language == "zh" else ", ").join(items)
