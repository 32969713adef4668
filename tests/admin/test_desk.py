"""The desk: page permissions, the page of a filing, filters, and that rows cannot be edited by hand."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from compliance.filings import actions
from compliance.models import CalendarDay, Filing
from registry.models import Membership, Organization, User
from tests.making_filings import a_filing, a_submitted_filing, check_everything

FILINGS = reverse("admin:compliance_filing_changelist")
FLAGS = reverse("admin:compliance_flag_changelist")
EVENTS = reverse("admin:compliance_event_changelist")
ORGANIZATIONS = reverse("admin:registry_organization_changelist")
USERS = reverse("admin:registry_user_changelist")
MEMBERSHIPS = reverse("admin:registry_membership_changelist")
CALENDAR = reverse("admin:compliance_calendarday_changelist")
YEARS = reverse("admin:compliance_confirmedyear_changelist")
SPOILED = {"/algorithm/mechanism": None, "/service/launched_on": None}


def desk_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(filing: Filing) -> str:
    return reverse("admin:compliance_filing_change", args=[filing.pk])


def part_of(filing: Filing, name: str, *arguments: str) -> str:
    return reverse(f"admin:compliance_filing_{name}", args=[filing.pk, *arguments])


# fmt: off
TABLE = [
    #                              revw far  rgst audt admin
    ("index",                     (200, 200, 200, 200, 200)),
    (FILINGS,                     (200, 200, 200, 200, 403)),
    (FLAGS,                       (200, 200, 200, 200, 403)),
    (EVENTS,                      (200, 200, 200, 200, 403)),
    (ORGANIZATIONS,               (200, 200, 200, 200, 200)),
    # An object that the user may not see redirects to the index page, with a message.
    ("submitted",                 (200, 302, 200, 200, 403)),
    ("draft",                     (302, 302, 302, 302, 403)),
    ("compose return",            (200, 404, 200, 200, 403)),
    ("compose nonsense",          (404, 404, 404, 404, 403)),
    ("compare",                   (200, 404, 200, 200, 403)),
    ("compare draft",             (404, 404, 404, 404, 403)),
    ("as of",                     (200, 404, 200, 200, 403)),
    ("letter",                    (404, 404, 404, 404, 403)),
    ("document",                  (404, 404, 404, 404, 403)),
    # Forms are only taken by POST.
    ("act",                       (403, 403, 403, 403, 403)),
    ("assign",                    (403, 403, 403, 403, 403)),
    ("comment",                   (403, 403, 403, 403, 403)),
    ("waive",                     (403, 403, 403, 403, 403)),
    (f"{FILINGS}many/",           (403, 403, 403, 403, 403)),
    (f"{FILINGS}view/",           (403, 403, 403, 403, 403)),
    (f"{FILINGS}export.csv",      (200, 200, 200, 200, 403)),
    (f"{FILINGS}export.xlsx",     (200, 200, 200, 200, 403)),
    (f"{FILINGS}export.pdf",      (404, 404, 404, 404, 403)),
    (f"{FLAGS}export.csv",        (200, 200, 200, 200, 403)),
    (f"{ORGANIZATIONS}export.csv", (200, 200, 200, 200, 200)),
    ("/admin/search/?q=F2026",    (200, 200, 200, 200, 200)),
    ("/admin/notices/",           (200, 200, 200, 200, 200)),
    ("/admin/notices/settings/",  (200, 200, 200, 200, 200)),
    ("/admin/notices/1/",         (404, 404, 404, 404, 404)),
    ("/admin/reviewers/",         (200, 200, 200, 200, 200)),
    (USERS,                       (403, 403, 403, 403, 200)),
    (MEMBERSHIPS,                 (403, 403, 403, 403, 200)),
    (CALENDAR,                    (403, 403, 403, 403, 200)),
    (YEARS,                       (403, 403, 403, 403, 200)),
    (f"{ORGANIZATIONS}add/",      (403, 403, 403, 403, 200)),
    (f"{FILINGS}add/",            (403, 403, 403, 403, 403)),
    (f"{FLAGS}add/",              (403, 403, 403, 403, 403)),
    (f"{EVENTS}add/",             (403, 403, 403, 403, 403)),
]
# fmt: on
STAFF = ("reviewer", "far_reviewer", "registrar", "auditor", "administrator")


@pytest.mark.parametrize(("page", "answers"), TABLE, ids=lambda value: str(value)[:40])
def test_each_role_sees_its_pages(page, answers, filer, request):
    submitted = a_submitted_filing(filer, changes={"/reference": "a"})
    draft = a_filing(filer, changes={"/reference": "b"})
    named = {
        "index": reverse("admin:index"),
        "submitted": page_of(submitted),
        "draft": page_of(draft),
        "compose return": part_of(submitted, "compose", "return"),
        "compose nonsense": part_of(submitted, "compose", "nonsense"),
        "compare": part_of(submitted, "compare"),
        "compare draft": part_of(draft, "compare"),
        "as of": part_of(submitted, "as_of"),
        "letter": part_of(submitted, "letter", "F2026-000001-C1"),
        "document": part_of(submitted, "document", "0" * 64),
        "act": part_of(submitted, "act", "accept"),
        "assign": part_of(submitted, "assign"),
        "comment": part_of(submitted, "comment"),
        "waive": part_of(submitted, "waive", "waive"),
    }
    clients = [desk_of(request.getfixturevalue(person)) for person in STAFF]
    got = tuple(client.get(named.get(page, page)).status_code for client in clients)
    assert got == answers


@pytest.mark.parametrize("person", ["filer", "viewer", "stranger"])
def test_filers_cannot_enter_the_desk(person, filer, request):
    desk, filing = desk_of(request.getfixturevalue(person)), a_submitted_filing(filer)
    paths = ["many/", "view/", "export.csv"]
    pages = [FILINGS, page_of(filing), "/admin/search/", "/admin/notices/", "/admin/reviewers/"]
    parts = [part_of(filing, name) for name in ("assign", "comment", "compare")]
    for page in [*pages, *parts, *(FILINGS + path for path in paths)]:
        for answer in (desk.get(page), desk.post(page)):
            assert (answer.status_code, reverse("admin:login") in answer.headers["Location"]) == (302, True), page


# fmt: off
POSTED = [
    #                               revw far  rgst audt admin: 302 leads back to the page, with the reason if it is refused.
    (("act", "accept"),            (302, 404, 302, 302, 403), "accepted"),
    (("compose", "return"),        (302, 404, 200, 200, 403), "returned"),
    (("assign",),                  (302, 404, 302, 302, 403), "submitted"),
    (("comment",),                 (302, 404, 302, 302, 403), "submitted"),
    (("waive", "waive"),           (404, 404, 404, 404, 403), "submitted"),
]
# fmt: on


@pytest.mark.parametrize(("part", "answers", "status"), POSTED, ids=lambda value: str(value)[:30])
def test_each_role_acts_only_as_it_may(part, answers, status, filer, request):
    filing = a_submitted_filing(filer)
    page, form = (
        part_of(filing, *part),
        {"to": "me", "text": "hello", "own": ["Sign it."], "closing": "", "opening": "x"},
    )
    got = []
    for person in STAFF:
        filing.refresh_from_db()
        sent = {**form, "expected_version": filing.last_event_hash}
        got.append(desk_of(request.getfixturevalue(person)).post(page, sent).status_code)
    filing.refresh_from_db()
    assert (tuple(got), filing.status) == (answers, status)


@pytest.fixture
def filing(filer: User) -> Filing:
    filing = a_submitted_filing(filer, changes=SPOILED)
    check_everything(today=date(2026, 11, 23))
    return filing


def test_the_page_of_a_filing_shows_flags_dossier_and_history(filing, reviewer):
    text = desk_of(reviewer).get(page_of(filing)).content.decode()
    for expected in (
        filing.case_number,
        "Content to be publicized incomplete",
        "Not given: operating mechanism.",
        "Algorithm Recommendation Provisions, Art. 16",
        "Add the missing part in language that users understand.",
        "Name of the applicant",
        "自回归语言模型。",
        "generation and synthesis",
        filing.revisions.get().sha256,
        "revision 1",
    ):
        assert expected in text


def test_the_page_of_a_filing_is_translated_to_chinese(filing, reviewer):
    text = desk_of(reviewer).get(page_of(filing), headers={"Accept-Language": "zh-hans"}).content.decode()
    for expected in (
        "拟公示内容不完整",
        "未填写算法运行机制。",
        "如何补正",
        "《互联网信息服务算法推荐管理规定》第16条",
        "主体名称",
        "第 1 版",
    ):
        assert expected in text


def test_a_filing_cannot_be_edited_by_hand(filing, registrar):
    client = desk_of(registrar)
    before = Filing.objects.values().get()
    answers = [
        client.post(page_of(filing), {"status": "withdrawn", "case_number": "x"}),
        client.post(reverse("admin:compliance_filing_delete", args=[filing.pk]), {"post": "yes"}),
        client.post(FILINGS, {"action": "delete_selected", "_selected_action": [filing.pk]}),
    ]
    assert [answer.status_code for answer in answers][:2] == [403, 403]
    assert Filing.objects.values().get() == before


@pytest.mark.parametrize(("query", "found"), [("样例", 1), ("F20", 1), ("91440300", 1), ("云图", 1), ("nothing", 0)])
def test_filings_are_found_by_search(filing, registrar, query, found):
    answer = desk_of(registrar).get(FILINGS, {"q": query})
    assert answer.context["page"].paginator.count == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"flagged": "error"}, 1),
        ({"flagged": "warning"}, 0),
        ({"flagged": "none"}, 0),
        ({"province": "44"}, 1),
        ({"province": "11"}, 0),
        ({"status": "submitted"}, 1),
        ({"kind": "generative"}, 0),
    ],
)
def test_filings_are_filtered(filing, registrar, query, found):
    assert desk_of(registrar).get(FILINGS, query).context["page"].paginator.count == found


def test_the_list_of_flags_shows_unresolved_flags_by_default(filing, filer, registrar):
    client = desk_of(registrar)
    assert client.get(FLAGS).context["cl"].result_count == 1
    actions.withdraw_filing(filing, by=filer)
    check_everything()
    counts = {state: client.get(FLAGS, {"state": state}).context["cl"].result_count for state in ("resolved", "all")}
    assert (client.get(FLAGS).context["cl"].result_count, counts) == (0, {"resolved": 1, "all": 1})


@pytest.mark.parametrize("page", [FILINGS, FLAGS, EVENTS, ORGANIZATIONS, reverse("admin:index")])
def test_a_page_takes_no_more_queries_for_many_filings_than_for_one(
    page, filer, registrar, django_assert_max_num_queries
):
    client = desk_of(registrar)
    a_submitted_filing(filer, changes={**SPOILED, "/reference": "first"})
    check_everything()
    with django_assert_max_num_queries(40) as once:
        client.get(page)
    for i in range(6):
        a_submitted_filing(filer, changes={**SPOILED, "/reference": f"{i}", "/service/name": f"s{i}"})
    check_everything()
    with django_assert_max_num_queries(len(once)):
        client.get(page)


def test_the_page_of_a_filing_takes_a_fixed_number_of_queries(filing, registrar, django_assert_max_num_queries):
    client = desk_of(registrar)
    with django_assert_max_num_queries(29):
        client.get(page_of(filing))


def test_only_the_desk_may_evaluate_scripts(registrar, client):
    desk = desk_of(registrar).get(FILINGS).headers["Content-Security-Policy"]
    page = client.get("/").headers["Content-Security-Policy"]
    assert ("'unsafe-eval'" in desk, "'unsafe-eval'" in page) == (True, False)
    for policy in (desk, page):
        assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_an_administrator_adds_an_organization_with_its_filer(administrator, filer):
    form = {
        "uscc": "91110000600037341L",
        "name": "示例",
        "name_en": "",
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-user": filer.pk,
        "memberships-0-role": "filer",
    }
    answer = desk_of(administrator).post(f"{ORGANIZATIONS}add/", form)
    assert (answer.status_code, Organization.objects.filter(uscc="91110000600037341L").exists()) == (302, True)
    assert Membership.objects.filter(user=filer, organization__uscc="91110000600037341L").exists()


@pytest.mark.parametrize("uscc", ["91110000600037341X", "123", "911100006000373411"])
def test_an_organization_with_an_invalid_uscc_is_refused(administrator, uscc):
    form = {"uscc": uscc, "name": "x", "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    answer = desk_of(administrator).post(f"{ORGANIZATIONS}add/", form)
    assert (answer.status_code, Organization.objects.exists()) == (200, False)


def test_adding_a_calendar_day_marks_every_running_filing_due(
    filing, administrator, django_capture_on_commit_callbacks
):
    assert not Filing.objects.due().exists()
    form = {"day": "2027-01-01", "is_worked": "", "source": "a notice"}
    with django_capture_on_commit_callbacks(execute=True):
        desk_of(administrator).post(f"{CALENDAR}add/", form)
    assert (CalendarDay.objects.count(), Filing.objects.due().count()) == (1, 1)


def test_the_menu_of_the_desk_links_to_its_pages(reviewer):
    desk = Client()
    desk.force_login(reviewer)
    page = desk.get(reverse("admin:index")).content.decode()
    for name in ("compliance_filing", "compliance_flag", "registry_officialnumber"):
        assert reverse(f"admin:{name}_changelist") in page
    assert reverse("rules") == "/rules/"
    assert 'href="/rules/"' in page
    assert "Filings of AI models and services" in page
