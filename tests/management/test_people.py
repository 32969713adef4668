"""`create_token` and `load_demo`."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from compliance.models import Filing
from registry.models import ApiToken, Organization, User
from tests.making_filings import check_everything


def test_the_token_is_alone_on_the_last_line(filer, client):
    out = StringIO()
    call_command("create_token", "filer", stdout=out, stderr=StringIO())
    token = out.getvalue().splitlines()[-1]
    assert client.get("/api/v1/filings/", headers={"Authorization": f"Token {token}"}).status_code == 200


def test_a_token_for_an_unknown_user_is_refused(db):
    with pytest.raises(CommandError, match="nobody"):
        call_command("create_token", "nobody")
    assert not ApiToken.objects.exists()


def test_the_demonstration_is_loaded_once(db, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "a password")
    for _ in range(2):
        call_command("load_demo")
    assert sorted(User.objects.values_list("username", flat=True)) == [
        "admin",
        "demo-agent",
        "filer",
        "reviewer",
        "stranger",
    ]
    assert Organization.objects.filter(uscc="91440300708461136T", memberships__user__username="filer").exists()
    assert set(Filing.objects.values_list("status", flat=True)) == {"filed", "submitted"}
    assert Filing.objects.count() == 5
    assert User.objects.get(username="reviewer").check_password("a password")


def test_the_flags_of_the_demonstration_are_printed_when_checked(db):
    call_command("load_demo")
    before, after = StringIO(), StringIO()
    call_command("flag_table", "--when-checked", stdout=before)
    check_everything()
    call_command("flag_table", "--when-checked", stdout=after)
    lines = after.getvalue().splitlines()
    assert (before.getvalue(), lines[0].split()) == ("", ["filing", "service", "rule", "level", "at", "fault"])
    assert len(lines) > 5
