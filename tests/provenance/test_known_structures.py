"""Known models are found by what they hold, exactly as if each were compared."""

from __future__ import annotations

import pytest

from compliance.provenance.deriving import reference_of
from compliance.provenance.known_structures import References, references
from compliance.provenance.naming import _Names
from compliance.provenance.references import schemes
from registry.reference.base_models import base_model

EVERYTHING = list(references())


def test_what_is_compiled_is_what_the_table_says():
    assert [reference_of(base_model(each.id)) for each in EVERYTHING] == EVERYTHING
    assert len(EVERYTHING) == len(references()) > 500


def test_those_with_the_same_layers_are_found():
    for layers in {each.block or each.layer for each in EVERYTHING} - {None}:
        assert list(references().with_layers(layers)) == [e for e in EVERYTHING if layers in (e.block, e.layer)]


def test_those_of_a_width_or_with_a_tokenizer_are_found():
    for width in {each.configuration[0] for each in EVERYTHING}:
        assert list(references().with_width(width)) == [e for e in EVERYTHING if e.configuration[0] == width]
    assert list(references().with_tokenizer()) == [e for e in EVERYTHING if e.tokenizer]


def test_an_id_is_found_whole_alone():
    assert references().has("qwen-3-8b")
    assert not any(references().has(part) for part in ("qwen-3", "wen-3-8b", "qwen-3-8b-none", ""))


def test_families_are_left_out_and_added_models_are_found_beside_the_others():
    (own,) = (each for each in EVERYTHING if each.id == "qwen-3-8b")
    known = References([own], without={own.family})
    assert [e.id for e in known.with_layers(own.block) if e.family == own.family] == ["qwen-3-8b"]
    assert len(known) == len(list(known)) == len([e for e in EVERYTHING if e.family != own.family]) + 1


def are_the_same(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


@pytest.mark.parametrize("scheme", schemes().values(), ids=list(schemes()))
def test_names_are_compared_apart_from_a_prefix(scheme):
    known = [*scheme.inside, *scheme.outside]
    every = [name for other in schemes().values() for name in (*other.inside, *other.outside)]
    tried = {changed for name in every for changed in (name, f"model.{name}", f"a{name}", name.partition(".")[2])}
    names = _Names(known)
    assert [n for n in tried if (n in names) != any(are_the_same(n, k) for k in known)] == []
