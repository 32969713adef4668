"""Unified social credit codes (统一社会信用代码, GB 32100-2015): form and check digit. Pure."""

from __future__ import annotations

import re

from stdnum.cn import uscc as standard

# 18 places: registering body, kind of body (letters allowed), region (6 digits), identity (9), check digit.
PATTERN = "[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}"
_FORM = re.compile(PATTERN)


def has_the_form(code: str) -> bool:
    """Say whether a text is written as a code; upper case only, whatever its check digit."""
    return _FORM.fullmatch(code) is not None


def check_digit_fits(code: str) -> bool:
    """Say whether the check digit of a well-formed code is right."""
    return standard.calc_check_digit(code[:-1]) == code[-1]


def is_valid(code: str) -> bool:
    return has_the_form(code) and check_digit_fits(code)
