"""A person sets up app and security key, and signs in with each: as it is done in a browser, with an authenticator of Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accounts.codes import code_of
from tests.faults.stack import Stack

PASSWORD = "a password of this test 7"
MAKE = f"""
from registry.models import StaffRole, User
user = User.objects.create_user("careful", "careful@demo.example", {PASSWORD!r}, is_staff=True)
StaffRole.objects.create(user=user, role="registrar")
"""
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(desk: Stack, browser: Browser) -> Iterator[Page]:
    """A browser with a security key. Keys belong to names of hosts, so the address is no number."""
    desk.manage("shell", "-v", "0", "-c", MAKE)
    context = browser.new_context(base_url=f"http://localhost:{desk.port}", locale="en-US")
    tab = context.new_page()
    session = context.new_cdp_session(tab)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield tab
    context.close()


def signs_in(page: Page) -> None:
    page.goto("/admin/")
    page.fill("[name=login]", "careful")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()


def signs_out(page: Page) -> None:
    page.goto("/account/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_load_state()


def test_a_person_sets_up_app_and_key_and_signs_in_with_each(page: Page) -> None:
    signs_in(page)
    page.goto("/account/second-factor/needed/?next=/admin/")
    page.get_by_role("link", name="Set up the app").click()
    secret = page.input_value("#authenticator_secret")
    page.fill("[name=code]", code_of(secret))
    page.press("[name=code]", "Enter")
    expect(page.locator("#recovery_codes")).to_have_value(re.compile(r"^(\d{8}\s){9}\d{8}$"))
    page.goto("/account/second-factor/webauthn/add/")
    page.fill("[name=name]", "my key")
    page.click("#mfa_webauthn_add")
    expect(page.locator("main")).to_contain_text("You have added 1 security key")
    signs_out(page)
    signs_in(page)
    page.wait_for_url("**/account/second-factor/authenticate/**")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url("**/admin/")
    signs_out(page)
    signs_in(page)
    page.fill("[name=code]", code_of(secret, 1))
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/admin/")
