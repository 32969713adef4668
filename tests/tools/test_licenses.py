"""The check of the licenses of what the product needs."""

from __future__ import annotations

import pytest

from tools.licenses import is_allowed


@pytest.mark.parametrize(
    ("license", "allowed"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("LGPL-3.0-only", True),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("Apache Software License; Other/Proprietary License", False),
        ("UNKNOWN", False),
    ],
)
def test_a_license_is_allowed_if_all_its_parts_or_one_choice_are(license, allowed):
    assert is_allowed(license) is allowed
