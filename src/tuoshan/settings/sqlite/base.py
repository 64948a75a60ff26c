"""Django's SQLite, which translates the placeholders of a statement once and not at every execution.

For the write path's long statements the translation took as long as running them.
"""

from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that remembers how statements read in SQLite's own form."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """The statement with SQLite's placeholders."""
        return str(super().convert_query(query, param_names=param_names)) if param_names else _converted(query)


@lru_cache(maxsize=2048)
def _converted(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class DatabaseWrapper(base.DatabaseWrapper):
    """The same database with that cursor."""

    def create_cursor(self, name: str | None = None) -> Any:
        """A new cursor."""
        return self.connection.cursor(factory=Cursor)
