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
from itertools import count
from typing import Any

import pypdf
import pytest
from filing_client import Client
from filing_client.filings import Filing
from playwright.sync_api import Locator, Page, expect

from compliance.dossier.patching import changed
from launch.paths import ROOT
from tests.browser.pages import Tab, Variant
from tests.building import a_document
from tests.faults.stack import Stack, wait_until

WIDE = Variant("wide", "light", "en")
DOCUMENTS = ROOT / "compliance" / "demo" / "documents"
COLLEAGUE = "lin.li"
# After a mail, the next one waits for five minutes: the filer is written to of returned filings only.
HIRE = f"""
from compliance.models import NoticeSettings
from registry.models import StaffRole, User
colleague = User.objects.create_user("{COLLEAGUE}", "{COLLEAGUE}@demo.example", "a password", is_staff=True)
StaffRole.objects.create(user=colleague, role="reviewer", provinces=["44"])
filer = User.objects.get(username="filer")
NoticeSettings.objects.create(user=filer, choices={{"moved_on": "off", "decided": "off"}})
"""
COMMENT = f"@{COLLEAGUE} 请一同核对算法运行机制。"
EDITED = "请补充算法运行机制，并说明安全过滤的步骤。"
OWN = "请说明投诉渠道的值班安排。"
MECHANISM = "逐词生成，先过滤后输出。"
DESCRIPTION = "面向公众的智能问答与写作服务。"
GOVERNANCE = a_document()["applicant"]["governance"]
WITHOUT_TARGET = """() => [...document.querySelectorAll('a[href^="#"]')].map((link) => link.hash.slice(1))
    .filter((name) => !document.getElementById(decodeURIComponent(name)))"""
# What the mail folder has between two mails.
BETWEEN_MAILS = b"-" * 79 + b"\n"
_numbers = count(1)


class Person:
    """Somebody at the desk, who follows links, presses buttons and reads; each click and each fault is remembered."""

    def __init__(self, tab: Tab) -> None:
        self.tab, self.page = tab, tab.page
        self.clicks: list[str] = []
        self.faults: list[str] = []

    def opens(self, path: str) -> None:
        self.faults += self.tab.errors
        self.tab.visit(path)

    def follows(self, name: str | re.Pattern[str], within: str = "body") -> None:
        self._clicks(self.page.locator(within).get_by_role("link", name=name).first)

    def presses(self, name: str, within: str = "body") -> None:
        self._clicks(self.page.locator(within).get_by_role("button", name=name, exact=True).first)

    def unfolds(self, name: str, within: str = "body") -> None:
        self._clicks(self.page.locator(within).locator("summary").get_by_text(name, exact=True).first)

    def fills(self, label: str, text: str) -> None:
        self.page.get_by_label(label).first.fill(text)

    def reads(self, text: str | re.Pattern[str], within: str = "body") -> str:
        """Wait until a text is on the page, and return the text of its element."""
        found = self.page.locator(within).get_by_text(text).first
        expect(found).to_be_visible()
        return found.inner_text()

    def fact(self, name: str) -> str:
        """Return what is shown beside a name at the top of a case."""
        pairs = self.page.locator(".desk-aside .desk-pairs > div")
        return pairs.filter(has=self.page.get_by_text(name, exact=True)).locator("dd").inner_text()

    def finds(self, case_number: str, queue: str) -> None:
        """Go from the first page to a queue, and from there to a case."""
        self.opens("/admin/")
        self.follows(queue, ".desk-cards")
        self.follows(case_number, ".desk-list")
        self.reads(case_number, ".desk-case")

    def is_at(self, case_number: str, status: str = "") -> None:
        expect(self.page.locator(".desk-case")).to_contain_text(case_number)
        expect(self.page.locator(".desk-head .desk-status")).to_have_text(status or re.compile("."))

    def _clicks(self, place: Locator) -> None:
        self.clicks.append(str(place))
        place.click()
        self.page.wait_for_load_state()


@pytest.fixture(scope="session")
def people(desk: Stack, tab_of: Callable[[Variant, str], Tab]) -> dict[str, Person]:
    desk.manage("shell", "-v", "0", "-c", HIRE)
    return {username: Person(tab_of(WIDE, username)) for username in ("reviewer", COLLEAGUE, "admin")}


@pytest.fixture
def at_the_desk(people: dict[str, Person]) -> Iterator[dict[str, Person]]:
    """The people, who have clicked nothing yet. Whatever the console or a script reported is a fault."""
    for person in people.values():
        for remembered in (person.clicks, person.faults, person.tab.errors):
            remembered.clear()
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
def api_of(desk: Stack, address: str) -> Callable[[str], Client]:
    return cache(lambda username: Client(f"{address}/api/v1", token=desk.token_of(username)))


@pytest.fixture
def filer(api_of: Callable[[str], Client]) -> Client:
    return api_of("filer")


