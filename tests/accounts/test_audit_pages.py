"""Who may read the log of changes and the accesses to personal data, and what is counted."""

from __future__ import annotations

import pytest
from django.urls import reverse

from registry.models import AccessRecord
from tests.conftest import client_of
from tests.making_filings import a_filing, a_submitted_filing

PAGES = ["registry_auditevent", "registry_accessrecord"]


@pytest.mark.parametrize(
    ("role", "status"), [("auditor", 200), ("administrator", 200), ("reviewer", 403), ("registrar", 403)]
)
@pytest.mark.parametrize("page", PAGES)
def test_auditors_and_administrators_read_them(client, request, role, status, page):
    client.force_login(request.getfixturevalue(role))
    assert client.get(reverse(f"admin:{page}_changelist")).status_code == status
    assert client.get(f"/admin/{page.replace('_', '/')}/add/").status_code == 403


def test_the_log_names_who_did_what(client, auditor, registrar):
    client.force_login(auditor)
    page = client.get(reverse("admin:registry_auditevent_changelist")).content.decode()
    assert "registrar: registrar" in page
    assert "role: – → registrar" in page


def test_it_is_read_in_the_readers_words(client, auditor, filer):
    filer.is_active = False
    filer.save()
    client.force_login(auditor)
    page = client.get(
        reverse("admin:registry_auditevent_changelist"), headers={"Accept-Language": "zh-hans"}
    ).content.decode()
    for text in ("角色: – → 审计员", "有效: 是 → 否"):
        assert text in page


def test_looks_of_the_staff_at_dossiers_are_counted_by_day(client, filer, reviewer):
    filing = a_submitted_filing(filer)
    client.force_login(reviewer)
    for _ in range(3):
        client.get(reverse("admin:compliance_filing_change", args=[filing.pk]))
    client_of(reviewer).get(f"/api/v1/filings/{filing.uid}/dossier/")
    assert list(AccessRecord.objects.values_list("user__username", "kind", "label", "times")) == [
        ("reviewer", "dossier", filing.case_number, 4)
    ]


def test_exports_are_counted_and_refusals_and_own_dossiers_are_not(client, filer, far_reviewer):
    filing = a_filing(filer)
    client_of(filer).get(f"/api/v1/filings/{filing.uid}/dossier/")
    client.force_login(far_reviewer)
    assert client.get(reverse("admin:compliance_filing_change", args=[filing.pk])).status_code == 302
    assert not AccessRecord.objects.exists()
    client.get(reverse("admin:compliance_filing_export", args=["csv"]))
    assert list(AccessRecord.objects.values_list("kind", "label")) == [("export", "compliance_filing")]
