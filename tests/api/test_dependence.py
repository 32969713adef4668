"""Lineage as GraphML, common ancestors and roots, dependence statistics, and what breaks if a family is barred."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import networkx as nx
import pytest
import time_machine
from django.utils import timezone

from compliance.filings import actions
from compliance.models import Filing
from registry.models import AIModel
from tests.building import a_document
from tests.conftest import client_of
from tests.making_filings import a_submitted_filing

LLAMA = {
    "key": "llama",
    "name": "Llama 2 13B",
    "developer": {"name": "Meta", "country": "US"},
    "license": "LicenseRef-Llama-2",
}
QWEN = {
    "key": "qwen",
    "name": "Qwen2.5-7B",
    "developer": {"name": "Alibaba Cloud", "country": "CN"},
    "license": "Apache-2.0",
}
LINEAGE = "/api/v1/models/{}/lineage/"


def on(parent: dict[str, Any], name: str, relation: str = "finetune", users: int | None = 1000) -> dict[str, Any]:
    """Return the changes for a service on an own model that derives from `parent`."""
    return {
        "/reference": name,
        "/service/name": name,
        "/service/monthly_active_users": users,
        "/models/0/name": name,
        "/models/0/development": "derived" if relation != "architecture_only" else "from_scratch",
        "/models/0/derived_from": [{"key": parent["key"], "relation": relation}],
        "/models/-": parent,
    }


@pytest.fixture
def four(filer):
    """Two services based on Llama, one on Qwen, one on the architecture of Llama alone, and one on no other model."""
    a_submitted_filing(filer, "generative", on(LLAMA, "one"))
    a_submitted_filing(filer, "generative", on(LLAMA, "two", users=None))
    a_submitted_filing(filer, "generative", on(QWEN, "three"))
    a_submitted_filing(filer, "generative", on(LLAMA, "four", "architecture_only"))
    a_submitted_filing(filer, "generative", {"/reference": "five", "/models/0/name": "five"})


def model(name: str) -> AIModel:
    return AIModel.objects.get(name=name)


def rows(answer: Any) -> dict[str, tuple[int, float]]:
    return {row["value"]: (row["models"], row["share"]) for row in answer["rows"]}


def ask(client, **query: str) -> Any:
    return client.get("/api/v1/statistics/dependence/", query).json()


def test_it_counts_the_models_based_on_each_country_family_and_license(four, auditor):
    client = client_of(auditor)
    data = ask(client)
    assert (data["filings"], data["models"], rows(data)) == (5, 5, {"CN": (3, 0.6), "US": (2, 0.4)})
    assert {name: each["models"] for name, each in data["origins"].items()} == {
        "domestic": 3,
        "foreign": 2,
        "unknown": 0,
    }
    assert rows(ask(client, through="architecture")) == {"US": (3, 0.6), "CN": (2, 0.4)}
    assert rows(ask(client, by="family")) == {"Llama-2": (2, 0.4), "Qwen-2/2.5": (1, 0.2)}
    assert rows(ask(client, by="license", through="architecture"))["LicenseRef-Llama-2"] == (3, 0.6)


def test_it_counts_any_set_of_filings(four, auditor):
    client = client_of(auditor)
    uids = [str(Filing.objects.get(reference=name).uid) for name in ("one", "three")]
    data = client.get("/api/v1/statistics/dependence/", {"filing": uids}).json()
    assert rows(data) == {"CN": (1, 0.5), "US": (1, 0.5)}
    assert ask(client, kind="registration")["models"] == 0
    assert ask(client, applicant="91440300708461136T", status="submitted")["models"] == 5


def test_a_model_that_hides_its_base_is_not_counted_as_domestic(filer, auditor):
    hidden = {"/reference": "one", "/models/0/development": "derived", "/models/0/derived_from": []}
    a_submitted_filing(filer, "generative", hidden)
    data = ask(client_of(auditor))
    assert (rows(data), data["origins"]["unknown"]["models"]) == ({}, 1)


def test_the_status_filter_uses_the_status_on_the_given_day(four, auditor, reviewer):
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        actions.return_filing(Filing.objects.get(reference="one"), by=reviewer, reason="Add details.")
        day = str(timezone.localdate() - timedelta(days=3))
        assert ask(client_of(auditor), status="submitted", on=day)["filings"] == 5
        assert ask(client_of(auditor), status="submitted")["filings"] == 4


def test_each_group_is_counted_separately(four, auditor):
    data = ask(client_of(auditor), group="province")
    assert [(group["value"], group["models"], rows(group)) for group in data["groups"]] == [
        ("44", 5, {"CN": (3, 0.6), "US": (2, 0.4)})
    ]
    year = str(timezone.localdate().year)
    assert [group["value"] for group in ask(client_of(auditor), group="year")["groups"]] == [year]


def test_filings_count_from_their_submission_until_they_end(four, auditor, filer):
    yesterday = timezone.localdate() - timedelta(days=1)
    assert ask(client_of(auditor), on=str(yesterday))["models"] == 0
    actions.withdraw_filing(Filing.objects.get(reference="one"), by=filer, reason="given up")
    assert ask(client_of(auditor))["filings"] == 4


def test_statistics_include_only_filings_that_the_user_may_see(four, stranger, filer, far_reviewer):
    assert [ask(client_of(user))["filings"] for user in (filer, stranger, far_reviewer)] == [5, 0, 0]
    assert ask(client_of(filer), province="11")["filings"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"by": "x"},
        {"through": "x"},
        {"on": "2026-13-01"},
        {"group": "x"},
        {"misspelt": "1"},
        {"province": "x"},
        {"filing": "x"},
    ],
)
def test_invalid_queries_are_refused(four, auditor, query):
    assert client_of(auditor).get("/api/v1/statistics/dependence/", query).status_code == 400


def what_breaks(client, **query: str) -> Any:
    return client.get("/api/v1/statistics/what-breaks/", query).json()


def test_what_breaks_if_a_family_is_barred(four, auditor):
    data = what_breaks(client_of(auditor), family="Llama-2")
    assert (data["models"], data["filings"], data["applicants"]) == (2, 2, 1)
    assert (data["monthly_active_users"], data["users_not_said"]) == (1000, 1)
    assert [(row["service"], row["models"]) for row in data["rows"]] == [("one", ["one"]), ("two", ["two"])]
    assert data["by_province"] == [{"province": "44", "filings": 2}]
    assert what_breaks(client_of(auditor), family="Llama-2", through="architecture")["filings"] == 3
    assert what_breaks(client_of(auditor), country="US")["filings"] == 2
    assert what_breaks(client_of(auditor), model=str(model("Llama 2 13B").uid))["filings"] == 2
    assert what_breaks(client_of(auditor), model=str(model("one").uid))["filings"] == 1


@pytest.mark.parametrize(
    "query", [{}, {"family": "x"}, {"country": "usa"}, {"family": "Yi", "country": "US"}, {"model": "x"}]
)
def test_exactly_one_valid_thing_must_be_barred(four, auditor, query):
    assert client_of(auditor).get("/api/v1/statistics/what-breaks/", query).status_code == 400


def test_roots_and_common_ancestors(four, auditor):
    client = client_of(auditor)
    one, two, four_, llama = (model(name) for name in ("one", "two", "four", "Llama 2 13B"))
    data = client.get("/api/v1/models/ancestry/", {"model": [str(one.uid), str(two.uid)]}).json()
    assert [each["roots"]["weights"] for each in data["models"]] == [[str(llama.uid)], [str(llama.uid)]]
    assert [each["families"]["weights"] for each in data["models"]] == [["Llama-2"], ["Llama-2"]]
    assert data["nearest_common_ancestors"]["weights"] == [str(llama.uid)]
    data = client.get("/api/v1/models/ancestry/", {"model": f"{one.uid},{four_.uid}"}).json()
    assert data["nearest_common_ancestors"] == {"weights": [], "architecture": [str(llama.uid)]}
    assert data["models"][1]["roots"] == {"weights": [str(four_.uid)], "architecture": [str(llama.uid)]}


def test_the_nearest_common_ancestor_is_not_an_ancestor_of_another_one(filer, auditor):
    middle = {
        "key": "middle",
        "name": "Middle",
        "developer": {"name": "样例云图智能有限公司", "country": "CN", "uscc": "91440300708461136T"},
        "development": "derived",
        "derived_from": [{"key": "llama", "relation": "finetune"}],
        "license": "MIT",
    }
    for name in ("a", "b"):
        models = [*a_document("generative", on(middle, name))["models"], LLAMA]
        a_submitted_filing(filer, "generative", {"/reference": name, "/models": models})
    data = client_of(auditor).get("/api/v1/models/ancestry/", {"model": [str(model(n).uid) for n in ("a", "b")]}).json()
    assert data["nearest_common_ancestors"]["weights"] == [str(model("Middle").uid)]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"model": "x"}, 400),
        ({"model": "01a207c9-eecd-7c77-9eb0-e7d353627d5f"}, 404),
        ({"models": "x"}, 400),
        ({"model": ["01a207c9-eecd-7c77-9eb0-e7d353627d5f"] * 51}, 400),
    ],
)
def test_unknown_models_are_refused(auditor, query, status):
    assert client_of(auditor).get("/api/v1/models/ancestry/", query).status_code == status


def test_the_graphml_lineage_equals_the_json_lineage(four, auditor):
    client, url = client_of(auditor), LINEAGE.format(model("one").uid)
    answer = client.get(url, {"format": "graphml"})
    graph = nx.read_graphml(io.BytesIO(answer.content))
    data = client.get(url).json()
    assert answer["Content-Type"].startswith("application/graphml+xml")
    assert sorted(graph.nodes) == sorted(node["id"] for node in data["nodes"])
    assert [(child, parent) for child, parent, *_ in graph.edges] == [(e["child"], e["parent"]) for e in data["edges"]]
    assert {values["country"] for _, values in graph.nodes(data=True)} == {"CN", "US"}
    accepted = client.get(url, headers={"Accept": "application/graphml+xml"})
    assert accepted.content == answer.content


def test_problems_are_json_even_if_graphml_was_requested(auditor):
    url = LINEAGE.format("01a207c9-eecd-7c77-9eb0-e7d353627d5f")
    answer = client_of(auditor).get(url, {"format": "graphml"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
