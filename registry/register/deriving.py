"""
Settling what hangs on statements and numbers: which edges the walk goes along, and where each model and service stands.

Everything here is derived; settling the same rows twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import F, QuerySet, Window
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
from registry.register.edges_in_force import choose_edges, leave_out_cycles
from registry.register.precedence import CORRECTED, PENDING, in_order
from registry.search import searched_by
from registry.signals import lineage_changed

_SERVICE_KINDS = (NumberKind.GENERATIVE, NumberKind.REGISTRATION)
# Where several numbers speak, the first of these that one of them has; a filing under way comes after `suspended`.
_STANDING_FIRST = (NumberStatus.FILED, NumberStatus.REGISTERED, NumberStatus.SUSPENDED)
_ENDED = (NumberStatus.REVOKED, NumberStatus.CANCELLED)


# One key for all: whoever settles takes its turn, so that two edges written side by side close no cycle unseen.
_TURN = 0x52454749


def lock(models: Collection[int], services: Collection[int]) -> None:
    """Take one's turn, and lock models and services in the order of their keys."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
    for kind, keys in ((AIModel, models), (Service, services)):
        if keys:
            rows = kind.objects.select_for_update(no_key=True).filter(pk__in=keys)
            list(rows.order_by("pk").values_list("pk"))


def settle(models: Collection[int], services: Collection[int] = ()) -> None:
    """Settle AI models and services, by key, after a change of what is stated of them or of their numbers."""
    lock(models, services)
    if models:
        statements = _statements(models)
        has_moved = choose_edges(models, statements)
        leave_out_cycles(models)
        _name_and_stand(models, statements)
        if has_moved:
            lineage_changed.send(AIModel, models=set(models))
    if services:
        _stand_services(services)


# Of a model of which thousands speak, so many public statements are read, the first in precedence.
_READ_OF_A_MODEL = 50
_READ = (
    "model_id",
    "rank",
    "is_developers_own",
    "speaks_of_lineage",
    "name",
    "version",
    "developer_country",
    "source",
)


def _statements(models: Collection[int]) -> dict[int, list[ModelStatement]]:
    """
    The statements that count, in order: the first public ones of each model; what is pending only where nothing public
    speaks of the lineage, or at all.
    """
    place = Window(
        RowNumber(),
        partition_by=[F("model_id")],
        order_by=[F("rank").asc(), F("is_developers_own").desc(), F("source__stated_at").desc(), F("pk").desc()],
    )
    public = ModelStatement.objects.filter(model__in=models, rank__lt=PENDING).annotate(place=place)
    told = _grouped(public.filter(place__lte=_READ_OF_A_MODEL))
    silent = [model for model in models if not any(row.speaks_of_lineage for row in told.get(model, ()))]
    for model, rows in _grouped(ModelStatement.objects.filter(model__in=silent, rank=PENDING)).items():
        told.setdefault(model, []).extend(rows)
    return {model: in_order(statements) for model, statements in told.items()}


def _grouped(rows: QuerySet[ModelStatement]) -> dict[int, list[ModelStatement]]:
    told: dict[int, list[ModelStatement]] = defaultdict(list)
    for statement in rows.select_related("source").only(*_READ):
        told[statement.model_id].append(statement)
    return told


def _name_and_stand(models: Collection[int], statements: dict[int, list[ModelStatement]]) -> None:
    numbers = _numbers_of_models(models)
    rows = list(AIModel.objects.filter(pk__in=models).select_related("developer"))
    under_way = _under_way(models)
    standing: dict[tuple[str, str], list[int]] = defaultdict(list)
    renamed = []
    for row in rows:
        told = statements.get(row.pk, [])
        status = _both(numbers[row.pk], is_under_way=row.pk in under_way)
        if (row.registration_status, row.public_status) != status:
            standing[status].append(row.pk)
        if _renamed(row, told):
            renamed.append(row)
    _stand(AIModel, standing)
    AIModel.objects.bulk_update(renamed, _NAMED, batch_size=500)


_NAMED = ("name", "version", "country", "search_text", "search_grams")


