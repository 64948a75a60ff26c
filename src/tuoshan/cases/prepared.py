"""Statements that every page asks, put together once and kept: making one anew takes ten times as long as running it.

A statement has holes where only a moment differs from one time to the next. It is kept under all that it is made of,
so a change of reach makes another one.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Expression, Model, QuerySet

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
    """The text with its values; some of them are holes. `converters`: by column, what makes of the database's value
    that of the field."""

    text: str
    values: tuple[Any, ...]
    converters: tuple[tuple[int, tuple[Sequence[Any], Any]], ...] = ()

    @staticmethod
    def of(found: "QuerySet[Any]") -> "Prepared":
        """The statement of a query set; an empty one where nothing can be found."""
        try:
            compiler = found.query.get_compiler(connection=connection)
            text, values = compiler.as_sql()
        except EmptyResultSet:
            return Prepared("", ())
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        return Prepared(text, tuple(values), tuple(converters.items()))

    def rows(self, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What it finds with these values in its holes."""
        if not self.text:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.text, self._filled(given))
            found = cursor.fetchall()
        return [self._converted(row) for row in found] if self.converters else list(found)

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for column, (converters, expression) in self.converters:
            for convert in converters:
                values[column] = convert(values[column], expression, connection)
        return tuple(values)

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


def among(
    key: Hashable, ids: Iterable[int], make: "Callable[[Sequence[Any]], QuerySet[Any]]"
) -> list[tuple[Any, ...]]:  # fmt: skip
    """What a page asks about all its rows at once: `make` gives the values for the places of the ids.

    The statement is kept for a round number of ids; the last one fills the places that are left.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return []
    places = [f"id{number}" for number in range(1 << (len(wanted) - 1).bit_length())]
    statement = kept((key, len(places)), lambda: make([Hole(place, BigIntegerField()) for place in places]))
    wanted += wanted[-1:] * (len(places) - len(wanted))
    return statement.rows(dict(zip(places, wanted, strict=True)))
