"""Opening filings, and opening the same filing again."""

from __future__ import annotations

import re

import pytest

from compliance.filings import actions
from compliance.filings.refusals import NoMembership, ReferenceTaken
from compliance.models import Event, Filing, WorkingCopy
from registry.models import Membership
from tests.building import parsed
from tests.making_filings import a_filing


def test_a_new_filing_is_a_draft_with_a_working_copy_and_one_event(filer):
    filing = a_filing(filer)
    assert (filing.status, filing.kind, filing.province, filing.service_name) == (
        "draft",
        "algorithm",
        "44",
        "样例问答",
    )
    assert re.fullmatch(r"F\d{4}-000001", filing.case_number)
    assert filing.uid.version == 7
    assert filing.is_due
    assert filing.working_copy.sha256 == parsed().canonical.sha256
    assert list(filing.events.values_list("verb", "from_status", "to_status", "actor")) == [
        ("open", "", "draft", "filer")
    ]


def test_case_numbers_count_up(filer):
    numbers = [a_filing(filer, changes={"/reference": f"r{i}"}).case_number[-6:] for i in range(3)]
    assert numbers == ["000001", "000002", "000003"]


def test_the_same_reference_and_dossier_give_the_same_filing(filer):
    first, is_new = actions.open_filing(parsed(), by=filer)
    second, is_new_again = actions.open_filing(parsed(), by=filer)
    assert (first.pk, is_new, is_new_again) == (second.pk, True, False)
    assert (Filing.objects.count(), WorkingCopy.objects.count(), Event.objects.count()) == (1, 1, 1)


def test_a_dossier_with_the_same_content_returns_the_same_filing(filer):
    filing = a_filing(filer)
    again, is_new = actions.open_filing(parsed(changes={"/amends": None, "/models": None}), by=filer)
    assert (again.pk, is_new) == (filing.pk, False)


def test_the_dossier_first_posted_returns_the_filing_after_an_edit(filer):
    filing = a_filing(filer)
    actions.edit_dossier(filing, parsed(changes={"/applicant/name": "another"}), by=filer, expected_version=None)
    for changes in ({}, {"/applicant/name": "another"}):
        assert actions.open_filing(parsed(changes=changes), by=filer) == (filing, False)


def test_another_dossier_under_a_used_reference_is_refused(filer):
    a_filing(filer)
    with pytest.raises(ReferenceTaken):
        a_filing(filer, changes={"/applicant/name": "another"})
    assert Filing.objects.count() == 1


@pytest.mark.parametrize("reference", [None, "", "  "])
def test_without_a_reference_each_post_opens_a_new_filing(filer, reference):
    filings = [a_filing(filer, changes={"/reference": reference}) for _ in range(2)]
    assert len({filing.pk for filing in filings}) == 2


def test_a_reference_may_be_as_long_as_any_text(filer):
    filing = a_filing(filer, changes={"/reference": "汉" * 20_000, "/service/name": "字" * 20_000})
    assert len(filing.reference) == 20_000


def test_a_reference_may_be_used_again_after_a_withdrawal(filer):
    first = a_filing(filer)
    actions.withdraw_filing(first, by=filer)
    second, is_new = actions.open_filing(parsed(), by=filer)
    assert (is_new, second.pk != first.pk) == (True, True)


def test_two_applicants_may_use_one_reference(filer, stranger):
    a_filing(filer)
    other = {"/applicant/uscc": "91440305MADEMA004M"}
    assert a_filing(stranger, changes=other).applicant.uscc == "91440305MADEMA004M"


@pytest.mark.parametrize("who", ["stranger", "viewer", "reviewer", "registrar", "auditor", "administrator"])
def test_only_a_filer_of_the_applicant_opens_a_filing(who, request, filer):
    with pytest.raises(NoMembership):
        a_filing(request.getfixturevalue(who))
    assert Filing.objects.count() == 0


@pytest.mark.parametrize(("begin", "end", "is_in_force"), [(-2, -1, False), (-1, 0, True), (0, 1, True), (1, 2, False)])
def test_an_agent_files_only_while_the_mandate_is_in_force(filer, today, begin, end, is_in_force):
    Membership.objects.update(mandate="M-1", mandate_from=today(begin), mandate_until=today(end))
    if is_in_force:
        assert a_filing(filer).status == "draft"
    else:
        with pytest.raises(NoMembership):
            a_filing(filer)


@pytest.mark.parametrize(
    ("jurisdiction", "region", "province"),
    [("11", "440305", "11"), (None, "310115", "31"), (None, None, "44"), ("99", "440305", "44")],
)
def test_the_province_is_the_jurisdiction_or_the_region(filer, jurisdiction, region, province):
    filing = a_filing(filer, changes={"/jurisdiction": jurisdiction, "/applicant/region": region})
    assert filing.province == province