def a_dossier(kind: str = "algorithm", changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a complete dossier of a new service, which was not launched yet."""
    number = next(_numbers)
    new = {"/reference": f"life-{number}", "/service/name": f"样例问答{number}", "/service/launched_on": None}
    return a_document(kind, new | (changes or {}))


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
    office, registrar = api_of("reviewer").filings, api_of("admin").filings
    for step in (office.accept, office.forward, office.forward, registrar.decide):
        filing = step(filing.id)
    return filing


def takes_the_case(reviewer: Person, case_number: str) -> None:
    reviewer.finds(case_number, "Unassigned")
    reviewer.unfolds("Assign", ".desk-aside")
    reviewer.page.get_by_role("combobox", name="To", exact=True).select_option("me")
    reviewer.presses("Assign", ".desk-aside")
    reviewer.reads("Assigned.")
    assert reviewer.fact("Assignee").startswith("reviewer")


def writes_a_comment(reviewer: Person) -> None:
    reviewer.page.get_by_role("textbox", name="Comment", exact=True).fill(COMMENT)
    reviewer.presses("Write", "#history")
    reviewer.reads("Written.")
    reviewer.reads(COMMENT, "#history .desk-entry-comment")


def sends_a_correction_notice(reviewer: Person) -> None:
    """Edit the point about the operating mechanism, add one, and send the notice."""
    reviewer.follows("Return for correction", "#actions")
    point_on(reviewer, "ALG-03").fill(EDITED)
    reviewer.page.get_by_label("A point of your own").first.fill(OWN)
    reviewer.presses("Send")
    reviewer.reads("Sent. The applicant is told.")


def point_on(reviewer: Person, rule: str) -> Locator:
    return reviewer.page.locator(".desk-point").filter(has_text=rule).get_by_role("textbox")


def pdf_of_the_letter(reader: Person, number: str) -> bytes:
    """Open a letter from the history of its case, and download it."""
    reader.follows(number, "#history")
    reader.reads(number, ".desk-paper")
    reader.page.screenshot(path=f"/tmp/ex/letter{number}.png", full_page=True)
    link = reader.page.get_by_role("link", name="PDF", exact=True)
    return reader.page.request.get(link.evaluate("link => link.href")).body()


def text_in(pdf: bytes) -> str:
    """Return the text of a PDF without line breaks."""
    assert pdf.startswith(b"%PDF")
    open(f"/tmp/ex/l{len(pdf)}.pdf", "wb").write(pdf)
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def mail_on(desk: Stack, subject: str) -> EmailMessage:
    """Wait until a mail lies in the mail folder of the product."""
    wait_until(lambda: bool(_mails(desk, subject)))
    (mail,) = _mails(desk, subject)
    return mail


def _mails(desk: Stack, subject: str) -> list[EmailMessage]:
    files = [path.read_bytes() for path in (desk.folder / "mail").glob("*")]
    mails = [message_from_bytes(text, policy=modern) for file in files for text in file.split(BETWEEN_MAILS)]
    return [mail for mail in mails if mail["Subject"] == subject]


def answers_on(page: Page) -> list[tuple[str, ...]]:
    """Return the rows of the answers: the point, what became of it, and whether the dossier changed there."""
    rows = page.locator("#answers tbody tr").all()
    return [tuple(cell.inner_text() for cell in row.locator("td").all()) for row in rows]


def files_with_a_letter(registrar: Person, case_number: str) -> None:
    registrar.finds(case_number, "Waiting for a decision")
    registrar.follows("File …", "#actions")
    registrar.page.screenshot(path="/tmp/ex/decide.png", full_page=True)
    registrar.presses("Send")
    registrar.reads("Sent. The applicant is told.")
    registrar.is_at(case_number, "filed")


def test_a_filing_lives_from_submission_to_its_number(desk, filer, reviewer, colleague, registrar):
    filing = submitted(filer, a_dossier("algorithm-incomplete"))
    case = filing.case_number

    takes_the_case(reviewer, case)
    writes_a_comment(reviewer)
    sends_a_correction_notice(reviewer)
    reviewer.is_at(case, "returned")
    reviewer.page.screenshot(path="/tmp/ex/returned.png", full_page=True)
    pdf = pdf_of_the_letter(reviewer, f"{case}-C1")
    assert [reviewer.reads(text, ".desk-paper") for text in ("补正通知书", EDITED, OWN)] == ["补正通知书", EDITED, OWN]
    assert [text in text_in(pdf) for text in ("补正通知书", f"{case}-C1", EDITED, OWN)] == [True] * 4

    mail = mail_on(desk, f"{case} 已退回补正")
    text, html, attached = [part for part in mail.walk() if not part.is_multipart()]
    assert (mail["To"], text.get_content_type(), html.get_content_type()) == (
        "filer@demo.example",
        "text/plain",
        "text/html",
    )
    assert [words in part.get_content() for part in (text, html) for words in (EDITED, OWN)] == [True] * 4
    assert (attached.get_filename(), attached.get_content()) == (f"{case}-C1.pdf", pdf)

    answered(filer, filing, {"/algorithm/mechanism": MECHANISM, "/applicant/governance": GOVERNANCE})
    reviewer.finds(case, "Returned and answered")
    print(answers_on(reviewer.page))
    reviewer.page.screenshot(path="/tmp/ex/answered.png", full_page=True)
    reviewer.reads(MECHANISM, "#changes ins")
    print(reviewer.page.evaluate(WITHOUT_TARGET))

    reviewer.clicks.clear()
    reviewer.presses("Accept", "#actions")
    reviewer.is_at(case, "accepted")
    assert len(reviewer.clicks) == 1
    reviewer.presses("Forward to review", "#actions")
    reviewer.is_at(case, "provincial review")
    reviewer.presses("Forward to review", "#actions")
    reviewer.is_at(case, "national review")

    files_with_a_letter(registrar, case)
    number = filer.filings.get(filing.id).official_number
    registrar.reads(number, ".desk-aside")
    decision = text_in(pdf_of_the_letter(registrar, f"{case}-D1"))
    assert [text in decision for text in ("备案通知书", number)] == [True, True]

    colleague.opens("/admin/")
    colleague.follows(re.compile("unread notice"))
    colleague.reads(COMMENT, ".desk-unread")
    colleague.follows(f"reviewer mentions you in {case}")
    colleague.is_at(case, "filed")


def test_a_registration_is_filed_by_the_province(filer, reviewer, registrar):
    filing = submitted(filer, a_dossier("registration"))
    reviewer.finds(filing.case_number, "Unassigned")
    reviewer.presses("Accept", "#actions")
    reviewer.presses("Forward to review", "#actions")
    reviewer.is_at(filing.case_number, "provincial review")
    files_with_a_letter(registrar, filing.case_number)
    registrar.reads(filer.filings.get(filing.id).official_number, ".desk-aside")


@pytest.mark.parametrize(("action", "status"), [("change", "filed"), ("cancellation", "cancelled")])
def test_an_amendment_is_filed_and_takes_effect(action, status, filer, api_of, reviewer, registrar):
    target = decided(filer, api_of)
    filing = submitted(filer, an_amendment(action, target))
    reviewer.finds(filing.case_number, "Unassigned")
    reviewer.presses("Accept", "#actions")
    reviewer.presses("Forward to review", "#actions")
    reviewer.presses("Forward to review", "#actions")
    files_with_a_letter(registrar, filing.case_number)
    registrar.follows(target.case_number, ".desk-aside")
    registrar.is_at(target.case_number, status)
    registrar.reads(target.official_number, ".desk-aside")
    registrar.reads(filing.case_number, "#history .desk-chip")


def an_amendment(action: str, target: Filing) -> dict[str, Any]:
    kind = "algorithm" if action == "change" else "algorithm-cancellation"
    return a_dossier(
        kind,
        {
            "/action": action,
            "/amends": target.official_number,
            "/occurred_on": date.today().isoformat(),
            "/service/name": target.service.name,
            "/service/description": DESCRIPTION,
        },
    )


def test_from_the_first_page_to_accepted_in_at_most_six_clicks(filer, reviewer):
    filing = submitted(filer, a_dossier())
    reviewer.finds(filing.case_number, "Unassigned")
    reviewer.presses("Accept", "#actions")
    reviewer.is_at(filing.case_number, "accepted")
    assert len(reviewer.clicks) == 3


def test_the_keyboard_moves_in_a_queue_jumps_to_flags_and_searches(reviewer):
    reviewer.opens("/admin/compliance/filing/?queue=unassigned")
    cases = reviewer.page.locator(".desk-list .desk-link").all_inner_texts()
    reviewer.follows(cases[0], ".desk-list")
    keys = reviewer.page.keyboard
    keys.press("j")
    reviewer.is_at(cases[1])
    keys.press("k")
    reviewer.is_at(cases[0])
    keys.press("n")
    expect(reviewer.page.locator(".desk-flag").first).to_be_focused()
    keys.press("/")
    expect(reviewer.page.get_by_label("Search everything")).to_be_focused()
    keys.type(cases[2])
    keys.press("Enter")
    reviewer.is_at(cases[2])


def test_what_somebody_else_did_meanwhile_refuses_an_older_page(filer, reviewer, colleague):
    filing = submitted(filer, a_dossier())
    for person in (reviewer, colleague):
        person.finds(filing.case_number, "Unassigned")
    colleague.presses("Accept", "#actions")
    reviewer.presses("Accept", "#actions")
    reviewer.is_at(filing.case_number, "accepted")
    reviewer.page.screenshot(path="/tmp/ex/stale.png")
    print(reviewer.page.locator("body").inner_text()[:1200])
    print([(e.verb, e.actor) for e in filer.filings.events(filing.id)])
