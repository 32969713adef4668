"""The deployment stands on this machine and is checked from outside, through the proxy with TLS. `make deploy-check` runs it."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.building import a_document
from tests.deploy.deployment import HOST, Deployment, read
from tests.faults.servers import is_available
from tests.faults.stack import kill, wait_until

pytestmark = [
    pytest.mark.full,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not (is_available() and shutil.which("nginx") and shutil.which("envsubst")),
        reason="needs root, the server programs of PostgreSQL, nginx and envsubst (gettext-base)",
    ),
]


@pytest.fixture(scope="module")
def deployment():
    with tempfile.TemporaryDirectory(prefix="registry-deployment-") as folder:
        Path(folder).chmod(0o755)
        deployment = Deployment(Path(folder))
        try:
            deployment.start()
            deployment.run("manage.py", "load_demo", "--password-file", str(Path(folder) / "password"))
            yield deployment
        finally:
            deployment.stop()


@pytest.fixture(scope="module")
def token(deployment):
    return {"Authorization": f"Bearer {deployment.run('manage.py', 'create_token', 'filer').splitlines()[-1]}"}


def test_http_leads_to_https(deployment):
    status, headers, _ = deployment.call("GET", "/register/?q=x", tls=False)
    assert (status, headers["Location"]) == (301, f"https://{HOST}/register/?q=x")


def test_pages_come_by_tls_with_safe_headers(deployment):
    status, headers, body = deployment.call("GET", "/account/sign-in/")
    assert (status, headers["Server"]) == (200, "nginx")
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Secure" in headers["Set-Cookie"]
    assert b"csrfmiddlewaretoken" in body
    assert deployment.call("GET", "/static/register.js")[0] == 200


def test_another_host_is_refused(deployment):
    assert deployment.call("GET", "/account/sign-in/", headers={"Host": "evil.example"})[0] == 400


def test_metrics_are_for_the_inside_alone(deployment):
    assert deployment.call("GET", "/metrics", headers={"Authorization": "Bearer the monitoring"})[0] == 404


def test_what_a_client_says_of_its_address_counts_for_nothing(deployment):
    # More requests than an address may make in a minute, each as from another one.
    statuses = [
        deployment.call("GET", "/api/v1/rules/", headers={"X-Forwarded-For": f"203.0.113.{i % 250}"})[0]
        for i in range(60)
    ]
    assert (statuses[0], statuses[-1]) == (200, 429)


def test_a_filing_is_opened_submitted_and_checked(deployment, token):
    json_ = {**token, "Content-Type": "application/json"}
    document = a_document("algorithm-incomplete", {"/reference": "through the proxy", "/service/launched_on": None})
    status, _, body = deployment.call("POST", "/api/v1/filings/", json.dumps(document).encode(), json_)
    assert status == 201
    url = f"/api/v1/filings/{read(body)['id']}/"
    assert deployment.call("POST", f"{url}submit/", b"", token)[0] == 200
    wait_until(lambda: read(deployment.call("GET", f"{url}flags/", headers=token)[2])["due"] is False)
    rules = [flag["rule"] for flag in read(deployment.call("GET", f"{url}flags/", headers=token)[2])["results"]]
    assert sorted(set(rules)) == ["ALG-03", "DOC-05", "ORG-03", "ORG-04"]


def works(deployment, beat: str) -> bool:
    return "works now" in deployment.children[beat].log.read_text()


def test_one_web_server_and_the_working_beat_may_die(deployment):
    kill(deployment.children["web-1"])
    assert {deployment.call("GET", "/account/sign-in/")[0] for _ in range(10)} == {200}
    deployment.children["web-1"].start()
    working = next(name for name in ("beat-1", "beat-2") if works(deployment, name))
    other = {"beat-1": "beat-2", "beat-2": "beat-1"}[working]
    assert not works(deployment, other)
    kill(deployment.children[working])
    # The other one takes over, and its heartbeat shows it.
    wait_until(lambda: works(deployment, other), 60)
    wait_until(lambda: deployment.call("GET", "/health/ready")[0] == 200, 60)


def test_the_deployment_backs_itself_up_and_is_whole(deployment):
    folder = Path(deployment.settings["BACKUP_TO"])
    folder.mkdir(parents=True, exist_ok=True)
    deployment.run("manage.py", "backup", str(folder))
    (backup,) = folder.iterdir()
    assert backup.stat().st_size > 10_000
    deployment.run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
