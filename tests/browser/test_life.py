"""The life of a filing in a real browser: the filer over the API; reviewer, colleague and registrar at the desk."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from functools import cache
from typing import Any
from uuid import uuid4

import pypdf
import pytest
from filing_client import Client
from filing_client.filings import Filing
from playwright.sync_api import expect

from compliance.dossier.patching import changed
from launch.paths import ROOT
from tests.browser.pages import PASSWORD, Person, Tab, Variant
from tests.building import a_document
from tests.faults.stack import Stack, wait_until

WIDE = Variant("wide", "light", "en")
DOCUMENTS = ROOT / "compliance" / "demo" / "documents"
COLLEAGUE = "lin.li"
STAFF = ("reviewer", COLLEAGUE, "admin")
# After a mail, the next one waits for five minutes, so the filer gets none of decisions. Prints a token of each.
HIRE = f"""
from compliance.models import NoticeSettings
from registry.models import StaffRole, User
from registry.tokens import create_token
colleague = User.objects.create_user("{COLLEAGUE}", "{COLLEAGUE}@demo.example", "{PASSWORD}", is_staff=True)
StaffRole.objects.create(user=colleague, role="reviewer", provinces=["44"])
filer = User.objects.get(username="filer")
NoticeSettings.objects.create(user=filer, choices={{"moved_on": "off", "decided": "off"}})
for username in {STAFF}:
    print(create_token(User.objects.get(username=username)))
"""
COMMENT = f"@{COLLEAGUE} 请一同核对算法运行机制。"
EDITED = "请补充算法运行机制，并说明安全过滤的步骤。"
OWN = "请说明投诉渠道的值班安排。"
MECHANISM = "逐词生成，先过滤后输出。"
DESCRIPTION = "面向公众的智能问答与写作服务。"
SYSTEMS = [
    "self_assessment",
    "monitoring",
    "incident_response",
    "violation_handling",
    "ethics_review",
    "data_protection",
]
LINKS_WITHOUT_TARGET = """() => [...document.querySelectorAll('a[href^="#"]')].map((link) => link.hash)
    .filter((hash) => !document.getElementById(decodeURIComponent(hash.slice(1))))"""
# What the mail folder has after each mail.
END_OF_MAIL = b"-" * 79 + b"\n"


@pytest.fixture(scope="session")
def tokens(desk: Stack) -> dict[str, str]:
    """The tokens of the people. The colleague is hired first."""
    printed = desk.manage("shell", "-v", "0", "-c", HIRE).splitlines()
    return {"filer": desk.token_of("filer"), **dict(zip(STAFF, printed[-len(STAFF) :], strict=True))}


@pytest.fixture(scope="session")
def people(tokens: dict[str, str], tab_of: Callable[[Variant, str], Tab]) -> dict[str, Person]:
    return {username: Person(tab_of(WIDE, username)) for username in STAFF}


@pytest.fixture
def at_the_desk(people: dict[str, Person]) -> Iterator[dict[str, Person]]:
    """The people. Whatever their pages report in the console meanwhile fails the test."""
    for person in people.values():
        person.begins()
    yield people
    faults = [f"{name}: {fault}" for name, person in people.items() for fault in person.faults + person.tab.errors]
    assert not faults, "\n".join(faults)


@pytest.fixture
def reviewer(at_the_desk: dict[str, Person]) -> Person:
    return at_the_desk["reviewer"]


@pytest.fixture
def colleague(at_the_desk: dict[str, Person]) -> Person:
    return at_the_desk[COLLEAGUE]


@pytest.fixture
def registrar(at_the_desk: dict[str, Person]) -> Person:
    return at_the_desk["admin"]


@pytest.fixture(scope="session")
def api_of(tokens: dict[str, str], address: str) -> Callable[[str], Client]:
    return cache(lambda username: Client(f"{address}/api/v1", token=tokens[username]))


@pytest.fixture(scope="session")
def filer(api_of: Callable[[str], Client]) -> Client:
    return api_of("filer")


@pytest.fixture(scope="session")
def half_answered(filer: Client, api_of: Callable[[str], Client]) -> Filing:
    """A filing that came back with two of three missing systems set up, and with its operating mechanism."""
    filing = submitted(filer, a_dossier("algorithm-incomplete"))
    api_of("reviewer").filings.return_(filing.id)
    return answered(filer, filing, {"/algorithm/mechanism": MECHANISM, "/applicant/governance": SYSTEMS[:3]})


def a_dossier(kind: str = "algorithm", changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a complete dossier of a new service that was not launched yet, or an example; changed."""
    name = uuid4().hex[:6]
    new = {"/reference": name, "/service/name": f"样例问答{name}", "/service/launched_on": None}
    return a_document(kind, new | (changes or {}))


