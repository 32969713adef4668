"""Every page, in each kind of window: accessible, without errors in the console, and no wider than the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.browser.pages import LANGUAGES, Tab, Variant, overflow, screenshot, violations
from tests.faults.stack import Stack


@dataclass(frozen=True)
class DeskPage:
    """A page: its name, its path (`{filing}` is a key of KEYS), and who opens it. Nobody is signed in where that is ""."""

    name: str
    path: str
    user: str = "reviewer"


PAGES = [
    DeskPage("login", "/admin/login/", user=""),
    DeskPage("index", "/admin/"),
    DeskPage("filings", "/admin/compliance/filing/"),
    DeskPage("filing", "/admin/compliance/filing/{filing}/change/"),
    DeskPage("flags", "/admin/compliance/flag/"),
    DeskPage("events", "/admin/compliance/event/"),
    DeskPage("reports", "/admin/compliance/reportrun/"),
    DeskPage("ai-models", "/admin/registry/aimodel/"),
    DeskPage("ai-model", "/admin/registry/aimodel/{ai_model}/change/"),
    DeskPage("services", "/admin/registry/service/"),
    DeskPage("official-numbers", "/admin/registry/officialnumber/"),
    DeskPage("organizations", "/admin/registry/organization/"),
]
# The keys in the paths: a filing with flags, and an AI model with a lineage and evidence of its origin.
KEYS = {
    "filing": "SELECT filing_id FROM compliance_flag ORDER BY id LIMIT 1",
    "ai_model": "SELECT child_id FROM registry_derivation ORDER BY id DESC LIMIT 1",
}
VARIANTS = [
    Variant("wide", "light", "en"),
    Variant("phone", "dark", "zh"),
    Variant("wide", "light", "zh"),
    Variant("tablet", "light", "en"),
]


@pytest.fixture(scope="session")
def keys(desk: Stack) -> dict[str, int]:
    return {name: desk.query(statement)[0] for name, statement in KEYS.items()}


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@pytest.mark.parametrize("shown", PAGES, ids=lambda page: page.name)
def test_a_page_is_accessible_quiet_and_fits(
    shown: DeskPage, variant: Variant, keys: dict[str, int], tab_of: Callable[[Variant, str], Tab]
) -> None:
    tab = tab_of(variant, shown.user)
    tab.visit(shown.path.format(**keys))
    screenshot(tab.page, f"{shown.name}-{variant}")
    # The errors are read before axe runs, so that they are those of the page.
    faults = [*tab.errors, *overflow(tab.page)]
    faults += violations(tab.page)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_a_window_has_its_language_and_theme(variant: Variant, tab_of: Callable[[Variant, str], Tab]) -> None:
    tab = tab_of(variant, "reviewer")
    tab.visit("/admin/")
    html = tab.page.locator("html")
    assert html.get_attribute("lang") == LANGUAGES[variant.language][0]
    assert html.get_attribute("class") == variant.theme


def test_a_script_that_the_policy_forbids_is_an_error(tab_of: Callable[[Variant, str], Tab]) -> None:
    tab = tab_of(VARIANTS[0], "")
    tab.visit("/admin/login/")
    with tab.page.expect_console_message():
        tab.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    assert ["Content Security Policy" in error for error in tab.errors] == [True]
