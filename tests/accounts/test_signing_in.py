"""Signing in: one page for the desk and the workspace, passwords that are tried, sessions, devices, resets."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.models import SignInDevice, User
from tests.accounts.codes import signs_in
from tests.conftest import client_of

WRONG = "not correct"
LOCKED = "Too many failed login attempts. Try again later."
FIREFOX = {"headers": {"user-agent": "Firefox"}}


@pytest.fixture
def web() -> Client:
    return Client()


@pytest.mark.parametrize(
    "page", ["/admin/", "/admin/compliance/filing/", "/workspace/", "/workspace/notices/", "/account/"]
)
def test_every_room_leads_to_one_page_and_from_there_back(web, reviewer, page):
    answer = web.get(page, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/account/sign-in/?next=")
    following = answer.context["redirect_field_value"]
    assert following == page
    assert signs_in(web, "reviewer", following=following) == page


@pytest.mark.parametrize(("name", "leads_to"), [("reviewer", "/admin/"), ("member", "/workspace/")])
def test_whoever_asked_for_no_page_gets_his_own_room(web, reviewer, name, leads_to):
    User.objects.create_user("member", password="a password")
    assert signs_in(web, name) == leads_to


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "\thttps://evil.example",
    ],
)
def test_a_sign_in_leads_to_no_other_host(web, reviewer, elsewhere):
    assert signs_in(web, "reviewer", following=elsewhere) == "/admin/"
    for page in ("/admin/login/", "/workspace/sign-in/"):
        assert "evil" not in Client().get(page, {"next": elsewhere}).headers["Location"]


def test_the_address_of_the_old_page_of_the_workspace_still_leads_to_a_sign_in(web):
    assert web.get("/workspace/sign-in/").url == "/account/sign-in/?next=%2Fworkspace%2F"


def test_whoever_has_no_place_at_the_desk_gets_a_page_that_says_so(web, filer):
    web.force_login(filer)
    answer = web.get("/admin/", follow=True)
    assert (answer.status_code, "no place at the desk" in answer.content.decode()) == (403, True)


def test_nobody_makes_an_account_by_himself(web, db):
    given = {"username": "intruder", "password1": "a long password", "email": "x@y.example"}
    for answer in (web.get(reverse("account_signup")), web.post(reverse("account_signup"), given)):
        assert "Accounts are made by invitation" in answer.content.decode()
    assert not User.objects.exists()


def test_a_service_account_uses_tokens_and_cannot_sign_in(web, reviewer):
    api = client_of(reviewer)
    web.force_login(reviewer)
    User.objects.filter(pk=reviewer.pk).update(is_service_account=True)
    assert api.get("/api/v1/filings/").status_code == 200
    assert web.get("/admin/").status_code == 302
    assert WRONG in signs_in(Client(), "reviewer")


def test_after_five_wrong_passwords_the_right_one_is_refused_for_fifteen_minutes(web, reviewer, registrar):
    User.objects.filter(pk=reviewer.pk).update(email="reviewer@demo.example")
    answers = [signs_in(web, "reviewer", f"guess {number}") for number in range(6)]
    assert [WRONG in answer for answer in answers] == [True] * 5 + [False]
    assert LOCKED in answers[5]
    assert LOCKED in signs_in(Client(REMOTE_ADDR="203.0.113.9"), "Reviewer")
    assert signs_in(Client(), "registrar") == "/admin/"
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["reviewer@demo.example"], "[testserver] Somebody tries passwords for your account")
    ]
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert signs_in(Client(), "reviewer") == "/admin/"


def test_neither_port_nor_case_opens_a_locked_account(web, reviewer):
    for number in range(5):
        signs_in(web, "Reviewer", f"guess {number}")
    for host in ("testserver:9000", "testserver:7777", "testserver"):
        web.defaults["HTTP_HOST"] = host
        assert LOCKED in signs_in(web, "reviewer"), host


def test_an_address_that_is_refused_does_not_alarm_those_whose_names_it_tries(web, reviewer):
    User.objects.filter(pk=reviewer.pk).update(email="reviewer@demo.example")
    for number in range(61):
        signs_in(web, f"nobody{number}", "a guess")
    assert LOCKED in signs_in(web, "reviewer", "a guess")
    assert mail.outbox == []


def test_the_administrators_hear_of_a_locked_account(web, reviewer, administrator):
    User.objects.filter(pk=administrator.pk).update(email="administrator@demo.example")
    for number in range(7):
        signs_in(web, "reviewer", f"guess {number}")
    assert [(message.to, "reviewer" in message.body) for message in mail.outbox] == [
        (["administrator@demo.example"], True)
    ]


def test_the_refusal_is_in_the_language_of_the_reader(web, reviewer):
    web.cookies["django_language"] = "zh-hans"
    answers = [signs_in(web, "reviewer", f"guess {number}") for number in range(6)]
    assert "您提供的用户名或密码不正确" in answers[0]
    assert "登录失败次数过多，请稍后重试" in answers[5]


@pytest.mark.parametrize("tries", [1_000, pytest.param(10_000, marks=pytest.mark.full)])
def test_thousands_of_passwords_from_everywhere_let_nobody_in(reviewer, tries):
    """An attacker who is patient: new addresses all the time, the right password among the tries."""
    let_in, locked, web = [], 0, Client()
    for number in range(tries):
        web.cookies.clear()
        web.defaults["REMOTE_ADDR"] = f"198.51.{number % 100}.{number // 100 % 250}"
        answer = signs_in(web, "reviewer", "a password" if number == tries * 7 // 10 else f"guess {number}")
        locked += LOCKED in answer
        if answer.startswith("/"):
            let_in.append(number)
    assert (let_in, locked) == ([], tries - 5)


def test_an_address_that_tries_many_accounts_is_refused(web, reviewer):
    User.objects.bulk_create(User(username=f"person{number}") for number in range(70))
    answers = [signs_in(web, f"person{number}", "a guess") for number in range(61)]
    assert [LOCKED in answer for answer in answers] == [False] * 60 + [True]
    assert LOCKED in signs_in(web, "reviewer")
    assert signs_in(Client(REMOTE_ADDR="203.0.113.9"), "reviewer") == "/admin/"


def test_a_forgotten_password_is_set_again_by_a_link_that_works_once(web, reviewer):
    User.objects.filter(pk=reviewer.pk).update(email="reviewer@demo.example")
    web.post(reverse("account_reset_password"), {"email": "reviewer@demo.example"})
    link = re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.outbox[0].body)[1]
    page = web.get(link, follow=True)
    given = {"password1": "another long one 7", "password2": "another long one 7"}
    assert web.post(page.redirect_chain[-1][0], given).status_code == 302
    assert signs_in(Client(), "reviewer", "another long one 7") == "/admin/"
    assert "Bad Token" in Client().get(link, follow=True).content.decode()


def test_a_reset_does_not_tell_who_has_an_account(web, reviewer):
    User.objects.filter(pk=reviewer.pk).update(email="reviewer@demo.example")
    answers = [
        web.post(reverse("account_reset_password"), {"email": email})
        for email in ("reviewer@demo.example", "x@y.example")
    ]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, reverse("account_reset_password_done"))}
    assert [message.to for message in mail.outbox] == [["reviewer@demo.example"]]


def test_a_mail_server_that_is_away_is_named_and_changes_nothing(web, reviewer, settings):
    User.objects.filter(pk=reviewer.pk).update(email="reviewer@demo.example")
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )
    answer = web.post(reverse("account_reset_password"), {"email": "reviewer@demo.example"})
    assert (answer.status_code, "The mail server does not answer" in answer.content.decode()) == (503, True)
    assert signs_in(web, "reviewer") == "/admin/"


def test_other_sessions_are_seen_and_ended(web, reviewer):
    other = Client(**FIREFOX)
    for client in (web, other):
        assert signs_in(client, "reviewer") == "/admin/"
    assert "Firefox" in web.get(reverse("usersessions_list")).content.decode()
    web.post(reverse("usersessions_list"))
    assert (web.get("/admin/").status_code, other.get("/admin/").status_code) == (200, 302)


def test_a_session_that_nobody_uses_ends(web, reviewer, settings):
    settings.SESSION_IDLE_MINUTES = 30
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        signs_in(web, "reviewer")
        for minutes in (20, 45, 70):
            clock.move_to(start + timedelta(minutes=minutes))
            assert web.get("/admin/").status_code == 200
        clock.move_to(start + timedelta(minutes=101))
        page = web.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/account/sign-in/")
    assert "you had not used the registry for 30 minutes" in page.content.decode()


def test_a_form_of_the_workspace_sent_after_an_idle_time_keeps_what_was_typed(web, filer, settings):
    settings.SESSION_IDLE_MINUTES = 30
    web.force_login(filer)
    web.get("/workspace/")
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        answer = web.post("/workspace/notices/", {"typed": "所有成年用户"})
    assert (answer.status_code, "所有成年用户" in answer.content.decode()) == (401, True)


def test_a_new_device_is_mailed_and_a_known_one_is_not(reviewer):
    User.objects.filter(pk=reviewer.pk).update(email="reviewer@demo.example")
    first = Client()
    signs_in(first, "reviewer")
    first.post(reverse("account_logout"))
    signs_in(first, "reviewer")
    assert mail.outbox == []
    signs_in(Client(**FIREFOX), "reviewer")
    assert [message.subject for message in mail.outbox] == ["[testserver] Your account was used on a new device"]
    assert "Firefox" in mail.outbox[0].body
    assert SignInDevice.objects.filter(user=reviewer).count() == 2
