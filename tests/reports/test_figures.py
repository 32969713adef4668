"""The figures of each report over two months, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.reports.catalog import REPORTS, Breakdown, Figure, Report
from compliance.reports.figures import Group, summarize
from compliance.reports.scopes import ParameterRefused, Sight, checked_parameters
from tests.building import USCC, a_document
from tests.reports.conftest import NOVEMBER, OCTOBER, TwoMonths
from tests.reports.writing import a_report, figures, groups, rows

APPLICANT = {"applicant": USCC}


@pytest.mark.parametrize(
    ("name", "period", "expected"),
    [
        ("incomplete_filings", OCTOBER, {"open": 1, "errors": 1, "filings": 1, "raised": 1, "resolved": 0}),
        # `mended` and `gone` are resolved, `waived` is open again.
        ("incomplete_filings", NOVEMBER, {"open": 1, "errors": 1, "filings": 1, "raised": 1, "resolved": 2}),
        (
            "changes",
            OCTOBER,
            {"submitted": 2, "returned": 1, "numbers": 1, "ended": 0, "raised": 1, "resolved": 0, "waived": 0},
        ),
        (
            "changes",
            NOVEMBER,
            {"submitted": 3, "returned": 0, "numbers": 0, "ended": 2, "raised": 2, "resolved": 2, "waived": 1},
        ),
        (
            "reviewer_workload",
            OCTOBER,
            {"people": 2, "steps": 5, "accepted": 1, "returned": 1, "decided": 1, "held": 1},
        ),
        # Suspending is no step of a review, and `mended` came back on 3 November.
        (
            "reviewer_workload",
            NOVEMBER,
            {"people": 0, "steps": 0, "accepted": 0, "returned": 0, "decided": 0, "held": 1},
        ),
        (
            "register_bulletin",
            OCTOBER,
            {"numbers": 1, "generative": 1, "registration": 0, "algorithm": 0, "in_force": 1},
        ),
        (
            "statutory_deadlines",
            OCTOBER,
            {
                "due": 0,
                "met": 0,
                "met_in_time": None,
                "running": 1,
                "overdue": 0,
                "overdue_authority": 0,
                "overdue_applicant": 0,
            },
        ),
        (
            "statutory_deadlines",
            NOVEMBER,
            {
                "due": 1,
                "met": 1,
                "met_in_time": 100.0,
                "running": 0,
                "overdue": 0,
                "overdue_authority": 0,
                "overdue_applicant": 0,
            },
        ),
    ],
)
def test_the_figures_are_those_counted_by_hand(
    name: str, period: tuple[str, str], expected: dict[str, Any], two_months: TwoMonths
) -> None:
    assert figures(name, *period) == expected


def test_a_scorecard_counts_the_filings_of_one_organization(two_months: TwoMonths) -> None:
    assert figures("scorecard", *NOVEMBER, parameters=APPLICANT) == {
        "filings": 3,
        "in_force": 1,
        "under_way": 2,
        "errors": 1,
        "warnings": 0,
        "overdue": 0,
        "complete": 66.7,
    }


def test_models_in_use_are_counted_by_family_and_declaration(two_months: TwoMonths) -> None:
    found = rows("base_model_provenance", *OCTOBER, "model", "development", "is_own", "base_models", "countries")
    assert figures("base_model_provenance", *OCTOBER)["models"] == len(found) == 1
    assert groups("base_model_provenance", "by_development", *OCTOBER) == {found[0][1]: 1}
    assert groups("base_model_provenance", "by_country", *OCTOBER) == dict.fromkeys(found[0][4], 1)


def test_corpora_are_counted_by_source(two_months: TwoMonths) -> None:
    corpora = [corpus for model in a_document("generative")["models"] for corpus in model.get("corpora", [])]
    assert figures("training_data", *OCTOBER)["corpora"] == len(corpora)
    by_source: dict[str, int] = {}
    for corpus in corpora:
        by_source[corpus["source_type"]] = by_source.get(corpus["source_type"], 0) + 1
    assert groups("training_data", "by_source", *OCTOBER) == by_source
    assert figures("training_data", *OCTOBER)["items"] == sum(corpus.get("items") or 0 for corpus in corpora)


def test_reviewers_turnaround_is_counted_in_working_days(two_months: TwoMonths) -> None:
    # 1 to 7 October is the National Day holiday, and Saturday 10 October is worked: 8 to 10, 12 to 16, 19 and 20.
    steps = rows("reviewer_workload", *OCTOBER, "person", "what", "waited_days")
    assert ("reviewer", "return", 10) in steps
    assert ("registrar", "decide", 2) in steps


def test_a_returned_filing_is_to_be_corrected_within_the_period(two_months: TwoMonths) -> None:
    columns = ("state", "clock", "binds", "started_on", "met_on")
    assert rows("statutory_deadlines", *OCTOBER, *columns) == [
        ("running", "correction", "applicant", "2026-10-20", None)
    ]
    assert rows("statutory_deadlines", *NOVEMBER, *columns)[0] == (
        "met",
        "correction",
        "applicant",
        "2026-10-20",
        "2026-11-03",
    )


def test_a_reader_sees_the_rows_of_provinces_and_organizations(two_months: TwoMonths) -> None:
    sights = [
        Sight(provinces=frozenset({"44"})),
        Sight(provinces=frozenset({"11"})),
        Sight(organizations=frozenset({USCC})),
    ]
    assert [len(rows("changes", *NOVEMBER, "what", sight=sight)) for sight in sights] == [11, 0, 11]
    assert len(rows("changes", *NOVEMBER, "what")) == 11


@pytest.mark.parametrize(
    ("parameters", "count"),
    [({"kind": "generative"}, 1), ({"kind": "algorithm"}, 10), ({"province": "11"}, 0), (APPLICANT, 11)],
)
def test_parameters_narrow_the_rows(parameters: dict[str, str], count: int, two_months: TwoMonths) -> None:
    assert len(rows("changes", *NOVEMBER, "what", parameters=parameters)) == count


@pytest.mark.parametrize(
    ("given", "required", "name"),
    [
        ({"color": "red"}, (), "color"),
        ({"province": "99"}, (), "province"),
        ({"kind": "poetry"}, (), "kind"),
        ({"applicant": "91440300708461136X"}, (), "applicant"),
        ({}, ("applicant",), "applicant"),
    ],
)
def test_an_impossible_parameter_is_refused_with_its_name(
    given: dict[str, str], required: tuple[str, ...], name: str, organization: Any
) -> None:
    with pytest.raises(ParameterRefused) as refused:
        checked_parameters(given, required=required)
    assert refused.value.name == name
    assert refused.value.text.en != refused.value.text.zh


def test_the_period_before_is_counted_the_same_way(two_months: TwoMonths) -> None:
    november, october = a_report("changes", *NOVEMBER).summaries()
    assert october == a_report("changes", *OCTOBER).summaries()[0]
    assert november.figures["submitted"] == 3


def test_shares_distinct_values_sums_and_medians() -> None:
    report = Report(
        name="made",
        title=REPORTS["changes"].title,
        description=REPORTS["changes"].description,
        sentence=REPORTS["changes"].sentence,
        columns=(),
        rows=lambda scope: iter(()),
        figures=(
            Figure("all", REPORTS["changes"].title),
            Figure("places", REPORTS["changes"].title, of="place"),
            Figure("sum", REPORTS["changes"].title, sum_of="days"),
            Figure("share", REPORTS["changes"].title, lambda row: row["days"] == 3, share_of=lambda row: row["days"]),
        ),
        breakdowns=(
            Breakdown(
                "by_place", REPORTS["changes"].title, "place", part=lambda row: row["days"] == 3, median_of="days"
            ),
        ),
    )
    found = [
        {"place": "a", "days": 1},
        {"place": "a", "days": 3},
        {"place": "b", "days": 3},
        {"place": "", "days": None},
    ]
    summary = summarize(report, found)
    assert summary.figures == {"all": 4, "places": 3, "sum": 7, "share": 66.7}
    assert summary.breakdowns["by_place"] == [Group("a", 2, 1, 2.0), Group("b", 1, 1, 3)]
    assert summarize(report, []).figures == {"all": 0, "places": 0, "sum": 0, "share": None}
