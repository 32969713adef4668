"""Every page of the workspace: accessible, without errors in the console, no wider than the window; and one bad input of each kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.filers import Filer, new_name

PAGES = (
    "",
    "filings/",
    "filings/start/",
    "services/keep/",
    "workbook/",
    "deadlines/",
    "models/",
    "people/",
    "reports/",
    "reports/?report=scorecard&period=monthly",
    "reports/subscriptions/new/",
)
OF_FILING = ("", "edit/service/", "edit/models/0/", "documents/", "messages/", "models/find/?q=Qwen")


ALSO = pytest.mark.full


@pytest.mark.parametrize(
    ("language", "size"),
    [
        ("zh", "phone"),
        pytest.param("en", "wide", marks=ALSO),
        pytest.param("zh", "wide", marks=ALSO),
        pytest.param("en", "phone", marks=ALSO),
    ],
)
def test_every_page_is_accessible_quiet_and_fits(
    language: str, size: str, home: str, open_context: Callable[..., BrowserContext]
) -> None:
    person = Filer(open_context(language, size), home)
    person.page.goto("/account/sign-in/")
    person.shows(f"sign-in-{size}-{language}")
    person.signs_in("filer")
    filing = person.starts("generative", new_name())
    shown: list[str] = [
        *(f"{home}{path}" for path in PAGES),
        *(f"{filing}{path}" for path in OF_FILING),
        "/workspace/notices/",
    ]
    for number, path in enumerate(shown):
        person.page.goto(path)
        person.shows(f"{number:02}-{size}-{language}")
    assert person.faults == []


def test_pages_that_people_seldom_reach(filer: Filer, home: str) -> None:
    filer.page.goto("/workspace/invitations/ended/")
    filer.faults.clear()
    filer.shows("invitation-ended")
    filer.page.goto(f"{home}people/")
    filer.page.get_by_role("link", name="Edit").first.click()
    filer.page.locator("details").first.locator("summary").click()
    filer.shows_in_both_languages("member")
    filing = filer.starts("generative", new_name())
    filer.page.goto(f"{filing}edit/service/")
    filer.page.fill('[name="/service/audience"]', "所有成年用户")
    filer.page.context.clear_cookies(name="sessionid")
    # As a browser without scripts sends it.
    filer.page.evaluate("HTMLFormElement.prototype.submit.call(document.querySelector('form.fields'))")
    expect(filer.page.locator("h1")).to_contain_text("your session has ended")
    filer.shows("typed-again")
    filer.faults.clear()


def test_each_kind_of_bad_input_is_refused_where_it_was_typed(filer: Filer, home: str, tmp_path: Path) -> None:
    filing = filer.starts("generative", new_name())
    bad = {
        "/service/launched_on": ("2026-02-30", "not a valid calendar date"),
        "/service/registered_users": ("viele", "not a whole number"),
    }
    filer.page.goto(f"{filing}edit/service/")
    filer.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    for name, (text, _message) in bad.items():
        filer.page.fill(f'[name="{name}"]', text)
    filer.page.locator(".save .main-button").click()
    expect(filer.page.locator("[role=alert]").first).to_contain_text("Nothing was saved")
    for name, (text, message) in bad.items():
        expect(filer.page.locator(f'[name="{name}"]')).to_have_value(text)
        expect(filer.page.locator(f".field:has([name='{name}']) .refusal")).to_contain_text(message)
    filer.shows("refused-values")
    filer.page.goto(f"{filing}edit/applicant/")
    filer.page.fill('[name="/applicant/uscc"]', "91440300708461136X")
    filer.page.locator(".save .main-button").click()
    expect(filer.page.locator(".field:has([name='/applicant/uscc']) .refusal")).to_be_visible()
    broken = tmp_path / "filings.xlsx"
    broken.write_bytes(b"PK\x03\x04broken")
    filer.page.goto(f"{home}workbook/")
    filer.page.set_input_files("#file", str(broken))
    filer.page.get_by_role("button", name="Check and take over").click()
    expect(filer.page.locator("[role=alert]")).to_contain_text("Nothing was stored")
    filer.page.goto(f"{home}people/")
    filer.page.fill("#email", "kein@ort")
    filer.page.get_by_role("button", name="Send the invitation").click()
    expect(filer.page.locator("[role=alert]")).to_contain_text("This is not a mail address")
    filer.faults.clear()
