"""A filing keeps the days from which the last revision says that deadlines run; the migration fills those of before."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps

from compliance.filings import actions
from compliance.models import Filing
from tests.building import parsed
from tests.making_filings import a_filing, a_submitted_filing

FILL = import_module("compliance.migrations.0030_fill_declared_days").fill
DAYS = {"/service/launched_on": "2026-03-02", "/service/terminated_on": "2027-05-31"}


def days() -> dict[str, tuple[str, str]]:
    rows = Filing.objects.order_by("pk").values_list("reference", "first_declared_on", "last_declared_on")
    return {reference: (str(first), str(last)) for reference, first, last in rows}


def test_they_are_those_of_the_last_revision(filer, reviewer):
    a_filing(filer, changes={"/reference": "draft", **DAYS})
    a_submitted_filing(filer, changes={"/reference": "none", "/service/launched_on": None})
    returned = a_submitted_filing(filer, changes={"/reference": "returned", **DAYS})
    actions.return_filing(returned, by=reviewer, reason="缺少材料")
    later = {"/reference": "returned", **DAYS, "/service/terminated_on": "2027-06-30"}
    actions.edit_dossier(returned, parsed("algorithm", later), by=filer)
    declared = ("2026-03-02", "2027-05-31")
    assert days() == {"draft": declared, "none": ("None", "None"), "returned": declared}
    actions.submit_filing(returned, by=filer)
    assert days()["returned"] == ("2026-03-02", "2027-06-30")


def test_the_migration_fills_what_was_there_before(filer, reviewer):
    a_filing(filer, changes={"/reference": "draft", **DAYS})
    a_submitted_filing(filer, changes={"/reference": "none", "/service/launched_on": None})
    returned = a_submitted_filing(filer, "generative", {"/reference": "returned", **DAYS})
    actions.return_filing(returned, by=reviewer, reason="缺少材料")
    edited = {"/reference": "returned", "/service/launched_on": "2026-01-01"}
    actions.edit_dossier(returned, parsed("generative", edited), by=filer)
    before = days()
    Filing.objects.update(first_declared_on=None, last_declared_on=None)
    FILL(apps, None)
    assert days() == before
