"""Line breaks and foreign hosts in header fields, file names and addresses: none becomes a header or a link of its own."""

from __future__ import annotations

import hashlib
import io
import json
import re
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from compliance.deadlines import feed as feeds
from compliance.letters import sending
from compliance.models import Document, Filing
from compliance.notices.inviting import send_invitations
from registry.membership import inviting
from registry.membership.inviting import Terms
from registry.models import Invitation, Membership, Organization, User
from tests.building import a_document
from tests.making_filings import a_filing, a_submitted_filing, check_everything

PDF = b"%PDF-1.7\nsome bytes"
# Each tries to end the field and to begin another one, or to name another folder.
FILE_NAMES = {
    "CR LF": "a\r\nSet-Cookie: sessionid=x\r\n.pdf",
    "LF": "a\nContent-Type: text/html\n\n<script>alert(1)</script>.pdf",
    "CR": "a\rX-Injected: 1.pdf",
    "NUL": "a\0.pdf",
    "line separator": "a\u2028X-Injected: 1\u2029.pdf",
    "next line": "a\u0085X-Injected: 1.pdf",
    "vertical tab": "a\x0bX-Injected: 1\x0c.pdf",
    "quotes": 'a"; filename="b.html"; x=".pdf',
    "backslash": 'a\\"; filename=b.html.pdf',
    "semicolon": "a; filename*=UTF-8''b.html",
    "encoded": "a%0d%0aX-Injected:%201.pdf",
    "encoded word": "=?utf-8?q?a=0D=0AX-Injected:_1?=.pdf",
    "right to left": "a\u202efdp.exe",
    "path": "../../etc/passwd",
    "windows path": "..\\..\\boot.ini",
    "dots": "..",
    "blanks": "   ",
    "long": "长" * 5_000 + ".pdf",
    "surrogate": "a\ud800.pdf",
}
SOME_NAMES = ["CR LF", "LF", "NUL", "line separator", "quotes", "path", "right to left", "long"]
KEYS = ["a\r\nX-Injected: 1", "a\nb", "a\rb", "a\0b", "a b", "", " ", "é", "键", "x" * 256, "a\x7f"]
FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:8000",
    "testserver.evil.example",
    "testserver@evil.example",
    "evil.example#testserver",
    "evil.example/testserver",
    "testserver, evil.example",
    "testserver\\evil.example",
    "testserver:80@evil.example",
    "testserver:x",
    "127.0.0.1.evil.example",
    "[::1].evil.example",
    "[::ffff:evil]",
    "",
    " ",
    "x" * 5_000,
]
FORWARDED = {
    "X-Forwarded-Host": "evil.example",
    "X-Host": "evil.example",
    "X-Forwarded-Server": "evil.example",
    "X-Original-Url": "https://evil.example/",
    "X-Rewrite-Url": "/admin/",
    "X-Forwarded-Proto": "evil",
    "Forwarded": "host=evil.example;proto=evil",
}
# What follows a line break would be a field of the mail.
LINE_BREAKS = "示例\r\nBcc: everybody@evil.example\n\n服务"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def url(api) -> str:
    return f"/api/v1/filings/{api.post('/api/v1/filings/', a_document('algorithm'), format='json').json()['id']}/"


def is_a_plain_attachment(answer) -> bool:
    """Whether an answer is an attachment, has one line a field, and none that somebody else wrote."""
    lines = answer.serialize_headers().decode("latin-1").split("\r\n")
    names = [line.partition(":")[0].lower() for line in lines]
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert len(names) == len(set(names)) == len(answer.headers)
    assert not {"x-injected", "set-cookie"} & set(names)
    assert not re.search(r"[\x00-\x1f\x7f]", disposition)
    # One file name, whose quotes are all escaped.
    assert len(re.findall(r"filename\*?=", re.sub(r'"(\\.|[^"\\])*"', '""', disposition))) == 1
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return True


