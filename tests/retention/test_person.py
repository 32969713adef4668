"""Everything that is held on a person can be exported."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from registry.models import Invitation, MembershipEvent, User
from tests.making_filings import a_submitted_filing

pytestmark = pytest.mark.django_db


def exported(*arguments: str) -> dict:
    output = StringIO()
    call_command("export_person", *arguments, stdout=output)
    return json.loads(output.getvalue())


def test_an_account_is_exported_with_what_hangs_on_it(filer):
    filing = a_submitted_filing(filer)
    account = exported("--username", filer.username)["account"]
    assert account["username"] == filer.username
    assert {(act["filing__case_number"], act["verb"]) for act in account["actions"]} >= {(filing.case_number, "submit")}
    assert account["memberships"][0]["role"] == "filer"
    assert set(account) >= {
        "email",
        "roles",
        "devices",
        "sessions",
        "second_factors",
        "tokens",
        "notices",
        "mails",
        "accesses",
    }
    assert "digest" not in json.dumps(account)
    assert set(account["rows"]) >= {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.related_model is User
    }
    assert [row["what"] for row in account["rows"]["compliance.Filing.opened_by"]] == [filing.case_number]
    assert filer.password not in json.dumps(account)


def test_a_contact_is_found_in_revisions_and_drafts(filer):
    filing = a_submitted_filing(filer, changes={"/applicant/contact/name": '联系"人"丙'})
    found = exported("--name", '联系"人"丙')
    case = filing.case_number
    assert found == {
        "account": None,
        "invitations": [],
        "membership_events": [],
        "filings": [{"case": case, "revision": 1, "at": "/applicant/contact/name", "value": '联系"人"丙'}],
    }
    assert exported("--name", "联系")["filings"] == []
    places = [row["at"] for row in exported("--email", "CONTACT@sample.example")["filings"]]
    assert places == ["/applicant/contact/email"]


def test_a_file_is_for_its_owner_alone(filer, tmp_path):
    path = tmp_path / "person.json"
    call_command("export_person", "--username", filer.username, "--output", str(path))
    assert (json.loads(path.read_text())["account"]["username"], path.stat().st_mode & 0o077) == (filer.username, 0)


def test_a_file_that_exists_is_left_alone(filer, tmp_path):
    path = tmp_path / "person.json"
    path.write_text("mine")
    with pytest.raises(CommandError, match="does not exist"):
        call_command("export_person", "--username", filer.username, "--output", str(path))
    assert path.read_text() == "mine"


def test_nobody_and_unknown_people_are_refused(db):
    with pytest.raises(CommandError, match="--username"):
        exported()
    with pytest.raises(CommandError, match="no user nobody"):
        exported("--username", "nobody")


def test_invitations_and_the_history_of_organizations_are_found_by_address(filer):
    organization = filer.memberships.get().organization
    invited = {"email": "Guest@sample.example", "role": "filer", "ends_at": timezone.now(), "invited_by": filer}
    Invitation.objects.create(organization=organization, **invited)
    MembershipEvent.objects.create(organization=organization, verb="invited", person="guest@sample.example", by=filer)
    found = exported("--email", "guest@sample.example")
    assert [row["role"] for row in found["invitations"]] == ["filer"]
    assert [row["person"] for row in found["membership_events"]] == ["guest@sample.example"]
