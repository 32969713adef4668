"""What operation sees: health, metrics, logs, and settings that are safe behind https."""

from __future__ import annotations

import json
import logging
import os
import secrets
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import Client
from pythonjsonlogger.json import JsonFormatter

from config.logs import WithContext, logging_of
from registry.tokens import create_token
from tests.accounts.codes import sets_up_app, signs_in
from tests.building import example
from tests.making_filings import a_submitted_filing, check_everything

ROOT = Path(__file__).parent.parent.parent
PRODUCTION = {
    "BASE_URL": "https://registry.example",
    "ALLOWED_HOSTS": "registry.example",
    "PROXIES": "1",
    "DEBUG": "0",
}


def manage(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **PRODUCTION, "SECRET_KEY": secrets.token_urlsafe(50), **more}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


# --- settings ---------------------------------------------------------------------------------------------------
def test_djangos_own_check_of_a_deployment_has_nothing_to_say():
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (2 silenced).\n"), done.stderr


def test_behind_https_cookies_are_secure_and_http_leads_there():
    code = """
from django.test import Client
answers = [Client().get("/", headers={"host": "registry.example"}), Client().get("/health/live", headers={"host": "registry.example"})]
from django.conf import settings
secure = Client().get("/health/live", headers={"host": "registry.example", "x-forwarded-proto": "https"})
print([answer.status_code for answer in answers], answers[0].headers["Location"])
print(secure.headers["Strict-Transport-Security"], settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)
"""
    done = manage("shell", "-v", "0", "-c", code, DATABASE_URL="sqlite://:memory:")
    assert done.stdout.splitlines() == ["[301, 200] https://registry.example/", "max-age=31536000 True True"], (
        done.stderr
    )


def test_without_proxies_a_client_cannot_say_that_it_came_by_https():
    code = """
from django.test import RequestFactory
print(RequestFactory().get("/", headers={"x-forwarded-proto": "https"}).is_secure())
"""
    assert manage("shell", "-v", "0", "-c", code, PROXIES="0").stdout == "False\n"


# --- health -----------------------------------------------------------------------------------------------------
def test_a_process_is_alive_without_a_database():
    with patch("django.db.backends.utils.CursorWrapper.execute", side_effect=DatabaseError("away")):
        assert Client().get("/health/live").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("service", "broken"),
    [
        ("broker", {"CELERY_BROKER_URL": "redis://127.0.0.1:9/0"}),
        ("migrations", "compliance.watch.services.MigrationExecutor.migration_plan"),
        ("storage", "compliance.watch.services.storages"),
    ],
)
def test_readiness_names_the_service_that_does_not_work(db, settings, service, broken):
    if isinstance(broken, dict):
        for name, value in broken.items():
            setattr(settings, name, value)
        answer = Client().get("/health/ready")
    else:
        with patch(broken, **({"return_value": ["one"]} if service == "migrations" else {"new": {}})):
            answer = Client().get("/health/ready")
    states = answer.json()["services"]
    assert (answer.status_code, [name for name, state in states.items() if state != "ok"]) == (503, [service])


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_readiness_without_a_database_says_so(db, reviewer, is_signed_in):
    client = Client()
    if is_signed_in:
        client.force_login(reviewer)
    with patch("django.db.backends.utils.CursorWrapper.execute", side_effect=DatabaseError("away")):
        answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["services"]["database"]) == (503, "unreachable")


# --- metrics ----------------------------------------------------------------------------------------------------
def figures(client: Client) -> dict[str, float]:
    text = client.get("/metrics", headers={"authorization": "Bearer a secret"}).content.decode()
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


def test_metrics_count_requests_and_what_waits(client, settings, filer):
    settings.METRICS_TOKEN = "a secret"
    a_submitted_filing(filer, changes={"/algorithm/mechanism": None})
    before = figures(client)
    client.get("/rules/")
    client.get("/rules/")
    client.generic("INVENTED", "/rules/")
    check_everything()
    after = figures(client)
    name = 'registry_requests_total{method="GET",status="200",view="rules"}'
    assert after[name] - before.get(name, 0) == 2
    assert (
        after['registry_request_seconds_count{view="rules"}']
        - before.get('registry_request_seconds_count{view="rules"}', 0)
        == 3
    )
    assert not [each for each in after if "INVENTED" in each]
    assert (before["registry_checks_due"], after["registry_checks_due"]) == (1, 0)
    assert after['registry_flags_open{level="error"}'] > 0
    assert {"registry_mails_waiting", "registry_webhooks_waiting", "registry_reports_waiting"} <= after.keys()


@pytest.mark.parametrize(("token", "given"), [("", "Bearer "), ("a secret", ""), ("a secret", "Bearer other")])
def test_metrics_are_hidden_from_everybody_else(client, settings, db, token, given):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers={"authorization": given}).status_code == 404


# --- logs -------------------------------------------------------------------------------------------------------
class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        options = dict(logging_of("json", "DEBUG")["formatters"]["json"])
        del options["()"]
        self.setFormatter(JsonFormatter(options.pop("format"), **options))
        self.addFilter(WithContext())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def log():
    handler, root = _Lines(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before)


def test_a_line_for_machines_has_request_person_and_case(log, api, filer):
    filing = api.post(
        "/api/v1/filings/",
        example("algorithm-complete"),
        content_type="application/json",
        headers={"x-request-id": "r-1"},
    ).json()
    logging.getLogger("example").info("outside %s", "示例")
    freeze = "compliance.filings.submitting.freeze_revision"
    logged = patch(freeze, side_effect=lambda *_, **__: logging.getLogger("example").info("inside"))
    with logged, pytest.raises(AttributeError):
        api.post(f"/api/v1/filings/{filing['id']}/submit/", headers={"x-request-id": "r-2"})
    outside, inside = (json.loads(line) for line in log if '"example"' in line)
    assert (outside["message"], outside["request_id"], outside["user"], outside["case"]) == (
        "outside 示例",
        "-",
        "-",
        "-",
    )
    assert (inside["message"], inside["request_id"], inside["user"], inside["case"]) == (
        "inside",
        "r-2",
        "filer",
        filing["case_number"],
    )
    assert inside["level"] == "INFO"


def test_no_secret_is_ever_logged(log, reviewer, filer, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    web = Client()
    signs_in(web, "reviewer", "a wrong one 55")
    signs_in(web, "reviewer")
    secret = sets_up_app(web)
    token = create_token(filer)
    api = Client(headers={"authorization": f"Bearer {token}"})
    api.get("/api/v1/filings/")
    api.get(f"/api/v1/filings/?token={token}")
    Client(headers={"authorization": "Bearer wrong-token-77"}).get("/api/v1/filings/")
    web.get("/nowhere/?password=a+password")
    assert len(log) > 5
    secrets_given = ("a wrong one 55", "a password", secret, "wrong-token-77", token)
    assert [line for line in log if any(each in line for each in secrets_given)] == []
