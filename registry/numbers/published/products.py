"""Parsing the products column of the algorithm lists: names with their forms in brackets. Pure."""

from __future__ import annotations

import re
import unicodedata

from registry.numbers.published.entries import BLANK_MARKS

_PRODUCT = re.compile("(?P<name>[^、,,;;()]+)(?:\\((?P<forms>[^)]*)\\))?")
_FORMS = {
    "app": "app",
    "网站": "website",
    "小程序": "mini_program",
    "公众号": "public_account",
    "快应用": "app",
    "插件": "plugin",
    "pc端": "desktop",
    "api": "api",
}


def products_of(text: str) -> list[tuple[str, list[str]]]:
    """Parse 应用产品: names with their forms in brackets, such as 美团(APP、小程序)、美团众包(APP); each name once."""
    found: dict[str, set[str]] = {}
    for product in _PRODUCT.finditer(unicodedata.normalize("NFKC", text).removesuffix("等")):
        name = product["name"].strip().removesuffix("等")
        if name and name not in BLANK_MARKS:
            forms = re.split("[、,/]", (product["forms"] or "").casefold())
            found.setdefault(name, set()).update(_FORMS[form.strip()] for form in forms if form.strip() in _FORMS)
    return [(name, sorted(forms)) for name, forms in found.items()]
