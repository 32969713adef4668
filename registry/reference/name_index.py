"""
The names of base models, indexed by their words: what each sequence of words means, without those that mean several.

The index of the table shipped with the product is compiled into `known_names.json` by `make docs`, since taking ten thousand names
apart takes ten times as long as reading it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from registry.reference.base_models import BaseModel, Family
from registry.reference.model_names import LONGEST, Tokens, plain_tokens_of, tokens_of

COMPILED = Path(__file__).parent / "known_names.json"
_SIZE = re.compile(r"\d+(?:\.\d+)?[bm]")
_EXPERT_SIZE = re.compile(r"\d+x\d+(?:\.\d+)?b|\d+e")


@dataclass(frozen=True, slots=True)
class NameIndex:
    """
    What words mean, joined by blanks: `written` (with their signs), `exact` and `plain` (without the words of a copy) the ids of
    models; `stems` families; `series` the name of a series and its families. `several` are names of families with several models,
    `called` the names of models.
    """

    written: Mapping[str, str]
    exact: Mapping[str, str]
    plain: Mapping[str, str]
    stems: Mapping[str, str]
    series: Mapping[str, Sequence[str]]
    several: Sequence[str]
    called: Sequence[str]

    @classmethod
    def of(cls, models: Sequence[BaseModel], known_families: Iterable[Family]) -> NameIndex:
        """Return the index of some models."""
        known = list(known_families)
        forms = [(form, model) for model in models for form in forms_of(model)]
        plain = [(plain_tokens_of(form), model) for form, model in forms]
        named = [(name, family.name) for family in known for name in (family.name, *family.aliases)]
        return cls(
            written=_unique((as_written(form), model.id) for form, model in forms)
            | _unique((as_written(model.name), model.id) for model in models),
            exact=_unique((joined(tokens_of(form)), model.id) for form, model in forms),
            plain=_unique((joined(tokens), model.id) for tokens, model in plain),
            stems=_unique((joined(tokens), family) for tokens, family in _stems(plain))
            | _unique((joined(plain_tokens_of(name)), family) for name, family in named)
            | _unique((joined(tokens_of(name)), family) for name, family in named),
            series=_series_of(known),
            several=sorted(_names_of_several(models, known)),
            called=sorted({as_written(model.name) for model in models}),
        )

    def as_json(self) -> str:
        """Return the index as JSON, a member a line."""
        members = [
            f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in asdict(self).items()
        ]
        return "{" + ",\n".join(members) + "}\n"

    @classmethod
    def compiled(cls) -> NameIndex:
        """Return the index of the table shipped with the product."""
        return cls(**json.loads(COMPILED.read_text(encoding="utf-8")))


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


def _series_of(known_families: Iterable[Family]) -> dict[str, list[str]]:
    """Return the series by their words: names before a version that at least two families share, all of one developer."""
    versions: dict[Tokens, list[Family]] = defaultdict(list)
    everything = sorted(known_families, key=lambda family: family.release)
    for family in everything:
        for stem in sorted({_before_the_version(tokens_of(name)) for name in (family.name, *family.aliases)} - {()}):
            versions[stem].append(family)
    return {
        joined(stem): found for stem, several in versions.items() if (found := _one_series(stem, several, everything))
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
