"""
What a change of the register means for filings: whatever stands on a model or names a number is checked again, in bulk.

A change is written down with the change itself; a worker finds the filings and marks them due. Doing so twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from compliance.checking.dispatch import announce_spread_after_commit
from compliance.checking.due_marks import mark_in_parts
from compliance.filings.querysets import FilingQuerySet
from compliance.filings.workflow import EDITABLE
from compliance.models import Consequence, Filing, Kind
from registry.lineage.walks import AS_REGISTRAR, below
from registry.models import ModelStatement
from registry.signals import lineage_changed, numbers_changed

# SQLite takes some ten thousand variables in a statement.
AT_ONCE = 5_000
# Kinds of filings in which models are asked for their numbers.
_ASKED = (Kind.GENERATIVE, Kind.REGISTRATION)


def connect() -> None:
    """Listen to the register."""
    numbers_changed.connect(_numbers_changed, dispatch_uid="consequences of numbers")
    lineage_changed.connect(_lineage_changed, dispatch_uid="consequences of lineage")


def _numbers_changed(sender: object, *, numbers: Collection[str], models: Collection[int], **more: Any) -> None:
    _remember(numbers, models, reaches_drafts=True)


def _lineage_changed(sender: object, *, models: Collection[int], **more: Any) -> None:
    _remember((), models, reaches_drafts=False)


def _remember(numbers: Collection[str], models: Collection[int], *, reaches_drafts: bool) -> None:
    Consequence.objects.create(numbers=sorted(numbers), ai_models=sorted(models), reaches_drafts=reaches_drafts)
    announce_spread_after_commit()


def spread() -> int:
    """Mark due whatever hangs on the changes that are written down, and return how many filings that are."""
    changes = list(Consequence.objects.order_by("pk"))
    if not changes:
        return 0
    marked = 0
    numbers = sorted({number for change in changes for number in change.numbers})
    models = sorted({model for change in changes for model in change.ai_models})
    for start in range(0, max(len(numbers), len(models)), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        marked += mark_in_parts(affected(numbers[part], models[part]))
    if any(change.reaches_drafts for change in changes):
        marked += mark_in_parts(_drafts())
    Consequence.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return marked


def affected(numbers: Collection[str], models: Collection[int]) -> FilingQuerySet:
    """The running filings whose revisions name one of these numbers, or list a model that is or goes back to one of these."""
    listed = Q(model__in=below(models, AS_REGISTRAR, through="weights"))
    named = Q(filing_number_key__in=numbers) if numbers else Q(pk__in=[])
    sources = ModelStatement.objects.filter(listed | named).values("source")
    return Filing.objects.running().filter(source__in=sources)


def _drafts() -> FilingQuerySet:
    """What can still be edited may name anything: nothing of it is in the register yet."""
    return Filing.objects.filter(status__in=EDITABLE, kind__in=_ASKED)
