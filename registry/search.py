"""
Search for names in Chinese and Latin script: names are indexed as folded characters and pairs of characters.

Each pair is written as the hexadecimal code points of its characters, so that no database tokenizer splits it. PostgreSQL
indexes the pairs with GIN, SQLite with FTS5. Trigram indexes are not used because they cannot find names of two characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models

from registry.names import folded

LONGEST = 2_000
QUERY_LONGEST = 200
Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


class _SearchColumn(models.TextField):
    """A column that is set from `search_texts` whenever its row is saved."""

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        texts = model_instance.search_texts()
        if texts is not None:
            setattr(model_instance, self.attname, searched_by(*texts)[self.attname])
        return super().pre_save(model_instance, add)


class Searchable(models.Model):
    """An abstract model with search columns, which are set from `search_texts` when the row is saved."""

    search_text = _SearchColumn(blank=True, default="", editable=False)
    search_grams = _SearchColumn(blank=True, default="", editable=False)

    class Meta:
        abstract = True

    def search_texts(self) -> list[str | None] | None:
        """Return the texts to search. If None, saving leaves the columns as they are."""
        return None


def searched_by(*texts: str | None) -> dict[str, str]:
    """Return the values of the search columns for these texts."""
    lines = list(dict.fromkeys(folded(text)[:LONGEST] for text in texts if text))
    grams = dict.fromkeys(gram for line in lines for gram in (*_singles(line), *_pairs(line)))
    return {"search_text": "\n".join(lines), "search_grams": " ".join(grams)}


def matching(rows: Rows, query: str) -> Rows:
    """Return the rows that contain every term of the query. An empty query returns all rows."""
    terms = [folded(term) for term in query[:QUERY_LONGEST].split()]
    for term in filter(None, terms):
        # The index finds rows with these pairs; the second condition keeps those in which the pairs are adjacent.
        rows = rows.filter(search_grams__hold=_grams_of(term), search_text__contains=term)
    return rows


@_SearchColumn.register_lookup
class _Hold(models.Lookup):  # type: ignore[type-arg]
    """A lookup: the column contains all of the given grams. It uses the index of either database."""

    lookup_name = "hold"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"string_to_array({column}, ' ') @> %s::text[]", [*parameters, self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        table = self.lhs.target.model._meta.db_table
        row = column.rpartition(".")[0]
        found = f"SELECT rowid FROM {table}_search WHERE {table}_search MATCH %s"
        return f'{row}."id" IN ({found})', [*parameters, " AND ".join(f'"{gram}"' for gram in self.rhs)]


def _grams_of(term: str) -> list[str]:
    return list(dict.fromkeys(_pairs(term) or _singles(term)))


def _singles(line: str) -> list[str]:
    return [_written(character) for character in line]


def _pairs(line: str) -> list[str]:
    return [_written(line[i : i + 2]) for i in range(len(line) - 1)]


def _written(characters: str) -> str:
    return "z".join(f"{ord(character):x}" for character in characters)


def index_statements(vendor: str, tables: Iterable[str]) -> list[str]:
    """Return the SQL statements that create the search indexes of tables for a database vendor."""
    return [statement for table in tables for statement in _index(vendor, table)]


def _index(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [f"CREATE INDEX {table}_search ON {table} USING gin (string_to_array(search_grams, ' '))"]
    into = f"INSERT INTO {table}_search(rowid, search_grams) VALUES (new.id, new.search_grams);"
    out = (
        f"INSERT INTO {table}_search({table}_search, rowid, search_grams) VALUES ('delete', old.id, old.search_grams);"
    )
    return [
        f"CREATE VIRTUAL TABLE {table}_search USING fts5(search_grams, content='{table}', content_rowid='id')",
        f"INSERT INTO {table}_search({table}_search) VALUES ('rebuild')",
        f"CREATE TRIGGER {table}_search_in AFTER INSERT ON {table} BEGIN {into} END",
        f"CREATE TRIGGER {table}_search_out AFTER DELETE ON {table} BEGIN {out} END",
        f"CREATE TRIGGER {table}_search_again AFTER UPDATE OF search_grams ON {table} BEGIN {out} {into} END",
    ]


def unindex_statements(vendor: str, tables: Iterable[str]) -> list[str]:
    """Return the SQL statements that drop the search indexes."""
    if vendor == "postgresql":
        return [f"DROP INDEX IF EXISTS {table}_search" for table in tables]
    triggers = [f"DROP TRIGGER IF EXISTS {table}_search_{when}" for table in tables for when in ("in", "out", "again")]
    return [*triggers, *(f"DROP TABLE IF EXISTS {table}_search" for table in tables)]
