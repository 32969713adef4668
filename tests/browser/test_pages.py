"""Every page, in each kind of window: accessible, without errors in the console, and no wider than the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
    DeskPage("account", "/account/"),
    DeskPage("second-factor", "/account/second-factor/"),
    DeskPage("second-factor-needed", "/account/second-factor/needed/"),
    DeskPage("sessions", "/account/sessions/"),
    DeskPage("password", "/account/password/"),
    DeskPage("password-reset", "/account/password/reset/", user=""),
    DeskPage("index", "/admin/"),
    DeskPage("filings", "/admin/compliance/filing/"),
    DeskPage("filing", "/admin/compliance/filing/{filing}/change/"),
    DeskPage("queue", "/admin/compliance/filing/?queue=unassigned"),
    DeskPage("case-in-a-queue", "/admin/compliance/filing/{with_evidence}/change/?queue=unassigned"),
    DeskPage("correction-notice", "/admin/compliance/filing/{filing}/letter/return/"),
    DeskPage("compare", "/admin/compliance/filing/{filing}/compare/"),
    DeskPage("as-of", "/admin/compliance/filing/{filing}/as-of/?day=2026-12-01&compare_to=2027-02-01"),
    DeskPage("search", "/admin/search/?q=示例"),
    DeskPage("notices", "/admin/notices/"),
    DeskPage("notice-settings", "/admin/notices/settings/"),
    DeskPage("reviewers", "/admin/reviewers/"),
    DeskPage("index-of-the-registrar", "/admin/", user="admin"),
    DeskPage("decided-case", "/admin/compliance/filing/{decided}/change/", user="admin"),
    DeskPage("official-number", "/admin/registry/officialnumber/{number}/change/"),
    DeskPage("users", "/admin/registry/user/", user="admin"),
    DeskPage("user", "/admin/registry/user/1/change/", user="admin"),
    DeskPage("flags", "/admin/compliance/flag/"),
    DeskPage("events", "/admin/compliance/event/"),
    DeskPage("reports", "/admin/compliance/reportrun/"),
    DeskPage("report", "/admin/compliance/reportrun/{report}/change/", user="admin"),
    DeskPage("subscriptions", "/admin/compliance/subscription/"),
    DeskPage("new-subscription", "/admin/compliance/subscription/new/"),
    DeskPage("document-templates", "/admin/compliance/documenttemplate/", user="admin"),
    DeskPage("ai-models", "/admin/registry/aimodel/"),
    DeskPage("ai-model", "/admin/registry/aimodel/{ai_model}/change/"),
    DeskPage("services", "/admin/registry/service/"),
    DeskPage("official-numbers", "/admin/registry/officialnumber/"),
    DeskPage("organizations", "/admin/registry/organization/"),
    DeskPage("organization", "/admin/registry/organization/1/change/", user="admin"),
    DeskPage("service", "/admin/registry/service/{service}/change/"),
    DeskPage("training-data", "/admin/registry/trainingdatadeclaration/"),
    DeskPage("dependence", "/admin/registry/aimodel/dependence/"),
    DeskPage("tokens", "/admin/registry/apitoken/", user="admin"),
    DeskPage("new-token", "/admin/registry/apitoken/add/", user="admin"),
    DeskPage("webhooks", "/admin/compliance/webhook/", user="admin"),
    DeskPage("new-webhook", "/admin/compliance/webhook/add/", user="admin"),
    DeskPage("memberships", "/admin/registry/membership/", user="admin"),
    DeskPage("calendar", "/admin/compliance/calendarday/", user="admin"),
    DeskPage("years", "/admin/compliance/confirmedyear/", user="admin"),
]
# The keys in the paths: a filing with flags, and an AI model with a lineage and evidence of its origin.
KEYS = {
    "filing": "SELECT filing_id FROM compliance_flag ORDER BY id LIMIT 1",
    "with_evidence": "SELECT filing_id FROM compliance_evidencefile ORDER BY id LIMIT 1",
    "decided": "SELECT id FROM compliance_filing WHERE official_number_id IS NOT NULL ORDER BY id LIMIT 1",
    "number": "SELECT id FROM registry_officialnumber ORDER BY id DESC LIMIT 1",
    "report": "SELECT id FROM compliance_reportrun WHERE asked_by_id IS NOT NULL ORDER BY id LIMIT 1",
    "service": "SELECT id FROM registry_service ORDER BY id LIMIT 1",
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


# Each page in a kind of window, by turns; those that people see all day in two that differ in everything.
EVERYWHERE = ("index", "filings", "filing", "correction-notice")
# What people open now and then is looked at by `make full` alone, in one.
NOW_AND_THEN = ("organization", "service", "training-data", "dependence", "tokens", "new-token", "webhooks", "new-webhook",
                "memberships", "calendar", "years", "users", "user", "as-of", "official-number", "subscriptions", "document-templates")  # fmt: skip


def _windows_of(page: DeskPage) -> list[Variant]:
    """Return the windows of a page: the first ones are looked at each time, the others by `make full`."""
    if page.name in EVERYWHERE:
        return VARIANTS
    first, second = VARIANTS[:2] if PAGES.index(page) % 2 else VARIANTS[1::-1]
    return [first] if page.name in NOW_AND_THEN else [first, second]


def _shown(page: DeskPage) -> list[Any]:
    always = 2 if page.name in EVERYWHERE else 0 if page.name in NOW_AND_THEN else 1
    return [
        pytest.param(page, variant, id=f"{page.name}-{variant}", marks=[] if number < always else [pytest.mark.full])
        for number, variant in enumerate(_windows_of(page))
    ]


WINDOWS = [window for page in PAGES for window in _shown(page)]


@pytest.mark.parametrize(("shown", "variant"), WINDOWS)
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