def downloaded(api, answer) -> bool:
    """Whether an upload was refused with problem details and nothing stored, or is downloaded as a plain attachment."""
    if answer.status_code >= 400:
        assert (answer.status_code < 500, answer.headers["Content-Type"]) == (True, "application/problem+json")
        assert not Document.objects.exists()
        return True
    stored = Document.objects.get()
    assert not re.search(r"[\x00-\x1f\x7f/\\]", stored.filename)
    assert stored.filename.strip()
    return is_a_plain_attachment(api.get(answer.json()["url"]))


@pytest.mark.parametrize("name", FILE_NAMES)
def test_a_file_name_in_the_query_ends_no_header(api, url, name):
    given = quote(FILE_NAMES[name], errors="surrogatepass")
    answer = api.generic("POST", f"{url}documents/?filename={given}", PDF, content_type="application/octet-stream")
    assert downloaded(api, answer)


@pytest.mark.parametrize("name", SOME_NAMES)
def test_a_file_name_in_a_header_ends_no_header(api, url, name):
    given = quote(FILE_NAMES[name], errors="surrogatepass")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{given}"}
    answer = api.generic("POST", f"{url}documents/", PDF, content_type="application/octet-stream", headers=headers)
    assert downloaded(api, answer)


@pytest.mark.parametrize("name", SOME_NAMES)
def test_a_file_name_in_a_form_ends_no_header(api, url, name):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="'
        + FILE_NAMES[name].replace('"', '\\"').encode()
        + b'"\r\nContent-Type: application/pdf\r\n\r\n'
        + PDF
        + b"\r\n--b--\r\n"
    )
    assert downloaded(
        api, api.generic("POST", f"{url}documents/", body, content_type="multipart/form-data; boundary=b")
    )


@pytest.mark.parametrize("name", [*SOME_NAMES, "surrogate"])
def test_the_file_name_of_an_upload_in_parts_ends_no_header(api, url, name):
    sha256 = hashlib.sha256(PDF).hexdigest()
    body = json.dumps({"filename": FILE_NAMES[name], "size": len(PDF), "sha256": sha256})
    started = api.generic("POST", f"{url}uploads/", body, content_type="application/json")
    if started.status_code >= 400:
        assert downloaded(api, started)
        return
    answer = api.generic(
        "PATCH",
        started.headers["Location"],
        PDF,
        content_type="application/octet-stream",
        headers={"Upload-Offset": "0"},
    )
    assert downloaded(api, answer)


@pytest.mark.parametrize("name", ["CR LF", "quotes", "path"])
def test_a_file_name_in_the_workspace_ends_no_header(filer, organization, name):
    web, filing = Client(), a_filing(filer, "generative")
    web.force_login(filer)
    at = f"/workspace/{organization.uid}/filings/{filing.uid}/documents/"
    file = io.BytesIO(PDF)
    file.name = FILE_NAMES[name]
    web.post(f"{at}upload/", {"file": file})
    document = Document.objects.filter(filing=filing).first()
    assert document is None or is_a_plain_attachment(web.get(f"{at}{document.sha256}/"))


@pytest.mark.parametrize(
    "given", ["a\r\nX-Injected: 1", "a\nb", "a\0", "<script>", "a b", "é", "x" * 65, "%0d%0aX-Injected:1", "${jndi:x}"]
)
def test_a_request_id_that_is_none_is_replaced(client, db, given):
    answer = client.get("/api/v1/filings/", headers={"X-Request-Id": given})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    assert "X-Injected" not in answer.headers


@pytest.mark.parametrize("key", KEYS)
def test_an_idempotency_key_that_is_none_is_refused_and_nothing_is_stored(api, key):
    answer = api.post("/api/v1/filings/", a_document("algorithm"), format="json", headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_key")
    assert "X-Injected" not in answer.headers
    assert not Filing.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("If-Match", '"a\r\nX-Injected: 1"'),
        ("If-None-Match", '"a\r\nX-Injected: 1"'),
        ("Accept-Language", "en\r\nX-Injected: 1"),
        ("Accept-Language", "../../../../etc/passwd"),
        ("Accept-Language", "x" * 5_000),
        ("Accept", "text/html\r\nX-Injected: 1"),
        ("Range", "bytes=0-1\r\nX-Injected: 1"),
        ("Authorization", "Token a\r\nX-Injected: 1"),
    ],
)
def test_a_line_break_in_another_field_comes_back_nowhere(api, url, name, value):
    answer = api.get(f"{url}dossier/", headers={name: value})
    assert answer.status_code < 500
    assert "X-Injected" not in answer.serialize_headers().decode("latin-1")


