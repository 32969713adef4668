"""The only bridge from rows to rules: stored filings become dossiers and facts, many at once in a fixed number of queries."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast

from compliance.attachments.contents import NOTHING, Contents
from compliance.dossier.days import SHANGHAI
from compliance.dossier.pointer import Pointer
from compliance.dossier.projection import named_models, named_numbers
from compliance.dossier.schema import Dossier
from compliance.dossier.stored import load
from compliance.filings.workflow import REFERENCE_IS_FREE
from compliance.models import (
    Action,
    CalendarDay,
    ConfirmedYear,
    Document,
    DocumentFacts,
    EvidenceSummary,
    Filing,
    Kind,
    Revision,
    WorkingCopy,
)
from compliance.provenance.claims import Summary, claims, declaration_of
from compliance.rules.calendar import WorkingCalendar
from compliance.rules.context import FILED, Evidence, Facts, FilingFact, Unlisted
from registry.models.organizations import name_key_of as service_key_of
from registry.numbers.forms import number_key
from registry.numbers.held import Known, known_of, status_of_numbers
from registry.register.statements import NamedModel

Service = tuple[int, str]
logger = logging.getLogger(__name__)


Upload = tuple[str, str, Contents | None]


@dataclass(frozen=True, slots=True)
class Case:
    """A filing as the rules see it."""

    filing: Filing
    dossier: Dossier
    facts: Facts


@dataclass(frozen=True, slots=True)
class _Known:
    """What the registry knows of some filings, each loaded for all of them at once."""

    algorithm_filings: dict[Service, list[tuple[int, FilingFact]]]
    amended: dict[tuple[int, str], FilingFact]
    uploads: dict[int, list[Upload]]
    evidence: dict[int, dict[str, Summary]]
    cancelled: set[int]
    number_status: dict[str, str]
    models: Known
    calendar: WorkingCalendar


def cases_of(filings: Sequence[Filing], *, as_submitted: bool = False) -> list[Case]:
    """
    Load the dossiers and facts of filings, in at most eighteen queries, however many filings.

    The dossier is the working copy while there is one, `as_submitted` the last revision always. One that cannot be
    loaded is left out, and told in the log.
    """
    contents = _revisions(filings)
    if not as_submitted:
        contents |= _working_copies([filing for filing in filings if filing.is_editable or filing.pk not in contents])
    dossiers = _dossiers(contents)
    listed = {key: named_models(dossier) for key, dossier in dossiers.items() if dossier.models}
    # The service that the dossier at hand names: the filing's own columns stay those of the last revision.
    services = {
        filing.pk: (filing.applicant_id, service_key_of(dossiers[filing.pk].service.name))
        for filing in filings
        if filing.pk in dossiers
    }
    known = _Known(
        _algorithm_filings(set(services.values())),
        _amended(filings),
        _uploads(filings),
        _evidence(filings),
        _cancelled(filings),
        status_of_numbers({number_key(number) for dossier in dossiers.values() for number in named_numbers(dossier)}),
        known_of({model for models in listed.values() for model in models.values()}),
        working_calendar(),
    )
    return [
        Case(
            filing,
            dossiers[filing.pk],
            _facts(filing, dossiers[filing.pk], services[filing.pk], listed.get(filing.pk, {}), known),
        )
        for filing in filings
        if filing.pk in dossiers
    ]


def _dossiers(contents: dict[int, str]) -> dict[int, Dossier]:
    found = {}
    for key, content in contents.items():
        try:
            found[key] = load(content)
        except ValueError:
            logger.exception("The dossier of the filing with key %s cannot be loaded.", key)
    return found


def working_calendar() -> WorkingCalendar:
    """The published calendar with what administrators entered. Two queries."""
    return WorkingCalendar(
        dict(CalendarDay.objects.values_list("day", "is_worked")),
        frozenset(ConfirmedYear.objects.values_list("year", flat=True)),
    )


def _revisions(filings: Sequence[Filing]) -> dict[int, str]:
    """The last revision of each."""
    last = Revision.objects.filter(filing=OuterRef("filing")).order_by("-number").values("number")[:1]
    revisions = Revision.objects.filter(filing__in=[filing.pk for filing in filings], number=Subquery(last))
    return dict(revisions.values_list("filing_id", "content"))


def _working_copies(filings: Sequence[Filing]) -> dict[int, str]:
    """The working copies of filings that can be edited, or that were never submitted."""
    copies = WorkingCopy.objects.filter(filing__in=[filing.pk for filing in filings])
    return dict(copies.values_list("filing_id", "content")) if filings else {}


def _algorithm_filings(services: set[Service]) -> dict[Service, list[tuple[int, FilingFact]]]:
    """
    The algorithm filings of these applicants for these services. A change or a cancellation covers no service: it ends
    as filed, whatever becomes of what it amends.
    """
    rows = Filing.objects.filter(
        kind=Kind.ALGORITHM,
        action=Action.INITIAL,
        applicant__in={applicant for applicant, _ in services},
        service_key__in={key for _, key in services},
    ).values_list("pk", "applicant_id", "service_key", "kind", "status", "service_name", "first_submitted_at")
    found: dict[Service, list[tuple[int, FilingFact]]] = defaultdict(list)
    for pk, applicant, key, kind, status, name, first_submitted_at in rows:
        fact = FilingFact(kind, status, name, day_of(first_submitted_at))
        found[applicant, key].append((pk, fact))
    return found


def _amended(filings: Iterable[Filing]) -> dict[tuple[int, str], FilingFact]:
    """The filings that changes and cancellations amend, by applicant and number."""
    named = {(filing.applicant_id, filing.amends_key) for filing in filings if filing.amends_key}
    if not named:
        return {}
    held = Filing.objects.filter(
        applicant__in={applicant for applicant, _ in named}, official_number__key__in={key for _, key in named}
    ).values_list("applicant_id", "official_number__key", "official_number__number", "kind", "status", "service_name")
    return {
        (applicant, key): FilingFact(kind, status, name, number=number)
        for applicant, key, number, kind, status, name in held
    }


def _uploads(filings: Sequence[Filing]) -> dict[int, list[Upload]]:
    """The hash, the file name and the contents of each document that the filings hold. Two queries."""
    found: dict[int, list[Upload]] = defaultdict(list)
    held = Document.objects.filter(filing__in=[filing.pk for filing in filings])
    is_counted = ExpressionWrapper(Q(facts__counted_at__isnull=False), output_field=BooleanField())
    rows = list(
        held.annotate(is_counted=is_counted).values_list("filing_id", "sha256", "filename", "facts_id", "is_counted")
    )
    contents = _contents({facts for *_, facts, is_counted in rows if is_counted})
    for filing, sha256, filename, facts, is_counted in rows:
        found[filing].append((sha256, filename, contents.get(facts, NOTHING) if is_counted else None))
    return found


def _evidence(filings: Sequence[Filing]) -> dict[int, dict[str, Summary]]:
    """What the evidence of models shows in short, by filing and key of the model."""
    found: dict[int, dict[str, Summary]] = defaultdict(dict)
    generative = [filing.pk for filing in filings if filing.kind == Kind.GENERATIVE]
    for row in EvidenceSummary.objects.filter(filing__in=generative) if generative else ():
        found[row.filing_id][row.model_key] = row.summary
    return found


def _unlisted(filing: Filing, listed: dict[Pointer, NamedModel], known: Known) -> dict[str, tuple[Unlisted, ...]]:
    """What the listed models go back to by the register, and the dossier does not list, where it is others' work."""
    records = {known.records.get(model) for model in listed.values()}
    found = {}
    for at, model in listed.items():
        others = tuple(
            Unlisted(ancestor.name, ancestor.numbers)
            for ancestor in known.ancestors_of(model)
            if ancestor.key not in records and ancestor.developer != filing.applicant_id
        )
        if others:
            found[at] = others
    return found


