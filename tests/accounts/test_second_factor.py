"""The second factor: no address of the desk or the workspace opens without it to whoever needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registry.models import User
from tests.accounts.codes import code_of, sets_up_app, signs_in

NEEDED = "/account/second-factor/needed/"
FILLING = {"int": "1", "uuid": "0197f0c4-0000-7000-8000-000000000000", "slug": "x", "str": "x", "path": "1"}


@pytest.fixture(autouse=True)
def _required(settings):
    settings.SECOND_FACTOR_FOR = ["registrar", "administrator"]


def addresses(prefix: str) -> Iterator[str]:
    """Yield an address for each pattern of the desk or the workspace."""
    for pattern in get_resolver().url_patterns:
        if str(pattern.pattern).startswith(prefix):
            yield from _addresses(pattern, "/")


def _addresses(pattern: URLPattern | URLResolver, before: str) -> Iterator[str]:
    text = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        text = text.replace(f"<{kind}:{name}>", FILLING.get(kind, "1")).replace(f"<{name}>", "x")
    text = re.sub(r"\(\?P<app_label>[^)]*\)", "registry", text)
    whole = before + text.lstrip("^").rstrip("$")
    if isinstance(pattern, URLResolver):
        for inner in pattern.url_patterns:
            yield from _addresses(inner, whole)
    else:
        yield whole.replace("(?P<url>.*)", "x").replace("\\Z", "").replace("//", "/")


ADDRESSES = [each for prefix in ("admin/", "workspace/") for each in addresses(prefix)]


def test_the_addresses_are_those_of_all_rooms():
    assert len(ADDRESSES) > 150
    assert {"/admin/", "/admin/compliance/filing/", "/admin/registry/user/add/", "/workspace/"} <= set(ADDRESSES)


@pytest.mark.parametrize("role", ["registrar", "administrator"])
def test_no_address_opens_with_a_password_alone(role, request):
    user = request.getfixturevalue(role)
    web = Client()
    assert signs_in(web, role) == "/admin/"
    for method in (web.get, web.post):
        answers = {address: method(address) for address in ADDRESSES}
        assert {address: answer.get("Location", answer.status_code) for address, answer in answers.items()} == {
            address: f"{NEEDED}?next={address.replace('/', '%2F')}" for address in ADDRESSES
        }
    assert user.has_role(role)


def test_other_roles_need_none(reviewer, auditor):
    for name in ("reviewer", "auditor"):
        web = Client()
        signs_in(web, name)
        assert web.get("/admin/").status_code == 200


def test_a_registrar_sets_up_an_app_and_is_let_in(registrar, monkeypatch):
    monkeypatch.setattr("django.db.transaction.on_commit", lambda work, **_more: work())
    web = Client()
    signs_in(web, "registrar")
    assert "Set up the app" in web.get("/admin/", follow=True).content.decode()
    secret = sets_up_app(web)
    assert web.get("/admin/").status_code == 200
    again = Client()
    assert signs_in(again, "registrar") == "/account/second-factor/authenticate/"
    assert again.get("/admin/").status_code == 302
    wrong = again.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    assert again.post(reverse("mfa_authenticate"), {"code": code_of(secret, 1)}).url == "/admin/"
    assert again.get("/admin/").status_code == 200


def test_a_code_opens_once(registrar):
    web = Client()
    signs_in(web, "registrar")
    secret = sets_up_app(web)
    code, answers = code_of(secret, 1), []
    for _ in range(2):
        other = Client()
        signs_in(other, "registrar")
        answers.append(other.post(reverse("mfa_authenticate"), {"code": code}).status_code)
    assert answers == [302, 200]


def test_codes_cannot_be_tried_without_end(registrar):
    web = Client()
    signs_in(web, "registrar")
    secret = sets_up_app(web)
    other = Client()
    signs_in(other, "registrar")
    pages = [other.post(reverse("mfa_authenticate"), {"code": f"{number:06d}"}).content.decode() for number in range(6)]
    assert ["Too many failed" in page for page in pages] == [False] * 5 + [True]
    assert other.post(reverse("mfa_authenticate"), {"code": code_of(secret, 1)}).status_code == 200


def test_a_recovery_code_opens_once(registrar):
    web = Client()
    signs_in(web, "registrar")
    sets_up_app(web)
    codes = Authenticator.objects.get(user=registrar, type="recovery_codes").wrap().get_unused_codes()
    answers = []
    for _ in range(2):
        other = Client()
        signs_in(other, "registrar")
        answers.append(other.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code)
    assert (len(codes), answers) == (10, [302, 200])


def test_secrets_are_stored_encrypted(registrar):
    web = Client()
    signs_in(web, "registrar")
    secret = sets_up_app(web)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert stored.count("gAAAA") == 2


def test_a_session_that_came_about_in_another_way_owes_the_second_factor(registrar):
    """No way leads around it: a session made by a program, and one from before the role was given."""
    web = Client()
    signs_in(web, "registrar")
    sets_up_app(web)
    made = Client()
    made.force_login(registrar)
    assert made.get("/admin/").url.startswith(reverse("mfa_reauthenticate"))
    reviewer = User.objects.create_user("late", password="a password", is_staff=True)
    before = Client()
    signs_in(before, "late")
    reviewer.staff_roles.create(role="registrar")
    assert before.get("/admin/").url.startswith(NEEDED)


def test_the_second_factor_of_one_person_does_not_count_for_another(registrar, administrator):
    web = Client()
    signs_in(web, "registrar")
    sets_up_app(web)
    web.force_login(administrator)
    assert web.get("/admin/").url.startswith(NEEDED)


def test_whoever_removes_it_confirms_with_it_and_owes_it_again(registrar):
    web = Client()
    signs_in(web, "registrar")
    secret = sets_up_app(web)
    assert web.post(reverse("mfa_deactivate_totp")).url.startswith(reverse("mfa_reauthenticate"))
    web.post(reverse("mfa_reauthenticate"), {"code": code_of(secret, 1)})
    web.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()
    other = Client()
    signs_in(other, "registrar")
    assert other.get("/admin/").url.startswith(NEEDED)


def test_a_session_from_before_opens_nothing_of_the_account_and_cannot_remove_the_second_factor(registrar, monkeypatch):
    """A thief who had the password only, and a session, before the owner set up an app."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda work, **_more: work())
    thief, owner = Client(), Client()
    for web in (thief, owner):
        signs_in(web, "registrar")
    sets_up_app(owner)
    assert thief.get("/account/").url.startswith(reverse("account_login"))
    thief.force_login(registrar)
    pages = (
        "account",
        "mfa_view_recovery_codes",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "account_change_password",
        "usersessions_list",
    )
    for page in pages:
        for method in (thief.get, thief.post):
            assert method(reverse(page)).url.startswith(reverse("mfa_reauthenticate")), page
    thief.post(reverse("account_reauthenticate"), {"password": "a password"})
    assert thief.post(reverse("mfa_deactivate_totp")).url.startswith(reverse("mfa_reauthenticate"))
    assert (Authenticator.objects.count(), owner.get("/admin/").status_code) == (2, 200)


def test_a_second_factor_that_is_gone_lets_no_session_in(registrar, monkeypatch):
    monkeypatch.setattr("django.db.transaction.on_commit", lambda work, **_more: work())
    web = Client()
    signs_in(web, "registrar")
    sets_up_app(web)
    assert web.get("/admin/").status_code == 200
    Authenticator.objects.all().delete()
    assert web.get("/admin/").url.startswith(NEEDED)
    call_command("remove_second_factor", "registrar", stdout=StringIO())
    assert web.get("/admin/").url.startswith("/admin/login/")