def an_amendment(action: str, target: Filing) -> dict[str, Any]:
    """Return the dossier of a change or cancellation of today."""
    changes = {
        "/action": action,
        "/amends": target.official_number,
        "/occurred_on": date.today().isoformat(),
        "/service/name": target.service.name,
        "/service/description": DESCRIPTION,
    }
    return a_dossier("algorithm" if action == "change" else "algorithm-cancellation", changes)


def submitted(filer: Client, dossier: dict[str, Any]) -> Filing:
    """Open a filing, upload its documents, submit it, and wait until it is checked."""
    filing = filer.filings.open(dossier)
    for entry in dossier["documents"]:
        filer.documents.upload(filing.id, DOCUMENTS / entry["filename"])
    filer.filings.submit(filing.id)
    return filer.filings.wait_until_checked(filing.id, every=0.2)


def answered(filer: Client, filing: Filing, changes: dict[str, Any]) -> Filing:
    """Put a corrected dossier, submit the filing again, and wait until it is checked."""
    dossier, etag = filer.filings.dossier(filing.id)
    filer.filings.replace_dossier(filing.id, changed(dossier, changes), etag)
    filer.filings.submit(filing.id)
    return filer.filings.wait_until_checked(filing.id, every=0.2)


def decided(filer: Client, api_of: Callable[[str], Client]) -> Filing:
    """Return an algorithm filing that has its number already."""
    filing = submitted(filer, a_dossier())
    reviewing, deciding = api_of("reviewer").filings, api_of("admin").filings
    for step in (reviewing.accept, reviewing.forward, reviewing.forward, deciding.decide):
        filing = step(filing.id)
    return filing


def takes(reviewer: Person, case: str) -> None:
    """Find a case and assign it to oneself."""
    reviewer.finds(case, "Unassigned")
    reviewer.unfolds("Assign", ".desk-aside")
    reviewer.page.get_by_role("combobox", name="To", exact=True).select_option("me")
    reviewer.presses("Assign", ".desk-aside")
    reviewer.reads("Assigned.")
    expect(reviewer.fact("Assignee")).to_contain_text("reviewer")


def comments(reviewer: Person) -> None:
    reviewer.page.get_by_role("textbox", name="Comment", exact=True).fill(COMMENT)
    reviewer.presses("Write", "#history")
    reviewer.reads("Written.")
    reviewer.reads(COMMENT, "#history .desk-entry-comment")


def returns_with_a_notice(reviewer: Person, case: str) -> None:
    """Send the correction notice, with one point edited and one added."""
    reviewer.follows("Return for correction", "#actions")
    point = reviewer.page.locator(".desk-point").filter(has_text="ALG-03")
    point.get_by_role("textbox").fill(EDITED)
    reviewer.page.get_by_role("textbox", name="A point of your own").first.fill(OWN)
    reviewer.presses("Send")
    reviewer.reads("Sent. The applicant will be notified.")
    reviewer.is_at(case, "returned")


def accepts(reviewer: Person, case: str) -> None:
    reviewer.presses("Accept", "#actions")
    reviewer.is_at(case, "accepted")


def forwards(reviewer: Person, case: str, status: str) -> None:
    reviewer.presses("Forward to review", "#actions")
    reviewer.is_at(case, status)


def files_with_a_letter(registrar: Person, case: str) -> None:
    registrar.finds(case, "Waiting for a decision")
    registrar.follows("File …", "#actions")
    registrar.presses("Send")
    registrar.reads("Sent. The applicant will be notified.")
    registrar.is_at(case, "filed")


def pdf_of_the_letter(reader: Person, number: str) -> bytes:
    """Open a letter from the history of its case, and download it."""
    reader.follows(number, "#history")
    reader.reads(number, ".desk-paper")
    link = reader.page.get_by_role("link", name="PDF", exact=True)
    return reader.page.request.get(link.evaluate("link => link.href")).body()


def missing_in(pdf: bytes, *texts: str) -> list[str]:
    """Return which texts a PDF does not have. Where its lines break does not matter."""
    assert pdf.startswith(b"%PDF")
    printed = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return [text for text in texts if text not in "".join(printed.split())]


