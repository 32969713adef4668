"""One product and one Chromium for all tests, and one signed-in tab for each variant and user."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.filers import LANGUAGE, Filer
from tests.browser.pages import SIZES, Tab, Variant, sign_in
from tests.faults.stack import PostgresDatabase, Stack, own_broker, wait_until
from tests.migrated import migrated_database, migrated_file

# Prints a token of each of those who take the steps of the authority.
TOKENS = """
from registry.models import User
from registry.tokens import create_token
for username in ("reviewer", "admin"):
    print(create_token(User.objects.get(username=username)))
"""
# Writes a report on the demonstration, which was loaded just now.
REPORT = """
from datetime import timedelta
from django.utils import timezone
from compliance.reports import definitions
from compliance.reports.catalog import REPORTS
from compliance.reports.periods import Period
from compliance.reports.runs import request_run
from registry.models import User
now = timezone.now()
request_run(REPORTS["incomplete_filings"], by=User.objects.get(username="admin"), period=Period(now - timedelta(days=7), now))
"""
MISSING = "Chromium is needed: apt-get install chromium fonts-noto-cjk"


@pytest.fixture(scope="session", autouse=True)
def chromium() -> str:
    """Return the program. It is looked for before anything is started."""
    return shutil.which("chromium") or pytest.fail(MISSING)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running product with the demonstration, checked: web server, worker, beat and broker."""
    folder = tmp_path_factory.mktemp("desk")
    with _database(folder) as url:
        stack = Stack(folder, url, own_broker(folder))
        stack.environment["EMAIL_URL"] = f"filemail:///{folder / 'mail'}"
        try:
            _start(stack)
            yield stack
        finally:
            stack.down()


@pytest.fixture(scope="session")
def address(desk: Stack) -> str:
    return f"http://127.0.0.1:{desk.port}"


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def tab_of(address: str, browser: Browser) -> Callable[[Variant, str], Tab]:
    """Return the tab of a variant and a user; it is opened once. Nobody is signed in where the user is ""."""

    @cache
    def cookies_of(username: str) -> list[Any]:
        context = browser.new_context(base_url=address)
        sign_in(context.new_page(), username)
        return context.cookies()

    @cache
    def open_tab(variant: Variant, username: str) -> Tab:
        context = browser.new_context(base_url=address, **variant.options)
        context.add_cookies(cookies_of(username) if username else [])
        variant.choose(context, address)
        return Tab(context.new_page())

    return open_tab


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    """Give the URL of a migrated database of the kind that TEST_ON names."""
    if settings.TEST_ON != "postgresql":
        yield f"sqlite:///{shutil.copy(migrated_file(), folder / 'test.sqlite3')}"
        return
    database = PostgresDatabase(settings.TEST_SERVER)
    database.create(migrated_database(settings.TEST_SERVER))
    try:
        yield database.url
    finally:
        database.drop()


def _start(stack: Stack) -> None:
    """Load the demonstration, start everything, and wait until all filings are checked."""
    stack.up()
    stack.manage("load_demo")
    stack.up(stack.web, stack.worker, stack.beat)
    wait_until(lambda: bool(stack.manage("flag_table", "--when-checked")))
    stack.manage("shell", "-v", "0", "-c", REPORT)


@pytest.fixture(scope="session")
def home(desk: Stack) -> str:
    (uid,) = desk.query("SELECT uid FROM registry_organization WHERE uscc = '91440300708461136T'")
    return f"/workspace/{UUID(str(uid))}/"


@pytest.fixture(scope="session")
def open_context(browser: Browser, address: str) -> Callable[..., BrowserContext]:
    def opened(language: str = "en", size: str = "wide") -> BrowserContext:
        width, height = SIZES[size]
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        context.add_cookies([{"name": "django_language", "value": LANGUAGE[language], "url": address}])
        return context

    return opened


@pytest.fixture
def filer(open_context: Callable[..., BrowserContext], home: str) -> Iterator[Filer]:
    person = Filer(open_context(), home)
    person.signs_in("filer")
    yield person
    assert not person.faults, "\n".join(person.faults)


@pytest.fixture(scope="session")
def staff(desk: Stack) -> Callable[..., None]:
    """Take steps as the authority, over the API."""
    tokens = dict(
        zip(("reviewer", "admin"), desk.manage("shell", "-v", "0", "-c", TOKENS).splitlines()[-2:], strict=True)
    )

    def step(filing: str, *verbs: str) -> None:
        uid = filing.rstrip("/").split("/")[-1]
        url = f"/api/v1/filings/{uid}/"
        for verb in verbs:
            username = "admin" if verb == "decide" else "reviewer"
            wait_until(lambda: _is_checked(desk, url, tokens["admin"]))
            status, body = desk.call("POST", f"{url}{verb}/", b"{}", tokens[username])
            assert status == 200, (verb, body)

    return step


def _is_checked(desk: Stack, url: str, token: str) -> bool:
    return not desk.call("GET", url, token=token)[1]["check"]["due"]
