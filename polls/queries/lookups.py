"""Several look-ups of one reader's rows in one query: made once, and asked for any reader."""

from collections.abc import Mapping

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

# Stands for the reader while a statement is made: no row has this number.
SOMEBODY = -1


class Lookups:
    """Named look-ups, each a QuerySet of one whole-number column that asks for `SOMEBODY`.

    Made once and kept: to put them into SQL costs more than to run them.
    """

    def __init__(self, parts: Mapping[str, QuerySet]) -> None:
        self.names: list[str] = []
        selects: list[str] = []
        self._params: list[object] = []
        for name, part in parts.items():
            try:
                sql, params = part.query.sql_with_params()
            except EmptyResultSet:  # asked among nothing
                continue
            # Only numbers of ours and Django's own SQL stand in the text; values are parameters.
            number = len(selects)
            selects.append(f"SELECT {number} AS part, t{number}.* FROM ({sql}) AS t{number}")  # noqa: S608
            self.names.append(name)
            self._params += params
        self._sql = " UNION ALL ".join(selects)

    def found(self, reader_id: int) -> dict[str, set[int]]:
        """{name: the numbers found for that reader}, a name of which nothing is found left out."""
        if not self._sql:
            return {}
        params = [reader_id if given == SOMEBODY else given for given in self._params]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            rows = cursor.fetchall()
        found: dict[str, set[int]] = {}
        for number, value in rows:
            found.setdefault(self.names[number], set()).add(value)
        return found
