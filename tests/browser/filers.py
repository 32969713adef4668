"""Somebody in the workspace: signs in, starts, uploads, submits, and looks at each page."""

from __future__ import annotations

import re
from uuid import uuid4

from playwright.sync_api import BrowserContext, expect

from launch.paths import ROOT
from tests.browser.pages import PASSWORD, SIZES, overflow, screenshot, violations

DOCUMENTS = ROOT / "compliance" / "demo" / "documents"
LANGUAGE = {"en": "en", "zh": "zh-hans"}
# A status of this kind in the console is what the page is about to say.
EXPECTED = re.compile(
    r"status of (401|409|422)|Status Error Code 401|ERR_CONNECTION_REFUSED|htmx:(sendError|afterRequest)"
)


class Filer:
    """Somebody in the workspace of an organization."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.page, self.home = context.new_page(), home
        self.page.set_default_timeout(10_000)
        self.faults: list[str] = []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not EXPECTED.search(text):
            self.faults.append(text)

    def signs_in(self, username: str) -> None:
        self.page.goto("/account/sign-in/")
        self.page.fill("#id_login", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.locator("main button").click()
        self.page.wait_for_url(f"**{self.home}")

    def shows(self, name: str) -> None:
        """Keep a picture, and look whether the page is accessible and fits."""
        screenshot(self.page, f"workspace-{name}")
        faults = [*overflow(self.page), *violations(self.page)]
        assert not faults, "\n".join([name, *faults])

    def shows_in_both_languages(self, name: str) -> None:
        """Keep a picture in English, wide, and one in Chinese on a phone. Nothing may be typed that is not saved."""
        self.shows(name)
        for language, size in (("zh", "phone"), ("en", "wide")):
            self.page.context.add_cookies(
                [{"name": "django_language", "value": LANGUAGE[language], "url": self.page.url}]
            )
            width, height = SIZES[size]
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.reload()
            if language == "zh":
                screenshot(self.page, f"workspace-{name}-phone-zh")
                assert not overflow(self.page), name

    def starts(self, kind: str, service: str) -> str:
        self.page.goto(f"{self.home}filings/start/")
        self.page.locator(f"input[name=kind][value={kind}]").check()
        self.page.fill("#service", service)
        self.page.locator("main .main-button").click()
        self.page.wait_for_url("**/filings/*-*/")
        return self.address

    @property
    def address(self) -> str:
        """The path of the page that is open."""
        return "/" + self.page.url.split("/", 3)[3]

    def uploads(self, filing: str, names: list[str]) -> None:
        """Drop several files at once, and wait until all are kept."""
        self.page.goto(f"{filing}documents/")
        self.page.locator("#file").set_input_files([str(DOCUMENTS / name) for name in names])
        with self.page.expect_navigation(timeout=30_000):
            self.page.locator(".drop .main-button").click()
        expect(self.page.locator(".paper .status-filed")).to_have_count(len(names))

    def submits(self, filing: str) -> None:
        self.page.goto(filing)
        self.page.locator(".next").get_by_role("button", name="Submit", exact=True).click()
        expect(self.page.locator(".facts-line .status")).to_have_text("submitted")


def new_name() -> str:
    return f"样例助手{uuid4().hex[:6]}"
