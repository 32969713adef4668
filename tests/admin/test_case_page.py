"""The case page: the next step, flags beside their fields, comparisons, documents, the timeline, letters."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from compliance.casework.assigning import assign_filing
from compliance.casework.commenting import comment_on
from compliance.dossier.patching import ABSENT, changed
from compliance.dossier.stored import Canonical
from compliance.filings import actions
from compliance.letters import sending
from compliance.models import Comment, Document, Filing, Flag, Letter, WorkingCopy
from registry.models import Membership, User
from tests.admin.test_desk import desk_of, page_of
from tests.conftest import staff
from tests.making_filings import a_submitted_filing, check_everything, document_of

SPOILED = {"/algorithm/mechanism": None, "/algorithm/purpose": None}


@pytest.fixture
def filing(filer: User) -> Filing:
    filing = a_submitted_filing(filer, changes=SPOILED)
    check_everything()
    return filing


def context_of(client: Client, filing: Filing, query: str = ""):
    return client.get(page_of(filing) + query).context


def steps(client: Client, filing: Filing) -> list[tuple[str, bool, str]]:
    return [(step.verb, step.is_main, step.reason_closed) for step in context_of(client, filing)["steps"]]


def address(name: str, filing: Filing, *arguments: object) -> str:
    return reverse(f"admin:compliance_filing_{name}", args=[filing.pk, *arguments])


def post(client: Client, name: str, filing: Filing, *arguments: object, **form: object) -> str:
    answer = client.post(address(name, filing, *arguments), form, follow=True)
    return unescape(answer.content.decode())


def version(filing: Filing) -> str:
    filing.refresh_from_db()
    return filing.last_event_hash


# --- the next step -------------------------------------------------------------------------------------------------


def test_what_should_be_done_comes_first_and_the_rest_says_why_it_cannot(filing, reviewer):
    assert steps(desk_of(reviewer), filing) == [
        ("return", True, ""),
        ("accept", False, "2 errors are open. Return the filing for correction, or waive the errors with a reason."),
        ("record_decision", False, "Only registrars may do this."),
    ]


def test_a_complete_filing_is_accepted_with_one_click(filer, reviewer):
    filing = a_submitted_filing(filer)
    check_everything()
    desk = desk_of(reviewer)
    assert steps(desk, filing)[0] == ("accept", True, "")
    page = desk.get(page_of(filing)).content.decode()
    (form,) = re.findall(r'<form class="desk-main-step".*?</form>', page, re.DOTALL)
    assert address("act", filing, "accept") in form
    post(desk, "act", filing, "accept", expected_version=version(filing))
    filing.refresh_from_db()
    assert filing.status == "accepted"


def test_an_auditor_reads_why_nothing_can_be_done(filing, auditor):
    assert {reason for _verb, _main, reason in steps(desk_of(auditor), filing)} == {
        "Only reviewers and registrars may do this.",
        "Only registrars may do this.",
    }


def test_whoever_reviewed_a_filing_does_not_decide_it(filer, registrar):
    filing = a_submitted_filing(filer)
    filing = actions.accept_filing(filing, by=registrar)
    for _ in range(2):
        filing = actions.forward_filing(filing, by=registrar)
    closed = {verb: reason for verb, _main, reason in steps(desk_of(registrar), filing)}
    assert closed["decide"] == "You reviewed this filing, so another registrar must decide it."


# --- flags and the dossier -----------------------------------------------------------------------------------------


def test_the_flags_of_one_rule_are_one_card_with_their_places(filing, reviewer):
    (card,) = [card for card in context_of(desk_of(reviewer), filing)["cards"] if card.rule == "ALG-03"]
    assert [place.at for place in card.places] == ["/algorithm/mechanism", "/algorithm/purpose"]


def test_each_flag_stands_beside_its_field_even_where_nothing_was_entered(filing, reviewer):
    context = context_of(desk_of(reviewer), filing)
    lines = {
        str(line.at): (line.value, [flag.rule for flag in line.flags])
        for section in context["sections"]
        for line in section.lines
        if line.flags
    }
    assert lines == {
        "/algorithm/mechanism": ("not given", ["ALG-03"]),
        "/algorithm/purpose": ("not given", ["ALG-03"]),
    }
    assert 'id="at/algorithm/mechanism"' in desk_of(reviewer).get(page_of(filing)).content.decode()


def resubmitted(filing: Filing, filer: User, reviewer: User, mended: dict[str, object]) -> Filing:
    filing = sending.return_filing(filing, by=reviewer)
    dossier = Canonical.of(changed(document_of(filing), mended))
    WorkingCopy.objects.filter(filing=filing).update(content=dossier.text, sha256=dossier.sha256)
    filing = actions.submit_filing(filing, by=filer)
    check_everything()
    return filing


def test_what_changed_and_which_points_were_answered_is_shown(filing, filer, reviewer):
    filing = resubmitted(filing, filer, reviewer, {"/algorithm/purpose": "写作", "/service/name": "新名称"})
    desk = desk_of(reviewer)
    context = context_of(desk, filing)
    shown = [(row.at, row.change, row.before, row.after) for row in context["differences"]]
    assert shown == [
        ("/service/name", "changed", document_name(filing, 1), "新名称"),
        ("/algorithm/purpose", "added", "", "写作"),
    ]
    letter, answers = context["answered"]
    assert (letter.number, [(answer.at, answer.state) for answer in answers]) == (
        f"{filing.case_number}-C1",
        [("/algorithm/mechanism", "open"), ("/algorithm/purpose", "mended")],
    )
    compared = desk.get(address("compare", filing), {"before": "2", "after": "1"}).context["differences"]
    assert [(row.at, row.change) for row in compared] == [
        ("/service/name", "changed"),
        ("/algorithm/purpose", "removed"),
    ]


def document_name(filing: Filing, number: int) -> str:
    import json

    return str(json.loads(filing.revisions.get(number=number).content)["service"]["name"])


@pytest.mark.parametrize("query", [{"before": "x", "after": "99"}, {"before": ""}, {}])
def test_an_unknown_revision_falls_back_to_the_last_two(filing, reviewer, query):
    assert desk_of(reviewer).get(address("compare", filing), query).status_code == 200


# --- assigning, commenting, looking ---------------------------------------------------------------------------------


def test_a_case_is_assigned_commented_on_and_everything_is_in_one_timeline(filing, reviewer, registrar):
    desk = desk_of(reviewer)
    post(desk, "assign", filing, to="me")
    post(desk, "comment", filing, text="@registrar please look", audience="staff")
    post(desk, "assign", filing, to="registrar", note="yours")
    shown = [(entry.kind, entry.title, entry.text) for entry in context_of(desk, filing)["entries"]]
    assert shown == [
        ("assignment", "assigned to registrar", "yours"),
        ("comment", "Comment", "@registrar please look"),
        ("assignment", "assigned to reviewer", ""),
        ("event", "submitted", ""),
        ("event", "opened", ""),
    ]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"to": "far_reviewer"}, "The filing cannot be assigned to far_reviewer"),
        ({"to": "nobody_known"}, "There is no such person."),
        ({"to": "nobody"}, "already assigned"),
    ],
)
def test_a_refused_assignment_says_why(filing, reviewer, far_reviewer, form, message):
    assert message in post(desk_of(reviewer), "assign", filing, **form)
    filing.refresh_from_db()
    assert filing.assignee is None


def test_an_empty_comment_is_refused(filing, reviewer):
    assert "Write something before you send it." in post(desk_of(reviewer), "comment", filing, text=" ")
    assert not Comment.objects.exists()


def test_markup_in_a_comment_is_shown_as_it_was_typed(filing, reviewer):
    comment_on(filing, "<script>alert(1)</script>", by=reviewer)
    page = desk_of(reviewer).get(page_of(filing)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_the_page_leads_to_the_next_filing_of_the_queue(filer, reviewer):
    filings = [a_submitted_filing(filer, changes={"/reference": f"{i}"}) for i in range(3)]
    check_everything()
    desk = desk_of(reviewer)
    context = context_of(desk, filings[1], "?queue=unassigned")
    assert (context["queue_place"], context["queue_length"]) == (2, 3)
    assert context["next_url"] == f"{page_of(filings[2])}?queue=unassigned"
    assert context["previous_url"] == f"{page_of(filings[0])}?queue=unassigned"
    assign_filing(filings[1], reviewer, by=reviewer)
    context = context_of(desk, filings[1], "?queue=unassigned")
    assert (context["queue_place"], context["next_url"]) == (0, f"{page_of(filings[0])}?queue=unassigned")
    assert "queue" not in context_of(desk, filings[1], "?queue=nonsense")


# --- letters --------------------------------------------------------------------------------------------------------


def letter_form(client: Client, filing: Filing, verb: str) -> dict[str, object]:
    context = client.get(address("compose", filing, verb)).context
    form: dict[str, object] = {name: context[name] for name in ("language", "opening", "closing", "expected_version")}
    form["offered"] = [row["flag"].pk for row in context["points"]]
    form["point"] = [row["flag"].pk for row in context["points"] if row["is_chosen"]]
    form |= {f"text-{row['flag'].pk}": row["text"] for row in context["points"]}
    return form


def test_a_correction_notice_is_composed_edited_and_sent(filing, reviewer):
    desk = desk_of(reviewer)
    form = letter_form(desk, filing, "return")
    first = Flag.objects.get(at="/algorithm/mechanism")
    form |= {f"text-{first.pk}": "Describe the mechanism.", "own": ["Sign page 3.", "", ""]}
    assert "Sent. The applicant will be notified." in post(desk, "compose", filing, "return", **form)
    letter = Letter.objects.get()
    assert [(point["at"], point["text"]) for point in letter.points if point["at"] != "/algorithm/purpose"] == [
        ("/algorithm/mechanism", "Describe the mechanism."),
        ("", "Sign page 3."),
    ]
    page = desk.get(address("letter", filing, letter.number)).content.decode()
    assert "Describe the mechanism." in page
    pdf = desk.get(address("letter", filing, letter.number), {"pdf": ""})
    assert (pdf.headers["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize(
    ("spoiled", "message"),
    [
        ({"point": [], "own": []}, "Choose or write at least one point to correct."),
        ({"expected_version": "0" * 64}, "Somebody changed this filing after you opened the page"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(filing, reviewer, spoiled, message):
    desk = desk_of(reviewer)
    form = letter_form(desk, filing, "return") | {"opening": "Typed for an hour."} | spoiled
    page = post(desk, "compose", filing, "return", **form)
    assert message in page
    assert "Typed for an hour." in page
    filing.refresh_from_db()
    assert (filing.status, Letter.objects.count()) == ("submitted", 0)


def test_a_rejection_needs_its_reason(filer, reviewer, registrar):
    filing = actions.accept_filing(a_submitted_filing(filer), by=reviewer)
    filing = actions.forward_filing(filing, by=reviewer)
    desk = desk_of(registrar)
    form = letter_form(desk, filing, "reject")
    assert "reason" in post(desk, "compose", filing, "reject", **form)
    assert not Letter.objects.exists()
    post(desk, "compose", filing, "reject", **form, reason="Not lawful.")
    filing.refresh_from_db()
    assert (filing.status, "Not lawful." in Letter.objects.get().opening) == ("rejected", True)


# --- documents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("media_type", "disposition"),
    [("application/pdf", "inline"), ("image/png", "inline"), ("text/html", "attachment"), ("text/plain", "attachment")],
)
def test_only_what_is_safe_is_shown_in_the_page(filing, reviewer, media_type, disposition, settings, tmp_path):
    document = Document.objects.filter(filing=filing).first()
    Document.objects.filter(pk=document.pk).update(media_type=media_type)
    document.stored_as.storage.save(document.stored_as.name, ContentFile(b"x"))
    url = address("document", filing, document.sha256)
    answer = desk_of(reviewer).get(url, {"shown": ""})
    assert answer.headers["Content-Disposition"].startswith(disposition)
    if disposition == "inline":
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert desk_of(reviewer).get(url).headers["Content-Disposition"].startswith("attachment")


# --- limits ---------------------------------------------------------------------------------------------------------


def test_the_page_takes_as_many_queries_for_many_reviewers_flags_and_comments_as_for_few(filer, reviewer):
    filing = a_submitted_filing(filer, changes={"/algorithm/mechanism": None})
    check_everything()
    desk = desk_of(reviewer)
    desk.get(page_of(filing))
    with CaptureQueriesContext(connection) as few:
        desk.get(page_of(filing))
    for i in range(5):
        staff(f"colleague{i}", "reviewer", ["44"])
        comment_on(filing, f"comment {i}", by=reviewer)
    with CaptureQueriesContext(connection) as many:
        desk.get(page_of(filing))
    assert len(many) <= len(few) + 5, [query["sql"][:120] for query in many]


def test_a_waiver_is_given_in_the_card_of_its_rule(filing, reviewer):
    flag = Flag.objects.get(at="/algorithm/purpose")
    until = timezone.localdate() + timedelta(days=9)
    post(
        desk_of(reviewer),
        "waive",
        filing,
        "waive",
        flag=flag.pk,
        until=until.isoformat(),
        reason="known",
        expected_version=version(filing),
    )
    flag.refresh_from_db()
    assert flag.is_waived
    context = context_of(desk_of(reviewer), filing)
    assert [(card.rule, len(card.places)) for card in context["waived"]] == [("ALG-03", 1)]


@pytest.mark.parametrize("form", [{"text": "a\0b"}, {"te\0xt": "a"}], ids=["value", "name"])
def test_a_character_that_no_database_stores_is_refused(filing, reviewer, form):
    assert desk_of(reviewer).post(address("comment", filing), form).status_code == 400
    assert not Comment.objects.exists()


@pytest.mark.parametrize("name", ["assign", "comment", "act", "waive", "compose", "letter", "document", "compare"])
def test_a_filing_that_does_not_exist_is_not_found(reviewer, name):
    more = {"act": ["accept"], "waive": ["waive"], "compose": ["return"], "letter": ["x"], "document": ["0" * 64]}
    url = reverse(f"admin:compliance_filing_{name}", args=[99999999999999999999, *more.get(name, [])])
    desk = desk_of(reviewer)
    assert {desk.get(url).status_code, desk.post(url).status_code} <= {403, 404}


@pytest.mark.parametrize("verb", ["accept", "return", "nonsense"])
def test_an_empty_form_changes_nothing(filing, reviewer, verb):
    before = version(filing)
    desk_of(reviewer).post(address("act", filing, verb))
    desk_of(reviewer).post(address("waive", filing, "waive"), {"flag": "x" * 99})
    assert version(filing) == before


def test_a_part_that_was_added_or_removed_is_shown_whole(filing, filer, reviewer):
    filing = resubmitted(
        filing, filer, reviewer, {"/documents/0": ABSENT, "/service/urls": ["https://demo.example/new"]}
    )
    changes = [
        (row.change, bool(row.before or row.after)) for row in context_of(desk_of(reviewer), filing)["differences"]
    ]
    assert ("removed", True) in changes
    assert desk_of(reviewer).get(address("compare", filing)).status_code == 200


def test_a_chosen_point_without_a_text_is_not_sent(filing, reviewer):
    desk = desk_of(reviewer)
    form = letter_form(desk, filing, "return")
    form[f"text-{form['point'][0]}"] = " "
    assert "One of the chosen points has no text." in post(desk, "compose", filing, "return", **form)
    assert not Letter.objects.exists()


def test_what_was_written_about_a_flag_that_is_gone_becomes_a_point_of_ones_own(filing, reviewer):
    desk = desk_of(reviewer)
    gone = Flag.objects.get(at="/algorithm/purpose")
    gone.pk, gone.at = None, "/algorithm/scenario"
    gone.save()
    form = letter_form(desk, filing, "return") | {f"text-{gone.pk}": "Typed about the scenario."}
    page = desk.post(address("compose", filing, "return"), form)
    assert "The flags of this filing changed while you wrote." in unescape(page.content.decode())
    context = page.context
    assert "Typed about the scenario." in context["own_points"]
    assert [row["flag"].at for row in context["points"]] == ["/algorithm/mechanism", "/algorithm/purpose"]
    assert not Letter.objects.exists()


def test_an_auditor_reads_why_no_letter_can_be_sent(filing, auditor):
    page = unescape(desk_of(auditor).get(address("compose", filing, "return")).content.decode())
    assert "Only reviewers and registrars may do this." in page
    assert 'name="opening"' in page
    assert ">Send<" not in page


def test_a_pdf_that_cannot_be_made_leads_to_the_letter(filing, reviewer, monkeypatch):
    sending.return_filing(filing, by=reviewer)
    monkeypatch.setattr("compliance.typesetting.pdf.LONGEST", 0.0001)
    page = desk_of(reviewer).get(address("letter", filing, Letter.objects.get().number), {"pdf": ""}, follow=True)
    assert "The PDF could not be made." in page.content.decode()


def test_a_member_of_the_applicant_reads_no_note_of_staff(filing, reviewer, auditor, organization):
    assign_filing(filing, reviewer, by=reviewer, note="Suspicious applicant.")
    comment_on(filing, "among us", by=reviewer)
    Membership.objects.create(user=auditor, organization=organization, role="viewer", mandate_until="2020-01-01")
    kinds = {entry.kind for entry in context_of(desk_of(auditor), filing)["entries"]}
    assert kinds == {"event"}


def test_an_assignment_without_a_person_changes_nothing(filing, reviewer):
    assign_filing(filing, reviewer, by=reviewer)
    assert "There is no such person." in post(desk_of(reviewer), "assign", filing)
    filing.refresh_from_db()
    assert filing.assignee == reviewer


def test_a_returned_filing_shows_no_flag_of_the_working_copy(filing, reviewer):
    filing = sending.return_filing(filing, by=reviewer)
    check_everything()
    context = context_of(desk_of(reviewer), filing)
    assert (context["cards"], [line for section in context["sections"] for line in section.lines if line.flags]) == (
        [],
        [],
    )
