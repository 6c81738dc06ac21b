"""No migration stops a site that runs: the code before it must work on the schema after it.

In a rolling update both run at once, so a change comes in two releases: first what old code does
not notice (expand), then, when no old code is left, the rest (contract). What is refused here may
still be right; then it stands in ALLOWED with its reason.
"""

from collections.abc import Iterator

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

APPS = ("explainer", "polls")
# The schema of the first release: nothing ran before it. (app, number of the last migration)
FIRST = {"explainer": 1, "polls": 5}
# Tables that grow with the readers, where building an index takes long and holds every writer.
LARGE = {
    "ballot",
    "ballottally",
    "comment",
    "commentversion",
    "commentvote",
    "limitcount",
    "moderationentry",
    "reader",
    "report",
}
# "app.migration: what is refused" -> why it stops nobody all the same.
ALLOWED: dict[str, str] = {
    "polls.0009_log_not_replaced: Raw Python operation": "a trigger is made at once, and only there"
    " where one process at a time writes",
}
# A generated column cannot be altered, and nothing is released yet: a site that follows the newest
# state waits once, for one pass over its comments.
WAITED_FOR = "polls.0007_list_what_waits_with_replies: "

RENAMES = (migrations.RenameField, migrations.RenameModel, migrations.AlterModelTable)
REMOVES = (migrations.RemoveField, migrations.DeleteModel)
BY_HAND = (migrations.RunSQL, migrations.RunPython)


def refusals(
    operations: list[Operation], state: ProjectState, app: str
) -> Iterator[tuple[Operation, str]]:
    """Each operation that code from before would stumble over, or wait for, with the reason."""
    new_tables, held = set(), set()
    for operation in operations:
        before, state = state, state.clone()
        operation.state_forwards(app, state)
        holds = held_by(operation) - new_tables
        if len(held | holds) > 1 and holds - held:
            yield operation, "an act that has one of two tables and waits for the other is stuck"
        held |= holds
        if isinstance(operation, migrations.CreateModel):
            new_tables.add(operation.name_lower)
        elif table_of(operation) not in new_tables:
            reason = judge(operation, before, state, app)
            if reason:
                yield operation, reason


def table_of(operation: Operation) -> str:
    name = getattr(operation, "model_name", None) or getattr(operation, "name", None) or ""
    return name.lower()


def held_by(operation: Operation) -> set[str]:
    """The tables that nobody else can write to from an operation until its migration ends.

    Of those that a foreign key names, the large ones: acts write to no others.
    """
    if isinstance(operation, (AddIndexConcurrently, migrations.SeparateDatabaseAndState, *BY_HAND)):
        return set()
    is_new = isinstance(operation, migrations.CreateModel)
    own = [getattr(operation, "field", None)]
    fields = [field for _name, field in operation.fields] if is_new else own
    keys = [field for field in fields if getattr(field, "db_constraint", False)]
    named = {name_of(field.remote_field.model) for field in keys} & LARGE
    return named | (set() if is_new else {table_of(operation)})


def name_of(model: type[models.Model] | str) -> str:
    """As `table_of`, of what a foreign key names."""
    return getattr(model, "__name__", model).rpartition(".")[2].lower()


def judge(operation: Operation, before: ProjectState, after: ProjectState, app: str) -> str:
    """Why an operation on a table that is in use is refused; "" for one that is not."""
    if isinstance(operation, RENAMES):
        return "code from before asks for the old name"
    if isinstance(operation, REMOVES):
        return "code from before still asks for it"
    if isinstance(operation, BY_HAND) or getattr(operation, "database_operations", None):
        return "nobody but a person can say what it locks"
    if isinstance(operation, migrations.AddField):
        return judge_new_column(operation)
    if isinstance(operation, migrations.AlterField) and is_altered(operation, before, after, app):
        return "the table may be written anew while everybody waits"
    if table_of(operation) in LARGE:
        return judge_large(operation)
    return ""


def judge_new_column(operation: migrations.AddField) -> str:
    field = operation.field
    if field.many_to_many:
        return ""
    if not field.null and field.db_default is models.NOT_PROVIDED and not field.generated:
        return "code from before stores rows without it: null or db_default"
    reads_all = field.db_index or field.unique or getattr(field, "db_constraint", False)
    if field.generated or (reads_all and table_of(operation) in LARGE):
        return "the whole table is read while everybody waits"
    return ""


def judge_large(operation: Operation) -> str:
    if isinstance(operation, AddIndexConcurrently):
        return ""
    if isinstance(operation, migrations.AddIndex | migrations.AddConstraint):
        return "the whole table is read while everybody waits"
    return ""


def is_altered(
    operation: migrations.AlterField, before: ProjectState, after: ProjectState, app: str
) -> bool:
    """Whether a changed field is a changed column."""
    old, new = (
        state.apps.get_model(app, operation.model_name)._meta.get_field(operation.name)
        for state in (before, after)
    )
    editor = connection.schema_editor(collect_sql=True)
    return editor._field_should_be_altered(old, new)


def found() -> dict[str, str]:
    """What is refused in this project's migrations since the first release, with the reasons."""
    loader = MigrationLoader(None)
    problems = {}
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in APPS and int(name[:4]) > FIRST[app]:
            state = loader.project_state((app, name), at_end=False)
            for operation, reason in refusals(migration.operations, state, app):
                problems[f"{app}.{name}: {operation.describe()}"] = reason
    return problems


