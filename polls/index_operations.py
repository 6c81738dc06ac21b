"""How an index comes to a table that everybody writes to."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddIndex
from django.db.migrations.state import ProjectState

INVALID = (
    "SELECT EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid)"
)


class AddIndexInUse(AddIndexConcurrently):
    """CREATE INDEX CONCURRENTLY that may be tried again; SQLite, which has none, builds it plainly.

    For a migration of its own with `atomic = False`. It waits for every transaction that runs, and
    holds up nobody meanwhile, so a `lock_timeout` would only leave half an index behind: there is
    none for it. Half an index that a lost connection has left is dropped first.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        states = (from_state, to_state)
        if not is_postgres(schema_editor):
            AddIndex.database_forwards(self, app_label, schema_editor, *states)
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            (usual,) = cursor.fetchone()
            cursor.execute("SET lock_timeout = 0")
            try:
                cursor.execute(INVALID, [schema_editor.quote_name(self.index.name)])
                if cursor.fetchone()[0]:
                    super().database_backwards(app_label, schema_editor, to_state, from_state)
                super().database_forwards(app_label, schema_editor, *states)
            finally:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [usual])

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        operation = AddIndexConcurrently if is_postgres(schema_editor) else AddIndex
        operation.database_backwards(self, app_label, schema_editor, from_state, to_state)


def is_postgres(schema_editor: BaseDatabaseSchemaEditor) -> bool:
    return schema_editor.connection.vendor == "postgresql"
