"""The permission policy as one table: method, path, and the status code for each role."""

from __future__ import annotations

import io
import json
import re
from base64 import b64encode
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from compliance.documents.parts import begin_upload
from compliance.evidence.actions import file_evidence
from compliance.imports.actions import ask_for_import
from compliance.models import Event, Filing
from compliance.notices.actions import add_webhook
from compliance.reports.catalog import REPORTS
from compliance.reports.periods import Every, period_around
from compliance.reports.runs import schedule_run, write_run
from compliance.reports.subscribing import Wishes, subscribe
from registry.models import AIModel, ApiToken, Service, User
from registry.models.tokens import Scope
from registry.tokens import make_token, revoke_token
from tests.building import a_document
from tests.conftest import client_of
from tests.making_filings import a_filing, a_submitted_filing

PEOPLE = (
    "anonymous",
    "stranger",
    "viewer",
    "filer",
    "reviewer",
    "far_reviewer",
    "registrar",
    "auditor",
    "administrator",
)
# fmt: off
TABLE = [
    # method, path                    what        anon strg view filr revw far  rgst audt admin
    ("GET",  "filings/",              None,       (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("POST", "filings/",              "dossier",  (401, 403, 403, 201, 403, 403, 403, 403, 403)),
    ("GET",  "{draft}/",              None,       (401, 404, 200, 200, 404, 404, 404, 404, 404)),
    ("GET",  "{draft}/dossier/",      None,       (401, 404, 200, 200, 404, 404, 404, 404, 404)),
    ("PUT",  "{draft}/dossier/",      "same",     (401, 404, 403, 200, 404, 404, 404, 404, 404)),
    ("GET",  "{draft}/flags/",        None,       (401, 404, 200, 200, 404, 404, 404, 404, 404)),
    ("POST", "{draft}/submit/",       None,       (401, 404, 403, 200, 404, 404, 404, 404, 404)),
    ("POST", "{draft}/withdraw/",     None,       (401, 404, 403, 200, 404, 404, 404, 404, 404)),
    ("GET",  "{submitted}/",          None,       (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("GET",  "{submitted}/dossier/",  None,       (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("PUT",  "{submitted}/dossier/",  "same",     (401, 404, 403, 409, 403, 404, 403, 403, 404)),
    ("GET",  "{submitted}/flags/",    None,       (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("POST", "{submitted}/submit/",   None,       (401, 404, 403, 409, 403, 404, 403, 403, 404)),
    ("POST", "{submitted}/withdraw/", None,       (401, 404, 403, 200, 403, 404, 403, 403, 404)),
    ("GET",  "{draft}/events/",       None,       (401, 404, 200, 200, 404, 404, 404, 404, 404)),
    ("GET",  "{submitted}/events/",   None,       (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("GET",  "{draft}/documents/",    None,       (401, 404, 200, 200, 404, 404, 404, 404, 404)),
    ("GET",  "{submitted}/documents/", None,      (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("POST", "{draft}/documents/",    "file",     (401, 404, 403, 201, 404, 404, 404, 404, 404)),
    ("POST", "{submitted}/documents/", "file",    (401, 404, 403, 409, 403, 404, 403, 403, 404)),
    ("GET",  "{submitted}/documents/{sha256}/", None, (401, 404, 404, 404, 404, 404, 404, 404, 404)),
    # Only the first who is allowed can act on a submitted filing; the others get 409.
    ("POST", "{submitted}/accept/",   None,       (401, 404, 403, 403, 409, 404, 409, 403, 404)),
    ("POST", "{submitted}/return/",   "reason",   (401, 404, 403, 403, 200, 404, 409, 403, 404)),
    ("POST", "{submitted}/forward/",  None,       (401, 404, 403, 403, 409, 404, 409, 403, 404)),
    ("POST", "{submitted}/decide/",   None,       (401, 404, 403, 403, 403, 404, 409, 403, 404)),
    ("POST", "{submitted}/reject/",   "reason",   (401, 404, 403, 403, 403, 404, 409, 403, 404)),
    ("POST", "{submitted}/record_decision/", "decision", (401, 404, 403, 409, 403, 404, 200, 403, 404)),
    ("GET",  "{draft}/check/",        None,       (401, 404, 200, 200, 404, 404, 404, 404, 404)),
    ("GET",  "{submitted}/check/",    None,       (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("POST", "{submitted}/waive/",    "waiver",   (401, 404, 403, 403, 409, 404, 409, 403, 404)),
    ("POST", "{submitted}/lift_waiver/", "flag", (401, 404, 403, 403, 409, 404, 409, 403, 404)),
    ("GET",  "{draft}/bill_of_materials/", None,  (401, 404, 200, 200, 404, 404, 404, 404, 404)),
    ("GET",  "{submitted}/bill_of_materials/", None, (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("POST", "{draft}/bill_of_materials/", "bill", (401, 404, 403, 200, 404, 404, 404, 404, 404)),
    ("POST", "{submitted}/bill_of_materials/", "bill", (401, 404, 403, 409, 403, 404, 403, 403, 404)),
    ("POST", "{draft}/model_card/",   "card",     (401, 404, 403, 200, 404, 404, 404, 404, 404)),
    ("POST", "{submitted}/model_card/", "card",   (401, 404, 403, 409, 403, 404, 403, 403, 404)),
    ("POST", "{models}/models/{key}/evidence/", "evidence", (401, 404, 403, 201, 201, 404, 201, 403, 404)),
    ("GET",  "{models}/models/{key}/evidence/", None, (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("GET",  "models/{model}/evidence/", None,    (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("POST", "{submitted}/cancel/",   "reason",   (401, 404, 403, 403, 403, 404, 409, 403, 404)),
    ("POST", "{submitted}/revoke/",   "reason",   (401, 404, 403, 403, 403, 404, 409, 403, 404)),
    ("POST", "{submitted}/suspend/",  "reason",   (401, 404, 403, 403, 403, 404, 409, 403, 404)),
    ("POST", "{submitted}/resume/",   "reason",   (401, 404, 403, 403, 403, 404, 409, 403, 404)),
    ("POST", "{draft}/accept/",       None,       (401, 404, 403, 403, 404, 404, 404, 404, 404)),
    ("POST", "{draft}/decide/",       None,       (401, 404, 403, 403, 404, 404, 404, 404, 404)),
    ("GET",  "events/",               None,       (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    # The register: strangers do not see models, services and organizations of pending filings of others.
    ("GET",  "models/",               None,       (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "models/{model}/",       None,       (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("GET",  "models/{model}/lineage/", None,     (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("POST", "models/{model}/correct/", "correction", (401, 404, 403, 403, 403, 404, 201, 403, 404)),
    ("POST", "models/{model}/merge/", "merge",    (401, 404, 403, 403, 403, 404, 400, 403, 404)),
    ("POST", "corrections/{sha}/undo/", "reason", (401, 404, 404, 404, 404, 404, 404, 404, 404)),
    ("GET",  "models/ancestry/",      None,       (401, 400, 400, 400, 400, 400, 400, 400, 400)),
    ("GET",  "statistics/dependence/", None,      (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "statistics/what-breaks/", None,     (401, 400, 400, 400, 400, 400, 400, 400, 400)),
    ("GET",  "organizations/",        None,       (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "organizations/{organization}/", None, (401, 404, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "services/",             None,       (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "services/{service}/",   None,       (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("GET",  "training-data-declarations/", None, (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "register/",             None,       (200, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "register/{sha}/",       None,       (404, 404, 404, 404, 404, 404, 404, 404, 404)),
    ("GET",  "tokens/",               None,       (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("POST", "tokens/",               "token",    (401, 201, 201, 201, 201, 201, 201, 201, 201)),
    ("GET",  "tokens/{token}/",       None,       (401, 404, 404, 200, 404, 404, 404, 404, 404)),
    ("POST", "tokens/{token}/rotate/", None,      (401, 404, 404, 201, 404, 404, 404, 404, 404)),
    ("DELETE", "tokens/{token}/",     None,       (401, 404, 404, 204, 404, 404, 404, 404, 404)),
    ("GET",  "filings/changes/",      None,       (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("POST", "{draft}/uploads/",      "upload",   (401, 404, 403, 201, 404, 404, 404, 404, 404)),
    ("POST", "{submitted}/uploads/",  "upload",   (401, 404, 403, 201, 403, 404, 403, 403, 404)),
    ("GET",  "{draft}/uploads/{upload}/", None,   (401, 404, 404, 200, 404, 404, 404, 404, 404)),
    ("PATCH", "{draft}/uploads/{upload}/", "file", (401, 404, 404, 400, 404, 404, 404, 404, 404)),
    ("DELETE", "{draft}/uploads/{upload}/", None, (401, 404, 404, 204, 404, 404, 404, 404, 404)),
    ("GET",  "imports/",              None,       (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("POST", "imports/",              "lines",    (401, 202, 403, 202, 403, 403, 403, 403, 403)),
    ("GET",  "imports/{import}/",     None,       (401, 404, 404, 200, 404, 404, 404, 404, 404)),
    ("GET",  "imports/{import}/results/", None,   (401, 404, 404, 200, 404, 404, 404, 404, 404)),
    ("GET",  "webhooks/",             None,       (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    # Of an organization, by its filers; of themselves, by staff.
    ("POST", "webhooks/",             "webhook",  (401, 403, 403, 201, 403, 403, 403, 403, 403)),
    ("POST", "webhooks/",             "own webhook", (401, 403, 403, 403, 201, 201, 201, 201, 201)),
    ("GET",  "webhooks/{webhook}/",   None,       (401, 404, 404, 200, 404, 404, 404, 404, 404)),
    ("PATCH", "webhooks/{webhook}/",  "description", (401, 404, 404, 200, 404, 404, 404, 404, 404)),
    ("DELETE", "webhooks/{webhook}/", None,       (401, 404, 404, 204, 404, 404, 404, 404, 404)),
    ("POST", "webhooks/{webhook}/secret/", None,  (401, 404, 404, 201, 404, 404, 404, 404, 404)),
    ("POST", "webhooks/{webhook}/test/", None,    (401, 404, 404, 202, 404, 404, 404, 404, 404)),
    ("GET",  "webhooks/{webhook}/deliveries/", None, (401, 404, 404, 200, 404, 404, 404, 404, 404)),
    ("POST", "webhooks/{webhook}/deliveries/{sha}/replay/", None, (401, 404, 404, 404, 404, 404, 404, 404, 404)),
    ("GET",  "{draft}/messages/",     None,       (401, 404, 200, 200, 404, 404, 404, 404, 404)),
    ("GET",  "{submitted}/messages/", None,       (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("POST", "{draft}/messages/",     "text",     (401, 404, 403, 409, 404, 404, 404, 404, 404)),
    ("POST", "{submitted}/messages/", "text",     (401, 404, 403, 201, 201, 404, 201, 403, 404)),
    ("GET",  "{submitted}/letters/",  None,       (401, 404, 200, 200, 200, 404, 200, 200, 404)),
    ("GET",  "{submitted}/letters/{sha}/", None,  (401, 404, 404, 404, 404, 404, 404, 404, 404)),
    ("GET",  "reports/",              None,       (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("POST", "reports/",              "report",   (401, 403, 403, 403, 201, 201, 201, 201, 403)),
    ("GET",  "reports/{report}/",     None,       (401, 404, 404, 404, 200, 200, 200, 200, 404)),
    ("GET",  "reports/{report}/files/{form}/", None, (401, 404, 404, 404, 200, 200, 200, 200, 404)),
    ("GET",  "report_subscriptions/", None,       (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("POST", "report_subscriptions/", "subscription", (401, 409, 409, 409, 201, 201, 201, 201, 409)),
    ("POST", "report_subscriptions/", "own subscription", (401, 403, 201, 201, 403, 403, 403, 403, 403)),
    ("GET",  "report_subscriptions/{subscription}/", None, (401, 404, 200, 200, 404, 404, 404, 404, 404)),
    ("PATCH", "report_subscriptions/{subscription}/", "pause", (401, 404, 403, 200, 404, 404, 404, 404, 404)),
    ("PUT",  "report_subscriptions/{subscription}/", "subscription", (401, 404, 403, 200, 404, 404, 404, 404, 404)),
    ("POST", "report_subscriptions/{subscription}/send/", None, (401, 404, 403, 202, 404, 404, 404, 404, 404)),
    ("DELETE", "report_subscriptions/{subscription}/", None, (401, 404, 403, 204, 404, 404, 404, 404, 404)),
    ("GET",  "",                      None,       (200, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "meta/",                 None,       (200, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "rules/{code}/",         None,       (200, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("POST", "check/",                "dossier",  (401, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "rules/",                None,       (200, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "schema/dossier/",       None,       (200, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "schema/",               None,       (200, 200, 200, 200, 200, 200, 200, 200, 200)),
    ("GET",  "docs/",                 None,       (200, 200, 200, 200, 200, 200, 200, 200, 200)),
]
# fmt: on


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.WEBHOOKS_MAY_BE_PRIVATE = True


URL = "http://127.0.0.1:1/hook"


def _an_import(by):
    return ask_for_import(
        io.BytesIO(b"{}"), by=by, is_archive=False, size=2, sha256="0" * 64, dry_run=True, submit=False
    )


def _a_written_report():
    run = schedule_run(REPORTS["incomplete_filings"], period_around(Every.WEEK, timezone.now()))
    assert write_run(run.pk)
    return run


def with_an_address(user):
    user.email = f"{user.username}@demo.example"
    user.save(update_fields=["email"])
    return user


@pytest.fixture
def places(filer) -> dict[str, str]:
    with_an_address(filer)
    draft = a_filing(filer, changes={"/reference": "draft"})
    submitted = a_submitted_filing(filer, changes={"/reference": "submitted", "/jurisdiction": None})
    models = a_submitted_filing(filer, "generative", {"/reference": "models"})
    file_evidence(models, "main", {"config.json": {}}, by=filer)
    return {
        "draft": f"filings/{draft.uid}",
        "submitted": f"filings/{submitted.uid}",
        "models": f"filings/{models.uid}",
        "key": "main",
        "sha256": "0" * 64,
        "sha": "01a207c9-eecd-7c77-9eb0-e7d353627d5f",
        "model": str(AIModel.objects.get().uid),
        "service": str(Service.objects.get().uid),
        "organization": str(submitted.applicant.uid),
        "token": str(make_token(filer)[0].uid),
        "upload": str(begin_upload(draft, by=filer, filename="x.pdf", size=9, sha256="0" * 64).uid),
        "import": str(_an_import(filer).uid),
        "webhook": str(add_webhook(by=filer, organization=draft.applicant, url=URL, events=["report.written"]).uid),
        "report": str(_a_written_report().uid),
        "form": "csv",
        "subscription": str(subscribe(Wishes("changes", "daily"), by=filer, organization=draft.applicant).uid),
        "code": "ALG-03",
    }


def ask(client: APIClient, method: str, path: str, what: str | None) -> int:
    body = {
        "dossier": a_document(changes={"/reference": "new"}),
        "same": a_document(changes={"/reference": "draft"}),
        "reason": {"reason": "why"},
        "flag": {"rule": "DOC-04", "at": "/documents/1/sealed", "variant": "missing", "reason": "why"},
        "waiver": {"rule": "DOC-04", "variant": "missing", "until": "2099-01-01", "reason": "why"},
        "correction": {"changes": {"license": "MIT"}, "reason": "why"},
        "merge": {"into": "01a207c9-eecd-7c77-9eb0-e7d353627d5f", "reason": "why"},
        "bill": {"conformsTo": "http://mlcommons.org/croissant/1.0", "name": "a data set"},
        "card": "---\nlicense: mit\n---\n# A model\n",
        "evidence": {"config.json": {}},
        "token": {"name": "a script"},
        "upload": {"filename": "x.pdf", "size": 9, "sha256": "0" * 64},
        "lines": {},
        "webhook": {"url": URL, "events": ["report.written"], "organization": "91440300708461136T"},
        "own webhook": {"url": URL, "events": ["report.written"]},
        "description": {"description": "new"},
        "report": {"report": "incomplete_filings"},
        "subscription": {"report": "changes", "frequency": "daily"},
        "own subscription": {"report": "changes", "frequency": "daily", "organization": "91440300708461136T"},
        "pause": {"is_paused": True},
        "text": {"text": "Please call us."},
        "decision": {"number": "网信算备330110507206401230035号", "day": "2026-05-01"},
    }
    return client.generic(
        method,
        f"/api/v1/{path}",
        "%PDF-1.7" if what == "file" else body["card"] if what == "card" else json.dumps(body[what]) if what else "",
        content_type={"file": "application/octet-stream", "lines": "application/x-ndjson"}.get(
            what or "", "application/json"
        ),
        headers={"If-Match": "*"},
    ).status_code


# The filings, tokens and reports to ask about are made once for a part of the table; what a request changed is undone after it.
ROWS_A_PART = 24
PARTS = [TABLE[first : first + ROWS_A_PART] for first in range(0, len(TABLE), ROWS_A_PART)]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part[0][0]} {part[0][1]} …")
def test_each_role_gets_its_status_code(part, places, request):
    clients = {
        person: APIClient() if person == "anonymous" else client_of(with_an_address(request.getfixturevalue(person)))
        for person in PEOPLE
    }
    given = {row[:3]: _answers(row, places, clients) for row in part}
    assert given == {row[:3]: dict(zip(PEOPLE, row[3], strict=True)) for row in part}


def _answers(row, places, clients) -> dict[str, int]:
    """Return what each person gets for a row of the table, one after the other; then undo what their requests changed."""
    method, path, what, _ = row
    # A filer's POST is sent last, because it changes the filing.
    people = sorted(clients, key=lambda person: method == "POST" and person == "filer")
    with transaction.atomic():
        answers = {person: ask(clients[person], method, path.format(**places), what) for person in people}
        transaction.set_rollback(True)
    cache.clear()
    return answers


# The registrar, who may do most, in ways in which nobody is let in: without the second factor a session opens nothing else, either.
def _session(user) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def _with(header: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    return client


def _expired(user) -> APIClient:
    token, text = make_token(user)
    ApiToken.objects.filter(pk=token.pk).update(
        created_at=timezone.now() - timedelta(days=9), expires_at=timezone.now() - timedelta(seconds=1)
    )
    return _with(f"Token {text}")


def _revoked(user) -> APIClient:
    token, text = make_token(user)
    revoke_token(token)
    return _with(f"Token {text}")


def _inactive(user) -> APIClient:
    client = client_of(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return client


LET_IN_BY_NOTHING = {
    "a session without a token": _session,
    "an expired token": _expired,
    "a revoked token": _revoked,
    "the beginning of a token": lambda user: _with(f"Token {make_token(user)[1][:-1]}"),
    "a token twice": lambda user: _with(f"Token {make_token(user)[1]} x"),
    "name and password": lambda user: _with("Basic " + b64encode(b"registrar:a password").decode()),
    "the token of someone who left": _inactive,
}


@pytest.mark.parametrize("way", LET_IN_BY_NOTHING)
def test_every_other_way_of_signing_in_gets_what_nobody_gets(way, places, registrar):
    client = LET_IN_BY_NOTHING[way](registrar)
    given = {}
    for i, row in enumerate(TABLE):
        # From one address, so many failures would be refused as such.
        client.defaults["REMOTE_ADDR"] = f"192.0.2.{i}"
        given[row[:3]] = ask(client, row[0], row[1].format(**places), row[2])
    # A wrong token is refused even where none is needed, but for the description of the API.
    is_wrong_token = way not in ("a session without a token", "name and password")
    assert given == {
        row[:3]: 401 if is_wrong_token and row[1] not in ("schema/", "docs/") else row[3][0] for row in TABLE
    }


@pytest.mark.parametrize(
    "scope", [pytest.param(scope, marks=[] if scope == Scope.READ else [pytest.mark.full]) for scope in Scope.values]
)
def test_a_scope_takes_away_and_never_adds(scope, places, registrar):
    scoped, whole = (_with(f"Token {make_token(registrar, scopes=scopes)[1]}") for scopes in ([scope], None))
    for method, path, what, _ in TABLE:
        answers = [_undone(client, method, path.format(**places), what) for client in (scoped, whole)]
        assert answers[0] in (403, answers[1]), (method, path, answers)


def _undone(client: APIClient, *request) -> int:
    """Return what a request gets, and undo what it changed."""
    with transaction.atomic():
        answer = ask(client, *request)
        transaction.set_rollback(True)
    cache.clear()
    return answer


def test_every_endpoint_of_the_api_is_in_the_table(client):
    listed = json.loads(client.get("/api/v1/schema/?format=json").content)["paths"]
    described = {
        (method.upper(), re.sub("{[a-z0-9]+}", "{}", path.removeprefix("/api/v1/").replace("filings/{id}", "{}")))
        for path, methods in listed.items()
        for method in methods
    }
    asked = {(method, re.sub("{[a-z0-9]+}", "{}", path)) for method, path, _, _ in TABLE}
    assert described <= asked


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize(
    "tail", ["", "dossier/", "submit/", "accept/", "record_decision/", "flags/", "events/", "documents/"]
)
def test_a_stranger_cannot_distinguish_another_applicants_filing_from_a_missing_one(method, tail, places, stranger):
    client = client_of(stranger)
    answers = []
    for uid in (places["submitted"], places["draft"], "filings/01a207c9-eecd-7c77-9eb0-e7d353627d5f"):
        answer = client.generic(
            method, f"/api/v1/{uid}/{tail}", "{}", content_type="application/json", headers={"X-Request-Id": "the-same"}
        )
        body = answer.content.decode().replace(uid, "…")
        headers = {name: value for name, value in answer.headers.items() if not name.startswith("RateLimit")}
        answers.append((answer.status_code, body, sorted(headers.items())))
    assert answers[0] == answers[1] == answers[2]


def test_a_strangers_list_contains_no_filings_of_others(places, stranger):
    answer = client_of(stranger).get("/api/v1/filings/").json()
    assert answer == {"next": None, "previous": None, "results": []}


def test_a_refused_filing_stores_nothing(stranger):
    answer = client_of(stranger).post("/api/v1/filings/", a_document(), format="json")
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["errors"][0]["pointer"]) == (
        403,
        "no_standing",
        "/applicant/uscc",
    )
    assert (Filing.objects.count(), Event.objects.count()) == (0, 0)


def test_an_unknown_organization_gets_the_same_answer_as_a_foreign_one(stranger, organization):
    client = client_of(stranger)
    client.credentials(**client._credentials, HTTP_X_REQUEST_ID="the-same")
    known = client.post("/api/v1/filings/", a_document(), format="json").json()
    unknown = client.post(
        "/api/v1/filings/", a_document(changes={"/applicant/uscc": "91110000600037341L"}), format="json"
    ).json()
    assert json.dumps(known).replace("91440300708461136T", "…") == json.dumps(unknown).replace(
        "91110000600037341L", "…"
    )
