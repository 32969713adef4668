"""A stack a test, on the database of the run; PostgreSQL's runs speak to the Redis of the run where nobody harms it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from launch.services import Broker
from tests.faults.stack import PostgresDatabase, Stack, own_broker


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    if settings.TEST_ON != "postgresql":
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
        return
    database = PostgresDatabase(settings.TEST_SERVER)
    database.create()
    try:
        yield database.url
    finally:
        database.drop()


@pytest.fixture
def make_stack(tmp_path: Path, database_url: str) -> Iterator[Callable[..., Stack]]:
    made: list[Stack] = []

    def make(*, shared_broker: bool = False) -> Stack:
        is_shared = shared_broker and settings.TEST_ON == "postgresql"
        broker = Broker(settings.TEST_REDIS_URL, "the run's") if is_shared else own_broker(tmp_path)
        stack = Stack(tmp_path, database_url, broker)
        made.append(stack)
        stack.manage("migrate", "--verbosity", "0")
        stack.manage("load_demo")
        return stack

    yield make
    for stack in made:
        stack.down()
