"""Filers in a real browser: from an invitation to a number, by form and by workbook, and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from email import message_from_bytes
from email.policy import default as modern
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, expect

from compliance.workbooks.writing import write_workbook
from tests.browser.filers import Filer, new_name
from tests.browser.pages import PASSWORD
from tests.browser.typing import saves, types_off
from tests.building import a_document
from tests.faults.stack import Stack, kill, wait_until

END_OF_MAIL = b"-" * 79 + b"\n"


def a_generative_dossier(name: str) -> Any:
    """A dossier with two models and three corpora, complete but for its documents."""
    document = a_document("generative", {"/service/launched_on": None, "/service/name": name, "/reference": None})
    model = document["models"][0]
    (corpus, *_more) = model["corpora"]
    model["corpora"] = [corpus, {**corpus, "name": "第二语料"}]
    second = {**model, "key": "second", "name": "样例小模型", "corpora": [{**corpus, "name": "第三语料"}]}
    return {**document, "models": [model, second]}


def mails_of(desk: Stack, to: str) -> list[Any]:
    raw = b"".join(path.read_bytes() for path in sorted(Path(desk.folder / "mail").glob("*")))
    parsed = [message_from_bytes(part, policy=modern) for part in raw.split(END_OF_MAIL) if part.strip()]
    return [message for message in parsed if message["To"] == to]


def test_from_an_invitation_to_a_number_by_somebody_who_types(
    desk: Stack, filer: Filer, home: str, open_context: Callable[..., BrowserContext], staff: Callable[..., None]
) -> None:
    username = f"lin.{uuid4().hex[:6]}"
    email = f"{username}@demo.example"
    filer.page.goto(f"{home}people/")
    filer.page.fill("#email", email)
    filer.page.get_by_role("button", name="Send the invitation").click()
    expect(filer.page.locator(".message-success")).to_contain_text(email)
    wait_until(lambda: bool(mails_of(desk, email)))
    (mail,) = mails_of(desk, email)
    link = re.search(r"/workspace/invitations/\S+/", mail.get_body(("plain",)).get_content())
    assert link
    person = Filer(open_context(), home)
    person.page.goto(link[0])
    person.shows_in_both_languages("invitation")
    person.page.fill("#name", "示例人员")
    person.page.fill("#username", username)
    person.page.fill("#password", PASSWORD + " that is long 7")
    person.page.locator("main .main-button").click()
    person.page.wait_for_url(f"**{home}")
    document = a_generative_dossier(new_name())
    filing = person.starts("generative", document["service"]["name"])
    person.shows_in_both_languages("new-filing")
    types_off(person.page, filing, document)
    person.shows_in_both_languages("section")
    names = [entry["filename"] for entry in document["documents"] if entry.get("filename")]
    person.uploads(filing, names)
    _seals(person, filing)
    person.page.goto(f"{filing}documents/")
    person.shows_in_both_languages("documents")
    person.submits(filing)
    staff(filing, "accept", "forward", "forward", "decide")
    person.page.goto(filing)
    expect(person.page.locator(".facts-line .status")).to_have_text("filed")
    expect(person.page.locator(".facts-line .mono")).to_contain_text("Guangdong-")
    person.shows_in_both_languages("filed")
    assert person.faults == []


def _seals(person: Filer, filing: str) -> None:
    """Say of each document that it is sealed, and give it a title."""
    person.page.goto(f"{filing}edit/documents/")
    person.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    for select in person.page.locator("select[name$='/sealed']").all():
        select.select_option("true")
    saves(person.page)


def test_an_algorithm_filing_comes_by_workbook(filer: Filer, home: str, tmp_path: Path) -> None:
    name = new_name()
    document = a_document("algorithm", {"/service/launched_on": None, "/service/name": name, "/reference": None})
    path = tmp_path / "filings.xlsx"
    path.write_bytes(
        write_workbook([("", {**document, "service": {**document["service"], "public": "vielleicht"}})], "zh")
    )
    filer.page.goto(f"{home}workbook/")
    filer.page.set_input_files("#file", str(path))
    filer.page.locator(".drop .main-button").click()
    expect(filer.page.locator("table").first).to_contain_text("“vielleicht” is neither yes nor no")
    filer.shows("workbook-faults")
    path.write_bytes(write_workbook([("", document)], "zh"))
    filer.page.set_input_files("#file", str(path))
    filer.page.locator(".drop .main-button").click()
    filer.page.wait_for_url("**/filings/*-*/")
    expect(filer.page.locator("h1")).to_have_text(name)
    filing = filer.address
    filer.uploads(filing, [entry["filename"] for entry in document["documents"]])
    filer.submits(filing)


def test_a_registration_starts_from_a_filed_model(filer: Filer) -> None:
    filing = filer.starts("registration", new_name())
    filer.page.goto(f"{filing}models/find/?q=文心")
    filer.shows_in_both_languages("find-model")
    filer.page.locator(".found button").first.click()
    filer.page.wait_for_url("**/edit/models/0/")
    expect(filer.page.locator('[name="/models/0/filing_number"]')).not_to_have_value("")
    expect(filer.page.locator('[name="/models/0/developer/name"]')).not_to_have_value("")


def test_a_notice_is_answered_and_a_change_is_filed(filer: Filer, staff: Callable[..., None]) -> None:
    document = a_document("algorithm", {"/service/launched_on": None, "/service/name": new_name(), "/reference": None})
    filing = filer.starts("algorithm", document["service"]["name"])
    mechanism = document["algorithm"].pop("mechanism")
    types_off(filer.page, filing, document)
    filer.uploads(filing, [entry["filename"] for entry in document["documents"]])
    _seals(filer, filing)
    filer.page.goto(filing)
    filer.page.locator(".next summary").click()
    filer.page.get_by_role("button", name="Submit with open errors").click()
    staff(filing, "return")
    filer.page.goto(filing)
    filer.page.locator(".next .main-button").click()
    filer.shows_in_both_languages("answer")
    filer.page.get_by_role("link", name="Go to the field").first.click()
    expect(filer.page.locator('[name="/algorithm/mechanism"]')).to_be_in_viewport()
    filer.page.fill('[name="/algorithm/mechanism"]', mechanism)
    saves(filer.page)
    filer.page.goto(f"{filing}answer/")
    expect(filer.page.locator(".point").first).to_contain_text("corrected")
    filer.page.fill("#answer-0", "已补充算法运行机制。")
    filer.page.get_by_role("button", name="Submit again with these answers").click()
    expect(filer.page.locator(".facts-line .status")).to_have_text("submitted")
    staff(filing, "accept", "forward", "forward", "decide")
    filer.page.goto(filing)
    filer.page.get_by_role("button", name="File a change").click()
    filer.page.wait_for_url(lambda url: not url.endswith(filing))
    change = filer.address
    filer.page.goto(f"{change}edit/filing/")
    filer.page.fill('[name="/occurred_on"]', date.today().isoformat())
    saves(filer.page)
    filer.page.goto(f"{change}edit/service/")
    filer.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    filer.page.fill('[name="/service/description"]', "面向公众的智能问答与写作服务。")
    saves(filer.page)
    filer.submits(change)
    filer.shows_in_both_languages("change")


def test_two_editors_learn_of_each_other(filer: Filer, home: str, open_context: Callable[..., BrowserContext]) -> None:
    filing = filer.starts("generative", new_name())
    other = Filer(open_context(), home)
    other.signs_in("filer")
    for person in (filer, other):
        person.page.goto(f"{filing}edit/service/")
    other.page.fill('[name="/service/audience"]', "企业用户")
    saves(other.page)
    filer.page.fill('[name="/service/audience"]', "个人用户")
    filer.page.locator(".save .main-button").click()
    expect(filer.page.locator("#f-service-audience")).to_contain_text("changed this meanwhile to: 企业用户")
    expect(filer.page.locator('[name="/service/audience"]')).to_have_value("个人用户")
    saves(filer.page)
    other.page.reload()
    expect(other.page.locator('[name="/service/audience"]')).to_have_value("个人用户")


def test_what_is_typed_survives_an_ended_session_and_a_restart(
    desk: Stack, filer: Filer, home: str, open_context: Callable[..., BrowserContext]
) -> None:
    filing = filer.starts("generative", new_name())
    filer.page.goto(f"{filing}edit/service/")
    filer.page.fill('[name="/service/audience"]', "所有成年用户")
    filer.page.context.clear_cookies(name="sessionid")
    filer.page.locator(".save .main-button").click()
    expect(filer.page.locator(".alarm")).to_contain_text("your session has ended")
    expect(filer.page.locator('[name="/service/audience"]')).to_have_value("所有成年用户")
    again = filer.page.context.new_page()
    again.goto("/account/sign-in/")
    again.fill("#id_login", "filer")
    again.fill("#id_password", PASSWORD)
    again.locator("main button").click()
    again.wait_for_url(f"**{home}")
    saves(filer.page)
    filer.page.fill('[name="/service/audience"]', "成年用户和企业")
    filer.page.wait_for_timeout(400)
    kill(desk.web)
    filer.page.locator(".save .main-button").click()
    expect(filer.page.locator(".alarm")).to_contain_text("cannot be reached")
    desk.up(desk.web)
    filer.page.reload()
    expect(filer.page.locator('[name="/service/audience"]')).to_have_value("成年用户和企业")
    saves(filer.page)
    filer.page.reload()
    expect(filer.page.locator('[name="/service/audience"]')).to_have_value("成年用户和企业")


def test_a_refused_file_in_the_middle_of_typing_loses_nothing(filer: Filer, tmp_path: Path) -> None:
    filing = filer.starts("generative", new_name())
    filer.page.goto(f"{filing}edit/service/")
    filer.page.fill('[name="/service/audience"]', "所有成年用户")
    filer.page.wait_for_timeout(400)
    bad = tmp_path / "run.exe"
    bad.write_bytes(b"MZ\x90\x00\x03\x00")
    filer.page.goto(f"{filing}documents/")
    filer.page.locator("#file").set_input_files(str(bad))
    filer.page.locator(".drop .main-button").click()
    expect(filer.page.locator(".uploads .message-error")).to_contain_text("run.exe")
    filer.page.goto(f"{filing}edit/service/")
    expect(filer.page.locator('[name="/service/audience"]')).to_have_value("所有成年用户")
    expect(filer.page.locator(".alarm")).to_contain_text("is back in the form")


def test_everything_works_without_scripts(browser: Browser, address: str, home: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    person = Filer(context, home)
    person.signs_in("filer")
    filing = person.starts("generative", new_name())
    person.page.goto(f"{filing}edit/service/")
    person.page.fill('[name="/service/audience"]', "所有成年用户")
    person.page.locator('button[name="add"][value="/service/permits"]').click()
    expect(person.page.locator('[name="/service/audience"]')).to_have_value("所有成年用户")
    person.page.locator('[name="/service/permits/0/number"]').fill("许可 1 号")
    person.page.locator(".save .main-button").click()
    expect(person.page.locator(".message-success")).to_be_visible()
    expect(person.page.locator('[name="/service/permits/0/number"]')).to_have_value("许可 1 号")


def test_a_report_is_read_downloaded_and_sent_by_mail(desk: Stack, filer: Filer, home: str, tmp_path: Path) -> None:
    page = filer.page
    page.goto(home)
    page.get_by_role("link", name="Reports").click()
    page.select_option("#id_report", "changes")
    page.select_option("#id_period", "daily")
    page.get_by_role("button", name="Show the report").click()
    expect(page.locator("h1")).to_have_text("Changes")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDF").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_role("link", name="Reports").click()
    page.get_by_role("link", name="New subscription").click()
    page.fill("#id_recipients", "nobody")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".report-field-bad .bad")).to_contain_text("“nobody” cannot receive this report")
    page.fill("#id_recipients", "filer")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Send now").click()
    expect(page.locator(".message-success")).to_contain_text("is being written and sent")
    wait_until(
        lambda: any("Scorecard" in mail["Subject"] for mail in mails_of(desk, "filer@demo.example")), seconds=120
    )
    page.reload()
    expect(page.locator("tbody")).to_contain_text("filer: sent ")
    mail = next(mail for mail in mails_of(desk, "filer@demo.example") if "Scorecard" in mail["Subject"])
    names = [part.get_filename() for part in mail.walk() if part.get_filename()]
    assert any(name.startswith("scorecard-") and name.endswith(".pdf") for name in names)
    filer.shows_in_both_languages("subscription")
