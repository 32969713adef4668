"""The register pages of the desk, and its workflow and correction forms."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance import demo
from compliance.filings import actions
from compliance.models import Filing
from registry.models import AIModel, Correction, OfficialNumber, Service
from tests.admin.test_desk import STAFF, desk_of, page_of
from tests.api.test_register import ON_LLAMA
from tests.making_filings import a_submitted_filing, check_everything
from tests.small_catalog import load_small_catalog

LISTS = sorted((Path(demo.__file__).parent / "lists").glob("*.csv"))
MODELS = reverse("admin:registry_aimodel_changelist")
SERVICES = reverse("admin:registry_service_changelist")
NUMBERS = reverse("admin:registry_officialnumber_changelist")
CORPORA = reverse("admin:registry_trainingdatadeclaration_changelist")
REPORTS = reverse("admin:compliance_reportrun_changelist")


@pytest.fixture(autouse=True)
def on_a_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def filing(filer) -> Filing:
    filing = a_submitted_filing(filer, "generative", ON_LLAMA)
    check_everything()
    return filing


def model_page(name: str) -> str:
    return reverse("admin:registry_aimodel_change", args=[AIModel.objects.get(name=name).pk])


# fmt: off
TABLE = [
    #                         revw far  rgst audt admin
    (MODELS,                 (200, 200, 200, 200, 403)),
    (SERVICES,               (200, 200, 200, 200, 403)),
    (NUMBERS,                (200, 200, 200, 200, 403)),
    (CORPORA,                (200, 200, 200, 200, 403)),
    (REPORTS,                (200, 200, 200, 200, 403)),
    ("model",                (200, 302, 200, 200, 403)),
    ("service",              (200, 302, 200, 200, 403)),
    (f"{MODELS}add/",        (403, 403, 403, 403, 403)),
    (f"{NUMBERS}add/",       (403, 403, 403, 403, 403)),
]
# fmt: on


@pytest.mark.parametrize(("page", "answers"), TABLE, ids=lambda value: str(value)[:40])
def test_each_role_sees_its_pages_of_the_register(page, answers, filing, request):
    named = {
        "model": model_page("样例大模型"),
        "service": reverse("admin:registry_service_change", args=[Service.objects.get().pk]),
    }
    clients = [desk_of(request.getfixturevalue(person)) for person in STAFF]
    assert tuple(client.get(named.get(page, page)).status_code for client in clients) == answers


def test_the_page_of_a_model_shows_its_number_and_its_ancestors(filing, registrar, monkeypatch):
    load_small_catalog(monkeypatch)
    call_command("import_register", *map(str, LISTS), stdout=StringIO())
    client = desk_of(registrar)
    published = client.get(model_page("文心一言")).content.decode()
    assert "Beijing-WenXinYiYan-20230821" in published
    text = client.get(model_page("样例大模型")).content.decode()
    for expected in ("Llama-2-13B", "(US)", "fine-tuning", "<svg", "Lineage as a table", filing.case_number):
        assert expected in text
    number = OfficialNumber.objects.get(number="Beijing-WenXinYiYan-20230821")
    text = client.get(reverse("admin:registry_officialnumber_change", args=[number.pk])).content.decode()
    assert "文心一言" in text


def test_the_page_of_a_service_shows_its_filings_and_its_next_deadline(filer, registrar):
    a_submitted_filing(filer, "generative", ON_LLAMA)
    returned = a_submitted_filing(filer, "registration", {"/service/launched_on": None})
    actions.return_filing(returned, by=registrar, reason="x")
    page = reverse("admin:registry_service_change", args=[Service.objects.get().pk])
    text = desk_of(registrar).get(page).content.decode()
    for expected in (*Filing.objects.values_list("case_number", flat=True), "2026-12-11", "Next deadline"):
        assert expected in text


def test_a_page_of_the_register_takes_a_fixed_number_of_queries(filing, filer, registrar):
    client = desk_of(registrar)
    pages = [
        model_page("Llama-2-13B"),
        reverse("admin:registry_service_change", args=[Service.objects.get().pk]),
        MODELS,
        SERVICES,
    ]
    counts = []
    for _ in range(2):
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            counts.append(len(queries))
        for i in range(3):
            a_submitted_filing(filer, "generative", {**ON_LLAMA, "/reference": f"{len(counts)}-{i}"})
    assert counts[4:] <= counts[:4]
    assert max(counts) <= 30, counts


def act(client, filing: Filing, verb: str, **form):
    filing.refresh_from_db()
    url = reverse("admin:compliance_filing_act", args=[filing.pk, verb])
    return client.post(url, {"expected_version": filing.last_event_hash, **form}, follow=True).content.decode()


def offered(client, filing: Filing) -> list[str]:
    """Return the open steps, the main one first."""
    return [step.verb for step in client.get(page_of(filing)).context["steps"] if not step.reason_closed]


def test_a_filing_is_reviewed_and_decided_at_the_desk(filing, reviewer, registrar):
    desk, decider = desk_of(reviewer), desk_of(registrar)
    assert offered(desk, filing) == ["accept", "return"]
    assert "Done. The history shows the change." in act(desk, filing, "accept")
    for _ in range(2):
        act(desk, filing, "forward")
    assert offered(desk, filing) == ["return"]
    assert offered(decider, filing) == ["decide", "return", "record_decision", "reject"]
    text = act(decider, filing, "decide")
    filing.refresh_from_db()
    assert (filing.status, str(filing.official_number) in text) == ("filed", True)
    assert offered(decider, filing) == ["suspend", "cancel", "revoke"]
    act(decider, filing, "suspend", reason="inspection")
    filing.refresh_from_db()
    assert (filing.status, offered(decider, filing)) == ("suspended", ["resume", "cancel", "revoke"])


def test_a_refusal_at_the_desk_shows_the_reason_and_changes_nothing(filer, reviewer, registrar):
    filing = a_submitted_filing(filer, "generative", {"/jurisdiction": None})
    desk = desk_of(reviewer)
    assert "Not given: jurisdiction" in act(desk, filing, "accept")
    assert "Only registrars may do this." in act(desk, filing, "decide")
    assert "From" not in act(desk, filing, "return", expected_version="0" * 64)
    filing.refresh_from_db()
    assert filing.status == "submitted"
    assert "Enter the date of the decision" in act(
        desk_of(registrar), filing, "record_decision", number="x", day="soon"
    )


@pytest.mark.parametrize("person", ["auditor", "far_reviewer", "administrator"])
def test_other_roles_cannot_act_on_a_filing(person, filing, request):
    client = desk_of(request.getfixturevalue(person))
    answer = client.post(
        reverse("admin:compliance_filing_act", args=[filing.pk, "return"]), {"reason": "x"}, follow=True
    )
    filing.refresh_from_db()
    assert filing.status == "submitted"
    assert answer.status_code in (200, 403, 404)


def test_a_registrar_corrects_merges_and_undoes_at_the_desk(filing, registrar, reviewer, monkeypatch):
    load_small_catalog(monkeypatch)
    client, model = desk_of(registrar), AIModel.objects.get(name="GPT-2")
    into = AIModel.objects.get(name="GPT-2-large")

    def post(who, verb, *arguments, **form):
        url = reverse(f"admin:registry_aimodel_{verb}", args=[model.pk, *arguments])
        return who.post(url, form, follow=True).content.decode()

    assert "The correction is recorded." in post(client, "correct", field="license", value="MIT-0", reason="read again")
    assert "Only registrars may do this." in post(desk_of(reviewer), "correct", field="license", value="x", reason="y")
    assert "valid integer" in post(client, "correct", field="parameters", value="many", reason="y")
    first = Correction.objects.get()
    assert "The correction is undone." in post(client, "undo", first.uid, reason="no")
    assert "The two records are merged." in post(client, "merge", into=str(into.uid), reason="one")
    model.refresh_from_db()
    assert model.merged_into == into
