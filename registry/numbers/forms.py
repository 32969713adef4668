"""
The numbers that the authority issues: their forms, and what each segment seems to mean.

Algorithm filings: `网信算备` + 21 digits + `号`; area (6), entity (7), kind (2), year (2), running number (3), check
digit (1). The segments and the check digit are inferred from 149 published numbers and nowhere published, so
oddities are told, never refused. Generative filings and registrations: `Place-Name-YYYYMMDD[S]NNNN`; the earliest
have no running number, one published number has six digits in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from pypinyin import lazy_pinyin

from registry.reference.regions import PROVINCES

_ALGORITHM = re.compile(
    r"网信算备(?P<area>\d{6})(?P<entity>\d{7})(?P<kind>\d{2})(?P<year>\d{2})(?P<running>\d{3})(?P<check>\d)号",
    re.ASCII,
)
_SERVICE = re.compile(
    r"(?P<place>[A-Z][A-Za-z]+)-(?P<name>[A-Za-z0-9._-]+)-(?P<day>20\d{6})(?P<registered>S)?(?P<running>\d{4}|\d{6})?",
    re.ASCII,
)
# As the published numbers write them, where that is not the English name without its blanks.
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
    """Bring a number to half width and drop colons, as numbers in the wild are written with both."""
    return unicodedata.normalize("NFKC", number).replace(":", "").strip()


def number_key(number: str) -> str:
    """Return what a number is looked up by: width, colons and case do not count."""
    return normalized(number).casefold()


@lru_cache(maxsize=4096)
def algorithm_number(number: str) -> AlgorithmNumber | None:
    """Read the number of an algorithm filing, or None when it has not that form."""
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
    """Say whether a number can be one of a kind of filing: `algorithm`, `generative`, `registration`."""
    return len(normalized(number)) <= NUMBER_LENGTH and _FORMS[kind](number)


def is_official_number(number: str) -> bool:
    """Say whether a number has the form of any kind."""
    return any(has_the_form_of(kind, number) for kind in _FORMS)


def running_number(number: str) -> int | None:
    """Return the running number of a generative-service filing or a registration; the earliest have none."""
    found = _service(number)
    return int(found["running"]) if found and found["running"] else None


def place_of(province: str) -> str | None:
    """Return how the numbers of a province begin, by its two-digit code; the lists spell some in two ways."""
    return _PLACES.get(province)


def place_in(number: str) -> str | None:
    """Return the two-digit code of the province with which a service number begins; spelling varies in case only."""
    found = _service(number)
    return _PROVINCES.get(found["place"].casefold()) if found else None


def latin_name(name: str) -> str:
    """
    Write a name as the numbers do: Chinese characters in pinyin, each syllable with a capital (WenXinYiYan), and of the
    rest letters, digits, dots, underscores and hyphens within. At most 47 characters, the longest that was published.
    """
    syllables = lazy_pinyin(unicodedata.normalize("NFKC", name), errors=str)
    written = "".join(syllable[:1].upper() + syllable[1:] for syllable in syllables)
    return re.sub(r"[^A-Za-z0-9._-]", "", written)[:47].strip("._-")


def inferred_check_digit(digits: str) -> str:
    """Compute the check digit that fits every published algorithm number (an inference, see the module's text)."""
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
