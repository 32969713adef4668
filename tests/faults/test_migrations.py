"""A database is taken back to the tables of the previous version and forward again; it keeps its data and reads on."""

from __future__ import annotations

import pytest

PREVIOUS = (("compliance", "0008"), ("registry", "0004"))
PREPARE = """
from datetime import timedelta
from django.utils import timezone
from compliance.filings import actions
from compliance.models import Filing, Flag
from compliance.reports.catalog import REPORTS
from compliance.reports.runs import request_run
from registry.models import User
reviewer = User.objects.get(username="reviewer")
flag = Flag.objects.open().errors().filter(filing__first_submitted_at__isnull=False).order_by("pk")[0]
until = timezone.localdate() + timedelta(days=3)
actions.waive_flag(flag.filing, flag.identity, until=until, reason="a test", by=reviewer)
request_run(REPORTS["incomplete_filings"], by=reviewer)
"""
STATE = """
import json
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from compliance.checking.flag_counts import counted, counts_on
from compliance.models import Event, Filing, Flag, ReportRun
from compliance.reports import definitions
from compliance.reports.scopes import EVERYTHING
from compliance.reports.written import stored
from registry.models import ModelStatement, User
counts = counted(list(Filing.objects.values_list("pk", flat=True)), timezone.localdate())
assert all(counts_on(filing) == counts[filing.pk] for filing in Filing.objects.all())
assert Filing.objects.all().found_by("示例").count() == Filing.objects.count()
try:
    with transaction.atomic():
        Event.objects.all()._raw_delete("default")
    print("The history can be changed.")
except DatabaseError:
    pass
print("state", json.dumps({
    "counts": [str(counts[key]) for key in sorted(counts)],
    "flags": sorted(Flag.objects.values_list("rule", "at", "variant", "waiver_basis")),
    "statements": sorted(ModelStatement.objects.values_list("key", "named_model__name")),
    "reports": [list(stored(run, EVERYTHING).rows()) for run in ReportRun.objects.filter(state="written")],
    "roles": {user.username: user.roles for user in User.objects.order_by("pk")},
    "memberships": {user.username: sorted(user.memberships_in_force.values()) for user in User.objects.order_by("pk")},
}))
"""


# Longer than CI has; `make full` before a release, and whenever a migration of before changes.
@pytest.mark.full
def test_data_survives_the_way_back_and_forward(make_stack):
    stack = make_stack()
    stack.manage("check_filings", "--all")
    stack.manage("shell", "-v", "0", "-c", PREPARE)
    before = stack.manage("shell", "-v", "0", "-c", STATE)
    assert before.startswith("state ")
    assert "waived_count=1" in before
    for app, name in PREVIOUS:
        stack.manage("migrate", app, name, "--verbosity", "0")
    assert stack.query("SELECT count(*) FROM registry_staffstanding WHERE standing = 'reviewer'") == (1,)
    assert stack.query("SELECT count(*) FROM compliance_flag WHERE waived_grounds <> ''") == (1,)
    stack.manage("migrate", "--verbosity", "0")
    assert stack.manage("shell", "-v", "0", "-c", STATE) == before
    assert "intact" in stack.manage("verify_history")
