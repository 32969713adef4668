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
# What may stand before a number; any other word may say that it is not this one, or none yet.
_BEFORE = re.compile(
    r"(?:我司|本公司|本服务|本产品|本模型|该服务|该模型)?(?:的)?"
    r"(?:(?:国家|省级?|市级?)?(?:网信办|网信部门))?(?:互联网信息服务|深度合成(?:服务)?|生成式(?:人工智能|ai)?(?:服务|大模型)?|大模型|模型|算法|服务|产品|应用)*"
    r"(?:已)?(?:备案|登记|上线)?(?:编号|号码?|信息|证)?(?:为|是)?:?"
    r"|(?:(?:algorithm|service|model)\s+)?(?:(?:filing|registration|record)\s*)?(?:number|no\.?|id)?:?",
    re.IGNORECASE,
)
# A remark that may take the number back, or that holds another one.
_DOUBTFUL = re.compile(
    r"(?<!\d)(?!20\d\d(?!\d))\d{3,}|未(?:备|获|通|批|取|登|上)|不(?:是|予|通过|同意|成功)|非本|拟|待(?:审|批|定|补|办)|驳|拒|撤|注销|吊销|废|失效|过期|[备申办审登]\w{0,3}中(?!心)|"
    r"变更前|示例|\b(?:not|no longer|void|"
    r"pending|revoked|withdrawn|rejected|refused|cancell?ed|expired|draft|example)\b",
    re.IGNORECASE,
)
# A second number that was glued to the first: its name part would hold the day of the first.
_GLUED = re.compile(r"-20\d{6}(?:[Ss]?(?:\d{6}|\d{4}))?[-._]?[A-Za-z]{2,}-")
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
    if len(found) == 1 and _GLUED.search(found[0][0]):
        return Understood(several=_parted(found[0][0]))
    if len(found) != 1:
        numbers = tuple(dict.fromkeys(_tidy(each[0])[0] for each in found))
        if len(numbers) == 1 and _POINTS.fullmatch(_NUMBER.sub("", text)):
            return Understood(numbers[0], (REMARK,))
        return Understood(several=numbers if len(numbers) > 1 else ())
    before, after = text[: found[0].start()].strip(), text[found[0].end() :].strip()
    bare = _REMARK.sub("", after)
    if not _POINTS.fullmatch(bare) or (before and not _BEFORE.fullmatch(before)):
        return Understood()
    if any(_DOUBTFUL.search(remark) for remark in _REMARK.findall(after)):
        return Understood()
    number, corrections = _tidy(found[0][0])
    around = [PREFIX] * bool(before) + [REMARK] * (_REMARK.search(after) is not None)
    return Understood(number, (*around, *corrections))


def _parted(written: str) -> tuple[str, ...]:
    """Return the numbers that were glued together, as they are written."""
    parts = re.split(r"(?<=-20\d{6})[-._]?(?=[A-Za-z]{2,}-)|(?<=\d{10})[-._](?=[A-Za-z]{2,}-)", written)
    return tuple(parts)


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
