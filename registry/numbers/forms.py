"""
Official numbers: their forms, and the inferred meaning of each segment.

Algorithm filings: `网信算备` + 21 digits + `号`; area (6), entity (7), kind (2), year (2), running number (3), check
digit (1). The segments and the check digit are not documented by the authority but inferred from 149 published numbers, so
deviations are reported but never refused. Generative filings and registrations: `Place-Name-YYYYMMDD[S]NNNN`; the earliest
have no running number, and one published number has a running number of six digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from registry.numbers.spelling import half_width, understood
from registry.reference.regions import PROVINCES

_ALGORITHM = re.compile(
    r"网信算备(?P<area>\d{6})(?P<entity>\d{7})(?P<kind>\d{2})(?P<year>\d{2})(?P<running>\d{3})(?P<check>\d)号",
    re.ASCII,
)
_SERVICE = re.compile(
    r"(?P<place>[A-Z][A-Za-z]+)-(?P<name>[A-Za-z0-9._-]+)-(?P<day>20\d{6})(?P<registered>S)?(?P<running>\d{4}|\d{6})?",
    re.ASCII,
)
# Spellings in the published numbers that differ from the English name without spaces.
_SPELLED = {"15": "NeiMengGu", "54": "XiZang", "61": "Shaanxi", "81": "XiangGang", "82": "AoMen"}
_PLACES = {code: _SPELLED.get(code, names[0].replace(" ", "")) for code, names in PROVINCES.items()}
_PROVINCES = {spelled.casefold(): code for code, spelled in _PLACES.items()} | {
    "neimenggu": "15",
    "innermongolia": "15",
    "tibet": "54",
    "hongkong": "81",
    "macao": "82",
}
# The longest published number has 69 characters.
NUMBER_LENGTH = 100
KNOWN_ALGORITHM_KINDS = frozenset({"01", "02", "03", "04", "05", "06"})


@dataclass(frozen=True, slots=True)
class AlgorithmNumber:
    """The segments of an algorithm filing number, as digits."""

    area: str
    entity: str
    kind: str
    year: str
    running: str
    check: str

    @property
    def first_day_of_year(self) -> date:
        return date(2000 + int(self.year), 1, 1)

    @property
    def inferred_check(self) -> str:
        return inferred_check_digit(self.area + self.entity + self.kind + self.year + self.running)


def normalized(number: str) -> str:
    """Return a number in its usual spelling, as far as a text has one possible meaning (see `spelling`); else in half width."""
    return understood(number).number or half_width(number)


def number_key(number: str) -> str:
    """Return the lookup key of a number, which ignores its spelling (see `spelling`) and case."""
    return normalized(number).casefold()


@lru_cache(maxsize=4096)
def algorithm_number(number: str) -> AlgorithmNumber | None:
    """Parse the number of an algorithm filing; None if it does not have that form."""
    found = _ALGORITHM.fullmatch(normalized(number))
    return AlgorithmNumber(**found.groupdict()) if found else None


def is_filing_number(number: str) -> bool:
    """Say whether a number has the form of a generative-service filing."""
    found = _service(number)
    return found is not None and not found["registered"]


def is_registration_number(number: str) -> bool:
    """Say whether a number has the form of a registration, with its S."""
    found = _service(number)
    return found is not None and bool(found["registered"]) and bool(found["running"])


_FORMS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "algorithm": lambda number: algorithm_number(number) is not None,
        "generative": is_filing_number,
        "registration": is_registration_number,
    }
)


def has_the_form_of(kind: str, number: str) -> bool:
    """Say whether a number has the form of a kind of filing: `algorithm`, `generative` or `registration`."""
    return len(normalized(number)) <= NUMBER_LENGTH and _FORMS[kind](number)


def is_official_number(number: str) -> bool:
    """Say whether a number has the form of any kind."""
    return any(has_the_form_of(kind, number) for kind in _FORMS)


def running_number(number: str) -> int | None:
    """Return the running number of a generative-service filing or a registration; the earliest have none."""
    found = _service(number)
    return int(found["running"]) if found and found["running"] else None


def place_of(province: str) -> str | None:
    """Return the place with which numbers of a province begin, by its two-digit code; the lists spell some in two ways."""
    return _PLACES.get(province)


def place_in(number: str) -> str | None:
    """Return the two-digit code of the province with which a service number begins; case is ignored."""
    found = _service(number)
    return _PROVINCES.get(found["place"].casefold()) if found else None


def latin_name(name: str) -> str:
    """
    Return a name as it is written in numbers: Chinese characters in pinyin, each syllable capitalized (WenXinYiYan); of the
    rest only ASCII letters, digits, dots, underscores and hyphens. At most 47 characters, the length of the longest
    published name.
    """
    # Imported when needed: its dictionaries take a tenth of the start of each process.
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(unicodedata.normalize("NFKC", name), errors=str)
    latin = "".join(syllable[:1].upper() + syllable[1:] for syllable in syllables)
    return re.sub(r"[^A-Za-z0-9._-]", "", latin)[:47].strip("._-")


def inferred_check_digit(digits: str) -> str:
    """Compute the check digit that fits every published algorithm number (inferred, see the module docstring)."""
    product = 0
    for digit in digits:
        product = (product + int(digit)) * 2 % 10
    return str((11 - product) % 10)


@lru_cache(maxsize=4096)
def _service(number: str) -> re.Match[str] | None:
    found = _SERVICE.fullmatch(normalized(number))
    return found if found and _is_day(found["day"]) else None


def _is_day(digits: str) -> bool:
    try:
        date.fromisoformat(digits)
    except ValueError:
        return False
    return True
