"""
Official numbers as people paste them: with a prefix, a remark in brackets, blanks, without 号, in lower case.

What has one possible meaning is understood as that, and what was put right can be told. Several numbers in one text mean none.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

PREFIX, REMARK, BLANKS, SUFFIX, CASE = "prefix", "remark", "blanks", "suffix", "case"
# Longer texts are no numbers with remarks.
_LONGEST = 400
_ALGORITHM = r"网信算备[:\s]*\d(?:\s*\d){20}(?!\s*\d)(?:\s*号)?"
# Digits after the day that are no running number (four or six) make it another text.
_SERVICE = r"[A-Za-z]{2,}-[A-Za-z0-9._-]+-20\d{6}(?:[Ss]?(?:\d{6}|\d{4}))?(?![A-Za-z0-9])"
_NUMBER = re.compile(rf"{_ALGORITHM}|(?<![A-Za-z0-9._-]){_SERVICE}", re.ASCII)
_DASHES = re.compile("[‐‑‒–—―−]")
_BEFORE = re.compile(
    r"(?:[^\d\s:]{0,12}?(?:备案|登记|上线)?(?:编号|号码?|信息|证)(?:为|是)?|[^\d\s:]{0,12}?(?:备案|登记)|(?:filing|registration|record)?\s*(?:number|no\.?)):?",
    re.IGNORECASE,
)
_REMARK = re.compile(r"(?:\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕)")
_POINTS = re.compile(r"[\s。、,.;:]*")


@dataclass(frozen=True, slots=True)
class Understood:
    """
    What a text means as an official number: `number` in its usual spelling, or None; `corrections` names what was put right; `several` are
    the numbers of a text that holds more than one.
    """

    number: str | None = None
    corrections: tuple[str, ...] = ()
    several: tuple[str, ...] = ()


def half_width(text: str) -> str:
    """Return a text in half width without colons and outer blanks: numbers are written with and without."""
    return unicodedata.normalize("NFKC", text).replace(":", "").strip()


@lru_cache(maxsize=4096)
def understood(written: str) -> Understood:
    """Return what a text means as an official number."""
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", written[: _LONGEST + 1]).strip())
    if len(text) > _LONGEST:
        return Understood()
    found = list(_NUMBER.finditer(text))
    if len(found) != 1:
        return Understood(several=tuple(_tidy(each[0])[0] for each in found))
    before, after = text[: found[0].start()].strip(), text[found[0].end() :].strip()
    bare = _REMARK.sub("", after)
    if not _POINTS.fullmatch(bare) or (before and not _BEFORE.fullmatch(before)):
        return Understood()
    number, corrections = _tidy(found[0][0])
    around = [PREFIX] * bool(before) + [REMARK] * (_REMARK.search(after) is not None)
    return Understood(number, (*around, *corrections))


def _tidy(written: str) -> tuple[str, list[str]]:
    """Return a number in its usual spelling, and what was put right."""
    if written[0] in "网":
        return _tidy_algorithm(written)
    place, rest = written.split("-", 1)
    capital = place[0].upper() + place[1:]
    head, day = rest.rsplit("-", 1)
    number = f"{capital}-{head}-{day.upper()}"
    return number, [CASE] if number != written else []


def _tidy_algorithm(written: str) -> tuple[str, list[str]]:
    joined = re.sub(r"[:\s]", "", written)
    corrections = [BLANKS] if re.search(r"\s", written) else []
    if not joined.endswith("号"):
        return f"{joined}号", [*corrections, SUFFIX]
    return joined, corrections
