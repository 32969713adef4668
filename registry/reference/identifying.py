"""
Which known base model a name means: a hub id, an address, a name with the words of a copy, a Chinese name.

A model is recognized if nothing but words that any copy may carry is left of the name; everything else is a question, never an
answer. The publisher of a copy is told apart from the developer.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, lru_cache

from registry.reference.base_models import BaseModel, Family, base_models, families
from registry.reference.model_names import (
    LONGEST,
    MAKERS_WHO_REPACKAGE,
    REPACKAGERS,
    Tokens,
    WrittenName,
    is_context,
    plain_tokens_of,
    tokens_of,
    written_name,
)

MOST_QUESTIONS = 3
_CLOSE = 0.86
_SIZE = re.compile(r"\d+(?:\.\d+)?[bm]")
_EXPERT_SIZE = re.compile(r"\d+x\d+(?:\.\d+)?b|\d+e")


@dataclass(frozen=True, slots=True)
class Identified:
    """
    What a name means. `model` is None if the name leaves the size open; both are None if it is not known. A name without a
    version means a series: `families` are those of it, and `family` holds what they share. `repackager` is the publisher of a
    copy of somebody else's model. `maybe` are the names of known models that may be meant.
    """

    given: str
    model: BaseModel | None = None
    family: Family | None = None
    repackager: str = ""
    maybe: tuple[str, ...] = ()
    families: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.family is not None

    @property
    def license(self) -> str:
        if self.model is not None:
            return self.model.license
        return self.family.license if self.family else ""

    def as_json(self) -> dict[str, object]:
        """Return `{given, model, family, developer, country, license, known, repackager, maybe}`; what is not known is null."""
        family = self.family
        return {
            "given": self.given,
            "model": self.model.name if self.model else None,
            "family": family.name if family else None,
            "developer": family.developer if family else None,
            "country": family.country if family else None,
            "license": self.license or None,
            "known": self.is_known,
            "repackager": self.repackager or None,
            "maybe": list(self.maybe),
        }


@dataclass(frozen=True, slots=True)
class Series:
    """Several families of one developer under one name (Qwen, Llama): what they share, and the names of the families."""

    family: Family
    families: tuple[str, ...]


class Names:
    """The names of some base models, to look them up. One that two models share means neither of them."""

    def __init__(self, models: Sequence[BaseModel], known_families: Mapping[str, Family]) -> None:
        self.models = list(models)
        self.families = known_families
        self.by_id = {model.id: model for model in models}
        self._written = _unique((_as_written(form), model.id) for model in models for form in forms_of(model))
        self._written |= _unique((_as_written(model.name), model.id) for model in models)
        self._hub = {hub.casefold(): model.id for model in models for hub in model.hub}
        self._owners = _owners_of(models)
        self._tails = {hub.rsplit("/", 1)[-1].casefold() for model in models for hub in model.hub}
        self._exact = _unique((tokens_of(form), model.id) for model in models for form in forms_of(model))
        plain = [(plain_tokens_of(form), model) for model in models for form in forms_of(model)]
        self._plain = _unique((tokens, model.id) for tokens, model in plain)
        self._several = _names_of_several(models, known_families.values())
        named = [(name, each.name) for each in known_families.values() for name in (each.name, *each.aliases)]
        self._series = _series_of(known_families.values())
        self._called = {_as_written(model.name) for model in models}
        self._stems = _unique(_stems(plain))
        self._stems |= _unique((plain_tokens_of(name), family) for name, family in named)
        self._stems |= _unique((tokens_of(name), family) for name, family in named)

    def identify(self, given: str) -> Identified:
        """Return what a name means."""
        written = written_name(given)
        if not written.tokens:
            return Identified(given)
        if series := self._series_of(written):
            return Identified(given, None, series.family, families=series.families)
        is_open = not written.owner and written.tokens in self._several
        if not is_open and (id := self._written.get(_as_written(given)) or self._model_of(written)):
            model = self.by_id[id]
            return Identified(given, model, self.families[model.family], self._repackager(written, model.family))
        if family := self._family_of(written):
            return Identified(given, None, self.families[family], self._repackager(written, family))
        return Identified(given, maybe=self._questions(written))

    def family_within(self, name: str) -> str | None:
        """Return the family whose name, with a number, is the longest within a longer name."""
        tokens = written_name(name).tokens
        for length in range(min(len(tokens), 8), 1, -1):
            for start in range(len(tokens) - length + 1):
                part = tokens[start : start + length]
                if _is_distinctive(part) and not _continues(tokens, start + length) and (found := self._within(part)):
                    return found
        return None

    def model_within(self, name: str) -> str | None:
        """
        Return the id of the model whose name up to its size is the longest within a longer name. One whose first word is short
        counts only at the beginning: `tian-yi-9b` is no Yi.
        """
        tokens = written_name(name).plain
        sizes = [place for place, word in enumerate(tokens) if _is_size(word)]
        for end in sizes or [len(tokens) - 1]:
            for start in range(max(0, end - 7), end):
                part = tokens[start : end + 1]
                is_clear = start == 0 or len(part[0]) > 3
                if is_clear and _is_distinctive(part) and (id := self._exact.get(part) or self._plain.get(part)):
                    return id
        return None

    def _within(self, part: Tokens) -> str | None:
        if id := self._exact.get(part) or self._plain.get(part):
            return self.by_id[id].family
        return self._stems.get(part)

    def _model_of(self, written: WrittenName) -> str | None:
        if id := self._hub.get(f"{written.owner}/{written.name}".casefold()):
            return id
        for name, left_out in written.spellings(self._owners):
            tokens, plain = tokens_of(name), plain_tokens_of(name)
            near = plain_tokens_of(name, with_training=True)
            id = self._exact.get(tokens) or self._exact.get(near) or self._exact.get(plain) or self._plain.get(plain)
            if id and self._may_mean(written, name, left_out, self.by_id[id]):
                return id
        return None

    def _may_mean(self, written: WrittenName, name: str, left_out: str, model: BaseModel) -> bool:
        """
        Whether a name may mean a model: its publishers, its size and the words that set versions of one model apart are those of
        this one.
        """
        return (
            self._may_stand_before(left_out, model.family, written.owner)
            and self._is_by_the_vendors(written, model.family)
            and (written.billions is None or _is_size_of(model, written.billions))
            and self._setting_apart(tokens_of(name)) <= self._apart_of(model)
            and self._may_publish(written, model)
        )

    def _may_stand_before(self, left_out: str, family: str, owner: str) -> bool:
        """Whether what was left out of a name is no part of it: a publisher of copies, the developer, or a host of the developer's own."""
        name = left_out.casefold()
        is_theirs = family in self._owners.get(owner.casefold(), ())
        is_host = name in REPACKAGERS or (is_theirs and name in MAKERS_WHO_REPACKAGE)
        return not name or is_host or family in self._owners.get(name, ())

    def _is_by_the_vendors(self, written: WrittenName, family: str) -> bool:
        known = self.families[family]
        called = f"{known.developer} {known.parent}"
        return all(vendor in called for vendor in written.vendors)

    def _setting_apart(self, tokens: Tokens) -> set[str]:
        """Return the words that often name another model: a longer context, thinking."""
        return {word for word in tokens[1:] if is_context(word) or word == "thinking"}

    def _apart_of(self, model: BaseModel) -> set[str]:
        return set().union(*(self._setting_apart(tokens_of(form)) for form in forms_of(model)))

    def _family_of(self, written: WrittenName) -> str | None:
        for name, left_out in written.spellings(self._owners):
            family = self._stems.get(tokens_of(name)) or self._stems.get(plain_tokens_of(name))
            owner = written.owner.casefold()
            if (
                not family
                or not self._may_stand_before(left_out, family, written.owner)
                or not self._is_by_the_vendors(written, family)
            ):
                continue
            if not owner or family in self._owners.get(owner, ()) or written.is_by_a_repackager:
                return family
        return None

    def _series_of(self, written: WrittenName) -> Series | None:
        """Return the series that a name without a version means, of which its developer has several families."""
        series = self._series.get(written.plain)
        is_a_model = _as_written(written.name) in self._called or written.name.casefold() in self._tails
        if series is None or is_a_model:
            return None
        owner = written.owner.casefold()
        is_theirs = not owner or bool(self._owners.get(owner, set()) & set(series.families))
        return series if is_theirs and self._is_by_the_vendors(written, series.families[0]) else None

    def _may_publish(self, written: WrittenName, model: BaseModel) -> bool:
        """
        Whether a publisher can mean this model: nobody named, its developer, a repackager, or a stranger who names the format of a
        copy or has the very name of a model with open weights.
        """
        owner = written.owner.casefold()
        if not owner or model.family in self._owners.get(owner, ()):
            return True
        if not model.open_weights:
            return False
        is_its_name = written.name.casefold() in self._tails and len(written.tokens) > 1 and not _is_generic(written)
        is_a_copy = written.has_format and _is_distinctive(written.tokens)
        return written.is_by_a_repackager or is_its_name or is_a_copy

    def _repackager(self, written: WrittenName, family: str) -> str:
        owner = written.owner or next(
            (name for name in REPACKAGERS if written.name.casefold().startswith(f"{name}_")), ""
        )
        return "" if not owner or family in self._owners.get(owner.casefold(), ()) else owner

    def _questions(self, written: WrittenName) -> tuple[str, ...]:
        """Return the names of known models that a name resembles, the closest first."""
        joined = {"".join(tokens): id for tokens, id in self._plain.items()}
        close = get_close_matches("".join(written.plain), joined, MOST_QUESTIONS, _CLOSE)
        found = [self.by_id[joined[each]].name for each in close]
        if not found and (family := self.family_within(written.name)):
            found = [family]
        return tuple(dict.fromkeys(found))


