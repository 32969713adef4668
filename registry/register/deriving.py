"""
Deriving what the register shows from statements and official numbers: which edges are in force, the name, version and
country of each model, and the registration status of each model and service.

Deriving the same rows twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from registry.models import AIModel, ModelStatement, NumberKind
from registry.register.batches import batches
from registry.register.edges_in_force import Edge, leave_out_cycles, put_in_force
from registry.register.precedence import CORRECTED, PENDING
from registry.register.statement_rows import COLUMNS, StatementRow, Statements
from registry.register.statuses import Statuses, derive_services, statuses, write_statuses
from registry.search import searched_by


def derive(
    models: Collection[int], services: Collection[int], *, former_parents: Collection[int]
) -> tuple[list[Edge], set[int]]:
    """
    Derive locked models and services, by key. Return the edges from the models to their parents, and the models with an
    edge that closes a cycle now, or does so no longer. `former_parents` are the parents before the change.
    """
    edges: list[Edge] = []
    for part in batches(models):
        statements = _statements(part)
        edges += put_in_force(part, statements)
        _derive_columns(part, statements)
    moved = leave_out_cycles(models, former_parents) if edges or former_parents else set()
    for part in batches(services):
        derive_services(part)
    return edges, moved


# --- models -----------------------------------------------------------------------------------------------------
# A model may have thousands of statements. At most this many public ones are read, in order of precedence.
_MOST_STATEMENTS_READ = 50


def _statements(models: Collection[int]) -> Statements:
    """
    Return the statements that count, in order of precedence: the first public ones of each model, and the pending ones if
    no public statement declares the lineage.
    """
    statements = _by_model(_public(models))
    _add_late_ones(statements)
    without_lineage = [key for key in models if not any(row.speaks_of_lineage for row in statements.get(key, ()))]
    if without_lineage:
        pending = ModelStatement.objects.filter(model__in=without_lineage, rank=PENDING).order_by()
        for model, rows in _by_model(pending).items():
            statements.setdefault(model, []).extend(rows)
    return {model: sorted(rows, key=lambda row: row.precedence) for model, rows in statements.items()}


def _add_late_ones(statements: Statements) -> None:
    """Add the first statements with a name and with a lineage that come after the first _MOST_STATEMENTS_READ of a model."""
    full = [key for key, rows in statements.items() if len(rows) == _MOST_STATEMENTS_READ]
    unnamed = [key for key in full if not any(row.name for row in statements[key])]
    without_lineage = [key for key in full if not any(row.speaks_of_lineage for row in statements[key])]
    for models, condition in ((unnamed, ~Q(name="")), (without_lineage, Q(speaks_of_lineage=True))):
        for key, rows in _by_model(_public(models, condition)).items() if models else ():
            read = {row.key for row in statements[key]}
            statements[key] += [row for row in rows if row.key not in read]


def _public(models: Collection[int], condition: Q = Q()) -> QuerySet[ModelStatement]:  # noqa: B008 (a Q is not changed)
    """Return the first public statements of each model that meet a condition, at most _MOST_STATEMENTS_READ."""
    public = ModelStatement.objects.filter(condition, model__in=models, rank__lt=PENDING)
    if len(models) == 1:
        # The usual case does not need a window function, which is slower.
        return public.order_by("rank", "-is_developers_own", "-source__stated_at", "-pk")[:_MOST_STATEMENTS_READ]
    row_number = Window(
        RowNumber(),
        partition_by=[F("model_id")],
        order_by=[F("rank").asc(), F("is_developers_own").desc(), F("source__stated_at").desc(), F("pk").desc()],
    )
    return public.order_by().annotate(row_number=row_number).filter(row_number__lte=_MOST_STATEMENTS_READ)


def _by_model(rows: QuerySet[ModelStatement]) -> Statements:
    statements: Statements = defaultdict(list)
    for row in rows.values_list(*COLUMNS):
        statement = StatementRow(*row)
        statements[statement.model].append(statement)
    return statements


def _derive_columns(models: Collection[int], statements: Statements) -> None:
    under_review = _under_review(models, statements)
    changed: dict[Statuses, list[int]] = defaultdict(list)
    renamed = []
    for row, numbers in _rows_of(models):
        derived = statuses(numbers, is_under_review=row.key in under_review)
        if derived != (row.registration_status, row.public_status):
            changed[derived].append(row.key)
        columns = _columns(row, statements.get(row.key, []))
        if columns != {name: getattr(row, name) for name in columns}:
            renamed.append(AIModel(pk=row.key, **columns, **_grams(row, columns)))
    write_statuses(AIModel, changed)
    if renamed:
        AIModel.objects.bulk_update(renamed, ("name", "version", "country", "search_text", "search_grams"), 500)


class _Row(NamedTuple):
    """The stored columns of a model, with the names and the country of its developer."""

    key: int
    name: str
    version: str
    country: str
    search_text: str
    registration_status: str
    public_status: str
    developer: str | None
    developer_en: str | None
    developers_country: str | None

    def search_texts(self, name: str, version: str) -> list[str | None]:
        return [f"{name} {version}", self.developer, self.developer_en]


_OF_MODELS = ("pk", "name", "version", "country", "search_text", "registration_status", "public_status")
_OF_DEVELOPERS = ("developer__name", "developer__name_en", "developer__country")
# The official numbers of a record, and those of the records merged into it.
_OF_NUMBERS = ("official_numbers__status", "merged__official_numbers__status")


def _rows_of(models: Collection[int]) -> list[tuple[_Row, set[str]]]:
    """Return models, each with the statuses of all its official numbers."""
    numbers: dict[_Row, set[str]] = defaultdict(set)
    rows = AIModel.objects.filter(pk__in=models).order_by()
    for *values, own, merged in rows.values_list(*_OF_MODELS, *_OF_DEVELOPERS, *_OF_NUMBERS):
        numbers[_Row(*values)].update(status for status in (own, merged) if status)
    return list(numbers.items())


def _columns(row: _Row, statements: list[StatementRow]) -> dict[str, str]:
    """Return the name, version and country that take precedence, and the text by which the model is found."""
    # A pending statement names a model only if no public statement is about it.
    statements = [statement for statement in statements if statement.rank < PENDING] or statements
    first_named = next((statement for statement in statements if statement.name), None)
    name, version = row.name, row.version
    if first_named:
        versions = [statement.version for statement in statements if statement.version]
        name = first_named.name
        version = first_named.version or (versions[0] if first_named.rank == CORRECTED and versions else "")
    version = _first(statement.version for statement in statements if statement.rank == CORRECTED) or version
    country = _first(statement.country for statement in statements) or row.developers_country or ""
    search_text = searched_by(*row.search_texts(name, version))["search_text"]
    return {"name": name, "version": version, "country": country, "search_text": search_text}


def _grams(row: _Row, columns: dict[str, str]) -> dict[str, str]:
    return {"search_grams": searched_by(*row.search_texts(columns["name"], columns["version"]))["search_grams"]}


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _under_review(models: Collection[int], statements: Statements) -> set[int]:
    """Return the models whose developer has an initial generative filing under review for a service that uses them."""
    with_pending = {key: rows for key, rows in statements.items() if any(row.rank == PENDING for row in rows)}
    under_review = {key for key, rows in with_pending.items() if any(row.is_use_under_review for row in rows)}
    # Pending statements about models with a public lineage have not been read yet.
    if without_pending := set(models) - with_pending.keys():
        pending = ModelStatement.objects.filter(
            model__in=without_pending,
            rank=PENDING,
            is_developers_own=True,
            used_by_service=True,
            source__filing_kind=NumberKind.GENERATIVE,
        ).order_by()
        under_review |= set(pending.values_list("model_id", flat=True))
    return under_review
