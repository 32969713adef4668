"""The statements of filings in the register, their sources, and what official numbers cover."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from compliance.dossier.projection import statement_of
from compliance.dossier.schema import Dossier
from compliance.dossier.stored import load
from compliance.filings import workflow
from compliance.models import Action, Filing, Revision
from registry.models import Organization, Source, SourceKind
from registry.register.changes import Change, Coverage
from registry.register.pipeline import apply, apply_all


def replace_statements(filing: Filing, dossier: Dossier) -> None:
    """
    Replace the statements of a filing by those of its new revision. The caller saves the filing.

    A cancellation has no statements.
    """
    if filing.action == Action.CANCELLATION:
        withdraw(filing)
    else:
        apply(_source_of(filing), [statement_of(dossier)], is_live=True)


def withdraw(filing: Filing) -> None:
    """Hide the statements of a filing in the register."""
    if filing.source:
        apply(filing.source, is_live=False)


def publish(filing: Filing) -> None:
    """Make the statements of a filing public, and let its number cover them."""
    if filing.source:
        apply(filing.source, is_public=True, number=filing.official_number)


def move_to_target(change: Filing, target: Filing, dossier: Dossier) -> None:
    """
    Withdraw the statements of a change, replace those of its target by those of the new revision, and let the number of
    the target cover them.
    """
    withdrawn = [Change(change.source, is_live=False)] if change.source else []
    source = _source_of(target)
    assert target.official_number
    apply_all(
        [*withdrawn, Change(source, [statement_of(dossier)], is_live=True, is_public=True)],
        [Coverage(target.official_number, source)],
    )


def _source_of(filing: Filing) -> Source:
    """Return the source of a filing as of its last submission. The pipeline saves it."""
    source = filing.source or Source(kind=SourceKind.FILING, key=f"filing:{filing.uid}")
    source.label, source.owner = filing.case_number, filing.applicant
    source.province = filing.province
    # An amendment does not put the service under review, because its target was reviewed already.
    source.filing_kind = "" if filing.is_amendment else filing.kind
    if filing.submitted_at:
        source.stated_at = filing.submitted_at
    filing.source = source
    return source


# --- rebuild ------------------------------------------------------------------------------------------------------
@transaction.atomic
def rebuild_statements(keys: Collection[int]) -> int:
    """
    Rebuild the statements of filings from their last revisions, their visibility, and what their numbers cover. Return the
    number of filings rebuilt. Applicants and filings are locked in the order of their keys.
    """
    filings = Filing.objects.filter(pk__in=keys)
    applicants = Organization.objects.filter(pk__in=filings.values("applicant")).order_by("pk")
    list(applicants.select_for_update(no_key=True).values_list("pk"))
    revisions = _last_revisions(keys)
    rows = filings.order_by("pk").select_for_update(of=("self",)).select_related("source__owner", "official_number")
    locked = [filing for filing in rows if filing.pk in revisions]
    changes = [change for filing in locked if (change := _change_of(filing, revisions[filing.pk]))]
    pairs = [(filing.official_number, filing.source) for filing in locked]
    apply_all(changes, [Coverage(number, source) for number, source in pairs if number and source])
    for filing in locked:
        filing.save(update_fields=["source"])
    return len(locked)


def _last_revisions(keys: Collection[int]) -> dict[int, str]:
    revisions = Revision.objects.filter(filing__in=keys).order_by("filing_id", "number")
    return dict(revisions.values_list("filing_id", "content"))


def _change_of(filing: Filing, content: str) -> Change | None:
    is_public = filing.official_number is not None
    if filing.action == Action.CANCELLATION:
        return Change(filing.source, is_live=False, is_public=is_public) if filing.source else None
    # The statements of a change in force are those of its target.
    is_moved = filing.is_amendment and filing.status == workflow.FILED
    is_live = filing.status not in workflow.REFERENCE_IS_FREE and not is_moved
    return Change(_source_of(filing), [statement_of(load(content))], is_live=is_live, is_public=is_public)
