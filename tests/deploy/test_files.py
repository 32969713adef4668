"""The files of `deploy/`: each passes its linter, and all say the same."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from launch.paths import ROOT
from tests.deploy.deployment import DEPLOY, services, settings_of_the_example

BIN = Path(sys.executable).parent
MANIFESTS = [each for each in yaml.safe_load_all((DEPLOY / "kubernetes" / "registry.yaml").read_text()) if each]


def output_of(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr


def test_the_container_file_passes_hadolint():
    assert output_of(str(BIN / "hadolint"), "deploy/Containerfile") == ""


def test_every_manifest_is_one_of_kubernetes():
    lines = output_of(str(BIN / "kubernetes-validate"), "--strict", "deploy/kubernetes/registry.yaml").splitlines()
    assert len([line for line in lines if " passed for resource " in line]) == len(MANIFESTS) == len(lines)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_every_unit_is_one_of_systemd():
    units = sorted(map(str, (DEPLOY / "systemd").iterdir()))
    lines = output_of("systemd-analyze", "verify", *units).splitlines()
    # The programs are where the units say on the machine that is to run them.
    assert [line for line in lines if not re.search(r"Command /opt/registry/\S+ is not executable", line)] == []


def test_every_service_runs_without_rights_on_a_file_system_it_cannot_write():
    for name, service in services().items():
        assert "no-new-privileges:true" in service["security_opt"], name
        if name not in ("db", "broker"):
            assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
    assert {services()[name]["user"] for name in ("web", "worker", "beat", "migrate")} == {"10001:10001"}


def pods() -> dict[str, dict]:
    """Return the specifications of all pods by their component."""
    made = [each for each in MANIFESTS if each["kind"] in ("Deployment", "Job")]
    return {
        each["metadata"]["labels"]["app.kubernetes.io/component"]: each["spec"]["template"]["spec"] for each in made
    }


def test_every_pod_runs_without_rights_on_a_file_system_it_cannot_write():
    for name, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"], name
        (container,) = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"], name
        assert not container["securityContext"]["allowPrivilegeEscalation"], name


def test_the_figures_of_the_product_are_for_the_inside_alone():
    (ingress,) = (each for each in MANIFESTS if each["kind"] == "Ingress")
    ways = ingress["spec"]["rules"][0]["http"]["paths"]
    led = {way["path"]: way["backend"]["service"]["name"] for way in ways}
    selected = {each["metadata"]["name"]: each["spec"]["selector"] for each in MANIFESTS if each["kind"] == "Service"}
    assert selected[led["/metrics"]]["app.kubernetes.io/component"] not in pods()
    assert selected[led["/"]]["app.kubernetes.io/component"] == "web"
    assert re.search(r"location = /metrics \{\s*return 404;", (DEPLOY / "nginx.conf").read_text())


def test_compose_kubernetes_and_systemd_run_the_same_commands():
    composed = {name: services()[name]["command"] for name in ("web", "worker", "beat", "migrate")}
    assert {name: pod["containers"][0]["command"] for name, pod in pods().items()} == composed
    for name, command in composed.items():
        unit = (DEPLOY / "systemd" / f"registry-{name}.service").read_text()
        (line,) = re.findall(r"ExecStart=/opt/registry/.venv/bin/(.*)", unit)
        assert line.replace("/var/lib/registry/beat-schedule", "/tmp/beat-schedule").split() == command


def test_the_image_holds_what_the_product_imports_and_reads():
    copied = set(re.findall(r"^COPY (\w+) \w+$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE))
    kept = {line[1:] for line in (ROOT / ".containerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == {"config", "registry", "compliance", "templates", "static", "locale"} == kept - {
        "manage.py", "gunicorn.conf.py", "requirements.txt", "pyproject.toml", "CHANGELOG.md"
    }  # fmt: skip


def test_the_image_dumps_the_database_of_the_compose_file():
    (base,) = re.findall(r"^ARG PYTHON=.*-slim-(\w+)$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    major = {"bookworm": "15", "trixie": "17"}[base]
    assert services()["db"]["image"] == f"docker.io/library/postgres:{major}-{base}"


def test_what_the_product_reads_beside_its_code_is_in_the_image():
    code = "".join(
        path.read_text() for half in ("compliance", "registry", "config") for path in (ROOT / half).rglob("*.py")
    )
    read = set(re.findall(r'settings.ROOT / "([\w.]+)"', code))
    container = (DEPLOY / "Containerfile").read_text()
    copied = {name for line in re.findall(r"^COPY ([^-].*) \S+$", container, re.MULTILINE) for name in line.split()}
    assert {"pyproject.toml", "CHANGELOG.md"} <= read <= copied


def test_every_setting_of_the_example_is_one_of_the_product():
    known = (ROOT / "docs" / "operation.md").read_text()
    own = {"DATABASE_PASSWORD", "BROKER_PASSWORD"}
    assert [name for name in settings_of_the_example() if f"`{name}`" not in known and name not in own] == []


def test_all_name_one_version():
    version = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[1]
    named = [re.findall(r"registry:(\d+\.\d+\.\d+)", path.read_text()) for path in sorted(DEPLOY.rglob("*.yaml"))]
    assert {each for found in named for each in found} == {version}