def test_no_migration_stops_a_site_that_runs():
    problems = found()
    refused = {what for what in problems if not what.startswith(WAITED_FOR)}
    assert {what: problems[what] for what in refused - set(ALLOWED)} == {}


def test_what_is_allowed_is_there():
    assert ALLOWED.keys() <= found().keys()


def test_the_first_release_is_not_younger_than_the_code():
    names = {(app, int(name[:4])) for app, name in MigrationLoader(None).disk_migrations}
    assert FIRST.items() <= names


class TestTheJudge:
    """Each kind of change, refused or not, on two tables: one of readers, one that is small."""

    @pytest.fixture
    def state(self):
        state = ProjectState()
        for name in ("Comment", "Wordlist"):
            fields = [
                ("id", models.BigAutoField(primary_key=True)),
                ("text", models.CharField(max_length=10)),
            ]
            migrations.CreateModel(name, fields).state_forwards("polls", state)
        return state

    @pytest.mark.parametrize(
        "operation",
        [
            migrations.RemoveField("Comment", "text"),
            migrations.DeleteModel("Comment"),
            migrations.RenameField("Comment", "text", "body"),
            migrations.RenameModel("Comment", "Remark"),
            migrations.AlterModelTable("Comment", "remarks"),
            migrations.RunSQL("VACUUM FULL"),
            migrations.RunPython(migrations.RunPython.noop),
            migrations.SeparateDatabaseAndState(
                database_operations=[migrations.RunSQL("VACUUM FULL")]
            ),
            # The default stands in Django alone, which takes it from the column again.
            migrations.AddField("Wordlist", "note", models.CharField(default="", max_length=5)),
            migrations.AddField("Comment", "note", models.CharField(null=True, db_index=True)),
            migrations.AddField(
                "Comment",
                "list",
                models.ForeignKey("Wordlist", models.CASCADE, null=True, db_index=False),
            ),
            migrations.AlterField("Comment", "text", models.CharField(max_length=5)),
            migrations.AlterField("Comment", "text", models.TextField(null=True)),
            migrations.AddIndex("Comment", models.Index(fields=["text"], name="by_text")),
            migrations.AddConstraint(
                "Comment", models.UniqueConstraint(fields=["text"], name="once")
            ),
        ],
        ids=lambda operation: operation.describe(),
    )
    def test_refuses(self, state, operation):
        assert [each for each, _why in refusals([operation], state, "polls")] == [operation]

    @pytest.mark.parametrize(
        "operation",
        [
            migrations.AddField("Comment", "note", models.CharField(null=True, max_length=5)),
            migrations.AddField("Comment", "note", models.CharField(db_default="", max_length=5)),
            migrations.AlterField(
                "Comment", "text", models.CharField(max_length=10, choices=[("a", "A")])
            ),
            migrations.AddIndex("Wordlist", models.Index(fields=["text"], name="by_text")),
            AddIndexConcurrently("Comment", models.Index(fields=["text"], name="by_text")),
            migrations.RemoveIndex("Comment", "by_text"),
            migrations.CreateModel("Note", [("id", models.BigAutoField(primary_key=True))]),
            migrations.SeparateDatabaseAndState(
                state_operations=[migrations.RemoveField("Comment", "text")]
            ),
        ],
        ids=lambda operation: operation.describe(),
    )
    def test_lets_through(self, state, operation):
        if isinstance(operation, migrations.RemoveIndex):
            index = models.Index(fields=["text"], name="by_text")
            migrations.AddIndex("Comment", index).state_forwards("polls", state)
        assert list(refusals([operation], state, "polls")) == []

    @pytest.mark.parametrize("tables", [("Comment", "Comment"), ("Comment", "Wordlist")])
    def test_one_table_in_use_at_a_time(self, state, tables):
        made = [
            migrations.AddField(table, f"note{number}", models.CharField(null=True, max_length=5))
            for number, table in enumerate(tables)
        ]
        refused = [each for each, _why in refusals(made, state, "polls")]
        assert refused == ([] if len(set(tables)) == 1 else made[1:])

    @pytest.mark.parametrize("other", ["Wordlist", "Reader"])
    def test_a_new_table_names_one_that_acts_write_to(self, state, other):
        migrations.CreateModel(
            "Reader", [("id", models.BigAutoField(primary_key=True))]
        ).state_forwards("polls", state)
        fields = [
            ("id", models.BigAutoField(primary_key=True)),
            ("comment", models.ForeignKey("polls.Comment", models.CASCADE)),
            ("other", models.ForeignKey(f"polls.{other}", models.CASCADE)),
        ]
        made = migrations.CreateModel("Note", fields)
        refused = [each for each, _why in refusals([made], state, "polls")]
        assert refused == ([made] if other == "Reader" else [])

    def test_an_index_of_a_new_table_is_built_before_anybody_writes(self, state):
        made = [
            migrations.DeleteModel("Comment"),
            migrations.CreateModel("Comment", [("id", models.BigAutoField(primary_key=True))]),
            migrations.AddIndex("Comment", models.Index(fields=["id"], name="by_id")),
        ]
        assert [each for each, _why in refusals(made, state, "polls")] == made[:1]
