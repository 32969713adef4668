"""The workspace: saving a section of a full generative dossier with its check and its flags, its pages, and a workbook of 50 services."""

from __future__ import annotations

import io
import json
import re
import statistics
import time
from collections.abc import Callable
from html import unescape
from typing import Any

from django.test import Client
from django.utils import timezone

from compliance.filings.actions import open_filing
from compliance.inventory.services import services_of
from compliance.models import Filing
from compliance.rules.examples.making import complete
from compliance.workbooks.taking import read_filings, take_over
from compliance.workbooks.writing import write_workbook
from compliance.workspace.saving import parsed_document
from registry.models import Membership, Organization, User

Report = Callable[[str, str], None]
ROUNDS, SERVICES = 30, 50
_HIDDEN = re.compile(r'<input type="hidden" name="(version|shown)" value="([^"]*)"')
_PAGES = ("", "edit/service/", "edit/models/0/", "edit/models/0/corpora/0/", "edit/assessment/", "documents/")


def measure_workspace(*, report: Report) -> None:
    """Print the time of saving a section, of each page, and of a workbook with 50 services."""
    organization = Organization.objects.create(
        name="样例云图智能有限公司", uscc=complete("generative-complete")["applicant"]["uscc"]
    )
    filer = User.objects.create_user("bench")
    Membership.objects.create(user=filer, organization=organization, role="filer", is_administrator=True)
    client = Client()
    client.force_login(filer)
    filing, _is_new = open_filing(parsed_document(complete("generative-complete")), by=filer)
    home = f"/workspace/{organization.uid}/"
    base = f"{home}filings/{filing.uid}/"
    _measure_saving(client, f"{base}edit/service/", report)
    for path in _PAGES:
        report(f"page {path or 'of a filing'}", _milliseconds(lambda path=path: client.get(f"{base}{path}")))  # type: ignore[misc]
    _measure_workbook(organization, filer, report)
    report(
        "50 services with their duties", _milliseconds(lambda: services_of(organization, today=timezone.localdate()))
    )
    report("page of 51 services", _milliseconds(lambda: client.get(home)))


def _measure_saving(client: Client, url: str, report: Report) -> None:
    """Each save changes the section, and is parsed, stored, checked and shown with its flags."""
    page = client.get(url).content.decode()
    times = []
    for number in range(ROUNDS):
        form: dict[str, Any] = {name: unescape(value) for name, value in _HIDDEN.findall(page)}
        began = time.perf_counter()
        answer = client.post(url, {**form, "/service/audience": f"人群 {number}"}, headers={"HX-Request": "true"})
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200
        page = answer.content.decode()
    report("save of a section with check and flags", f"{statistics.median(times[3:]) * 1e3:.0f} ms")


def _measure_workbook(organization: Organization, filer: User, report: Report) -> None:
    documents = []
    for number in range(SERVICES):
        document = json.loads(json.dumps(complete("generative-complete")))
        document["service"]["name"], document["reference"] = f"样例服务 {number}", f"bench-{number}"
        documents.append(("", document))
    began = time.perf_counter()
    content = write_workbook(documents, "zh")
    report(
        f"workbook of {SERVICES} services written, {len(content) / 1e3:.0f} kB", f"{time.perf_counter() - began:.1f} s"
    )
    began = time.perf_counter()
    taken = read_filings(io.BytesIO(content), organization, "zh")
    report(f"workbook of {SERVICES} services read and checked", f"{time.perf_counter() - began:.1f} s")
    assert not taken.faults
    began = time.perf_counter()
    take_over(taken, by=filer)
    report(f"workbook of {SERVICES} services stored and checked", f"{time.perf_counter() - began:.1f} s")
    assert Filing.objects.count() == SERVICES + 1


def _milliseconds(act: Callable[[], object]) -> str:
    act()
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return f"{statistics.median(times) * 1e3:.0f} ms"