def mail_about(desk: Stack, title: str) -> EmailMessage:
    """Wait until a mail lies in the mail folder of the product."""
    wait_until(lambda: bool(_mails(desk, title)))
    (mail,) = _mails(desk, title)
    return mail


def _mails(desk: Stack, title: str) -> list[EmailMessage]:
    files = [path.read_bytes() for path in (desk.folder / "mail").glob("*")]
    # The last part has no end: it is empty, or a mail that is being written.
    parts = [part for file in files for part in file.split(END_OF_MAIL)[:-1]]
    mails = [message_from_bytes(part, policy=modern) for part in parts]
    return [mail for mail in mails if mail["Subject"] == title]


def answers_on(reviewer: Person) -> list[tuple[str, str]]:
    """Return the points of the notice: what became of each, and whether the dossier changed there."""
    rows = reviewer.page.locator("#answers tbody tr").all()
    return [(row.locator("td").nth(1).inner_text(), row.locator("td").nth(2).inner_text()) for row in rows]


def test_a_filing_lives_from_submission_to_its_number(desk, filer, reviewer, colleague, registrar):
    filing = submitted(filer, a_dossier("algorithm-incomplete"))
    case, notice = filing.case_number, f"{filing.case_number}-C1"

    takes(reviewer, case)
    comments(reviewer)
    returns_with_a_notice(reviewer, case)
    pdf = pdf_of_the_letter(reviewer, notice)
    for text in ("补正通知书", EDITED, OWN):
        reviewer.reads(text, ".desk-paper")
    assert missing_in(pdf, "补正通知书", notice, EDITED, OWN) == []

    mail = mail_about(desk, f"{case} 已退回补正")
    text, html, attached = [part for part in mail.walk() if not part.is_multipart()]
    assert mail["To"] == "filer@demo.example"
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert [point in part.get_content() for part in (text, html) for point in (EDITED, OWN)] == [True] * 4
    assert (attached.get_filename(), attached.get_content()) == (f"{notice}.pdf", pdf)

    answered(filer, filing, {"/algorithm/mechanism": MECHANISM, "/applicant/governance": SYSTEMS})
    reviewer.finds(case, "Returned and answered")
    assert answers_on(reviewer) == [*[("✓ mended", "changed")] * 4, ("please look", "–")]
    reviewer.reads(MECHANISM, "#changes ins")
    reviewer.reads("algorithm self-assessment system", "#changes del")

    reviewer.clicks.clear()
    accepts(reviewer, case)
    assert len(reviewer.clicks) == 1
    forwards(reviewer, case, "provincial review")
    forwards(reviewer, case, "national review")
    files_with_a_letter(registrar, case)
    number = filer.filings.get(filing.id).official_number
    expect(registrar.fact("Official number")).to_have_text(number)
    assert missing_in(pdf_of_the_letter(registrar, f"{case}-D1"), "备案通知书", number) == []

    colleague.opens("/admin/")
    expect(colleague.page.locator(".desk-bell b")).to_have_text(re.compile("[1-9]"))
    colleague.follows(re.compile("unread notice"))
    colleague.reads(COMMENT, ".desk-unread")
    colleague.follows(f"reviewer mentions you in {case}")
    colleague.is_at(case, "filed")


def test_a_registration_is_filed_after_the_review_of_its_province(filer, reviewer, registrar):
    filing = submitted(filer, a_dossier("registration"))
    case = filing.case_number
    reviewer.finds(case, "Unassigned")
    accepts(reviewer, case)
    forwards(reviewer, case, "provincial review")
    files_with_a_letter(registrar, case)
    expect(registrar.fact("Official number")).to_have_text(filer.filings.get(filing.id).official_number)


@pytest.mark.parametrize(("action", "status"), [("change", "filed"), ("cancellation", "cancelled")])
def test_an_amendment_is_filed_and_takes_effect(action, status, filer, api_of, reviewer, registrar):
    target = decided(filer, api_of)
    case = submitted(filer, an_amendment(action, target)).case_number
    reviewer.finds(case, "Unassigned")
    accepts(reviewer, case)
    forwards(reviewer, case, "provincial review")
    forwards(reviewer, case, "national review")
    files_with_a_letter(registrar, case)
    registrar.follows(target.case_number, ".desk-aside")
    registrar.is_at(target.case_number, status)
    expect(registrar.fact("Official number")).to_have_text(target.official_number)
    registrar.reads(case, "#history .desk-chip")
    if action == "change":
        registrar.reads(DESCRIPTION, "#changes ins")


