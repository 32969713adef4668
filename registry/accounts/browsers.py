"""The name of a browser and its system, as people know them, out of what it says of itself."""

from __future__ import annotations

_LONGEST = 60


def browser_name(text: str) -> str:
    """Return for example `Chrome 141 · Windows`; the text itself, shortened, where nothing in it is known. Empty for an empty text."""
    # Imported when needed: its patterns are many.
    from ua_parser import parse

    found = parse(text)
    browser, system = found.user_agent, found.os
    if browser is None:
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    name = f"{browser.family} {browser.major}" if browser.major else browser.family
    return f"{name} · {system.family}" if system else name