# --- hosts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
@pytest.mark.parametrize("path", ["/account/sign-in/", "/api/v1/filings/"])
def test_a_foreign_host_is_refused(db, host, path):
    answer = Client().get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()
    if path.startswith("/api/"):
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("host", FOREIGN_HOSTS[:5])
def test_no_link_to_set_a_password_is_mailed_for_a_foreign_host(reviewer, host):
    User.objects.filter(pk=reviewer.pk).update(email="reviewer@demo.example")
    answer = Client().post(
        reverse("account_reset_password"), {"email": "reviewer@demo.example"}, headers={"Host": host}
    )
    assert (answer.status_code, mail.outbox) == (400, [])


@pytest.mark.parametrize("name", FORWARDED)
def test_what_a_proxy_might_say_changes_no_link_to_set_a_password(reviewer, name):
    User.objects.filter(pk=reviewer.pk).update(email="reviewer@demo.example")
    Client().post(
        reverse("account_reset_password"), {"email": "reviewer@demo.example"}, headers={name: FORWARDED[name]}
    )
    (message,) = mail.outbox
    links = re.findall(
        r"[a-z]+://[^\s\"'<>]+", "".join([message.body, *(str(part[0]) for part in message.alternatives)])
    )
    assert links
    assert all(link.startswith(f"{settings.BASE_URL}/account/password/reset/key/") for link in links)


@pytest.mark.parametrize("name", FORWARDED)
def test_what_a_proxy_might_say_changes_no_address_of_the_api(api, filer, name):
    for number in range(2):
        a_filing(filer, changes={"/reference": str(number)})
    answer = api.get("/api/v1/filings/?page_size=1", headers={name: FORWARDED[name]})
    assert answer.json()["next"].startswith("http://testserver/api/v1/filings/?")


# --- mails and calendars ---------------------------------------------------------------------------------------------


def test_line_breaks_in_the_name_of_an_organization_add_no_field_to_a_mail(organization, filer):
    Organization.objects.update(name=LINE_BREAKS)
    Membership.objects.filter(user=filer).update(is_administrator=True)
    inviting.invite(Organization.objects.get(), "lin@demo.example", Terms("filer"), by=filer, language="en")
    assert send_invitations() == 1
    (message,) = mail.outbox
    written = message.message()
    assert message.recipients() == ["lin@demo.example"]
    assert written["Bcc"] is None
    assert "\n" not in message.subject


@pytest.mark.parametrize(
    "address", ["a@demo.example\nBcc: b@evil.example", "a@demo.example, b@evil.example", "a\r\n@x.example"]
)
def test_an_invitation_goes_to_one_address(organization, filer, address):
    Membership.objects.filter(user=filer).update(is_administrator=True)
    web = Client()
    web.force_login(filer)
    answer = web.post(f"/workspace/{organization.uid}/people/invite/", {"email": address, "role": "filer"})
    assert (answer.status_code, Invitation.objects.count(), send_invitations()) == (422, 0, 0)


def test_line_breaks_in_the_name_of_a_service_add_no_event_to_a_calendar(organization, filer, reviewer):
    name = "示例\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:forged\r\nATTENDEE:mailto:x@evil.example"
    Organization.objects.update(name=f"示例\r\nX-INJECTED:1\r\n{name}")
    changes = {"/service/name": name, "/service/audience": " "}
    filing = a_submitted_filing(filer, "generative", changes)
    check_everything()
    sending.return_filing(filing, by=reviewer)
    check_everything()
    content = feeds.as_calendar(feeds.feed_of(filer, organization, "en"))
    calendar = Calendar.from_ical(content)
    assert not re.search(rb"(?m)^(ATTENDEE|X-INJECTED)", content)
    assert [str(event["summary"]) for event in calendar.walk("VEVENT") if event["summary"] == "forged"] == []
    assert calendar.walk("VEVENT")
