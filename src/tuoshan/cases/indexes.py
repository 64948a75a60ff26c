"""Indexes for tables that are in use while they grow."""

from typing import Any

from django.db.migrations.operations import AddIndex


class AddIndexBeside(AddIndex):
    """Builds the index while others write (`CONCURRENTLY`) on PostgreSQL; SQLite has one writer in any case.

    For a migration with `atomic = False` and nothing else in it that must hold together.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        concurrently = {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}
        schema_editor.add_index(model, self.index, **concurrently)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        concurrently = {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}
        schema_editor.remove_index(model, self.index, **concurrently)
