"""Invitations, members and mandates of an organization; a person between several organizations."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from compliance.notices.inviting import send_invitations
from registry.membership import changing, inviting
from registry.membership.inviting import Terms, link_text
from registry.membership.refusals import MembershipRefused
from registry.models import Invitation, Membership, MembershipEvent, Organization, User
from tests.workspace.conftest import signed_in

FILER, VIEWER = Terms("filer"), Terms("viewer")
PASSWORD = "a long pass phrase 7"


@pytest.fixture
def invitation(organization: Organization, administrator: User) -> Invitation:
    return inviting.invite(organization, "Lin@Demo.Example ", FILER, by=administrator, language="en")


def members(organization: Organization) -> list[tuple[str, str, bool]]:
    rows = Membership.objects.filter(organization=organization).order_by("user__username")
    return list(rows.values_list("user__username", "role", "is_administrator"))


def test_an_invitation_is_mailed_once_and_lets_a_new_person_in(
    organization: Organization, invitation: Invitation
) -> None:
    assert (send_invitations(), send_invitations()) == (1, 0)
    (message,) = mail.outbox
    link = f"/workspace/invitations/{link_text(invitation)}/"
    assert message.to == ["lin@demo.example"]
    assert link in message.body
    assert link in str(message.alternatives[0][0])
    web = signed_in(None)
    assert organization.name in web.get(link).content.decode()
    web.post(link, {"username": "lin.li", "name": "示例人员", "password": PASSWORD})
    assert members(organization) == [("filer", "filer", True), ("lin.li", "filer", False)]
    assert web.get(f"/workspace/{organization.uid}/").status_code == 200
    assert User.objects.get(username="lin.li").email == "lin@demo.example"
    assert signed_in(None).get(link).status_code == 410


def test_a_mail_server_that_fails_is_tried_again(invitation: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(backend: EmailBackend, messages: Any) -> int:
        raise SMTPServerDisconnected("down")

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", fail)
        assert send_invitations() == 0
    assert send_invitations() == 0
    Invitation.objects.update(mail_due_at=timezone.now())
    assert (send_invitations(), send_invitations(), len(mail.outbox)) == (1, 0, 1)


def test_somebody_with_an_account_is_added_to_a_second_organization_and_mixes_nothing(
    organization: Organization, other_organization: Organization, invitation: Invitation, stranger: User
) -> None:
    web = signed_in(stranger)
    web.post(f"/workspace/invitations/{link_text(invitation)}/")
    assert web.get("/workspace/").content.decode().count('class="card"') == 2
    for own in (organization, other_organization):
        page = web.get(f"/workspace/{own.uid}/filings/").content.decode()
        assert page.count(f"<summary>{own.name}</summary>") == 1


@pytest.mark.parametrize("text", ["", "x", "0" * 32, "0" * 32 + ":sig"])
def test_a_forged_link_lets_nobody_in(organization: Organization, invitation: Invitation, text: str) -> None:
    assert inviting.invitation_of(text) is None
    assert inviting.invitation_of(invitation.uid.hex) is None


def test_a_link_ends(invitation: Invitation, organization: Organization, administrator: User) -> None:
    link = link_text(invitation)
    earlier = timezone.now() - timedelta(days=8)
    Invitation.objects.update(invited_at=earlier, ends_at=timezone.now() - timedelta(seconds=1))
    assert inviting.invitation_of(link) is None
    again = inviting.invite(organization, "lin@demo.example", VIEWER, by=administrator, language="zh")
    inviting.withdraw_invitation(again, by=administrator)
    assert inviting.invitation_of(link_text(again)) is None


def test_an_invitation_again_replaces_the_one_before(
    organization: Organization, invitation: Invitation, administrator: User
) -> None:
    with pytest.raises(MembershipRefused):
        inviting.invite(organization, "lin@demo.example", VIEWER, by=administrator, language="en")
    inviting.withdraw_invitation(invitation, by=administrator)
    with pytest.raises(MembershipRefused):
        inviting.invite(organization, "lin@demo.example", VIEWER, by=administrator, language="en")
    Invitation.objects.update(invited_at=timezone.now() - timedelta(minutes=11))
    again = inviting.invite(organization, "lin@demo.example", VIEWER, by=administrator, language="en")
    assert inviting.invitation_of(link_text(invitation)) is None
    assert inviting.invitation_of(link_text(again)) == again


@pytest.mark.parametrize(
    ("email", "terms", "code"),
    [
        ("no address", FILER, "bad_address"),
        ("filer@demo.example", FILER, "is_a_member"),
        ("a@demo.example", Terms("owner"), "unknown_role"),
        ("a@demo.example", Terms("filer", mandate_until=timezone.localdate()), "mandate_without_document"),
        (
            "a@demo.example",
            Terms(
                "filer",
                mandate="书",
                mandate_from=timezone.localdate(),
                mandate_until=timezone.localdate() - timedelta(1),
            ),
            "mandate_ends_first",
        ),
    ],
)
def test_what_cannot_be_invited_says_why(
    organization: Organization, administrator: User, email: str, terms: Terms, code: str
) -> None:
    User.objects.filter(pk=administrator.pk).update(email="filer@demo.example")
    with pytest.raises(MembershipRefused) as refused:
        inviting.invite(organization, email, terms, by=administrator, language="en")
    assert refused.value.code == code
    assert not Invitation.objects.exists()


def test_only_an_administrator_invites(organization: Organization, viewer: User) -> None:
    with pytest.raises(MembershipRefused):
        inviting.invite(organization, "a@demo.example", VIEWER, by=viewer, language="en")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"username": "filer"}, "Somebody has this user name"),
        ({"username": "a b"}, "A user name has letters"),
        ({"password": "12345"}, "too short"),
    ],
)
def test_an_account_that_cannot_be_made_says_why_and_keeps_the_name(
    invitation: Invitation, typed: dict[str, str], message: str
) -> None:
    given = {"username": "lin.li", "name": "示例人员", "password": PASSWORD, **typed}
    answer = signed_in(None).post(f"/workspace/invitations/{link_text(invitation)}/", given)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert "示例人员" in answer.content.decode()
    assert not User.objects.filter(username="lin.li").exists()


def test_a_mandate_of_a_law_firm_has_a_document_and_days(
    organization: Organization, administrator: User, viewer: User
) -> None:
    member = Membership.objects.get(user=viewer)
    web, url = signed_in(administrator), f"/workspace/{organization.uid}/people/{member.pk}/"
    typed = {
        "role": "filer",
        "mandate": "授权委托书 2026-01",
        "mandate_from": "2026-01-01",
        "mandate_until": "2020-01-01",
    }
    refused = web.post(url, typed)
    assert refused.status_code == 422
    assert "授权委托书 2026-01" in refused.content.decode()
    web.post(url, {**typed, "mandate_until": "2099-12-31"})
    member.refresh_from_db()
    assert (member.role, member.mandate, str(member.mandate_until)) == ("filer", "授权委托书 2026-01", "2099-12-31")
    assert [(event.verb, event.person) for event in MembershipEvent.objects.all()] == [("changed", "viewer")]


def test_the_document_of_a_mandate_is_kept_for_administrators_and_its_member(
    organization: Organization, administrator: User, viewer: User
) -> None:
    member = Membership.objects.get(user=viewer)
    web, url = signed_in(administrator), f"/workspace/{organization.uid}/people/{member.pk}/"
    typed = {"role": "viewer", "mandate": "授权委托书"}
    refused = web.post(url, {**typed, "mandate_file": SimpleUploadedFile("run.exe", b"MZ\x90\x00\x03\x00")})
    member.refresh_from_db()
    assert (refused.status_code, member.mandate) == (422, "")
    web.post(url, {**typed, "mandate_file": SimpleUploadedFile("授权.pdf", b"%PDF-1.4 mandate")})
    for user, status in ((administrator, 200), (viewer, 200)):
        answer = signed_in(user).get(f"{url}mandate/")
        assert answer.status_code == status
        assert b"".join(answer.streaming_content) == b"%PDF-1.4 mandate"  # type: ignore[attr-defined]
    colleague = User.objects.create_user("colleague")
    Membership.objects.create(user=colleague, organization=organization, role="filer")
    assert signed_in(colleague).get(f"{url}mandate/").status_code == 404


def test_somebody_always_stays_who_administers(organization: Organization, administrator: User) -> None:
    own = Membership.objects.get(user=administrator)
    ended = Terms("filer", True, "书", mandate_until=timezone.localdate() - timedelta(days=1))
    for act in (
        lambda: changing.change_member(own, ended, by=administrator),
        lambda: changing.remove_member(own, by=administrator),
        lambda: changing.change_member(own, FILER, by=administrator),
    ):
        with pytest.raises(MembershipRefused) as refused:
            act()
        assert refused.value.code == "last_administrator"
    assert members(organization) == [("filer", "filer", True)]


def test_a_removed_member_sees_nothing_any_more(organization: Organization, administrator: User, viewer: User) -> None:
    changing.remove_member(Membership.objects.get(user=viewer), by=administrator)
    assert signed_in(viewer).get(f"/workspace/{organization.uid}/").status_code == 404


def test_who_did_what_is_shown_to_administrators_alone(
    organization: Organization, administrator: User, viewer: User
) -> None:
    inviting.invite(organization, "a@demo.example", VIEWER, by=administrator, language="en")
    url = f"/workspace/{organization.uid}/people/"
    assert "invited: a@demo.example" in signed_in(administrator).get(url).content.decode()
    assert "a@demo.example" not in signed_in(viewer).get(url).content.decode()
