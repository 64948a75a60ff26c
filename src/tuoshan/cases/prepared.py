"""Statements that every page asks, put together once and kept: making one anew takes ten times as long as running it.

A statement has holes where only a moment differs from one time to the next. It is kept under all that it is made of,
so a change of reach makes another one.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Model, QuerySet

M = TypeVar("M", bound=Model)

MOST_KEPT = 600
"""So many statements of some ten kilobytes at most; then all are forgotten and made again as they are asked."""


class Hole(Expression):
    """Stands in a query set for a value that is given when the statement runs."""

    def __init__(self, name: str, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A mark, with the hole itself as its value."""
        return "%s", (self,)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The text with its values; some of them are holes."""

    text: str
    values: tuple[Any, ...]

    @staticmethod
    def of(found: "QuerySet[Any]") -> "Prepared":
        """The statement of a query set; an empty one where nothing can be found."""
        try:
            text, values = found.query.sql_with_params()
        except EmptyResultSet:
            return Prepared("", ())
        return Prepared(text, tuple(values))

    def rows(self, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What it finds with these values in its holes."""
        if not self.text:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.text, self._filled(given))
            return list(cursor.fetchall())

    def instances(self, model: type[M], given: Mapping[str, Any]) -> list[M]:
        """The same as rows of the model whose query set it was."""
        return list(model._default_manager.raw(self.text, self._filled(given))) if self.text else []

    def _filled(self, given: Mapping[str, Any]) -> list[Any]:
        filled = {
            name: connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
            for name, value in given.items()
        }
        return [filled[value.name] if isinstance(value, Hole) else value for value in self.values]


_kept: dict[Hashable, Prepared] = {}


def kept(key: Hashable, make: Callable[[], "QuerySet[Any]"]) -> Prepared:
    """The statement of this key, made where it is not known yet."""
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[key] = Prepared.of(make())
    return found