def _as_written(text: str) -> Tokens:
    """Return a name with its signs, which words leave out: `Command R+`, `CLIP ViT-B/16`."""
    return tuple(unicodedata.normalize("NFKC", text[:LONGEST]).casefold().split())


def forms_of(model: BaseModel) -> Iterator[str]:
    """Yield the ways in which a model is written: name, id, aliases, hub ids without their publisher."""
    tails = (hub.rsplit("/", 1)[-1] for hub in model.hub)
    yield from dict.fromkeys([model.name, model.id, *model.aliases, *tails])


def _owners_of(models: Iterable[BaseModel]) -> Mapping[str, set[str]]:
    """Return the families of each publisher in lower case: of the hubs, and as the developer calls himself, in full and in short."""
    found: dict[str, set[str]] = defaultdict(set)
    for model in models:
        developer = model.developer.casefold()
        for name in (developer, developer.replace(" ", ""), developer.replace(" ", "-"), developer.split()[0]):
            found[name].add(model.family)
        for hub in model.hub:
            found[hub.split("/")[0].casefold()].add(model.family)
    return found


def _series_of(known_families: Iterable[Family]) -> dict[Tokens, Series]:
    """Return the series by their words: names before a version that at least two families share, all of one developer."""
    versions: dict[Tokens, list[Family]] = defaultdict(list)
    everything = sorted(known_families, key=lambda family: family.release)
    for family in everything:
        for stem in {_before_the_version(tokens_of(name)) for name in (family.name, *family.aliases)} - {()}:
            versions[stem].append(family)
    return {stem: found for stem, several in versions.items() if (found := _one_series(stem, several, everything))}


