"""
Search in Chinese and in Latin letters alike: names are indexed as folded characters and pairs of characters.

Every pair is written as the hexadecimal code points of its characters, so that no tokenizer of a database takes it
apart. PostgreSQL holds them in a GIN index, SQLite in FTS5; one function makes them for both. Trigram indexes find no
names of two characters.
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
    """A column that is filled anew whenever its row is saved, from what the row says that it is found by."""

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        texts = model_instance.search_texts()
        if texts is not None:
            setattr(model_instance, self.attname, searched_by(*texts)[self.attname])
        return super().pre_save(model_instance, add)


class Searchable(models.Model):
    """Columns by which the rows of a table are found, filled from `search_texts` on saving."""

    search_text = _SearchColumn(blank=True, default="", editable=False)
    search_grams = _SearchColumn(blank=True, default="", editable=False)

    class Meta:
        abstract = True

    def search_texts(self) -> list[str | None] | None:
        """Return the texts by which this row is found; None leaves the columns to whoever writes the row."""
        return None


def searched_by(*texts: str | None) -> dict[str, str]:
    """Return the search columns of a row that is to be found by these texts."""
    lines = list(dict.fromkeys(folded(text)[:LONGEST] for text in texts if text))
    grams = dict.fromkeys(gram for line in lines for gram in (*_singles(line), *_pairs(line)))
    return {"search_text": "\n".join(lines), "search_grams": " ".join(grams)}


def matching(rows: Rows, query: str) -> Rows:
    """Leave the rows that hold each word of a query; an empty query leaves them all."""
    words = [folded(word) for word in query[:QUERY_LONGEST].split()]
    for word in filter(None, words):
        # The pairs are found by the index; that they stand together is looked up in what is left.
        rows = rows.filter(search_grams__hold=_asked(word), search_text__contains=word)
    return rows


@_SearchColumn.register_lookup
class _Hold(models.Lookup):  # type: ignore[type-arg]
    """The grams of a row hold all of some grams; by the index of either database."""

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


def _asked(word: str) -> list[str]:
    return list(dict.fromkeys(_pairs(word) or _singles(word)))


def _singles(line: str) -> list[str]:
    return [_written(character) for character in line]


def _pairs(line: str) -> list[str]:
    return [_written(line[i : i + 2]) for i in range(len(line) - 1)]


def _written(characters: str) -> str:
    return "z".join(f"{ord(character):x}" for character in characters)


def index_statements(vendor: str, tables: Iterable[str]) -> list[str]:
    """Return the statements that make the search indexes of tables on a database of this vendor."""
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
    """Return the statements that drop the search indexes again."""
    if vendor == "postgresql":
        return [f"DROP INDEX IF EXISTS {table}_search" for table in tables]
    triggers = [f"DROP TRIGGER IF EXISTS {table}_search_{when}" for table in tables for when in ("in", "out", "again")]
    return [*triggers, *(f"DROP TABLE IF EXISTS {table}_search" for table in tables)]
