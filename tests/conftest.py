"""Shared fixtures: the day on which tests run, a user for each role, and API clients."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from registry.models import Membership, Organization, StaffRole, User
from registry.tokens import create_token
from tests.building import USCC
from tests.migrated import migrated_database, migrated_file

# A process of thousands of tests keeps many objects; looking through them as often as Python does takes a fifth of the time.
gc.set_threshold(50_000, 20, 100)

OTHER_USCC = "91440305MADEMA004M"
# The example dossiers are complete on this day: later, their deadlines pass.
NOW = datetime(2026, 11, 27, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
# Tests that start processes, which have a clock of their own.
WITH_PROCESSES = ("tests/faults/", "tests/browser/")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Begin with a copy of a migrated database; what is left to migrate is found to be nothing."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_database(settings.TEST_SERVER)
        yield
        return
    # The memory is shared by name, and lasts as long as somebody has it open.
    memory = connection.creation._get_test_db_name()
    with closing(sqlite3.connect(memory, uri=True)) as target:
        with closing(sqlite3.connect(migrated_file())) as source:
            source.backup(target)
        yield


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let every test begin at the same moment; the clock goes on."""
    if any(folder in request.node.nodeid for folder in WITH_PROCESSES):
        yield
        return
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def organization(db: None) -> Organization:
    return Organization.objects.create(uscc=USCC, name="样例云图智能有限公司")


@pytest.fixture
def other_organization(db: None) -> Organization:
    return Organization.objects.create(uscc=OTHER_USCC, name="示例旁观科技有限公司")


def _member(username: str, organization: Organization, role: str) -> User:
    user = User.objects.create_user(username)
    Membership.objects.create(user=user, organization=organization, role=role)
    return user


def staff(username: str, role: str, provinces: list[str] | None = None) -> User:
    user = User.objects.create_user(username, password="a password", is_staff=True)
    StaffRole.objects.create(user=user, role=role, provinces=provinces or [])
    return user


@pytest.fixture
def filer(organization: Organization) -> User:
    return _member("filer", organization, "filer")


@pytest.fixture
def viewer(organization: Organization) -> User:
    return _member("viewer", organization, "viewer")


@pytest.fixture
def stranger(other_organization: Organization) -> User:
    return _member("stranger", other_organization, "filer")


@pytest.fixture
def reviewer(db: None) -> User:
    return staff("reviewer", "reviewer", ["44"])


@pytest.fixture
def far_reviewer(db: None) -> User:
    return staff("far_reviewer", "reviewer", ["11"])


@pytest.fixture
def registrar(db: None) -> User:
    return staff("registrar", "registrar")


@pytest.fixture
def auditor(db: None) -> User:
    return staff("auditor", "auditor")


@pytest.fixture
def administrator(db: None) -> User:
    return staff("administrator", "administrator")


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user)}")
    return client


@pytest.fixture
def api(filer: User) -> APIClient:
    """An API client of the filer."""
    return client_of(filer)


@pytest.fixture
def today() -> Callable[[int], date]:
    """Return a date relative to today, in Asia/Shanghai."""
    return lambda days=0: timezone.localdate() + timedelta(days=days)