def _before_the_version(tokens: Tokens) -> Tokens:
    """Return the words before a number that ends a name, or all of them if there is none."""
    place = next((place for place, word in enumerate(tokens) if word[0].isdigit()), len(tokens))
    return tokens[:place] if place >= len(tokens) - 1 and place < 3 else ()


def _one_series(stem: Tokens, several: Sequence[Family], everything: Iterable[Family]) -> Series | None:
    developer, count = Counter(family.developer for family in several).most_common(1)[0]
    if count < 2 or count < len(several):
        return None
    first = next(family for family in several if family.developer == developer)
    theirs = [each for each in everything if each.developer == developer and _begins_with(each, stem)]
    licenses = {each.license for each in theirs}
    shared = replace(
        first,
        name=_name_of_series(first.name, len(stem)),
        license=licenses.pop() if len(licenses) == 1 else "",
        open_weights=any(each.open_weights for each in theirs),
        aliases=(),
    )
    return Series(shared, tuple(each.name for each in theirs))


def _begins_with(family: Family, stem: Tokens) -> bool:
    return any(tokens_of(name)[: len(stem)] == stem for name in (family.name, *family.aliases))


def _name_of_series(name: str, length: int) -> str:
    found = re.match(rf"(?:[^\W\d_]+[-_. ·]*){{{length}}}", name)
    return found[0].rstrip("-_. ·") if found else name