def _renamed(row: AIModel, told: list[ModelStatement]) -> bool:
    """Let a model bear the name, version and country that count most, and say whether that changed it."""
    before = [getattr(row, column) for column in _NAMED]
    # What is not public yet says how a model is called only where nothing public does.
    told = [statement for statement in told if statement.rank < PENDING] or told
    named = next((statement for statement in told if statement.name), None)
    if named:
        versions = [statement.version for statement in told if statement.version]
        row.name, row.version = named.name, named.version or (versions[0] if _is_corrected(named) and versions else "")
    corrected = next((statement.version for statement in told if statement.rank == CORRECTED and statement.version), "")
    row.version = corrected or row.version
    stated = next((statement.developer_country for statement in told if statement.developer_country), "")
    row.country = stated or (row.developer.country if row.developer else "")
    for column, value in _searched(row).items():
        setattr(row, column, value)
    return before != [getattr(row, column) for column in _NAMED]


def _is_corrected(statement: ModelStatement) -> bool:
    return statement.rank == CORRECTED


def _under_way(models: Collection[int]) -> set[int]:
    """The models whose developer has an initial generative filing under way for a service that uses them."""
    pending = ModelStatement.objects.filter(
        model__in=models,
        rank=PENDING,
        is_developers_own=True,
        used_by_service=True,
        source__filing_kind=NumberKind.GENERATIVE,
    )
    return set(pending.values_list("model_id", flat=True))


def _both(numbers: set[str], *, is_under_way: bool) -> tuple[str, str]:
    """Where a thing stands, and where it stands in public."""
    return _standing(numbers, is_under_way=is_under_way), _standing(numbers, is_under_way=False)


def _stand(kind: type[AIModel] | type[Service], standing: dict[tuple[str, str], list[int]]) -> None:
    """Write where rows stand, one statement for each pair of statuses."""
    for (status, public), keys in standing.items():
        kind._default_manager.filter(pk__in=keys).update(registration_status=status, public_status=public)


def _searched(row: AIModel) -> dict[str, str]:
    return searched_by(*row.search_texts())


def _numbers_of_models(models: Collection[int]) -> dict[int, set[str]]:
    """The status of each official number of a model, of those merged into it too."""
    through = OfficialNumber.ai_models.through.objects
    own = through.filter(aimodel__in=models).annotate(model=F("aimodel_id"))
    merged = through.filter(aimodel__merged_into__in=models).annotate(model=F("aimodel__merged_into_id"))
    found: dict[int, set[str]] = defaultdict(set)
    for rows in (own, merged):
        for model, status in rows.values_list("model", "officialnumber__status"):
            found[model].add(status)
    return found


def _standing(numbers: set[str], *, is_under_way: bool) -> str:
    """Where a thing stands, by the status of its numbers and whether a filing for it is under way."""
    for status in _STANDING_FIRST:
        if status in numbers:
            return str(status)
    if is_under_way:
        return RegistrationStatus.IN_PROGRESS
    return next((str(status) for status in _ENDED if status in numbers), RegistrationStatus.UNFILED)


def _stand_services(services: Collection[int]) -> None:
    """
    A service stands where its generative filing or registration stands; where it has none, where its algorithm filing
    stands.
    """
    numbers: dict[tuple[int, bool], set[str]] = defaultdict(set)
    through = OfficialNumber.services.through.objects.filter(service__in=services)
    for service, kind, status in through.values_list("service_id", "officialnumber__kind", "officialnumber__status"):
        numbers[service, kind in _SERVICE_KINDS].add(status)
    pending = ServiceStatement.objects.filter(
        service__in=services, source__is_live=True, source__is_public=False, source__kind=SourceKind.FILING
    ).exclude(source__filing_kind="")
    under_way = {
        (service, kind in _SERVICE_KINDS) for service, kind in pending.values_list("service_id", "source__filing_kind")
    }
    standing: dict[tuple[str, str], list[int]] = defaultdict(list)
    rows = Service.objects.filter(pk__in=services)
    for key, *before in rows.values_list("pk", "registration_status", "public_status"):
        tracks = ((key, True), (key, False))
        found = [_both(numbers[track], is_under_way=track in under_way) for track in tracks]
        status = (_first_said(each[0] for each in found), _first_said(each[1] for each in found))
        if status != tuple(before):
            standing[status].append(key)
    _stand(Service, standing)


def _first_said(statuses: Iterable[str]) -> str:
    said = (status for status in statuses if status != RegistrationStatus.UNFILED)
    return next(said, RegistrationStatus.UNFILED)
