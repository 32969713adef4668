"""A member of the organization with the workspace in a browser without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from compliance.models import Filing
from registry.models import Membership, Organization, User
from tests.making_filings import a_filing


def signed_in(user: User | None, **options: Any) -> Client:
    client = Client(**options)
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def web(filer: User) -> Client:
    return signed_in(filer)


@pytest.fixture
def administrator(filer: User) -> User:
    Membership.objects.filter(user=filer).update(is_administrator=True)
    return filer


@pytest.fixture
def draft(filer: User) -> Filing:
    return a_filing(filer, "generative")


@pytest.fixture
def at(organization: Organization, draft: Filing) -> Callable[[str], str]:
    """Return the address of a page of the draft."""
    return lambda path="": f"/workspace/{organization.uid}/filings/{draft.uid}/{path}"