def _is_generic(written: WrittenName) -> bool:
    """Whether a name only describes what many have done: the Chinese version of a model."""
    return written.tokens[0] in ("chinese", "中")


def _is_size_of(model: BaseModel, billions: float) -> bool:
    """Whether a stated size can be that of a model: within a sixth, as sizes are rounded and embeddings counted or not."""
    return model.billions is not None and abs(model.billions - billions) <= billions / 6


def _unique(pairs: Iterable[tuple[Tokens, str]]) -> dict[Tokens, str]:
    """Return what each sequence of words means, without those that mean several."""
    found: dict[Tokens, set[str]] = defaultdict(set)
    for tokens, meaning in pairs:
        if tokens:
            found[tokens].add(meaning)
    return {tokens: next(iter(meanings)) for tokens, meanings in found.items() if len(meanings) == 1}


def _names_of_several(models: Iterable[BaseModel], known_families: Iterable[Family]) -> set[Tokens]:
    """Return the names of families with several models, none of which has that name: a hub may have given it to one of them."""
    named = {tokens_of(name) for model in models for name in (model.name, *model.aliases)}
    count = Counter(model.family for model in models)
    several = (family for family in known_families if count[family.name] > 1)
    of_families = (tokens_of(name) for family in several for name in (family.name, *family.aliases))
    return {tokens for tokens in of_families if tokens not in named}


def _stems(plain: Iterable[tuple[Tokens, BaseModel]]) -> Iterator[tuple[Tokens, str]]:
    """Yield the beginnings of models' names before the size, with their families."""
    for tokens, model in plain:
        size = next((place for place, word in enumerate(tokens) if _is_size(word)), 0)
        if size and _is_distinctive(tokens[:size]):
            yield tokens[:size], model.family


def _is_size(word: str) -> bool:
    return bool(_SIZE.fullmatch(word) or _EXPERT_SIZE.fullmatch(word))


def _is_distinctive(tokens: Tokens) -> bool:
    """Whether words can hardly mean anything else: letters and a number, or several words."""
    return len(tokens) > 2 or (
        any(len(word) > 1 and word.isalpha() for word in tokens) and any(word[0].isdigit() for word in tokens)
    )


def _continues(tokens: Tokens, place: int) -> bool:
    """Whether a version goes on at a place: 2 of `2 5`, where the whole is another model."""
    return place < len(tokens) and tokens[place].isdigit() and len(tokens[place]) == 1


@cache
def names() -> Names:
    """Return the names of the table shipped with the product."""
    return Names(base_models(), families())


@lru_cache(maxsize=20_000)
def identified(given: str) -> Identified:
    """Return what a name means by the table shipped with the product."""
    return names().identify(given)
