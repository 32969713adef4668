"""
The names of base models, indexed by their words: what each sequence of words means, without those that mean several.

The index of the table shipped with the product is compiled into `known_names.tsv` by `make docs`, since taking ten thousand names
apart takes long: `part, text, meaning` a line, sorted, so that a text is found without reading the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from registry.reference.base_models import BaseModel, Family
from registry.reference.model_names import LONGEST, Tokens, plain_tokens_of, tokens_of
from registry.reference.sorted_lines import SortedLines

COMPILED = Path(__file__).parent / "known_names.tsv"
_SIZE = re.compile(r"\d+(?:\.\d+)?[bm]")
_EXPERT_SIZE = re.compile(r"\d+x\d+(?:\.\d+)?b|\d+e")


@dataclass(frozen=True, slots=True)
class NameIndex:
    """
    What names mean. `written` (with their signs), `exact` and `plain` (words joined by blanks, `plain` without the words of a copy)
    give the id of a model; `stems` a family; `series` the name of a series and its families. `hub` gives the model of a hub id,
    `owners` the families of a publisher. `tails` are hub ids without their publisher, `several` the names of families with several
    models, `called` the names of models. A meaning of several parts has tabs between them.
    """

    written: Mapping[str, str]
    exact: Mapping[str, str]
    plain: Mapping[str, str]
    stems: Mapping[str, str]
    series: Mapping[str, str]
    hub: Mapping[str, str]
    owners: Mapping[str, str]
    tails: Mapping[str, str]
    several: Mapping[str, str]
    called: Mapping[str, str]

    @classmethod
    def of(cls, models: Sequence[BaseModel], known_families: Iterable[Family]) -> NameIndex:
        """Return the index of some models."""
        known = list(known_families)
        forms = [(form, model) for model in models for form in forms_of(model)]
        plain = [(plain_tokens_of(form), model) for form, model in forms]
        named = [(name, family.name) for family in known for name in (family.name, *family.aliases)]
        hub = {hub.casefold(): model.id for model in models for hub in model.hub}
        return cls(
            written=_unique((as_written(form), model.id) for form, model in forms)
            | _unique((as_written(model.name), model.id) for model in models),
            exact=_unique((joined(tokens_of(form)), model.id) for form, model in forms),
            plain=_unique((joined(tokens), model.id) for tokens, model in plain),
            stems=_unique((joined(tokens), family) for tokens, family in _stems(plain))
            | _unique((joined(plain_tokens_of(name)), family) for name, family in named)
            | _unique((joined(tokens_of(name)), family) for name, family in named),
            series=_series_of(known),
            hub=hub,
            owners=_owners_of(models),
            tails=dict.fromkeys((id.rsplit("/", 1)[-1] for id in hub), ""),
            several=dict.fromkeys(_names_of_several(models, known), ""),
            called=dict.fromkeys((as_written(model.name) for model in models), ""),
        )

    def as_lines(self) -> str:
        """Return the index as the compiled file has it."""
        rows = (
            f"{part.name}\t{text}\t{meaning}\n".encode()
            for part in fields(self)
            for text, meaning in getattr(self, part.name).items()
        )
        return b"".join(sorted(rows)).decode()

    @classmethod
    def compiled(cls) -> NameIndex:
        """Return the index of the table shipped with the product."""
        lines = SortedLines(COMPILED)
        return cls(**{part.name: CompiledPart(lines, part.name) for part in fields(cls)})


class CompiledPart(Mapping[str, str]):
    """The texts of one part of a compiled index, with their meanings: `part, text, meaning` a line."""

    def __init__(self, lines: SortedLines, part: str) -> None:
        self._lines, self._part = lines, part

    def __getitem__(self, text: str) -> str:
        sought = f"{self._part}\t{text}\t".encode()
        line = self._lines.first(sought)
        if line is None:
            raise KeyError(text)
        return line[len(sought) :].decode()

    def __iter__(self) -> Iterator[str]:
        return (line.split(b"\t")[1].decode() for line in self._lines.starting(f"{self._part}\t".encode()))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def joined(tokens: Tokens) -> str:
    return " ".join(tokens)


def as_written(text: str) -> str:
    """Return a name with its signs, which words leave out: `Command R+`, `CLIP ViT-B/16`."""
    return " ".join(unicodedata.normalize("NFKC", text[:LONGEST]).casefold().split())


def forms_of(model: BaseModel) -> Iterator[str]:
    """Yield the ways in which a model is written: name, id, aliases, hub ids without their publisher."""
    tails = (hub.rsplit("/", 1)[-1] for hub in model.hub)
    yield from dict.fromkeys([model.name, model.id, *model.aliases, *tails])


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what each text means, without those that mean several."""
    found: dict[str, set[str]] = defaultdict(set)
    for text, meaning in pairs:
        if text:
            found[text].add(meaning)
    return {text: next(iter(meanings)) for text, meanings in found.items() if len(meanings) == 1}


