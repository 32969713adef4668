"""Windows in which the desk is shown, and what a test does with a page: sign in, open, examine, keep a picture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from launch.paths import VAR

SCREENSHOTS = VAR / "screenshots"
# The password of all users of the demonstration (see tests/faults/stack.py).
PASSWORD = "a password"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZES = {"wide": (1280, 900), "tablet": (820, 1180), "phone": (390, 844)}
LANGUAGES = {"en": ("en", "en-US"), "zh": ("zh-hans", "zh-CN")}
# Unfold keeps the theme that somebody has chosen in this item, as JSON. A page sets it before its own scripts run.
THEME = "localStorage.setItem('adminTheme', '\"%s\"')"
BEYOND_THE_EDGE = """() => [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => [element.localName, ...element.classList].join(".")).slice(0, 5)"""


@dataclass(frozen=True)
class Variant:
    """A size of the window, a theme and a language, for instance `Variant("phone", "dark", "zh")`."""

    size: str
    theme: str
    language: str

    def __str__(self) -> str:
        return f"{self.size}-{self.theme}-{self.language}"

    @property
    def options(self) -> dict[str, Any]:
        """Return the options of a browser context."""
        # Not `is_mobile`: a mobile window grows with a page that is too wide, so it would hide the fault.
        width, height = SIZES[self.size]
        return {
            "viewport": {"width": width, "height": height},
            "color_scheme": self.theme,
            "locale": LANGUAGES[self.language][1],
            "timezone_id": "Asia/Shanghai",
            "reduced_motion": "reduce",
        }

    def choose(self, context: BrowserContext, address: str) -> None:
        """Choose the language and the theme, as their menus do."""
        language = LANGUAGES[self.language][0]
        context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        context.add_init_script(THEME % self.theme)


class Tab:
    """A tab of the browser. It remembers the errors that the console showed since `visit`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(f"script: {error}"))

    def visit(self, path: str) -> None:
        """Open a page and wait until it is complete. The scripts of the desk have run when its loading is over."""
        self.errors.clear()
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path} answers {answer.status}"
        self.page.evaluate("document.fonts.ready.then(() => true)")

    def _hear(self, message: ConsoleMessage) -> None:
        # Violations of the content security policy are errors of the console, too.
        if message.type == "error":
            self.errors.append(f"console: {message.text} | {message.location.get('url', '')}")


class Person:
    """Somebody at the desk, who follows links, presses buttons and reads; each click and each fault is remembered."""

    def __init__(self, tab: Tab) -> None:
        self.tab, self.page = tab, tab.page
        self.page.set_default_timeout(10_000)
        self.clicks: list[Locator] = []
        self.faults: list[str] = []

    def begins(self) -> None:
        for remembered in (self.clicks, self.faults, self.tab.errors):
            remembered.clear()

    def opens(self, path: str) -> None:
        self.faults += self.tab.errors
        self.tab.visit(path)

    def follows(self, name: str | re.Pattern[str], within: str = "body") -> None:
        self._clicks(self.page.locator(within).get_by_role("link", name=name).first)

    def presses(self, name: str, within: str = "body") -> None:
        self._clicks(self.page.locator(within).get_by_role("button", name=name, exact=True).first)

    def unfolds(self, name: str, within: str) -> None:
        self._clicks(self.page.locator(within).locator("summary").get_by_text(name, exact=True))

    def reads(self, text: str, within: str = "body") -> None:
        expect(self.page.locator(within).get_by_text(text).first).to_be_visible()

    def is_at(self, case: str, status: str = "") -> None:
        """Wait until the page of a case is shown, in the status if one is given."""
        expect(self.page.locator(".desk-case")).to_contain_text(case)
        expect(self.page.locator(".desk-head .desk-status")).to_have_text(status or re.compile("."))
        # A key pressed before the scripts of the page have run is lost.
        self.page.wait_for_load_state()

    def finds(self, case: str, queue: str) -> None:
        """Go from the first page to a queue, and from there to a case."""
        self.opens("/admin/")
        self.follows(queue, ".desk-cards")
        self.follows(case, ".desk-list")
        self.is_at(case)

    def fact(self, name: str) -> Locator:
        """Return what is shown beside a name at the top of a case."""
        pairs = self.page.locator(".desk-aside .desk-pairs > div")
        return pairs.filter(has=self.page.get_by_text(name, exact=True)).locator("dd")

    def _clicks(self, place: Locator) -> None:
        self.clicks.append(place)
        place.click()
        self.page.wait_for_load_state()


def sign_in(page: Page, username: str) -> None:
    page.goto("/admin/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")


def screenshot(page: Page, name: str) -> None:
    """Write the whole page to var/screenshots/<name>.png."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA: the rule, the element, and what is wrong with it."""
    # The tools of the browser inject axe, so the content security policy of the page stays in force.
    options = {"runOnly": {"type": "tag", "values": STANDARD}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']} | {_target(node)} | {_summary(node)}" for rule in found for node in rule["nodes"]]


def overflow(page: Page) -> list[str]:
    """Return by how much the document is wider than the window, with the first elements that stick out."""
    width, window = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
    if width <= window:
        return []
    return [f"overflow: {width} px in a window of {window} px | {', '.join(page.evaluate(BEYOND_THE_EDGE))}"]


def _target(node: dict[str, Any]) -> str:
    return " ".join(str(part) for part in node["target"])


def _summary(node: dict[str, Any]) -> str:
    """Return the reasons on one line, without the line "Fix any of the following:"."""
    lines = [line.strip() for line in node["failureSummary"].splitlines()]
    return "; ".join(line for line in lines if line and not line.startswith("Fix "))
