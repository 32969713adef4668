"""Browsers are named as people know them; what is not known is shown as it is, and never at length."""

from __future__ import annotations

import pytest

from registry.accounts.browsers import browser_name

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.42"
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (WINDOWS, "Chrome 141 · Windows"),
        (WINDOWS.replace("Safari/537.36", "Safari/537.36 Edg/141.0"), "Edge 141 · Windows"),
        (IPHONE, "WeChat Browser 8 · iOS"),
        ("curl/8.5.0", "curl 8"),
        ("", ""),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("x" * 5_000, f"{'x' * 59}…"),
    ],
)
def test_a_browser_has_a_name(text, name):
    assert browser_name(text) == name