def _owners_of(models: Iterable[BaseModel]) -> dict[str, str]:
    """Return the families of each publisher in lower case: of the hubs, and as the developer calls himself, in full and in short."""
    found: dict[str, set[str]] = defaultdict(set)
    for model in models:
        developer = model.developer.casefold()
        for name in (developer, developer.replace(" ", ""), developer.replace(" ", "-"), developer.split()[0]):
            found[name].add(model.family)
        for hub in model.hub:
            found[hub.split("/")[0].casefold()].add(model.family)
    return {owner: "\t".join(sorted(families)) for owner, families in found.items()}


def _series_of(known_families: Iterable[Family]) -> dict[str, str]:
    """Return the series by their words: names before a version that at least two families share, all of one developer."""
    versions: dict[Tokens, list[Family]] = defaultdict(list)
    everything = sorted(known_families, key=lambda family: family.release)
    for family in everything:
        for stem in sorted({_before_the_version(tokens_of(name)) for name in (family.name, *family.aliases)} - {()}):
            versions[stem].append(family)
    return {
        joined(stem): "\t".join(found)
        for stem, several in versions.items()
        if (found := _one_series(stem, several, everything))
    }


def _before_the_version(tokens: Tokens) -> Tokens:
    """Return the words before a number that ends a name, or all of them if there is none."""
    place = next((place for place, word in enumerate(tokens) if word[0].isdigit()), len(tokens))
    return tokens[:place] if place >= len(tokens) - 1 and place < 3 else ()


def _one_series(stem: Tokens, several: Sequence[Family], everything: Iterable[Family]) -> list[str]:
    """Return the name of a series and its families; nothing if they are not several of one developer."""
    developers = {family.developer for family in several}
    if len(several) < 2 or len(developers) > 1:
        return []
    theirs = [each.name for each in everything if each.developer in developers and _begins_with(each, stem)]
    return [_name_of_series(several[0].name, len(stem)), *theirs]


def _begins_with(family: Family, stem: Tokens) -> bool:
    return any(tokens_of(name)[: len(stem)] == stem for name in (family.name, *family.aliases))


def _name_of_series(name: str, length: int) -> str:
    found = re.match(rf"(?:[^\W\d_]+[-_. ·]*){{{length}}}", name)
    return found[0].rstrip("-_. ·") if found else name


def _names_of_several(models: Iterable[BaseModel], known_families: Iterable[Family]) -> set[str]:
    """Return the names of families with several models, none of which has that name: a hub may have given it to one of them."""
    named = {joined(tokens_of(name)) for model in models for name in (model.name, *model.aliases)}
    count = Counter(model.family for model in models)
    several = (family for family in known_families if count[family.name] > 1)
    of_families = (joined(tokens_of(name)) for family in several for name in (family.name, *family.aliases))
    return {name for name in of_families if name not in named}


def _stems(plain: Iterable[tuple[Tokens, BaseModel]]) -> Iterator[tuple[Tokens, str]]:
    """Yield the beginnings of models' names before the size, with their families."""
    for tokens, model in plain:
        size = next((place for place, word in enumerate(tokens) if is_size(word)), 0)
        if size and is_distinctive(tokens[:size]):
            yield tokens[:size], model.family


def is_size(word: str) -> bool:
    return bool(_SIZE.fullmatch(word) or _EXPERT_SIZE.fullmatch(word))


def is_distinctive(tokens: Tokens) -> bool:
    """Whether words can hardly mean anything else: letters and a number, or several words."""
    return len(tokens) > 2 or (
        any(len(word) > 1 and word.isalpha() for word in tokens) and any(word[0].isdigit() for word in tokens)
    )
