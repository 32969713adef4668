"""The names of countries, by their ISO 3166-1 codes."""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations, translation

import pycountry


def country_name(code: str, language: str) -> str:
    """Return the name of a country in English or, for `zh`, in Chinese; "" for an unknown code."""
    country = pycountry.countries.get(alpha_2=code)
    if country is None or language == "en":
        return country.name if country else ""
    return _countries().gettext(country.name)


@cache
def _countries() -> NullTranslations:
    return translation("iso3166-1", pycountry.LOCALES_DIR, languages=["zh_CN"], fallback=True)
