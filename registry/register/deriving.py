"""
Deriving what the register shows from statements and numbers: which edges are in force, what each model is called, and
the registration status of each model and service.

Everything here is derived; deriving the same rows twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from registry.models import (
    AIModel,
    ModelStatement,
    NumberKind,
    NumberStatus,
    OfficialNumber,
    RegistrationStatus,
    Service,
    ServiceStatement,
    SourceKind,
)
from registry.register.batches import batches
from registry.register.edges_in_force import Edges, derive_edges
from registry.register.precedence import CORRECTED, PENDING
from registry.register.statement_rows import COLUMNS, StatementRow, Statements
from registry.search import searched_by

_SERVICE_KINDS = (NumberKind.GENERATIVE, NumberKind.REGISTRATION)
# Of several numbers the first of these statuses counts; a filing under review comes after `suspended`.
_IN_FORCE_FIRST = (NumberStatus.FILED, NumberStatus.REGISTERED, NumberStatus.SUSPENDED)
_ENDED = (NumberStatus.REVOKED, NumberStatus.CANCELLED)
# With filings under review, and as it is public.
Statuses = tuple[str, str]


def derive(models: Collection[int], services: Collection[int]) -> Edges:
    """Derive models and services, by key; they are locked. Return the edges above the models that everybody walks."""
    edges: Edges = set()
    for part in batches(models):
        statements = _statements(part)
        edges |= derive_edges(part, statements)
        _derive_columns(part, statements)
    for part in batches(services):
        _derive_services(part)
    return edges


# --- models -----------------------------------------------------------------------------------------------------
# Of a model of which thousands speak, so many public statements are read, the first in precedence.
_READ_OF_A_MODEL = 50


def _statements(models: Collection[int]) -> Statements:
    """
    The statements that count, in order: the first public ones of each model; what is pending only where nothing public
    speaks of the lineage, or at all.
    """
    found = _grouped(_public(models))
    without_lineage = [key for key in models if not any(row.speaks_of_lineage for row in found.get(key, ()))]
    if without_lineage:
        pending = ModelStatement.objects.filter(model__in=without_lineage, rank=PENDING).order_by()
        for model, rows in _grouped(pending).items():
            found.setdefault(model, []).extend(rows)
    return {model: sorted(rows, key=lambda row: row.precedence) for model, rows in found.items()}


def _public(models: Collection[int]) -> QuerySet[ModelStatement]:
    """The first public statements of each model, at most _READ_OF_A_MODEL."""
    public = ModelStatement.objects.filter(model__in=models, rank__lt=PENDING)
    if len(models) == 1:
        # The usual case, without the price of a window.
        return public.order_by("rank", "-is_developers_own", "-source__stated_at", "-pk")[:_READ_OF_A_MODEL]
    place = Window(
        RowNumber(),
        partition_by=[F("model_id")],
        order_by=[F("rank").asc(), F("is_developers_own").desc(), F("source__stated_at").desc(), F("pk").desc()],
    )
    return public.order_by().annotate(place=place).filter(place__lte=_READ_OF_A_MODEL)


def _grouped(rows: QuerySet[ModelStatement]) -> Statements:
    statements: Statements = defaultdict(list)
    for row in rows.values_list(*COLUMNS):
        statement = StatementRow(*row)
        statements[statement.model].append(statement)
    return statements


def _derive_columns(models: Collection[int], statements: Statements) -> None:
    numbers = _numbers_of_models(models)
    changed: dict[Statuses, list[int]] = defaultdict(list)
    renamed = []
    for row in _rows_of(models):
        statuses = _statuses(numbers[row.pk], is_under_review=row.is_under_review)
        if (row.registration_status, row.public_status) != statuses:
            changed[statuses].append(row.pk)
        if _rename(row, statements.get(row.pk, [])):
            renamed.append(row)
    _write_statuses(AIModel, changed)
    if renamed:
        AIModel.objects.bulk_update(renamed, _NAMED, batch_size=500)


_NAMED = ("name", "version", "country", "search_text", "search_grams")


def _rename(row: AIModel, statements: list[StatementRow]) -> bool:
    """Give a model the name, version and country that come first, and return whether that changed it."""
    before = [getattr(row, column) for column in _NAMED]
    # What is not public yet says how a model is called only where nothing public does.
    statements = [statement for statement in statements if statement.rank < PENDING] or statements
    named = next((statement for statement in statements if statement.name), None)
    if named:
        versions = [statement.version for statement in statements if statement.version]
        row.name = named.name
        row.version = named.version or (versions[0] if named.rank == CORRECTED and versions else "")
    row.version = _first(each.version for each in statements if each.rank == CORRECTED) or row.version
    developers_country = row.developer.country if row.developer else ""
    row.country = _first(statement.country for statement in statements) or developers_country
    for column, value in searched_by(*row.search_texts()).items():
        setattr(row, column, value)
    return before != [getattr(row, column) for column in _NAMED]


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _rows_of(models: Collection[int]) -> QuerySet[Any]:
    """Models with their developers; `is_under_review` tells of an initial generative filing by the developer for their use."""
    pending = ModelStatement.objects.filter(
        model=OuterRef("pk"),
        rank=PENDING,
        is_developers_own=True,
        used_by_service=True,
        source__filing_kind=NumberKind.GENERATIVE,
    )
    rows = AIModel.objects.filter(pk__in=models).select_related("developer").only(*_OF_MODELS)
    return rows.annotate(is_under_review=Exists(pending))


_OF_DEVELOPERS = tuple(f"developer__{column}" for column in ("name", "name_en", "country"))
_OF_MODELS = (*_NAMED, "registration_status", "public_status", *_OF_DEVELOPERS)


def _numbers_of_models(models: Collection[int]) -> dict[int, set[str]]:
    """The status of each official number of a model, of those merged into it too."""
    through = OfficialNumber.ai_models.through.objects
    own = through.filter(aimodel__in=models).annotate(model=F("aimodel_id"))
    merged = through.filter(aimodel__merged_into__in=models).annotate(model=F("aimodel__merged_into_id"))
    found: dict[int, set[str]] = defaultdict(set)
    for model, status in own.values_list("model", "officialnumber__status").union(
        merged.values_list("model", "officialnumber__status")
    ):
        found[model].add(status)
    return found


# --- status -----------------------------------------------------------------------------------------------------
def _statuses(numbers: set[str], *, is_under_review: bool) -> Statuses:
    """The registration status, and the same as it is public."""
    return _status(numbers, is_under_review=is_under_review), _status(numbers, is_under_review=False)


def _status(numbers: set[str], *, is_under_review: bool) -> str:
    """The registration status by the status of the numbers, and by whether a filing is under review."""
    for status in _IN_FORCE_FIRST:
        if status in numbers:
            return str(status)
    if is_under_review:
        return RegistrationStatus.IN_PROGRESS
    return next((str(status) for status in _ENDED if status in numbers), RegistrationStatus.UNFILED)


def _write_statuses(kind: type[AIModel] | type[Service], changed: dict[Statuses, list[int]]) -> None:
    """Write the statuses that differ, one update for each pair of them."""
    for (status, public), keys in changed.items():
        kind._default_manager.filter(pk__in=keys).update(registration_status=status, public_status=public)


def _derive_services(services: Collection[int]) -> None:
    """
    A service has the status of its generative filing or registration; where it has none, that of its algorithm filing.
    """
    numbers: dict[tuple[int, bool], set[str]] = defaultdict(set)
    through = OfficialNumber.services.through.objects.filter(service__in=services)
    for service, kind, status in through.values_list("service_id", "officialnumber__kind", "officialnumber__status"):
        numbers[service, kind in _SERVICE_KINDS].add(status)
    changed: dict[Statuses, list[int]] = defaultdict(list)
    for key, *before, for_service, for_algorithm in _service_rows(services):
        service = _statuses(numbers[key, True], is_under_review=for_service)
        algorithm = _statuses(numbers[key, False], is_under_review=for_algorithm)
        statuses = (_first_but_unfiled(service[0], algorithm[0]), _first_but_unfiled(service[1], algorithm[1]))
        if statuses != tuple(before):
            changed[statuses].append(key)
    _write_statuses(Service, changed)


def _service_rows(services: Collection[int]) -> Iterable[tuple[int, str, str, bool, bool]]:
    """The key of each service, its statuses, and whether filings of the service and of its algorithm are under review."""
    pending = ServiceStatement.objects.filter(
        service=OuterRef("pk"), source__is_live=True, source__is_public=False, source__kind=SourceKind.FILING
    )
    rows = Service.objects.filter(pk__in=services).annotate(
        for_service=Exists(pending.filter(source__filing_kind__in=_SERVICE_KINDS)),
        for_algorithm=Exists(pending.filter(source__filing_kind=NumberKind.ALGORITHM)),
    )
    return rows.values_list("pk", "registration_status", "public_status", "for_service", "for_algorithm")


def _first_but_unfiled(*statuses: str) -> str:
    return next((status for status in statuses if status != RegistrationStatus.UNFILED), RegistrationStatus.UNFILED)
