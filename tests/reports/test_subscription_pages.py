"""Subscriptions at the desk, in the workspace and over the API; links that end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project_settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from compliance.models import ReportLink, ReportRun, Subscription
from compliance.notices import mailing
from compliance.reports import sending, subscribing
from compliance.reports.runs import runs_to_write, write_run
from compliance.reports.schedules import Frequency
from compliance.reports.subscribing import Wishes, send_now, subscribe
from registry.models import Organization, StaffRole, User
from tests.admin.test_desk import desk_of
from tests.building import USCC
from tests.conftest import client_of
from tests.workspace.conftest import signed_in

LIST = "/admin/compliance/subscription/"
ASKED = {
    "report": "changes",
    "frequency": "monthly",
    "working_day": "1",
    "hour": "9",
    "time_zone": "Europe/Berlin",
    "language": "en",
    "formats": ["csv", "pdf"],
    "recipients": "registrar, reviewer@desk.example",
}
API = "/api/v1/report_subscriptions/"


@pytest.fixture(autouse=True)
def addresses(filer: User, viewer: User, reviewer: User, registrar: User) -> None:
    for user in (filer, viewer, reviewer, registrar):
        user.email = f"{user.username}@desk.example"
        user.save(update_fields=["email"])


def work() -> None:
    """Do what a worker does."""
    for key in runs_to_write():
        assert write_run(key)
    sending.prepare_mails()
    mailing.send_mails(sending.message_of)


# --- the desk --------------------------------------------------------------------------------------------------------


def test_staff_subscribes_edits_and_ends_at_the_desk(registrar: User) -> None:
    client = desk_of(registrar)
    assert client.get(f"{LIST}new/").status_code == 200
    assert client.post(f"{LIST}new/", ASKED).status_code == 302
    made = Subscription.objects.get()
    assert (made.formats, made.time_zone, made.hour) == (["pdf", "csv"], "Europe/Berlin", 9)
    assert sorted(made.recipients.values_list("username", flat=True)) == ["registrar", "reviewer"]
    page = client.get(f"{LIST}{made.pk}/change/").content.decode()
    assert "Changes" in page
    assert "Nothing was sent yet." in page
    assert (
        client.post(f"{LIST}{made.pk}/edit/", {**ASKED, "frequency": "daily", "kind": "generative"}).status_code == 302
    )
    made.refresh_from_db()
    assert (made.frequency, made.parameters) == ("daily", {"kind": "generative"})
    client.post(f"{LIST}{made.pk}/do/end/")
    assert "Europe/Berlin" not in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"recipients": "nobody"}, "“nobody” cannot receive this report"),
        ({"time_zone": "Mars"}, "“Mars” is not a time zone."),
        ({"formats": ["docx"]}, "Choose at least one of these formats: html, pdf, xlsx, csv, json."),
        ({"report": "scorecard"}, "This report needs: applicant (USCC)."),
        ({"working_day": "40"}, "less than or equal to 15"),
    ],
)
def test_a_form_with_faults_is_shown_again_with_what_was_typed(
    changes: dict[str, Any], error: str, registrar: User
) -> None:
    answer = desk_of(registrar).post(f"{LIST}new/", {**ASKED, **changes})
    page = answer.content.decode()
    assert (answer.status_code, Subscription.objects.count()) == (422, 0)
    assert error in page
    assert '<option value="9" selected>09:00</option>' in page


def test_a_preview_sends_nothing_and_sending_now_sends(registrar: User) -> None:
    client = desk_of(registrar)
    client.post(f"{LIST}new/", ASKED)
    made = Subscription.objects.get()
    assert client.post(f"{LIST}{made.pk}/preview/").status_code == 302
    work()
    assert mail.outbox == []
    client.post(f"{LIST}{made.pk}/do/send/")
    work()
    assert len(mail.outbox) == 2
    page = client.get(f"{LIST}{made.pk}/change/").content.decode()
    assert "on demand" in page
    assert "reviewer: sent " in page


def test_others_see_a_subscription_of_staff_and_change_nothing(registrar: User, reviewer: User, filer: User) -> None:
    desk_of(registrar).post(f"{LIST}new/", ASKED)
    made = Subscription.objects.get()
    other = desk_of(reviewer)
    assert "Send now" not in other.get(f"{LIST}{made.pk}/change/").content.decode()
    posted = [other.post(f"{LIST}{made.pk}/do/end/"), other.post(f"{LIST}{made.pk}/edit/", ASKED)]
    assert [answer.status_code for answer in posted] == [404, 404]
    assert desk_of(filer).get(LIST).status_code == 302
    assert Subscription.objects.kept().count() == 1


# --- the workspace ---------------------------------------------------------------------------------------------------


@pytest.fixture
def room(organization: Organization) -> str:
    return f"/workspace/{organization.uid}/reports/"


def test_a_member_reads_and_downloads_the_reports_of_the_organization(filer: User, room: str) -> None:
    client = signed_in(filer)
    page = client.get(room).content.decode()
    assert "Scorecard of an organization" in page
    assert "Reviewers&#x27; workload" not in page
    query = "?report=scorecard&period=monthly"
    assert "0 filings have not ended" in client.get(room + query).content.decode()
    for format, magic in (("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbf")):
        assert b"".join(client.get(f"{room}report.{format}{query}").streaming_content).startswith(magic)
    assert client.get(f"{room}report.exe{query}").status_code == 404
    assert client.get(f"{room}?report=reviewer_workload&period=monthly").status_code == 422
    assert client.get(f"{room}?report=changes&period=days").status_code == 422


def test_an_applicant_in_the_address_changes_nothing(filer: User, other_organization: Organization, room: str) -> None:
    page = signed_in(filer).get(f"{room}?report=changes&period=monthly&applicant={other_organization.uscc}").content
    assert USCC in page.decode()


def test_a_member_subscribes_for_the_organization(filer: User, viewer: User, room: str) -> None:
    client = signed_in(filer)
    asked = {**ASKED, "report": "scorecard", "recipients": "filer viewer"}
    made_at = client.post(f"{room}subscriptions/new/", asked).headers["Location"]
    made = Subscription.objects.get()
    assert (made.parameters, made.organization.uscc) == ({"applicant": USCC}, USCC)
    assert "Scorecard" in client.get(made_at).content.decode()
    assert "Nothing was sent." in client.get(f"{made_at}preview/").content.decode()
    client.post(f"{made_at}do/send/")
    work()
    assert sorted(message.to[0] for message in mail.outbox) == ["filer@desk.example", "viewer@desk.example"]
    other = signed_in(viewer)
    assert other.get(made_at).status_code == 200
    assert other.post(f"{made_at}do/end/").status_code == 404
    client.post(f"{made_at}do/pause/")
    assert "paused" in client.get(room).content.decode()


def test_a_stranger_cannot_receive_the_report_of_an_organization(filer: User, stranger: User, room: str) -> None:
    answer = signed_in(filer).post(f"{room}subscriptions/new/", {**ASKED, "recipients": "stranger"})
    assert (answer.status_code, Subscription.objects.count()) == (422, 0)


# --- the API ---------------------------------------------------------------------------------------------------------


def test_a_subscription_lives_over_the_api(registrar: User) -> None:
    api = client_of(registrar)
    made = api.post(
        API, {"report": "changes", "frequency": "working_day", "working_day": 3, "recipients": ["reviewer"]}
    )
    assert (made.status_code, made.json()["recipients"], made.json()["formats"]) == (201, ["reviewer"], ["pdf"])
    url = made.headers["Location"]
    assert api.patch(url, {"is_paused": True}).json()["next_at"] is None
    assert api.patch(url, {"is_paused": False}).json()["next_at"]
    changed = api.put(url, {"report": "changes", "frequency": "daily", "formats": ["csv"]})
    assert (changed.json()["frequency"], changed.json()["recipients"]) == ("daily", ["registrar"])
    assert api.post(f"{url}send/").status_code == 202
    assert [each["id"] for each in api.get(API).json()["results"]] == [made.json()["id"]]
    assert api.delete(url).status_code == 204
    assert api.get(url).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"recipients": ["nobody"]}, 409, "/recipients"),
        ({"time_zone": "Mars"}, 409, "/time_zone"),
        ({"formats": ["docx"]}, 409, "/formats"),
        ({"hour": 24}, 400, "/hour"),
        ({"organization": USCC}, 403, "/organization"),
    ],
)
def test_a_bad_subscription_names_its_field(
    changes: dict[str, Any], status: int, pointer: str, registrar: User, organization: Organization
) -> None:
    answer = client_of(registrar).post(API, {"report": "changes", "frequency": "daily", **changes})
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (status, [pointer])
    assert Subscription.objects.count() == 0


def test_a_filer_subscribes_over_the_api_for_the_own_organization(filer: User, viewer: User, stranger: User) -> None:
    asked = {"report": "scorecard", "frequency": "weekly", "organization": USCC}
    made = client_of(filer).post(API, asked)
    url = made.headers["Location"]
    assert made.json()["parameters"] == {"applicant": USCC}
    assert client_of(filer).post(API, {"report": "changes", "frequency": "weekly"}).status_code == 409
    assert client_of(viewer).get(url).status_code == 200
    assert client_of(viewer).delete(url).status_code == 403
    assert client_of(stranger).get(url).status_code == 404
    assert client_of(stranger).post(API, asked).status_code == 403


# --- links -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def link(registrar: User, reviewer: User, settings: Any) -> str:
    """The address that a recipient gets when the files are too large for a mail."""
    settings.REPORT_ATTACHMENTS_MB = 0
    asked = Wishes("changes", Frequency.MONTHLY, ("csv",), language="en", recipients=("reviewer",))
    send_now(subscribe(asked, by=registrar))
    work()
    (message,) = mail.outbox
    address = next(word for word in message.body.split() if "/reports/" in word)
    assert address.startswith(project_settings.BASE_URL)
    return urlsplit(address).path


def test_a_link_gives_the_report_without_a_sign_in(link: str) -> None:
    answer = Client().get(link)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbf")


def test_a_link_that_ended_answers_410(link: str) -> None:
    ReportLink.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    answer = Client().get(link)
    assert (answer.status_code, "This link has ended" in answer.content.decode()) == (410, True)


def test_a_revoked_link_answers_410(link: str) -> None:
    assert subscribing.revoke_links(Subscription.objects.get()) == 1
    assert Client().get(link).status_code == 410


def test_a_link_of_somebody_without_the_role_answers_410(link: str, reviewer: User) -> None:
    StaffRole.objects.filter(user=reviewer).delete()
    assert Client().get(link).status_code == 410


def test_a_link_to_a_report_that_was_deleted_answers_410(link: str) -> None:
    ReportRun.objects.update(state="deleted")
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize("change", ["x", "%00", "../../etc/passwd"])
def test_a_forged_link_is_not_found(change: str, link: str) -> None:
    assert Client().get(link.replace("/report.", f"{change}/report.")).status_code in (400, 404)
    assert Client().get(link.replace("report.csv", "report.exe")).status_code == 404
