"""
The deployment of `deploy/compose.yaml` as processes of this machine: the same commands and settings, with two web servers and two
beats, behind nginx with TLS. What containers would add (file systems, users, networks) is not here.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from launch.children import Child
from launch.paths import ROOT
from launch.services import Broker, embedded, free_port, wait_for
from tests.faults.servers import Cluster
from tests.faults.stack import environment_of, kill, wait_until

DEPLOY = ROOT / "deploy"
BIN = ROOT / ".venv" / "bin"
HOST = "registry.example"


def services() -> dict[str, Any]:
    """Return the services of the compose file."""
    document: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    found: dict[str, Any] = document["services"]
    return found


def settings_of_the_example() -> dict[str, str]:
    """Return the settings of registry.env.example that are filled in."""
    lines = (line.split("=", 1) for line in (DEPLOY / "registry.env.example").read_text().splitlines() if "=" in line)
    return {name: value for name, value in lines if value and not name.startswith("#")}


class Deployment:
    """The deployment while it stands. `children` are its processes by name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.services = folder, services()
        self.cluster, self.broker = Cluster(folder / "postgresql"), embedded(folder)
        self.http, self.https = free_port(), free_port()
        self.ports = {"web-1": free_port(), "web-2": free_port()}
        self.children: dict[str, Child] = {}
        self.settings = self._settings()

    def start(self) -> None:
        self.cluster.start()
        assert self.broker.child
        self.broker.child.logs = self.folder
        self._start("broker", self.broker.child)
        assert wait_for(self.broker)
        self.run(*self.services["migrate"]["command"][1:])
        for name, port in self.ports.items():
            self._start_service("web", name, {"WEB_BIND": f"127.0.0.1:{port}"})
        self._start_service("worker", "worker")
        for name in ("beat-1", "beat-2"):
            self._start_service("beat", name)
        self._start_proxy()
        wait_until(lambda: self.call("GET", "/health/live")[0] == 200)

    def stop(self) -> None:
        for child in reversed(self.children.values()):
            kill(child)
        self.cluster.stop()

    def run(self, *arguments: str) -> str:
        """Run a management command with the settings of the deployment."""
        done = subprocess.run(
            [str(BIN / "python"), *arguments],
            cwd=ROOT, env=self.settings, capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def call(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None, *, tls: bool = True
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send a request from outside, through the proxy, whose certificate is verified. Status 0: no answer."""
        connection: http.client.HTTPConnection
        if tls:
            trusted = ssl.create_default_context(cafile=str(self.folder / "tls" / "fullchain.pem"))
            connection = http.client.HTTPSConnection("localhost", self.https, timeout=30, context=trusted)
        else:
            connection = http.client.HTTPConnection("localhost", self.http, timeout=30)
        try:
            connection.request(method, path, body, {"Host": HOST, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except (OSError, http.client.HTTPException):
            return 0, {}, b""
        finally:
            connection.close()

    def _settings(self) -> dict[str, str]:
        given = settings_of_the_example()
        return {
            **environment_of(self.cluster.url("127.0.0.1"), Broker(self.broker.url, "")),
            **given,
            "SECRET_KEY": "for tests alone, and long enough that no check of a deployment complains of it",
            "EMAIL_URL": f"filemail://{self.folder / 'mail'}",
            "MEDIA_ROOT": str(self.folder / "data" / "media"),
            "ANCHOR_FILE": str(self.folder / "data" / "anchors.jsonl"),
            "BACKUP_TO": str(self.folder / "data" / "backups"),
            "RATE_LIMIT_ADDRESS": "40/minute",
            "METRICS_TOKEN": "the monitoring",
            "PATH": f"{BIN}:{os.environ['PATH']}",
        }

    def _start(self, name: str, child: Child) -> None:
        self.children[name] = child
        child.start()

    def _start_service(self, service: str, name: str, more: Mapping[str, str] | None = None) -> None:
        command = [part.replace("/tmp/", f"{self.folder}/{name}-") for part in self.services[service]["command"]]
        environment = dict(self.settings)
        if service == "web":
            figures = self.folder / f"{name}-metrics"
            figures.mkdir()
            environment["PROMETHEUS_MULTIPROC_DIR"] = str(figures)
        self._start(name, Child(name, command, environment | dict(more or {}), self.folder))

    def _start_proxy(self) -> None:
        _make_certificate(self.folder / "tls")
        run = self.folder / "proxy"
        run.mkdir()
        proxy = self.services["proxy"]
        environment = {name: value.replace("$$", "$") for name, value in proxy["environment"].items()} | {
            "RUN_DIR": str(run),
            "TLS_DIR": str(self.folder / "tls"),
            "WEB_SERVERS": " ".join(f"server 127.0.0.1:{p} max_fails=1 fail_timeout=5s;" for p in self.ports.values()),
            "HTTP_PORT": str(self.http),
            "HTTPS_PORT": str(self.https),
            "PATH": os.environ["PATH"],
        }
        paths = {"/etc/registry/nginx.conf": str(DEPLOY / "nginx.conf"), "/tmp/nginx.conf": str(run / "nginx.conf")}
        script = proxy["command"][2].replace("$$", "$")
        for there, here in paths.items():
            script = script.replace(there, here)
        self._start("proxy", Child("proxy", ["sh", "-c", script], environment, self.folder))


def _make_certificate(folder: Path) -> None:
    folder.mkdir()
    named = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST},DNS:localhost"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *named,
         "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip


def read(body: bytes) -> Any:
    return json.loads(body)
