"""The filing's side of the register: its source, what it states there, and what its official number covers."""

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


def state(filing: Filing, dossier: Dossier) -> None:
    """
    Replace what a filing states by what its new revision says. The filing is saved by the caller.

    A cancellation states nothing: it says that something ends, not what it is.
    """
    if filing.action == Action.CANCELLATION:
        withdraw(filing)
    else:
        apply(_source_of(filing), [statement_of(dossier)], is_live=True)


def withdraw(filing: Filing) -> None:
    """Take what a filing states out of others' sight."""
    if filing.source:
        apply(filing.source, is_live=False)


def publish(filing: Filing) -> None:
    """Let everybody see what a filing states, and its number cover it."""
    if filing.source:
        apply(filing.source, is_public=True, number=filing.official_number)


def fold(change: Filing, target: Filing, dossier: Dossier) -> None:
    """Let the target of a change state what the change stated, in its new revision, and its number cover that."""
    withdrawn = [Change(change.source, is_live=False)] if change.source else []
    source = _source_of(target)
    assert target.official_number
    apply_all(
        [*withdrawn, Change(source, [statement_of(dossier)], is_live=True, is_public=True)],
        [Coverage(target.official_number, source)],
    )


def _source_of(filing: Filing) -> Source:
    """The source of a filing as of its last submission; saved with what it states."""
    source = filing.source or Source(kind=SourceKind.FILING, key=f"filing:{filing.uid}")
    source.label, source.owner = filing.case_number, filing.applicant
    source.province = filing.province
    # An amendment is no filing under review for the service: that is what its target was.
    source.filing_kind = "" if filing.is_amendment else filing.kind
    if filing.submitted_at:
        source.stated_at = filing.submitted_at
    filing.source = source
    return source


# --- again ------------------------------------------------------------------------------------------------------
@transaction.atomic
def restate(keys: Collection[int]) -> int:
    """
    State again what filings state, from their last revisions, whether it is public, and what their numbers cover; return
    of how many filings that is. Applicants and filings are locked in the order of their keys.
    """
    filings = Filing.objects.filter(pk__in=keys)
    applicants = Organization.objects.filter(pk__in=filings.values("applicant")).order_by("pk")
    list(applicants.select_for_update(no_key=True).values_list("pk"))
    revisions = _last_revisions(keys)
    rows = filings.order_by("pk").select_for_update(of=("self",)).select_related("source__owner", "official_number")
    locked = [filing for filing in rows if filing.pk in revisions]
    changes = [change for filing in locked if (change := _change_of(filing, revisions[filing.pk]))]
    held = [(filing.official_number, filing.source) for filing in locked]
    apply_all(changes, [Coverage(number, source) for number, source in held if number and source])
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
    is_folded = filing.is_amendment and filing.status == workflow.FILED
    is_live = filing.status not in workflow.REFERENCE_IS_FREE and not is_folded
    return Change(_source_of(filing), [statement_of(load(content))], is_live=is_live, is_public=is_public)
