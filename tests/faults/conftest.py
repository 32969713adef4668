"""One stack per test, on the database of the run. Runs on PostgreSQL use the Redis of the run if the test does not harm it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from launch.services import Broker
from tests.faults.stack import PostgresDatabase, Stack, environment_of, manage, own_broker
from tests.migrated import migrated_database, migrated_file


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | PostgresDatabase]:
    """A migrated database with the demonstration data, created once and copied for each test."""
    folder = tmp_path_factory.mktemp("prepared")
    if settings.TEST_ON != "postgresql":
        path = Path(shutil.copy(migrated_file(), folder / "test.sqlite3"))
        _prepare(f"sqlite:///{path}", folder)
        yield path
        return
    with _created(migrated_database(settings.TEST_SERVER)) as database:
        _prepare(database.url, folder)
        yield database


def _prepare(url: str, folder: Path) -> None:
    manage(environment_of(url, own_broker(folder)), "load_demo")


@contextmanager
def _created(template: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(settings.TEST_SERVER)
    database.create(template)
    try:
        yield database
    finally:
        database.drop()


@pytest.fixture
def database_url(tmp_path: Path, prepared: Path | PostgresDatabase) -> Iterator[str]:
    if isinstance(prepared, Path):
        yield f"sqlite:///{shutil.copy(prepared, tmp_path)}"
        return
    with _created(prepared.name) as database:
        yield database.url


@pytest.fixture
def make_stack(tmp_path: Path, database_url: str) -> Iterator[Callable[..., Stack]]:
    made: list[Stack] = []

    def make(*, shared_broker: bool = False) -> Stack:
        is_shared = shared_broker and settings.TEST_ON == "postgresql"
        broker = Broker(settings.TEST_REDIS_URL, "the run's") if is_shared else own_broker(tmp_path)
        stack = Stack(tmp_path, database_url, broker)
        made.append(stack)
        return stack

    yield make
    for stack in made:
        stack.down()
