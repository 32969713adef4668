"""Who reaches which page of the workspace: the table of all its addresses."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.deadlines.models import CalendarFeed
from compliance.models import Filing, KeptService
from compliance.reports.schedules import Frequency
from compliance.reports.subscribing import Wishes, subscribe
from compliance.workspace.urls import urlpatterns
from registry.models import Invitation, Membership, Organization, User
from tests.making_filings import a_filing
from tests.workspace.conftest import signed_in

# The addresses of an organization, with what a GET and a POST answer a viewer. A filer gets 200 or a redirect for both.
OF_ORGANIZATION: dict[str, tuple[list[Any], int, int]] = {
    "services": ([], 200, 200),
    "keep": ([], 403, 403),
    "kept": (["kept"], 403, 403),
    "forget": (["kept"], 403, 403),
    "filings": ([], 200, 200),
    "start": ([], 403, 403),
    "workbook": ([], 403, 403),
    "empty-workbook": ([], 200, 200),
    "deadlines": ([], 200, 200),
    "renew-feed": ([], 302, 302),
    "reminders": ([], 302, 302),
    "models": ([], 200, 200),
    "reports": ([], 200, 200),
    "report-file": (["csv"], 302, 302),
    "new-subscription": ([], 200, 422),
    "subscription": (["subscription"], 200, 200),
    "preview-subscription": (["subscription"], 200, 200),
    "edit-subscription": (["subscription"], 404, 404),
    "act-on-subscription": (["subscription", "pause"], 404, 404),
    "people": ([], 200, 200),
    "invite": ([], 403, 403),
    "withdraw-invitation": (["invitation"], 403, 403),
    "member": (["member"], 403, 403),
    "mandate": (["member"], 404, 404),
    "filing": (["filing"], 200, 200),
    "submit": (["filing"], 403, 403),
    "withdraw": (["filing"], 403, 403),
    "amend": (["filing"], 403, 403),
    "answer": (["filing"], 403, 403),
    "messages": (["filing"], 200, 403),
    "letter": (["filing", "F-1"], 404, 404),
    "documents": (["filing"], 200, 200),
    "upload": (["filing"], 403, 403),
    "document": (["filing", "0" * 64], 404, 404),
    "dossier": (["filing"], 200, 200),
    "filing-workbook": (["filing"], 200, 200),
    "form": (["filing"], 200, 200),
    "find-model": (["filing"], 403, 403),
    "add-model": (["filing"], 403, 403),
    "read-card": (["filing"], 403, 403),
    "european-fields": (["filing"], 200, 200),
    "read-models": (["filing"], 403, 403),
    "bill-of-materials": (["filing", "cyclonedx"], 200, 200),
    "read-evidence": (["filing"], 403, 403),
    "remove": (["filing", "models/0"], 403, 403),
    "section": (["filing", "service"], 200, 403),
}
# The addresses of a person.
OF_PERSONS = {"home", "notices", "notice", "invitation", "feed"}


@pytest.fixture
def things(filer: User, organization: Organization, administrator: User) -> dict[str, Any]:
    """Something of each kind that belongs to the organization."""
    invitation = Invitation.objects.create(
        organization=organization, email="x@demo.example", role="viewer", invited_by=filer, ends_at=timezone.now()
    )
    User.objects.filter(pk=filer.pk).update(email="filer@demo.example")
    asked = Wishes("scorecard", Frequency.WEEKLY)
    kept = KeptService.objects.create(organization=organization, name="内部试用", by=filer)
    return {
        "filing": a_filing(filer, "generative").uid,
        "kept": kept.uid,
        "invitation": invitation.uid,
        "subscription": subscribe(asked, by=filer, organization=organization).uid,
        "member": Membership.objects.get(user=filer).pk,
    }


def address(name: str, organization: Organization, things: dict[str, Any]) -> str:
    arguments = [things.get(argument, argument) for argument in OF_ORGANIZATION[name][0]]
    return reverse(f"workspace:{name}", args=[organization.uid, *arguments])


def test_every_address_is_in_the_table() -> None:
    assert {pattern.name for pattern in urlpatterns} == OF_ORGANIZATION.keys() | OF_PERSONS


def test_nobody_else_finds_the_pages_of_an_organization(
    organization: Organization, things: dict[str, Any], stranger: User, reviewer: User
) -> None:
    clients, anonymous = [signed_in(stranger), signed_in(reviewer)], signed_in(None)
    for name in OF_ORGANIZATION:
        url = address(name, organization, things)
        answers = [(client.get(url).status_code, client.post(url).status_code) for client in clients]
        assert (name, answers) == (name, [(404, 404)] * 2)
        assert anonymous.get(url).headers["Location"].startswith("/account/sign-in/?next=")
        assert (name, anonymous.post(url).status_code) == (name, 401)


def test_a_filing_of_another_organization_is_not_found_under_the_own_address(
    other_organization: Organization, things: dict[str, Any], stranger: User
) -> None:
    client = signed_in(stranger)
    for name, (arguments, *_answers) in OF_ORGANIZATION.items():
        if "filing" in arguments:
            url = address(name, other_organization, things)
            assert (name, client.get(url).status_code, client.post(url).status_code) == (name, 404, 404)


def test_other_things_of_another_organization_are_not_found_either(
    other_organization: Organization, things: dict[str, Any], stranger: User
) -> None:
    Membership.objects.filter(user=stranger).update(is_administrator=True)
    client = signed_in(stranger)
    for name in ("kept", "forget", "withdraw-invitation", "member", "mandate"):
        client.post(address(name, other_organization, things))
        assert (name, KeptService.objects.exists()) == (name, True)
        assert (name, Membership.objects.filter(pk=things["member"]).exists()) == (name, True)
        assert (name, Invitation.objects.filter(withdrawn_at=None).exists()) == (name, True)


def test_a_viewer_reads_and_changes_nothing(organization: Organization, things: dict[str, Any], viewer: User) -> None:
    client, before = signed_in(viewer), list(Filing.objects.values_list("last_event_hash"))
    for name, (_arguments, reading, writing) in OF_ORGANIZATION.items():
        url = address(name, organization, things)
        assert (name, client.get(url).status_code, client.post(url).status_code) == (name, reading, writing)
    assert list(Filing.objects.values_list("last_event_hash")) == before


def test_a_filer_gets_every_page(organization: Organization, things: dict[str, Any], filer: User) -> None:
    client = signed_in(filer)
    for name in OF_ORGANIZATION:
        expected = {404} if name in ("letter", "document", "mandate") else {200, 302}
        assert client.get(address(name, organization, things)).status_code in expected, name


def test_an_ended_mandate_shuts_every_door(organization: Organization, filer: User, things: dict[str, Any]) -> None:
    Membership.objects.filter(user=filer).update(mandate="委托书", mandate_until="2020-01-01")
    assert signed_in(filer).get(address("services", organization, things)).status_code == 404


def test_the_calendar_needs_its_secret_and_a_member(organization: Organization, filer: User) -> None:
    feed = CalendarFeed.objects.create(user=filer, organization=organization)
    url, client = reverse("workspace:feed", args=[feed.pk, feed.secret]), signed_in(None)
    assert client.get(url).status_code == 200
    assert client.get(reverse("workspace:feed", args=[feed.pk, "guessed"])).status_code == 404
    Membership.objects.filter(user=filer).delete()
    assert client.get(url).status_code == 404


def test_an_unknown_organization_is_not_found(filer: User, organization: Organization) -> None:
    assert signed_in(filer).get(f"/workspace/{uuid4()}/").status_code == 404
