"""Model instances from statements written by hand, for what every request looks up.

Building such a look-up anew, through the ORM, takes many times as long as running it.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

M = TypeVar("M", bound=models.Model)


class Columns(Generic[M]):
    """The columns of a model as a statement lists them, and the way from a row back to an instance.

    What stands in `without` is read only when somebody asks the instance for it.
    """

    def __init__(self, model: type[M], alias: str, without: Sequence[str] = ()) -> None:
        self.model = model
        self.fields = [field for field in model._meta.concrete_fields if field.name not in without]
        self.names = [field.attname for field in self.fields]
        self.text = ", ".join(f"{alias}.{field.column}" for field in self.fields)

    def instance(self, values: Sequence[Any]) -> M:
        """The instance of a row that begins with these columns."""
        given = list(values[: len(self.fields)])
        for place, expression, convert in self._conversions:
            given[place] = convert(given[place], expression, connection)
        return self.model.from_db(DEFAULT_DB_ALIAS, self.names, given)

    @cached_property
    def _conversions(self) -> list[tuple[int, Any, Callable[[Any, Any, Any], Any]]]:
        """As the ORM converts: first what the database's driver leaves to do, then what the field does."""
        found = []
        for place, field in enumerate(self.fields):
            expression = field.get_col(self.model._meta.db_table)
            ours = [*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection)]
            found += [(place, expression, convert) for convert in ours]
        return found