def _claims(dossier: Dossier, summaries: dict[str, Summary]) -> dict[str, tuple[Evidence, ...]]:
    """What evidence says beside the declarations, by the pointers of the models."""
    models = dossier.models or []
    return {
        f"/models/{i}": tuple(
            Evidence(part, families) for part, families in claims(summaries[model.key], declaration_of(model, models))
        )
        for i, model in enumerate(models)
        if model.key in summaries
    }


def _contents(facts: set[int]) -> dict[int, Contents]:
    """The contents of documents by the key of their facts, of those that hold anything."""
    telling = DocumentFacts.objects.filter(pk__in=facts, says_anything=True)
    stored = telling.annotate(text=Cast("contents", TextField())).values_list("pk", "text")
    return {pk: Contents.of_json(text) for pk, text in stored if text}


def _cancelled(filings: Sequence[Filing]) -> set[int]:
    """The filed filings of which a cancellation is submitted; only those can be cancelled late."""
    filed = [filing.pk for filing in filings if filing.status == FILED]
    if not filed:
        return set()
    submitted = Filing.objects.filter(
        action=Action.CANCELLATION,
        target__in=filed,
        first_submitted_at__isnull=False,
    ).exclude(status__in=REFERENCE_IS_FREE)
    return set(submitted.values_list("target_id", flat=True))


def _facts(
    filing: Filing, dossier: Dossier, service: Service, listed: dict[Pointer, NamedModel], known: _Known
) -> Facts:
    others = tuple(fact for pk, fact in known.algorithm_filings[service] if pk != filing.pk)
    amended = known.amended.get((filing.applicant_id, filing.amends_key))
    uploads = known.uploads[filing.pk]
    return Facts(
        status=filing.status,
        # What can still be edited is judged as of today, whenever an earlier revision was submitted.
        submitted_on=None if filing.is_editable else day_of(filing.submitted_at),
        first_submitted_on=day_of(filing.first_submitted_at),
        accepted_on=day_of(filing.accepted_at),
        returned_on=day_of(filing.returned_at),
        other_filings=(*others, amended) if amended else others,
        uploaded=frozenset(sha256 for sha256, _, _ in uploads),
        uploaded_names={name: sha256 for sha256, name, _ in uploads},
        contents={sha256: contents for sha256, _, contents in uploads if contents is not None},
        number_status=known.number_status,
        numbers_of_models={at: numbers for at, model in listed.items() if (numbers := known.models.numbers_of(model))},
        unlisted=_unlisted(filing, listed, known.models),
        evidence=_claims(dossier, known.evidence[filing.pk]),
        has_cancellation=filing.pk in known.cancelled,
        calendar=known.calendar,
    )


def day_of(moment: datetime | None) -> date | None:
    """The day of a moment in Asia/Shanghai, the time zone of every deadline."""
    return moment.astimezone(SHANGHAI).date() if moment else None
