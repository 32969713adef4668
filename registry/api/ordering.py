"""The order of a list: by a column and then by the key, and the place of a row in it, as a cursor names it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F, IntegerField, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound


@dataclass(frozen=True)
class Order:
    """An order of rows: by a column, then by the key. Rows without a value come last."""

    column: str
    is_descending: bool
    has_nulls: bool
    # The type of the values, as they are written in a cursor.
    kind: type = str

    @classmethod
    def of(cls, sort: str, columns: Mapping[str, str], rows: QuerySet[Any]) -> Order:
        column = columns[sort.removeprefix("-")]
        field = rows.model._meta.get_field(column)
        kind = datetime if isinstance(field, DateTimeField) else int if isinstance(field, IntegerField) else str
        return cls(column, sort.startswith("-"), bool(field.null), kind)

    def applied(self, rows: QuerySet[Any], *, is_reversed: bool = False) -> QuerySet[Any]:
        """Return the rows in this order, or in the reverse of it."""
        down = self.is_descending != is_reversed
        if self.column == "id":
            return rows.order_by("-id" if down else "id")
        nulls = {"nulls_first" if is_reversed else "nulls_last": True} if self.has_nulls else {}
        value = F(self.column)
        by_value = value.desc(**nulls) if down else value.asc(**nulls)
        return rows.order_by(by_value, "-id" if down else "id")

    def beyond(self, rows: QuerySet[Any], value: Any, key: int, *, is_reversed: bool) -> QuerySet[Any]:
        """Return the rows that come after a row in this order, or before it."""
        down = self.is_descending != is_reversed
        if self.column == "id":
            return rows.filter(**{"id__lt" if down else "id__gt": key})
        ties = Q(**{"id__lt" if down else "id__gt": key})
        if value is None:
            without = Q(**{f"{self.column}__isnull": True}) & ties
            return rows.filter(without | Q(**{f"{self.column}__isnull": False}) if is_reversed else without)
        way = "lt" if down else "gt"
        beyond = Q(**{f"{self.column}__{way}": value}) | (Q(**{self.column: value}) & ties)
        # Says nothing new, but lets the database begin in the middle of an index. Rows without a value are read after these.
        return rows.filter(beyond, **{f"{self.column}__{way}e": value})

    def after(
        self, rows: QuerySet[Any], position: tuple[Any, int] | None, most: int, *, is_reversed: bool
    ) -> list[Any]:
        """
        Return the rows that come after a place in this order, or before it. Those without a value are asked for only when the
        others are used up: a choice between both would make the database read the whole list.
        """
        if position is None:
            return list(self.applied(rows, is_reversed=is_reversed)[:most])
        found = list(
            self.applied(self.beyond(rows, *position, is_reversed=is_reversed), is_reversed=is_reversed)[:most]
        )
        if self.has_nulls and not is_reversed and position[0] is not None and len(found) < most:
            # A row that lost its value in between was read.
            without = rows.filter(**{f"{self.column}__isnull": True}).exclude(pk__in=[row.pk for row in found])
            found += self.applied(without)[: most - len(found)]
        return found

    def position(self, row: Any) -> list[Any]:
        """Return the place of a row in this order, as it is written in a cursor."""
        value = None if self.column == "id" else getattr(row, self.column)
        return [value.isoformat() if isinstance(value, datetime) else value, row.id]


def read_cursor(cursor: str, order: Order) -> tuple[bool, tuple[Any, int] | None]:
    """Return the direction and the place of a cursor. Raises NotFound for one that was not made for this list."""
    if not cursor:
        return False, None
    try:
        is_reversed, value, key = json.loads(urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, TypeError) as error:
        raise _no_such_page() from error
    if type(is_reversed) is not int or type(key) is not int or not 0 <= key < 2**63:
        raise _no_such_page()
    return bool(is_reversed), (_value_in(value, order), key)


def _value_in(value: Any, order: Order) -> Any:
    if value is None or order.column == "id":
        return None
    if order.kind is int:
        if type(value) is not int or not -(2**63) <= value < 2**63:
            raise _no_such_page()
        return value
    if not isinstance(value, str) or "\0" in value:
        raise _no_such_page()
    return _moment(value) if order.kind is datetime else value


def _moment(value: str) -> datetime:
    try:
        moment = parse_datetime(value)
    except ValueError as error:
        raise _no_such_page() from error
    if moment is None or moment.tzinfo is None:
        raise _no_such_page()
    return moment


def _no_such_page() -> NotFound:
    return NotFound(
        _("This cursor does not belong to this list. Follow the `next` link of a page, or start without it.")
    )
