"""
Lists of the API, all with the same grammar: filters, `sort`, `fields`, cursor pages, and the whole list as a stream of CSV
or newline-delimited JSON.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.endpoint import Endpoint
from registry.api.ordering import Order, read_cursor
from registry.api.parameters import CURSOR, Parameter, choice, moment, number, pattern
from registry.tables import csv_rows

PAGE_SIZE_LIMIT = 200
# Rows that a stream reads at a time.
CHUNK = 1_000
JSON_LINES, CSV = "application/x-ndjson", "text/csv"


class _StreamRenderer(BaseRenderer):
    """Takes part in content negotiation only: a stream is no response of the framework, and problems are always JSON."""

    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return bytes(JSONRenderer().render(data))


class CsvRenderer(_StreamRenderer):
    media_type, format = CSV, "csv"


class JsonLinesRenderer(_StreamRenderer):
    media_type, format = JSON_LINES, "ndjson"


@dataclass(frozen=True)
class Listing:
    """
    A list: the serializer that describes a row, the columns by which it can be sorted, and the times by which it can be
    filtered. `rows_as_json` turns rows into JSON; by default, the serializer does.
    """

    serializer: type[serializers.BaseSerializer[Any]]
    # Name in the query → column. The first one is the default, descending.
    sorts: Mapping[str, str] = field(default_factory=lambda: {"id": "id"})
    times: Sequence[str] = ()
    page_size: int = 50
    is_ascending: bool = False
    rows_as_json: Callable[[Sequence[Any], Any], list[dict[str, Any]]] | None = None

    @property
    def parameters(self) -> list[Parameter]:
        """The parameters that every list has, besides its filters."""
        first = next(iter(self.sorts))
        default = first if self.is_ascending else f"-{first}"
        codes = [code for name in self.sorts for code in (f"-{name}", name)]
        return [
            *(p for name in self.times for p in _since(name)),
            choice("sort", codes, f"A minus sign means descending. Defaults to {default}.", default),
            self._fields,
            number(
                "page_size",
                f"Rows of a page; {self.page_size} by default. More than {PAGE_SIZE_LIMIT} counts as {PAGE_SIZE_LIMIT}.",
                least=1,
                most=10**18 - 1,
                default=self.page_size,
            ),
            CURSOR,
            choice("format", ["json", "csv", "ndjson"], "The same as the media type in `Accept`."),
        ]

    @property
    def _fields(self) -> Parameter:
        name = f"({'|'.join(self.names)})"

        def advice() -> str:
            return _("Separate the names by commas. Available fields: %(names)s.") % {"names": ", ".join(self.names)}

        description = "Names of the fields of each row to return, separated by commas. All by default."
        return pattern("fields", f"{name}(,{name})*", advice, description)

    @property
    def names(self) -> list[str]:
        return list(self.serializer().fields)  # type: ignore[attr-defined]

    def as_json(self, rows: Sequence[Any], user: Any) -> list[dict[str, Any]]:
        """Return rows as JSON."""
        if self.rows_as_json:
            return self.rows_as_json(rows, user)
        return list(self.serializer(rows, many=True, context={"user": user}).data)


def _since(name: str) -> tuple[Parameter, Parameter]:
    phrase = name.replace("_", " ")
    return (
        moment(f"{name}_after", f"Only rows {phrase} after this time."),
        moment(f"{name}_before", f"Only rows {phrase} before this time."),
    )


class ListEndpoint(Endpoint):
    """A view whose GET is a list."""

    renderer_classes = [JSONRenderer, CsvRenderer, JsonLinesRenderer]

    def listed(self, rows: QuerySet[Any], listing: Listing, more: Mapping[str, Any] | None = None) -> HttpResponseBase:
        """Return the requested page of rows, or all of them as a stream. `more` are further members of the page."""
        rows = _within_times(rows, listing, self.query)
        names = self.query["fields"].split(",") if self.query["fields"] else []
        order = Order.of(self.query["sort"], listing.sorts, rows)
        renderer = self.request.accepted_renderer
        if isinstance(renderer, CsvRenderer | JsonLinesRenderer):
            return _streamed(rows, listing, names, order, self.request, as_csv=isinstance(renderer, CsvRenderer))
        page = _page(rows, order, self.request, self.query)
        shown = [_only(row, names) for row in listing.as_json(page.rows, self.request.user)]
        return Response({**(more or {}), "next": page.next, "previous": page.previous, "results": shown})


def _within_times(rows: QuerySet[Any], listing: Listing, query: Mapping[str, Any]) -> QuerySet[Any]:
    for name in listing.times:
        if after := query[f"{name}_after"]:
            rows = rows.filter(**{f"{name}_at__gt": after})
        if before := query[f"{name}_before"]:
            rows = rows.filter(**{f"{name}_at__lt": before})
    return rows


def _only(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names} if names else row


@dataclass(frozen=True)
class Page:
    """Some rows, and the addresses of the pages around them."""

    rows: Sequence[Any]
    next: str | None
    previous: str | None


def _page(rows: QuerySet[Any], order: Order, request: Request, query: Mapping[str, Any]) -> Page:
    size = min(query["page_size"], PAGE_SIZE_LIMIT)
    is_reversed, position = read_cursor(query["cursor"], order)
    found = order.after(rows, position, size + 1, is_reversed=is_reversed)
    has_more, found = len(found) > size, found[:size]
    if is_reversed:
        found.reverse()
    has_next, has_previous = (bool(found), has_more) if is_reversed else (has_more, position is not None)
    return Page(
        found,
        _link(request, False, order.position(found[-1])) if has_next and found else None,
        _link(request, True, order.position(found[0])) if has_previous and found else None,
    )


def _link(request: Request, is_reversed: bool, position: Sequence[Any]) -> str:
    cursor = urlsafe_b64encode(json.dumps([int(is_reversed), *position], separators=(",", ":")).encode()).decode()
    others = [(name, value) for name, values in request.query_params.lists() if name != "cursor" for value in values]
    return request.build_absolute_uri(f"{request.path}?{urlencode([*others, ('cursor', cursor)])}")


def _streamed(
    rows: QuerySet[Any], listing: Listing, names: Sequence[str], order: Order, request: Request, *, as_csv: bool
) -> StreamingHttpResponse:
    """Return all rows, read a chunk at a time, so that the memory does not grow with the list."""
    parts = (listing.as_json(chunk, request.user) for chunk in _chunks(rows, order))
    lines = _csv_lines(parts, listing, names) if as_csv else _json_lines(parts, names)
    answer = StreamingHttpResponse(lines, content_type=f"{CSV if as_csv else JSON_LINES}; charset=utf-8")
    name = request.path.strip("/").rsplit("/", 1)[-1]
    answer["Content-Disposition"] = f'attachment; filename="{name}.{"csv" if as_csv else "ndjson"}"'
    return answer


def _chunks(rows: QuerySet[Any], order: Order) -> Iterator[list[Any]]:
    """Yield the rows in chunks, all from one query: it sees the list as it was at one moment, whatever is changed meanwhile."""
    found = order.applied(rows).iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _json_lines(parts: Iterator[list[dict[str, Any]]], names: Sequence[str]) -> Iterator[str]:
    encoder = JSONRenderer.encoder_class
    for part in parts:
        yield "".join(f"{json.dumps(_only(row, names), ensure_ascii=False, cls=encoder)}\n" for row in part)


def _csv_lines(parts: Iterator[list[dict[str, Any]]], listing: Listing, names: Sequence[str]) -> Iterator[str]:
    """Write a column for each value; the columns of a nested object are named `object.value`."""
    columns = [column for column in _columns(listing.serializer()) if not names or column[0] in names]
    yield csv_rows([[".".join(column) for column in columns]])
    for part in parts:
        yield csv_rows([_cell(row, column) for column in columns] for row in part)


def _columns(serializer: Any) -> list[tuple[str, ...]]:
    columns: list[tuple[str, ...]] = []
    for name, child in serializer.fields.items():
        nested = _columns(child) if isinstance(child, serializers.Serializer) else [()]
        columns += [(name, *rest) for rest in nested]
    return columns


def _cell(row: Any, column: Sequence[str]) -> Any:
    for name in column:
        row = row.get(name) if isinstance(row, dict) else None
    if isinstance(row, list | dict):
        return json.dumps(row, ensure_ascii=False, cls=JSONRenderer.encoder_class)
    return str(row).lower() if isinstance(row, bool) else row
