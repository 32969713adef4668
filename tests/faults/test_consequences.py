"""Revoking the filing of a base model with ten thousand descendants in two thousand filings."""

from __future__ import annotations

import json
import time

import pytest

from tests.building import a_document
from tests.faults.stack import wait_until

FILINGS, A_BATCH, MODELS = 2_000, 200, 5
ENTER = """
import json, sys
from datetime import date
from compliance.filings import actions
from compliance.dossier.parsing import parse
from compliance.models import Filing
from registry.models import User
documents = json.load(sys.stdin)
by = User.objects.get(username=documents["by"])
for document in documents["dossiers"]:
    filing, _ = actions.open_filing(parse(json.dumps(document).encode()), by=by)
    actions.submit_filing(filing, by=by)
"""
DECIDE = """
from datetime import date
from compliance.filings import actions
from compliance.models import Filing
from registry.models import StaffRole, User
by, _ = User.objects.get_or_create(username="registrar")
StaffRole.objects.get_or_create(user=by, role="registrar", defaults={{"provinces": []}})
filing = Filing.objects.get(reference="base")
actions.{verb}
"""
RECORD = 'record_decision(filing, number="Guangdong-JiZuo-202601010001", day=date(2026, 1, 2), by=by)'
REVOKE = 'revoke_filing(filing, by=by, reason="obtained by concealment")'
DUE = "SELECT count(*) FROM compliance_filing WHERE due_since IS NOT NULL"
FLAGGED = (
    "SELECT count(DISTINCT filing_id) FROM compliance_flag WHERE rule = 'PRO-04' AND variant = 'revoked' "
    "AND resolved_at IS NULL"
)
DESCENDANTS = "SELECT count(DISTINCT child_id) FROM registry_derivation"


def base_document(applicant: dict) -> dict:
    developer = {"name": applicant["name"], "country": "CN", "uscc": applicant["uscc"]}
    changes = {
        "/reference": "base",
        "/models/0/name": "示例基座",
        "/models/0/developer": developer,
        "/service/name": "基座服务",
    }
    return {**a_document("generative", changes), "applicant": {**a_document("generative")["applicant"], **applicant}}


def document(i: int, applicant: dict, base: dict) -> dict:
    """Return a dossier with a chain of five own models, all new in the register, that derive from the base model."""
    own = a_document("generative", {"/reference": f"r{i}", "/service/name": f"服务 {i}"})
    first = own["models"][0]
    chain = [
        {**first, "key": f"m{step}", "name": f"模型 {i}-{step}", "development": "derived", "used_by_service": step == 0,
         "derived_from": [{"key": f"m{step + 1}" if step + 1 < MODELS else "base", "relation": "finetune"}]}
        for step in range(MODELS)
    ]  # fmt: skip
    parent = {
        "key": "base",
        "name": "示例基座",
        "version": first["version"],
        "developer": base,
        "license": "LicenseRef-Commercial",
    }
    return {**own, "models": [*chain, parent]}


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_all_filings_are_flagged_within_a_minute(make_stack):
    stack = make_stack()
    people = json.loads(
        stack.manage(
            "shell", "-v", "0", "-c",
            "import json; from registry.models import Membership; "
            "print(json.dumps([[m.user.username, m.organization.name, m.organization.uscc] for m in Membership.objects.filter(role='filer')"
            ".select_related('user', 'organization').order_by('pk')]))",
        ).splitlines()[-1]
    )  # fmt: skip
    (filer, name, uscc), (other, other_name, other_uscc) = (
        people[0],
        next(row for row in people if row[2] != people[0][2]),
    )
    base = {"name": other_name, "country": "CN", "uscc": other_uscc}
    enter = lambda by, dossiers: stack.manage(  # noqa: E731
        "shell", "-v", "0", "-c", ENTER, text=json.dumps({"by": by, "dossiers": dossiers})
    )
    enter(other, [base_document({"name": other_name, "uscc": other_uscc})])
    stack.manage("shell", "-v", "0", "-c", DECIDE.format(verb=RECORD))
    applicant = {**a_document("generative")["applicant"], "name": name, "uscc": uscc}
    for start in range(0, FILINGS, A_BATCH):
        dossiers = [{**document(i, {}, base), "applicant": applicant} for i in range(start, start + A_BATCH)]
        enter(filer, dossiers)
    assert stack.query(DESCENDANTS)[0] >= FILINGS * MODELS
    stack.up(stack.worker, stack.beat)
    wait_until(lambda: stack.query(DUE)[0] == 0, 300)
    assert stack.query(FLAGGED)[0] == 0
    stack.manage("shell", "-v", "0", "-c", DECIDE.format(verb=REVOKE))
    began = time.monotonic()
    took = wait_until(lambda: stack.query(FLAGGED)[0] == FILINGS, 60)
    print(f"\n{FILINGS:,} filings with {FILINGS * MODELS:,} descendants flagged {took:.1f} s after the revocation.")
    assert time.monotonic() - began < 60
