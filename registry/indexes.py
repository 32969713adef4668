"""Indexes that both databases make."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.expressions import OrderBy


class NullsLastIndex(models.Index):
    """An index of expressions in descending order, rows without a value last. SQLite has no other descending order, and no word for it."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor != "sqlite":
            return super().create_sql(model, schema_editor, using, **kwargs)
        plain = (OrderBy(each.expression, descending=each.descending) for each in self.expressions)
        return models.Index(*plain, name=self.name).create_sql(model, schema_editor, using, **kwargs)
