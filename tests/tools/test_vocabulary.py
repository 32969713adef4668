"""The check of names finds retired words in every kind of definition, and nothing else."""

from __future__ import annotations

import pytest

from tools.vocabulary import EXEMPTIONS, NAMES, RETIRED, SEGMENTS, findings_in

CLEAN = '''
"""A standing flag is told; comments and texts may say anything."""
from dataclasses import dataclass, field as declared


@dataclass(frozen=True)
class Understanding:
    skin: str = "standing"
    unseen: int = 0
    seen_by: str = ""
    crosswords: str = ""

    def says_more(self, *, texts: list[str]) -> None:
        standings.append(self.told)
        call(standing=self.seen, told=1)
        self.retold = [text.said for text in texts]
'''


def names_in(source: str, path: str = "package/module.py") -> list[str]:
    return [finding.split()[1] for finding in findings_in(path, source)]


@pytest.mark.parametrize(
    "source",
    [
        "class {}: pass",
        "def {}(): pass",
        "async def {}(): pass",
        "class Row:\n    def {}(self): pass",
        "class Row:\n    {} = 1",
        "class Row:\n    {}: int",
        "def call({}): pass",
        "def call(*, {}=None): pass",
        "def call(*{}): pass",
        "def call(**{}): pass",
        "key = lambda {}: 1",
        "{} = 1",
        "{}: int = 1",
        "first, (*{}, last) = rows",
        "row.{} = 1",
        "row.{} += 1",
        "for {} in rows: pass",
        "texts = [1 for {} in rows]",
        "if ({} := 1): pass",
        "with open('x') as {}: pass",
        "try: pass\nexcept ValueError as {}: pass",
        "import json as {}",
        "from json import loads as {}",
        "match row:\n    case [{}, *_]: pass",
        "match row:\n    case [*{}]: pass",
        "match row:\n    case {{**{}}}: pass",
    ],
)
@pytest.mark.parametrize("name", ["told", "_told_so", "is_standing", "ToldRows", "GROUNDS", "seen", "Words"])
def test_a_retired_name_is_found_in_every_kind_of_definition(source, name):
    assert names_in(source.format(name)) == [name]


@pytest.mark.parametrize("path", ["package/carding.py", "package/carding/__init__.py", "tests/test_carding.py"])
def test_a_retired_name_of_a_module_is_found(path):
    assert names_in("", path) == [path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]]


def test_a_finding_contains_the_place_and_what_to_use_instead():
    (finding,) = findings_in("package/module.py", "\nbegun = True\n")
    assert finding == "package/module.py:2: begun is retired: use started."


def test_nothing_is_found_in_a_clean_text():
    assert names_in(CLEAN) == []


@pytest.mark.parametrize("word", sorted(SEGMENTS))
def test_a_retired_segment_is_found_inside_a_name(word):
    assert names_in(f"of_{word}_1 = 1") == [f"of_{word}_1"]


@pytest.mark.parametrize("word", sorted(NAMES))
def test_a_retired_name_is_found_only_as_the_whole_name(word):
    assert names_in(f"{word} = {word}_more = not_{word} = 1") == [word]


def test_every_word_is_listed_once():
    assert len({retired.word for retired in RETIRED}) == len(RETIRED)


@pytest.mark.parametrize("exempt", EXEMPTIONS)
def test_an_exemption_is_needed_and_applies_only_to_its_file(exempt):
    assert names_in(f"{exempt.name} = 1", exempt.path or "package/module.py") == []
    elsewhere = names_in(f"{exempt.name} = more_{exempt.name} = 1", "package/module.py")
    assert elsewhere == ([exempt.name] if exempt.path else [f"more_{exempt.name}"])
