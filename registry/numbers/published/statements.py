"""The statements of published lists about services and models, and which of these the numbers cover."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from registry.models import AIModel, Listing, OfficialNumber, Source
from registry.numbers.published.numbers import ALGORITHM, GENERATIVE
from registry.numbers.published.products import products_of
from registry.register import writing
from registry.register.deriving import settle
from registry.register.identities import models_of, organizations_of, services_of
from registry.register.statements import ModelDetails, Party, ServiceDetails, Statement
from registry.signals import numbers_changed

AT_ONCE = 1_000


def parts_of(keys: list[Any]) -> list[list[Any]]:
    return [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]


def restate(sources: Iterable[Source]) -> None:
    """Write the statements of whole lists again, one statement per row: a list covers many holders."""
    for source in sorted(sources, key=lambda source: source.pk):
        rows = [listing.content for listing in source.listings.select_related("number").order_by("pk")]
        writing.state_list(source, [_statement_of(row) for row in rows])


def _statement_of(row: dict[str, Any]) -> Statement:
    holder = Party(row["holder"], country="CN")
    statement = Statement(holder, organization={})
    if row["kind"] == ALGORITHM:
        statement.services = [ServiceDetails(name, {"forms": forms}) for name, forms in products_of(row["products"])]
        for service in statement.services:
            service.columns |= {
                "algorithm_name": row["title"],
                "algorithm_type": row["algorithm_type"],
                "algorithm_role": row["role"],
            }
    elif row["title"]:
        statement.services = [ServiceDetails(row["title"], {"public": True})]
    if row["kind"] == GENERATIVE and row["title"]:
        note = f"English name: {row['name_en']}" if row["name_en"] else ""
        columns = {"filing_number": row["number"], "used_by_service": True, "note": note}
        statement.models = [ModelDetails(row["number"], row["title"], developer=holder, columns=columns)]
    return statement


def cover(numbers: list[OfficialNumber], listings: dict[int, list[Listing]]) -> None:
    """Set the services and models that the numbers cover, and derive these and the previously covered ones again."""
    statements = {
        number.pk: [_statement_of({**listing.content, "holder": number.holder}) for listing in listings[number.pk]]
        for number in numbers
        if not number.is_held_by_filing
    }
    every = [statement for rows in statements.values() for statement in rows]
    organizations = organizations_of({statement.declarant for statement in every})
    offered = [(organizations[each.declarant], service) for each in every for service in each.services]
    services = services_of(offered)
    models = models_of([model for statement in every for model in statement.models], organizations, None)
    covered = {
        key: (
            {services[organizations[row.declarant].pk, each.name].pk for row in rows for each in row.services},
            {models[each.key].pk for row in rows for each in row.models},
        )
        for key, rows in statements.items()
    }
    touched_services = _link(
        OfficialNumber.services.through, "service_id", {key: both[0] for key, both in covered.items()}
    )
    touched_models = _link(
        OfficialNumber.ai_models.through, "aimodel_id", {key: both[1] for key, both in covered.items()}
    )
    canonical = AIModel.objects.filter(pk__in=touched_models).values_list("pk", "merged_into")
    models_touched = {merged or key for key, merged in canonical}
    settle(models_touched, touched_services)
    numbers_changed.send(OfficialNumber, numbers={number.key for number in numbers}, models=models_touched)


def _link(through: Any, column: str, wanted: dict[int, set[int]]) -> set[int]:
    """Link numbers to exactly these rows; return the primary keys of all rows that are or were linked."""
    rows = [row for part in parts_of(list(wanted)) for row in through.objects.filter(officialnumber__in=part)]
    existing = {(row.officialnumber_id, getattr(row, column)): row.pk for row in rows}
    pairs = {(number, key) for number, keys in wanted.items() for key in keys}
    through.objects.filter(pk__in=[pk for pair, pk in existing.items() if pair not in pairs]).delete()
    new = [through(officialnumber_id=number, **{column: key}) for number, key in sorted(pairs - existing.keys())]
    through.objects.bulk_create(new)
    return {key for _, key in existing.keys() | pairs}