def test_from_the_first_page_to_accepted_in_at_most_six_clicks(filer, reviewer):
    case = submitted(filer, a_dossier()).case_number
    reviewer.finds(case, "Unassigned")
    accepts(reviewer, case)
    assert len(reviewer.clicks) <= 6
    assert len(reviewer.clicks) == 3


def test_the_keyboard_moves_in_a_queue_jumps_to_flags_and_searches(reviewer):
    reviewer.opens("/admin/compliance/filing/?queue=unassigned")
    first, second, third, *_ = reviewer.page.locator(".desk-list tbody .desk-link").all_inner_texts()
    reviewer.follows(first, ".desk-list")
    press = reviewer.page.keyboard.press
    press("j")
    reviewer.is_at(second)
    press("k")
    reviewer.is_at(first)
    press("n")
    expect(reviewer.page.locator(".desk-flag").first).to_be_focused()
    press("/")
    expect(reviewer.page.get_by_label("Search everything")).to_be_focused()
    reviewer.page.keyboard.type(third)
    press("Enter")
    reviewer.is_at(third)


def test_the_key_a_leads_to_the_next_step_where_that_is_a_letter(reviewer, half_answered):
    reviewer.opens(f"/admin/search/?q={half_answered.case_number}")
    reviewer.page.keyboard.press("a")
    expect(reviewer.page.locator("#actions :focus")).to_have_text("Return for correction …")


def test_a_page_is_refused_after_a_second_person_acted(filer, reviewer, colleague):
    filing = submitted(filer, a_dossier())
    case = filing.case_number
    for person in (reviewer, colleague):
        person.finds(case, "Unassigned")
    accepts(colleague, case)
    done = list(filer.filings.events(filing.id))
    accepts(reviewer, case)
    message = reviewer.page.locator(".desk-message-error")
    expect(message).to_be_visible()
    assert list(filer.filings.events(filing.id)) == done
    assert (done[0].verb, done[0].actor) == ("accept", COLLEAGUE)
    # Words of the API mean nothing to a reviewer.
    expect(message).not_to_contain_text(re.compile("ETag|`"))


def test_a_letter_is_refused_after_a_second_person_acted_and_keeps_what_was_typed(filer, reviewer, colleague):
    filing = submitted(filer, a_dossier())
    case = filing.case_number
    for person in (reviewer, colleague):
        person.finds(case, "Unassigned")
    reviewer.follows("Return for correction", "#actions")
    reviewer.page.get_by_role("textbox", name="A point of your own").first.fill(OWN)
    accepts(colleague, case)
    reviewer.presses("Send")
    expect(reviewer.page.locator(".desk-message-error")).to_be_visible()
    expect(reviewer.page.get_by_role("textbox", name="A point of your own").first).to_have_value(OWN)
    assert filer.filings.get(filing.id).status == "accepted"


def test_each_point_of_a_notice_is_answered_by_itself(reviewer, half_answered):
    reviewer.opens(f"/admin/search/?q={half_answered.case_number}")
    mended, still_open = ("✓ mended", "changed"), ("✗ still open", "changed")
    assert answers_on(reviewer) == [mended, mended, still_open, mended]


def test_each_link_within_the_page_of_an_answered_filing_leads_somewhere(reviewer, half_answered):
    reviewer.opens(f"/admin/search/?q={half_answered.case_number}")
    assert reviewer.page.evaluate(LINKS_WITHOUT_TARGET) == []


def test_the_queue_is_kept_when_a_letter_is_written_in_the_other_language(reviewer, half_answered):
    reviewer.finds(half_answered.case_number, "Returned and answered")
    reviewer.follows("Return for correction", "#actions")
    reviewer.follows("English", ".desk-head")
    reviewer.follows(half_answered.case_number, ".desk-crumbs")
    reviewer.reads("Returned and answered", ".desk-crumbs")


def test_a_step_that_can_be_taken_does_not_look_closed(reviewer, half_answered):
    reviewer.opens(f"/admin/search/?q={half_answered.case_number}")
    expect(reviewer.page.locator("#actions a.desk-button")).not_to_have_css("cursor", "not-allowed")
