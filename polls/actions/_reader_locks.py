"""Many readers held at once, each as an act of their own would hold them."""

from django.db import connection
from django.db.models import Model, QuerySet

from polls.models import Reader


def lock_readers(rows: QuerySet, *, wait: bool = True) -> set[int]:
    """Holds the readers of these rows, in the order of all who hold many; returns their numbers.

    What they have said stays as it is until the transaction ends. Without `wait`, only those whom
    nobody else holds.
    """
    readers = Reader.objects.filter(pk__in=rows.values("reader")).order_by("pk")
    held = readers.select_for_update(no_key=True, skip_locked=not wait)
    return set(held.values_list("pk", flat=True))


def hold_all_acts(*tables: type[Model]) -> None:
    """Lets every act under way finish and others wait until this transaction ends; looks go on.

    The readers' table comes first, as in every act: two who wait for each other would never end.
    `tables` are held as well, against the staff. SQLite has let in no other writer since the
    transaction began.
    """
    if connection.vendor == "postgresql":
        names = [connection.ops.quote_name(table._meta.db_table) for table in (Reader, *tables)]
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE")
