"""What the published lists state of services and models, and which of them the numbers cover."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from registry.models import Listing, OfficialNumber, Source
from registry.numbers.published.numbers import ALGORITHM, GENERATIVE
from registry.numbers.published.products import products_of
from registry.register.changes import Change, Coverage
from registry.register.pipeline import apply_all
from registry.register.statements import ModelDetails, Party, ServiceDetails, Statement


def apply_lists(sources: Iterable[Source], numbers: list[OfficialNumber], listings: dict[int, list[Listing]]) -> None:
    """
    State again what whole lists say, and what their numbers cover: a list names many holders, so it states services and
    models by holder. A number that a filing of this registry holds covers what the filing states.
    """
    changes = [Change(source, _statements_of(source)) for source in sorted(sources, key=lambda source: source.pk)]
    coverages = [
        Coverage(
            number,
            statements=[_statement({**listing.content, "holder": number.holder}) for listing in listings[number.pk]],
        )
        for number in numbers
        if not number.is_held_by_filing
    ]
    apply_all(changes, coverages)


def _statements_of(source: Source) -> list[Statement]:
    rows = source.listings.select_related("number").order_by("pk")
    return [_statement(listing.content) for listing in rows]


def _statement(row: dict[str, Any]) -> Statement:
    holder = Party(row["holder"], country="CN")
    statement = Statement(holder, organization={})
    if row["kind"] == ALGORITHM:
        statement.services = [ServiceDetails(name, {"forms": forms}) for name, forms in products_of(row["products"])]
        for service in statement.services:
            columns = {
                "algorithm_name": row["title"],
                "algorithm_type": row["algorithm_type"],
                "algorithm_role": row["role"],
            }
            service.columns |= columns
    elif row["title"]:
        statement.services = [ServiceDetails(row["title"], {"public": True})]
    if row["kind"] == GENERATIVE and row["title"]:
        note = f"English name: {row['name_en']}" if row["name_en"] else ""
        columns = {"filing_number": row["number"], "used_by_service": True, "note": note}
        statement.models = [ModelDetails(row["number"], row["title"], developer=holder, columns=columns)]
    return statement
