"""The list of filings: queues, filters, order, saved views, actions on many filings, exports; search; the first page."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from compliance.casework.assigning import assign_filing
from compliance.casework.commenting import comment_on
from compliance.models import DeskFigures, Filing, Notice, NoticeSettings, SavedView
from compliance.statistics.desk_figures import SILENT_AFTER, count_figures, figures_of, keep_figures
from registry.models import Membership, User
from tests.admin.test_desk import EVENTS, FILINGS, FLAGS, ORGANIZATIONS, desk_of, page_of
from tests.conftest import staff
from tests.making_filings import a_filing, a_submitted_filing, check_everything

MANY = reverse("admin:compliance_filing_many")


@pytest.fixture
def filings(filer: User) -> list[Filing]:
    """Return three submitted filings, the first one with an error; a draft is there as well."""
    made = [
        a_submitted_filing(
            filer,
            changes={
                "/reference": f"r{i}",
                "/service/name": f"服务{i}",
                "/algorithm/mechanism": None if i == 0 else "自回归",
            },
        )
        for i in range(3)
    ]
    a_filing(filer, changes={"/reference": "draft"})
    check_everything()
    return made


def listed(client: Client, **query: object) -> list[str]:
    page = client.get(FILINGS, query).context["page"]
    return [filing.reference for filing in page.object_list]


# --- queues, filters, order ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["r2", "r1", "r0"]),
        ({"queue": "unassigned"}, ["r0", "r1", "r2"]),
        ({"queue": "mine"}, []),
        ({"flagged": "error"}, ["r0"]),
        ({"flagged": "none"}, ["r2", "r1"]),
        ({"status": "submitted", "kind": "algorithm", "action": "initial", "province": "44"}, ["r2", "r1", "r0"]),
        ({"status": "filed"}, []),
        ({"q": "服务1"}, ["r1"]),
        ({"sort": "-errors"}, ["r0", "r2", "r1"]),
        ({"sort": "submitted"}, ["r0", "r1", "r2"]),
        ({"assignee": "somebody"}, []),
        ({"check": "due"}, []),
        ({"page": "99"}, ["r2", "r1", "r0"]),
        ({"page": "x"}, ["r2", "r1", "r0"]),
    ],
    ids=str,
)
def test_the_list_is_filtered_and_sorted(filings, reviewer, query, expected):
    assert listed(desk_of(reviewer), **query) == expected


@pytest.mark.parametrize(
    "query", [{"status": "nonsense"}, {"sort": "color"}, {"queue": "x"}, {"province": "99"}], ids=str
)
def test_an_unknown_value_is_named_and_nothing_is_listed(filings, reviewer, query):
    answer = desk_of(reviewer).get(FILINGS, query)
    assert (answer.status_code, list(answer.context["page"].object_list)) == (200, [])
    assert set(answer.context["list"].form.errors) == set(query)
    assert 'role="alert"' in answer.content.decode()


def test_the_queues_are_tabs_with_their_counts(filings, reviewer):
    assign_filing(filings[0], reviewer, by=reviewer)
    tabs = {tab["name"]: tab["count"] for tab in desk_of(reviewer).get(FILINGS).context["tabs"]}
    assert tabs == {
        "mine": 1,
        "unassigned": 2,
        "overdue": 0,
        "due_soon": 0,
        "answered": 0,
        "to_decide": 0,
        "returned": 0,
        "": "",
    }


def test_the_list_says_what_is_new_since_the_last_look(filings, reviewer):
    desk = desk_of(reviewer)
    desk.get(page_of(filings[1]))
    news = {filing.reference: filing.news for filing in desk.get(FILINGS).context["page"].object_list}
    assert news == {"r0": 2, "r1": 0, "r2": 2}


def test_a_deadline_is_shown_with_what_remains(filings, reviewer):
    Filing.objects.update(due_on=timezone.localdate() - timedelta(days=4), clock="correction")
    assert "4 days over" in desk_of(reviewer).get(FILINGS).content.decode()


# --- saved views -----------------------------------------------------------------------------------------------------


def test_a_view_is_saved_used_and_removed_by_its_owner_alone(filings, reviewer, registrar):
    desk, view = desk_of(reviewer), reverse("admin:compliance_filing_view")
    desk.post(view, {"name": "my errors", "query": "flagged=error"})
    saved = SavedView.objects.get()
    assert (saved.user, saved.name, saved.query) == (reviewer, "my errors", "flagged=error")
    assert 'href="?flagged=error"' in desk.get(FILINGS).content.decode()
    assert "my errors" not in desk_of(registrar).get(FILINGS).content.decode()
    desk_of(registrar).post(view, {"forget": saved.pk})
    assert SavedView.objects.exists()
    desk.post(view, {"forget": saved.pk})
    assert not SavedView.objects.exists()


def test_a_view_needs_a_name(filings, reviewer):
    answer = desk_of(reviewer).post(reverse("admin:compliance_filing_view"), {"name": " ", "query": ""}, follow=True)
    assert "Enter a name for this view." in answer.content.decode()


# --- actions on many ---------------------------------------------------------------------------------------------------


def act(client: Client, filings: list[Filing], **form: object) -> str:
    return unescape(client.post(MANY, {"filing": [row.pk for row in filings], **form}, follow=True).content.decode())


def test_many_filings_are_assigned_and_the_refused_ones_are_named(filings, reviewer):
    staff("colleague", "reviewer", ["44"])
    desk = desk_of(reviewer)
    assign_filing(filings[0], reviewer, by=reviewer)
    page = act(desk, filings, verb="take")
    assert "Done for 2 filings." in page
    assert f"{filings[0].case_number}: The filing is already assigned to reviewer." in page
    act(desk, filings[:1], verb="assign", to="colleague")
    act(desk, filings[1:2], verb="next")
    assignees = Filing.objects.order_by("pk").values_list("assignee__username", flat=True)
    # The colleague got the last one, so it would be the reviewer's turn, who has it already.
    assert list(assignees) == ["colleague", "reviewer", "reviewer", None]


def test_many_filings_are_checked_again(filings, reviewer):
    assert not Filing.objects.due().filter(pk=filings[0].pk).exists()
    act(desk_of(reviewer), filings[:2], verb="check")
    assert set(Filing.objects.due().values_list("pk", flat=True)) >= {filings[0].pk, filings[1].pk}


@pytest.mark.parametrize("form", [{"verb": "delete"}, {"verb": "assign", "to": "filer"}, {}])
def test_an_unknown_action_is_refused(filings, reviewer, form):
    answer = desk_of(reviewer).post(MANY, {"filing": [filings[0].pk], **form})
    assert answer.status_code == 403
    assert not Filing.objects.filter(assignee__isnull=False).exists()


def test_an_assignment_to_nobody_is_asked_for_its_person(filings, reviewer):
    assert "Choose the person to whom the filings are to be assigned." in act(desk_of(reviewer), filings, verb="assign")
    assert not Filing.objects.filter(assignee__isnull=False).exists()


def test_checking_again_is_refused_by_name_where_it_is_not_permitted(filings, reviewer, organization):
    Membership.objects.create(user=reviewer, organization=organization, role="viewer")
    page = act(desk_of(reviewer), filings[:1], verb="check")
    assert f"{filings[0].case_number}: You are a member of the applicant" in page


def test_filings_of_another_province_are_not_acted_on(filings, far_reviewer):
    assert "Choose at least one filing." in act(desk_of(far_reviewer), filings, verb="take")
    assert not Filing.objects.filter(assignee__isnull=False).exists()


def test_an_auditor_does_not_act_on_filings(filings, auditor):
    assert desk_of(auditor).post(MANY, {"filing": [filings[0].pk], "verb": "take"}).status_code == 403


# --- exports -----------------------------------------------------------------------------------------------------------


def exported_csv(client: Client, url: str, **query: object) -> list[list[str]]:
    answer = client.get(url, query)
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_the_filtered_list_is_exported(filings, reviewer):
    url = reverse("admin:compliance_filing_export", args=["csv"])
    headings, *rows = exported_csv(desk_of(reviewer), url, flagged="none", sort="submitted")
    assert (headings[0], headings[2], headings[12]) == ("case number", "service", "errors")
    assert [(row[0], row[2], row[12]) for row in rows] == [
        (filings[1].case_number, "服务1", "0"),
        (filings[2].case_number, "服务2", "0"),
    ]


def test_formulas_of_a_filer_are_harmless_in_an_export(filer, reviewer):
    a_submitted_filing(filer, changes={"/service/name": "=1+1"})
    desk = desk_of(reviewer)
    (_headings, row) = exported_csv(desk, reverse("admin:compliance_filing_export", args=["csv"]))
    assert row[2] == "'=1+1"
    answer = desk.get(reverse("admin:compliance_filing_export", args=["xlsx"]))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert (sheet["C2"].value, sheet["C2"].data_type, sheet.freeze_panes) == ("'=1+1", "s", "A2")


@pytest.mark.parametrize("list_url", [FLAGS, EVENTS, ORGANIZATIONS, reverse("admin:registry_aimodel_changelist")])
def test_every_list_is_exported_with_its_columns(filings, reviewer, list_url):
    desk = desk_of(reviewer)
    headings, *rows = exported_csv(desk, f"{list_url}export.csv")
    assert len(headings) >= 5
    assert len(rows) == desk.get(list_url).context["cl"].result_count
    assert not any("<" in cell for row in rows for cell in row)
    assert desk.get(f"{list_url}export.xlsx").status_code == 200
    assert desk.get(f"{list_url}export.exe").status_code == 404


# --- search ------------------------------------------------------------------------------------------------------------


def found(client: Client, query: str) -> dict[str, list[str]]:
    answer = client.get(reverse("desk-search"), {"q": query})
    return {group["title"]: [hit["title"] for hit in group["hits"]] for group in answer.context["groups"]}


def test_search_finds_cases_services_organizations_and_models(filings, filer, registrar, reviewer):
    a_submitted_filing(filer, "generative", {"/reference": "g", "/service/name": "云上助手"})
    hits = found(desk_of(registrar), "云")
    assert set(hits) >= {"Filings", "Services", "Organizations"}
    assert any("云上助手" in title for title in hits["Filings"])
    assert found(desk_of(registrar), "91440300708461136T")["Organizations"] == ["样例云图智能有限公司"]
    assert found(desk_of(registrar), "zzzz") == {}


def test_a_case_number_leads_to_its_case(filings, reviewer, far_reviewer):
    url, number = reverse("desk-search"), filings[0].case_number
    assert desk_of(reviewer).get(url, {"q": number.lower()}).headers["Location"] == page_of(filings[0])
    assert desk_of(far_reviewer).get(url, {"q": number}).status_code == 200
    assert "Filings" not in found(desk_of(far_reviewer), number)


# --- the first page ----------------------------------------------------------------------------------------------------


def test_the_first_page_shows_what_waits_for_each_role(filings, reviewer, registrar, auditor):
    cards = {
        user.username: [(card["title"], card["figure"]) for card in desk_of(user).get("/admin/").context["cards"]][:2]
        for user in (reviewer, registrar, auditor)
    }
    assert cards == {
        "reviewer": [("Mine", 0), ("Overdue", 0)],
        "registrar": [("Waiting for a decision", 0), ("Overdue", 0)],
        "auditor": [("Overdue", 0), ("Due soon", 0)],
    }


def test_the_figures_are_those_of_the_provinces_that_one_sees(filings, far_reviewer):
    count_figures()
    assert sum(figures_of(None).received.values()) == 3
    assert figures_of(["44"]).kinds == {"algorithm": 3}
    assert figures_of(["11"]).kinds == {}
    assert figures_of(["44"]).faults == [("ALG-03", "error", 1)]
    chart = desk_of(far_reviewer).get("/admin/").context["charts"][0]
    assert sum(sum(values) for _label, values in chart["rows"]) == 0


def test_figures_are_counted_again_only_after_a_change(filings):
    assert keep_figures(last_change=1)
    assert not keep_figures(last_change=1)
    assert keep_figures(last_change=2)


def test_ages_are_counted_by_days(filings):
    now = timezone.now()
    for filing, days in zip(filings, (0, 7, 90), strict=True):
        Filing.objects.filter(pk=filing.pk).update(submitted_at=now - timedelta(days=days))
    count_figures()
    assert figures_of(None).ages == [1, 1, 0, 0, 1]


def test_a_silent_worker_and_waiting_checks_are_reported(filings, reviewer):
    desk = desk_of(reviewer)
    assert desk.get("/admin/").context["health"] == []
    DeskFigures.objects.update(at=timezone.now() - SILENT_AFTER * 2)
    Filing.objects.filter(pk=filings[0].pk).update(due_since=timezone.now() - timedelta(minutes=9))
    texts = [item["text"] for item in desk.get("/admin/").context["health"]]
    assert texts == [
        "No worker has reported for 6 minutes. Checks, reports and mails wait until one runs again.",
        "Checks are waiting, the oldest for 9 minutes.",
    ]


# --- bell, settings, reviewers -------------------------------------------------------------------------------------------


def test_the_bell_counts_unread_notices_and_leads_to_the_case(filings, reviewer, registrar):
    comment_on(filings[0], "@registrar hello", by=reviewer)
    desk = desk_of(registrar)
    assert "1 unread notice" in desk.get("/admin/").content.decode()
    notice = Notice.objects.get()
    assert desk_of(reviewer).get(reverse("desk-notice", args=[notice.pk])).status_code == 404
    assert desk.get(reverse("desk-notice", args=[notice.pk])).headers["Location"] == page_of(filings[0])
    assert "0 unread notices" in desk.get("/admin/").content.decode()


def test_all_notices_are_marked_as_read(filings, reviewer, registrar):
    for filing in filings:
        comment_on(filing, "@registrar hello", by=reviewer)
    desk_of(registrar).post(reverse("desk-notices"))
    assert not Notice.objects.unread().exists()


def test_the_delivery_of_notices_is_chosen(reviewer):
    url = reverse("desk-notice-settings")
    desk = desk_of(reviewer)
    desk.post(url, {"language": "en", "how-received": "immediate", "how-assigned": "off"})
    row = NoticeSettings.objects.get()
    assert (row.language, row.choices) == ("en", {"received": "immediate", "assigned": "off"})
    desk.post(url, {"language": "fr", "how-received": "off"})
    desk.post(url, {"language": "zh", "how-received": "never"})
    row.refresh_from_db()
    assert (row.language, row.choices) == ("en", {"received": "immediate", "assigned": "off"})


def test_absences_are_entered_for_oneself_or_by_a_registrar(reviewer, registrar):
    url, day = reverse("desk-reviewers"), date(2026, 12, 1)
    form = {"first_day": "2026-12-01", "last_day": "2026-12-05", "note": ""}
    desk_of(reviewer).post(url, {**form, "user": reviewer.pk})
    desk_of(reviewer).post(url, {**form, "user": registrar.pk})
    assert list(reviewer.absences.values_list("first_day", flat=True)) == [day]
    assert not registrar.absences.exists()
    desk_of(registrar).post(url, {**form, "user": reviewer.pk})
    assert reviewer.absences.count() == 2
    remove = reverse("desk-absence-remove", args=[reviewer.absences.first().pk])
    assert desk_of(staff("other", "reviewer", ["44"])).post(remove).status_code == 403
    desk_of(reviewer).post(remove)
    assert reviewer.absences.count() == 1


def test_an_absence_ends_after_it_begins(reviewer):
    form = {"first_day": "2026-12-05", "last_day": "2026-12-01", "user": reviewer.pk}
    page = desk_of(reviewer).post(reverse("desk-reviewers"), form).content.decode()
    assert "The last day must not be before the first day." in page
    assert not reviewer.absences.exists()
