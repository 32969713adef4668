"""Unified social credit codes (统一社会信用代码, GB 32100-2015): format and check digit. Pure."""

from __future__ import annotations

import re

from stdnum.cn import uscc as standard

# 18 characters: registering body, kind of body, region (6 digits), identity (9), check digit.
PATTERN = "[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}"
_FORM = re.compile(PATTERN)


def has_the_form(code: str) -> bool:
    """Return whether a text has the format of a code, in upper case; the check digit is not verified."""
    return _FORM.fullmatch(code) is not None


def check_digit_fits(code: str) -> bool:
    """Return whether the check digit of a well-formed code is correct."""
    return standard.calc_check_digit(code[:-1]) == code[-1]


def is_valid(code: str) -> bool:
    return has_the_form(code) and check_digit_fits(code)
