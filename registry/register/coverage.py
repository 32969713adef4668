"""Writing which services and models each official number covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from registry.models import ModelStatement, NumberKind, OfficialNumber, ServiceStatement, Source
from registry.register.batches import batches
from registry.register.changes import Coverage
from registry.register.identities import Records
from registry.register.statements import Statement


def write_coverages(coverages: Sequence[Coverage], records: Records, *, offset: int) -> None:
    services: dict[int, set[int]] = {}
    models: dict[int, set[int]] = {}
    for position, coverage in enumerate(coverages, offset):
        number = coverage.number.pk
        if coverage.source:
            services[number], models[number] = _covered_by_source(coverage.number, coverage.source)
        else:
            services[number] = set(_services_of(coverage.statements, records))
            models[number] = {
                records.models[position, details.key].pk
                for statement in coverage.statements
                for details in statement.models
            }
    if coverages:
        _link(OfficialNumber.services.through, "service_id", services)
        _link(OfficialNumber.ai_models.through, "aimodel_id", models)


def _covered_by_source(number: OfficialNumber, source: Source) -> tuple[set[int], set[int]]:
    services = ServiceStatement.objects.filter(source=source).values_list("service_id", flat=True)
    if number.kind != NumberKind.GENERATIVE:
        return set(services), set()
    own = ModelStatement.objects.filter(source=source, is_developers_own=True, used_by_service=True)
    return set(services), set(own.values_list("named_model_id", flat=True))


def _services_of(statements: Iterable[Statement], records: Records) -> Iterator[int]:
    for statement in statements:
        declarant = records.declarant(None, statement)
        for details in statement.services if declarant else ():
            assert declarant
            yield records.services[declarant.pk, details.name].pk


def _link(through: Any, column: str, wanted: dict[int, set[int]]) -> None:
    """Link each number to exactly the wanted rows."""
    rows = [row for part in batches(wanted) for row in through.objects.filter(officialnumber__in=part)]
    existing = {(row.officialnumber_id, getattr(row, column)): row.pk for row in rows}
    pairs = {(number, key) for number, keys in wanted.items() for key in keys}
    for part in batches([pk for pair, pk in existing.items() if pair not in pairs]):
        through.objects.filter(pk__in=part).delete()
    new = [through(officialnumber_id=number, **{column: key}) for number, key in sorted(pairs - existing.keys())]
    through.objects.bulk_create(new, batch_size=1_000)
