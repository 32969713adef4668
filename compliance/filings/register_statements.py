"""The filing's side of the register: what it states, and the number that it holds."""

from __future__ import annotations

from django.db import transaction

from compliance.dossier.projection import statement_of
from compliance.dossier.stored import load
from compliance.filings import workflow
from compliance.filings.locking import lock_filing
from compliance.models import Action, Filing, Kind
from registry.models import ModelStatement, ServiceStatement, Source, SourceKind
from registry.numbers import actions
from registry.register import writing


def state(filing: Filing, content: str) -> None:
    """
    Replace what a filing states by what its new revision says. The filing is saved by the caller.

    A cancellation states nothing: it says that something ends, not what it is.
    """
    if filing.action == Action.CANCELLATION:
        hide(filing)
        return
    if filing.source is None:
        filing.source = Source(kind=SourceKind.FILING, key=f"filing:{filing.uid}")
    source = filing.source
    source.label, source.owner = filing.case_number, filing.applicant
    source.province = filing.province
    # An amendment is no filing under way for the service: that is what its target was.
    source.filing_kind = "" if filing.is_amendment else filing.kind
    source.is_live = True
    if filing.submitted_at:
        source.stated_at = filing.submitted_at
    source.save()
    writing.state(source, statement_of(load(content)))


def hide(filing: Filing) -> None:
    if filing.source:
        writing.show(filing.source, is_live=False, is_public=filing.source.is_public)


def publish(filing: Filing) -> None:
    if filing.source:
        writing.show(filing.source, is_live=filing.source.is_live, is_public=True)


def let_number_cover_what_is_stated(filing: Filing) -> None:
    """
    A filing's number covers its service; a generative one also the applicant's own models that the service uses.
    """
    number, source = filing.official_number, filing.source
    if number is None or source is None:
        return
    services = [told.service for told in ServiceStatement.objects.filter(source=source).select_related("service")]
    own = ModelStatement.objects.filter(source=source, is_developers_own=True, used_by_service=True)
    models = [told.named_model for told in own.select_related("named_model")] if filing.kind == Kind.GENERATIVE else []
    actions.cover(number, services=services, models=models)


@transaction.atomic
def restate(key: int) -> None:
    """Draw again what one filing states, from its last revision, and whether it is public or hidden."""
    filing = lock_filing(Filing.objects.get(pk=key))
    if not filing.revisions.exists():
        return
    state(filing, filing.revisions.latest("number").content)
    filing.save(update_fields=["source"])
    if filing.source is None:
        return
    is_folded = filing.is_amendment and filing.status == workflow.FILED
    is_live = filing.status not in workflow.REFERENCE_IS_FREE and not is_folded
    writing.show(filing.source, is_live=is_live, is_public=filing.official_number is not None)
    let_number_cover_what_is_stated(filing)
