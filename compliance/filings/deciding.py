"""Deciding filings. A filing gets its number or is rejected; a change or cancellation takes effect on its target."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from compliance.dossier.normal import normal_form
from compliance.dossier.schema import Dossier
from compliance.dossier.stored import Canonical, load
from compliance.filings import register_statements, workflow
from compliance.filings.locking import ExpectedVersion
from compliance.filings.numbering import issue_number, name_to_register
from compliance.filings.opening import REVISION_COLUMNS, columns_of_dossier, find_target
from compliance.filings.refusals import NumberRefused, TargetNotInForce
from compliance.filings.revisions import freeze_revision
from compliance.filings.transitions import Step, record_change, transition
from compliance.models import Action, Document, Filing
from registry import refusals
from registry.models import NumberStatus, User
from registry.numbers import actions
from registry.numbers.forms import has_the_form_of, normalized, number_key


@transaction.atomic
def decide_filing(filing: Filing, *, by: User, reason: str = "", expected_version: ExpectedVersion = None) -> Filing:
    """
    Decide to file a filing. An initial filing gets its official number, a change becomes the next revision of the filing
    that it amends, and a cancellation cancels that filing.
    """
    with transition(workflow.DECIDE.verb, filing, by=by, expected_version=expected_version, reason=reason) as step:
        filing = step.filing
        filing.decided_at = step.at
        if filing.is_amendment:
            _amend(step, by=by)
        else:
            dossier = load(filing.revisions.latest("number").content)
            today = timezone.localdate(step.at)
            _hold_number(step, dossier, issue_number(filing, dossier, on=today), today)
    return filing


@transaction.atomic
def record_decision(
    filing: Filing,
    *,
    number: str,
    day: date,
    document: str = "",
    by: User,
    reason: str = "",
    expected_version: ExpectedVersion = None,
) -> Filing:
    """
    Record a decision that the authority made outside this registry: the number, the date, and the SHA-256 of a document of
    the filing that proves it.

    Raises NumberRefused if the number does not have the form of its kind or belongs to someone else, the date is in the
    future, or the filing does not have the document.
    """
    with transition(
        workflow.RECORD_DECISION.verb, filing, by=by, expected_version=expected_version, reason=reason
    ) as step:
        filing = step.filing
        filing.decided_at = step.at
        _refuse_invalid_decision(filing, number, day, document)
        if filing.is_amendment:
            _amend(step, by=by)
        else:
            dossier = load(filing.revisions.latest("number").content)
            _hold_number(step, dossier, normalized(number), day)
        if document:
            step.data["document"] = document
    return filing


@transaction.atomic
def reject_filing(filing: Filing, *, by: User, reason: str, expected_version: ExpectedVersion = None) -> Filing:
    """Reject a filing, with a reason. Its statements are hidden in the register."""
    with transition(workflow.REJECT.verb, filing, by=by, expected_version=expected_version, reason=reason) as step:
        step.filing.decided_at = step.at
        register_statements.withdraw(step.filing)
    return step.filing


def _hold_number(step: Step, dossier: Dossier, number: str, day: date) -> None:
    """Let a filing hold its number from a day on, and publish what it states."""
    filing = step.filing
    try:
        filing.official_number = actions.hold_number(
            number,
            kind=filing.kind,
            issued_on=day,
            holder=filing.applicant,
            title=name_to_register(filing, dossier),
            jurisdiction=filing.province,
        )
    except refusals.RegisterRefused as error:
        raise NumberRefused(error.code, "/number", **{k: str(v) for k, v in error.values.items()}) from error
    register_statements.publish(filing)
    step.data = {"number": filing.official_number.number, "day": day.isoformat()}


def _amend(step: Step, *, by: User) -> None:
    """Apply a change or cancellation to its target, which keeps the number."""
    filing = step.filing
    target = filing.target = _lock_target(filing)
    if target is None or not _can_be_amended(target, filing):
        raise TargetNotInForce(str(load(filing.revisions.latest("number").content).amends or ""))
    step.data = {"number": target.official_number.number, "target": target.case_number}
    amend = _cancel if filing.action == Action.CANCELLATION else _change
    amend(target, filing, by=by, at=step.at)


def can_take_effect(filing: Filing) -> bool:
    """Return whether what a change or cancellation amends is in force."""
    target = filing.target or find_target(filing)
    return target is not None and _can_be_amended(target, filing)


def _lock_target(filing: Filing) -> Filing | None:
    """Return the filing that this one amends. It may be found only now, so that it is not locked with the related ones."""
    target = filing.target or find_target(filing)
    return target and Filing.objects.select_for_update(of=("self",)).get(pk=target.pk)


def _can_be_amended(target: Filing, filing: Filing) -> bool:
    is_in_force = target.status in workflow.IN_FORCE and target.official_number is not None
    return is_in_force and target.kind == filing.kind


def _cancel(target: Filing, filing: Filing, *, by: User, at: datetime) -> None:
    assert target.official_number is not None
    source, target.status = target.status, workflow.CANCELLED
    actions.set_number_status(target.official_number, NumberStatus.CANCELLED)
    record_change(target, workflow.CANCEL.verb, source, by=by, at=at, data={"by_filing": filing.case_number})


def _change(target: Filing, filing: Filing, *, by: User, at: datetime) -> None:
    """Make the dossier of a change the next revision of its target, and move its statements to the target."""
    change = filing.revisions.latest("number")
    canonical = _as_dossier_of_target(change.content, target)
    dossier = load(canonical.text)
    revision = freeze_revision(target, canonical.text, canonical.sha256, by=by, at=at)
    _copy_documents(filing, target)
    target.submitted_at = filing.submitted_at
    _copy_names(target, dossier)
    register_statements.move_to_target(filing, target, dossier)
    data = {
        "revision": revision.number,
        "sha256": revision.sha256,
        "by_filing": filing.case_number,
        "of": change.sha256,
    }
    record_change(target, workflow.AMENDED, target.status, by=by, at=at, data=data)


def _as_dossier_of_target(content: str, target: Filing) -> Canonical:
    """Return the dossier of a change with `action`, `amends`, `occurred_on` and `reference` as in that of its target."""
    tree, before = (
        json.loads(text, parse_float=Decimal) for text in (content, target.revisions.latest("number").content)
    )
    for name in ("action", "amends", "occurred_on", "reference"):
        tree.pop(name, None)
        if name in before:
            tree[name] = before[name]
    return normal_form(tree)


def _copy_names(target: Filing, dossier: Dossier) -> None:
    """Copy the names of the new revision to the target and its number."""
    for name, value in columns_of_dossier(target, dossier).items():
        if name in REVISION_COLUMNS:
            setattr(target, name, value)
    assert target.official_number is not None
    target.official_number.title = name_to_register(target, dossier)
    target.official_number.save(update_fields=["title", "search_text", "search_grams"])


def _copy_documents(filing: Filing, target: Filing) -> None:
    """Add the documents of a change to its target, except those that it already has."""
    existing = set(target.documents.values_list("sha256", flat=True))
    Document.objects.bulk_create(
        Document(filing=target, **{name: getattr(document, name) for name in _DOCUMENT_COLUMNS})
        for document in filing.documents.exclude(sha256__in=existing)
    )


_DOCUMENT_COLUMNS = ("sha256", "size", "media_type", "filename", "stored_as", "facts", "uploaded_at", "uploaded_by")


def _refuse_invalid_decision(filing: Filing, number: str, day: date, document: str) -> None:
    if filing.is_amendment:
        if number_key(number) != filing.amends_key:
            raise NumberRefused("not_the_targets_number", "/number", number=number[:100])
    elif not has_the_form_of(filing.kind, number):
        raise NumberRefused("number_malformed", "/number", number=number[:100])
    if day > timezone.localdate():
        raise NumberRefused("day_to_come", "/day", day=day.isoformat())
    if document and not filing.documents.filter(sha256=document).exists():
        raise NumberRefused("document_not_held", "/document", document=document[:64])
