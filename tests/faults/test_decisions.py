"""Fifty concurrent decisions: fifty numbers, no deadlock; a filing decided twice is decided once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

from tests.faults.stack import Stack

# SQLite serializes writes anyway.
NUMBER = 50 if settings.TEST_ON == "postgresql" else 12
AT_ONCE = 25
# Ten applicants file for five services each; a reviewer prepares the filings for the decision.
PREPARE = f"""
from stdnum.cn import uscc
from compliance.filings import actions
from registry.models import Membership, Organization, User
from tests.making_filings import a_submitted_filing
for i in range({NUMBER}):
    code = f"91440300MADEM{{i % 10:04}}"
    code += uscc.calc_check_digit(code)
    owner, _ = Organization.objects.get_or_create(uscc=code, defaults={{"name": f"示例并发{{i % 10}}有限公司"}})
    # A user's memberships are read once.
    filer, reviewer = User.objects.get(username="filer"), User.objects.get(username="reviewer")
    Membership.objects.get_or_create(user=filer, organization=owner, defaults={{"role": "filer"}})
    kind = ("registration", "generative", "algorithm")[i % 3]
    changes = {{"/applicant/uscc": code, "/reference": f"r{{i}}", "/service/name": f"服务{{i}}"}}
    if kind == "generative":
        changes |= {{"/models/0/developer/uscc": code, "/models/0/name": f"模型{{i % 4}}"}}
    changes["/service/launched_on"] = None
    filing = a_submitted_filing(filer, kind, changes)
    filing = actions.accept_filing(filing, by=reviewer)
    for _ in range(1 if kind == "registration" else 2):
        filing = actions.forward_filing(filing, by=reviewer)
    print("filing", filing.uid)
"""

# The documents of these filings were made without the events of uploads.
FAULTS = """
from compliance.filings.history.verification import faults_of_history
from registry.audit.verification import faults_of_log
print([fault for fault in faults_of_history() if fault.code != "document_inserted"], faults_of_log())
"""


@pytest.fixture
def stack(make_stack: Callable[..., Stack]) -> Stack:
    stack = make_stack()
    stack.up(stack.web)
    return stack


@pytest.mark.full
def test_concurrent_decisions_issue_each_number_once(stack):
    output = stack.manage("shell", "-v", "0", "-c", PREPARE)
    urls = [f"/api/v1/filings/{line.split()[1]}/decide/" for line in output.splitlines() if line.startswith("filing ")]
    token = stack.token_of("admin")
    with ThreadPoolExecutor(AT_ONCE) as threads:
        # Each filing is decided twice at the same time.
        answers = list(
            threads.map(lambda url: stack.call("POST", url, b"", token), [url for url in urls for _ in (1, 2)])
        )
    assert Counter(status for status, _ in answers) == {200: NUMBER, 409: NUMBER}
    assert {body["code"] for status, body in answers if status == 409} == {"transition_refused"}
    numbers = [body["official_number"] for status, body in answers if status == 200]
    assert (len(numbers), len(set(numbers))) == (NUMBER, NUMBER)
    assert stack.manage("shell", "-v", "0", "-c", FAULTS) == "[] []\n"
