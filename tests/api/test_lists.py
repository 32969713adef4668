"""Lists: sorting, filters by time, fields, pages, and streams of the whole list."""

from __future__ import annotations

import csv
import io
import json

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import Filing
from registry.api import lists
from tests.conftest import client_of
from tests.making_filings import a_filing, a_submitted_filing

NAMES = ("one", "two", "three", "four", "five")


@pytest.fixture
def api(filer):
    for number, name in enumerate(NAMES):
        with time_machine.travel(f"2026-05-0{number + 1}T10:00:00+08:00"):
            make = a_submitted_filing if number % 2 else a_filing
            make(filer, changes={"/reference": name, "/service/name": f"=服务{number}"})
    return client_of(filer)


def references(answer) -> list[str]:
    return [row["reference"] for row in answer.json()["results"]]


def all_pages(api, query: str) -> list[list[str]]:
    pages, url = [], f"/api/v1/filings/?{query}"
    while url:
        answer = api.get(url)
        pages.append(references(answer))
        url = answer.json()["next"]
    return pages


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-opened_at", ["five", "four", "three", "two", "one"]),
        ("opened_at", ["one", "two", "three", "four", "five"]),
        ("case_number", ["one", "two", "three", "four", "five"]),
        # Filings that were not submitted come last, whichever way.
        ("submitted_at", ["two", "four", "one", "three", "five"]),
        ("-submitted_at", ["four", "two", "five", "three", "one"]),
    ],
)
def test_pages_follow_the_order_without_gaps(api, sort, expected):
    pages = all_pages(api, f"page_size=2&sort={sort}")
    assert pages == [expected[:2], expected[2:4], expected[4:]]


@pytest.mark.parametrize("sort", ["-opened_at", "submitted_at", "-submitted_at", "-changed_at"])
def test_the_way_back_shows_the_same_pages(api, sort):
    first = api.get(f"/api/v1/filings/?page_size=2&sort={sort}").json()
    second = api.get(first["next"]).json()
    third = api.get(second["next"]).json()
    assert api.get(third["previous"]).json()["results"] == second["results"]
    assert api.get(second["previous"]).json()["results"] == first["results"]
    assert api.get(second["previous"]).json()["previous"] is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("submitted_after=2026-05-03T00:00:00%2B08:00", ["four"]),
        ("submitted_before=2026-05-03T00:00:00%2B08:00", ["two"]),
        ("opened_after=2026-05-04T01:59:59Z", ["five", "four"]),
        ("changed_after=2026-05-02T10:00:00+08:00&changed_before=2026-05-03T10:00:00.9+08:00", ["three", "two"]),
    ],
)
def test_a_list_is_filtered_by_times(api, query, expected):
    assert references(api.get(f"/api/v1/filings/?{query}")) == expected


@pytest.mark.parametrize("text", ["2026-05-01", "2026-05-01T10:00:00", "soon", "0001-01-01T00:00:00+14:00", ""])
def test_a_time_without_its_zone_is_refused(api, text):
    assert api.get("/api/v1/filings/", {"changed_after": text}).json()["code"] == "bad_changed_after"


def test_only_the_named_fields_are_returned(api):
    rows = api.get("/api/v1/filings/?fields=id,status&page_size=1").json()["results"]
    assert [sorted(row) for row in rows] == [["id", "status"]]
    assert api.get("/api/v1/filings/?fields=id,secret").json()["code"] == "bad_fields"


def test_the_whole_list_is_streamed_as_csv(api, monkeypatch):
    monkeypatch.setattr(lists, "CHUNK", 2)
    answer = api.get("/api/v1/filings/?sort=submitted_at", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert [row["reference"] for row in rows] == ["two", "four", "one", "three", "five"]
    # What a filer writes never becomes a formula.
    assert (rows[0]["service.name"], rows[0]["id"]) == ("'=服务1", str(Filing.objects.get(reference="two").uid))
    assert {"applicant.uscc", "flags.error", "check.due"} <= set(rows[0])


def test_the_whole_list_is_streamed_as_json_lines(api):
    listed = api.get("/api/v1/filings/").json()["results"]
    answer = api.get("/api/v1/filings/", headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()] == listed
    part = api.get("/api/v1/filings/?format=ndjson&fields=reference&status=submitted")
    assert b"".join(part.streaming_content).decode().split("\n") == [
        '{"reference": "four"}',
        '{"reference": "two"}',
        "",
    ]


@pytest.mark.parametrize(
    "kind", ["models", "organizations", "services", "register", "training-data-declarations", "events", "tokens"]
)
def test_every_list_has_the_same_grammar(api, kind):
    assert set(api.get(f"/api/v1/{kind}/?page_size=1").json()) == {"next", "previous", "results"}
    rows = api.get(f"/api/v1/{kind}/?page_size=200&sort=id").json()["results"]
    streamed = b"".join(api.get(f"/api/v1/{kind}/?format=ndjson&sort=id").streaming_content).splitlines()
    assert [json.loads(line) for line in streamed][:200] == rows
    table = b"".join(api.get(f"/api/v1/{kind}/?format=csv").streaming_content).decode()
    assert len(list(csv.reader(io.StringIO(table)))) == len(streamed) + 1


def test_a_problem_is_json_also_where_a_stream_was_asked_for(api):
    answer = api.get("/api/v1/filings/?status=x", headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert json.loads(answer.content)["code"] == "bad_status"


def test_a_page_takes_the_same_queries_in_every_order(api):
    counts = []
    for sort in ("-opened_at", "changed_at", "-submitted_at"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            api.get(f"/api/v1/filings/?sort={sort}")
        counts.append(len(queries))
    assert counts[1:] == [2, 2]
