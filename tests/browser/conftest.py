"""One product and one Chromium for all tests, and one signed-in tab for each variant and user."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

from tests.browser.pages import Tab, Variant, sign_in
from tests.faults.stack import PostgresDatabase, Stack, own_broker, wait_until

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
    """Give the URL of an empty database of the kind that TEST_ON names."""
    if settings.TEST_ON != "postgresql":
        yield f"sqlite:///{folder / 'test.sqlite3'}"
        return
    database = PostgresDatabase(settings.TEST_SERVER)
    database.create()
    try:
        yield database.url
    finally:
        database.drop()


def _start(stack: Stack) -> None:
    """Load the demonstration, start everything, and wait until all filings are checked."""
    stack.up()
    stack.manage("migrate", "--verbosity", "0")
    stack.manage("load_demo")
    stack.up(stack.web, stack.worker, stack.beat)
    wait_until(lambda: bool(stack.manage("flag_table", "--when-checked")))
