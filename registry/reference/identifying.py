"""
Which known base model a name means: a hub id, an address, a name with the words of a copy, a Chinese name.

A model is recognized if nothing but words that any copy may carry is left of the name; everything else is a question, never an
answer. The publisher of a copy is told apart from the developer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, cached_property, lru_cache

from registry.reference.base_models import BaseModel, Family, families, table
from registry.reference.model_names import (
    MAKERS_WHO_REPACKAGE,
    REPACKAGERS,
    Tokens,
    WrittenName,
    is_context,
    plain_tokens_of,
    tokens_of,
    written_name,
)
from registry.reference.name_index import NameIndex, as_written, forms_of, is_distinctive, is_size, joined

MOST_QUESTIONS = 3
_CLOSE = 0.86


@dataclass(frozen=True, slots=True)
class Identified:
    """
    What a name means. `model` is None if the name leaves the size open; both are None if it is not known. A name without a
    version means a series: `families` are those of it, and `family` holds what they share. `repackager` is the publisher of a
    copy of somebody else's model. `maybe` are the names of known models that may be meant, if that was asked (`identify_or_ask`).
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

    def __init__(
        self, models: Mapping[str, BaseModel], known_families: Mapping[str, Family], index: NameIndex | None = None
    ) -> None:
        self.by_id, self.families = models, known_families
        self._index = index or NameIndex.of(list(models.values()), known_families.values())

    @property
    def models(self) -> list[BaseModel]:
        return list(self.by_id.values())

    def _families_of(self, owner: str) -> Sequence[str]:
        """Return the families of a publisher."""
        return self._index.owners.get(owner.casefold(), "").split("\t")

    def _one_series(self, name: str, *members: str) -> Series:
        known = [self.families[member] for member in members]
        licenses = {family.license for family in known}
        shared = replace(
            known[0],
            name=name,
            license=licenses.pop() if len(licenses) == 1 else "",
            open_weights=any(family.open_weights for family in known),
            aliases=(),
        )
        return Series(shared, members)

    def identify(self, given: str) -> Identified:
        """Return what a name means."""
        written = written_name(given)
        if not written.tokens:
            return Identified(given)
        if series := self._series_of(written):
            return Identified(given, None, series.family, families=series.families)
        is_open = not written.owner and joined(written.tokens) in self._index.several
        if not is_open and (id := self._index.written.get(as_written(given)) or self._model_of(written)):
            model = self.by_id[id]
            return Identified(given, model, self.families[model.family], self._repackager(written, model.family))
        if family := self._family_of(written):
            return Identified(given, None, self.families[family], self._repackager(written, family))
        return Identified(given)

    def identify_or_ask(self, given: str) -> Identified:
        """Return what a name means; of one that is not known, the names that may be meant, which takes a tenth of a second."""
        found = self.identify(given)
        return found if found.is_known else replace(found, maybe=self._questions(written_name(given)))

    def family_within(self, name: str) -> str | None:
        """Return the family whose name, with a number, is the longest within a longer name."""
        tokens = written_name(name).tokens
        for length in range(min(len(tokens), 8), 1, -1):
            for start in range(len(tokens) - length + 1):
                part = tokens[start : start + length]
                if is_distinctive(part) and not _continues(tokens, start + length) and (found := self._within(part)):
                    return found
        return None

    def model_within(self, name: str) -> str | None:
        """
        Return the id of the model whose name up to its size is the longest within a longer name. One whose first word is short
        counts only at the beginning: `tian-yi-9b` is no Yi.
        """
        tokens = written_name(name).plain
        sizes = [place for place, word in enumerate(tokens) if is_size(word)]
        for end in sizes or [len(tokens) - 1]:
            for start in range(max(0, end - 7), end):
                part = tokens[start : end + 1]
                is_clear = start == 0 or len(part[0]) > 3
                if (
                    is_clear
                    and is_distinctive(part)
                    and (id := self._index.exact.get(joined(part)) or self._index.plain.get(joined(part)))
                ):
                    return id
        return None

    def _within(self, part: Tokens) -> str | None:
        if id := self._index.exact.get(joined(part)) or self._index.plain.get(joined(part)):
            return self.by_id[id].family
        return self._index.stems.get(joined(part))

    def _model_of(self, written: WrittenName) -> str | None:
        if id := self._index.hub.get(f"{written.owner}/{written.name}".casefold()):
            return id
        for name, left_out in written.spellings(self._index.owners):
            plain = joined(plain_tokens_of(name))
            spellings = (joined(tokens_of(name)), joined(plain_tokens_of(name, with_training=True)), plain)
            exact = next((id for each in spellings if (id := self._index.exact.get(each))), None)
            id = exact or self._index.plain.get(plain)
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
        is_theirs = family in self._families_of(owner)
        is_host = name in REPACKAGERS or (is_theirs and name in MAKERS_WHO_REPACKAGE)
        return not name or is_host or family in self._families_of(name)

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
        for name, left_out in written.spellings(self._index.owners):
            family = self._index.stems.get(joined(tokens_of(name))) or self._index.stems.get(
                joined(plain_tokens_of(name))
            )
            owner = written.owner.casefold()
            if (
                not family
                or not self._may_stand_before(left_out, family, written.owner)
                or not self._is_by_the_vendors(written, family)
            ):
                continue
            if not owner or family in self._families_of(owner) or written.is_by_a_repackager:
                return family
        return None

    def _series_of(self, written: WrittenName) -> Series | None:
        """Return the series that a name without a version means, of which its developer has several families."""
        found = self._index.series.get(joined(written.plain))
        is_a_model = as_written(written.name) in self._index.called or written.name.casefold() in self._index.tails
        if found is None or is_a_model:
            return None
        series = self._one_series(*found.split("\t"))
        owner = written.owner.casefold()
        is_theirs = not owner or not set(series.families).isdisjoint(self._families_of(owner))
        return series if is_theirs and self._is_by_the_vendors(written, series.families[0]) else None

    def _may_publish(self, written: WrittenName, model: BaseModel) -> bool:
        """
        Whether a publisher can mean this model: nobody named, its developer, a repackager, or a stranger who names the format of a
        copy or has the very name of a model with open weights.
        """
        owner = written.owner.casefold()
        if not owner or model.family in self._families_of(owner):
            return True
        if not model.open_weights:
            return False
        is_its_name = (
            written.name.casefold() in self._index.tails and len(written.tokens) > 1 and not _is_generic(written)
        )
        is_a_copy = written.has_format and is_distinctive(written.tokens)
        return written.is_by_a_repackager or is_its_name or is_a_copy

    def _repackager(self, written: WrittenName, family: str) -> str:
        owner = written.owner or next(
            (name for name in REPACKAGERS if written.name.casefold().startswith(f"{name}_")), ""
        )
        return "" if not owner or family in self._families_of(owner) else owner

    @cached_property
    def _unspaced(self) -> dict[str, str]:
        return {text.replace(" ", ""): id for text, id in self._index.plain.items()}

    def _questions(self, written: WrittenName) -> tuple[str, ...]:
        """Return the names of known models that a name resembles, the closest first."""
        close = get_close_matches("".join(written.plain), self._unspaced, MOST_QUESTIONS, _CLOSE)
        found = [self.by_id[self._unspaced[each]].name for each in close]
        if not found and (family := self.family_within(written.name)):
            found = [family]
        return tuple(dict.fromkeys(found))


def _is_generic(written: WrittenName) -> bool:
    """Whether a name only describes what many have done: the Chinese version of a model."""
    return written.tokens[0] in ("chinese", "中")


def _is_size_of(model: BaseModel, billions: float) -> bool:
    """Whether a stated size can be that of a model: within a sixth, as sizes are rounded and embeddings counted or not."""
    return model.billions is not None and abs(model.billions - billions) <= billions / 6


def _continues(tokens: Tokens, place: int) -> bool:
    """Whether a version goes on at a place: 2 of `2 5`, where the whole is another model."""
    return place < len(tokens) and tokens[place].isdigit() and len(tokens[place]) == 1


@cache
def names() -> Names:
    """Return the names of the table shipped with the product."""
    return Names(table().models, families(), NameIndex.compiled())


@lru_cache(maxsize=20_000)
def identified(given: str) -> Identified:
    """Return what a name means by the table shipped with the product."""
    return names().identify(given)
