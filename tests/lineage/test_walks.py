"""Walks over the lineage: ancestors, descendants, weights only, paths, cycles."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.lineage import walks
from registry.models import AIModel, Derivation, Source
from registry.register.pipeline import apply
from registry.register.statements import ModelDetails, Parent, Party, Statement

NOBODY = AnonymousUser()
# d → b → a, d → c → a by distillation, e → d; a has an American developer, x is not connected.
EDGES = {
    "a": [],
    "b": [("a", "finetune")],
    "c": [("a", "distillation")],
    "d": [("b", "merge"), ("c", "merge")],
    "e": [("d", "quantized")],
    "x": [],
}
COUNTRIES = {"a": "US", "x": "FR"}


@pytest.fixture
def models(db) -> dict[str, AIModel]:
    source = Source.objects.create(kind="catalog", key="test", label="test", is_public=True)
    details = [
        ModelDetails(
            key,
            key.upper(),
            developer=Party(f"maker of {key}", country=COUNTRIES.get(key, "CN")),
            parents=[Parent(parent, relation) for parent, relation in parents],
        )
        for key, parents in EDGES.items()
    ]
    apply(source, [Statement(Party(), models=details)])
    return {model.name.lower(): model for model in AIModel.objects.all()}


def names(models, keys) -> set[str]:
    by_key = {model.pk: name for name, model in models.items()}
    return {by_key[key] for key in keys}


@pytest.mark.parametrize(
    ("start", "direction", "through", "expected"),
    [
        ("d", "ancestors", "anything", {"b": 1, "c": 1, "a": 2}),
        ("d", "ancestors", "weights", {"b": 1, "c": 1, "a": 2}),
        ("c", "ancestors", "weights", {}),
        ("c", "ancestors", "anything", {"a": 1}),
        ("a", "descendants", "anything", {"b": 1, "c": 1, "d": 2, "e": 3}),
        ("a", "descendants", "weights", {"b": 1, "d": 2, "e": 3}),
        ("x", "descendants", "anything", {}),
    ],
)
def test_a_walk_finds_ancestors_and_descendants(models, start, direction, through, expected):
    walk = walks.walk(models[start].pk, direction, NOBODY, through=through)
    found = {name: walk.depths[model.pk] for name, model in models.items() if model.pk in walk.depths and name != start}
    assert found == expected
    reached = walks.reached([models[start].pk], direction, NOBODY, through=through)
    assert names(models, reached) == set(expected)


@pytest.mark.parametrize(("depth", "expected"), [(1, {"a", "b", "c"}), (2, {"a", "b", "c", "d"}), (3, set("abcde"))])
def test_a_walk_is_limited_by_its_depth(models, depth, expected):
    walk = walks.walk(models["a"].pk, "descendants", NOBODY, depth=depth)
    assert names(models, walk.depths) == expected


def test_the_roots_have_no_parents(models):
    assert names(models, walks.walk(models["e"].pk, "ancestors", NOBODY).roots) == {"a"}
    assert names(models, walks.walk(models["x"].pk, "ancestors", NOBODY).roots) == {"x"}


def test_all_paths_to_an_ancestor_are_found(models):
    ways = walks.paths(models["e"].pk, models["a"].pk, NOBODY)
    assert sorted("".join(next(iter(names(models, [key]))) for key in way) for way in ways) == ["edba", "edca"]
    assert len(walks.paths(models["e"].pk, models["a"].pk, NOBODY, through="weights")) == 1
    assert walks.paths(models["a"].pk, models["e"].pk, NOBODY) == []


def test_models_are_found_by_ancestor_and_by_the_country_of_their_root(models):
    below = AIModel.objects.filter(pk__in=walks.below([models["b"].pk], NOBODY))
    assert names(models, below.values_list("pk", flat=True)) == {"b", "d", "e"}
    american = AIModel.objects.filter(pk__in=walks.below_roots_of("US", NOBODY))
    assert names(models, american.values_list("pk", flat=True)) == set("abcde")
    assert not AIModel.objects.filter(pk__in=walks.below_roots_of("CN", NOBODY)).exists()


def test_a_walk_takes_one_query_at_any_depth(models):
    for start, direction in (("e", "ancestors"), ("a", "descendants")):
        with CaptureQueriesContext(connection) as captured:
            walks.walk(models[start].pk, direction, NOBODY)
        assert len(captured) == 1


def test_a_walk_ends_despite_a_cycle_in_the_rows(models):
    """Concurrent filings could create a cycle; the walk ends nevertheless."""
    Derivation.objects.create(
        statement=Derivation.objects.first().statement,
        source=Source.objects.get(),
        child=models["a"],
        parent=models["e"],
        named_parent=models["e"],
        relation="merge",
        walked_by_all=True,
    )
    walk = walks.walk(models["a"].pk, "ancestors", NOBODY)
    assert names(models, walk.depths) == set("abcde")
    assert names(models, walks.walk(models["a"].pk, "ancestors", NOBODY, depth=40).depths) == set("abcde")
    assert walks.paths(models["e"].pk, models["a"].pk, NOBODY)


def test_a_walk_reports_that_it_is_cut(models):
    walk = walks.walk(models["a"].pk, "descendants", NOBODY, most=2)
    assert (walk.is_cut, len(walk.edges)) == (True, 2)
