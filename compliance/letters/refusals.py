"""Reasons why a letter is not sent."""

from __future__ import annotations

from compliance.filings.refusals import Refused


class FlagsChanged(Refused):
    """The flags changed while the letter was written: it would name what is mended, or leave out what is wrong."""
