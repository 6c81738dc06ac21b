"""The slow-query log: which statement of which address took how long, without what was in it."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest

from explainer.observability import metrics
from explainer.observability.requests import route_of

logger = logging.getLogger("explainer.queries")
LONGEST = 2_000  # characters of a statement; a thousand placeholders teach nothing


class Watch:
    """An execute wrapper (`connection.execute_wrapper`) for the statements of one request."""

    def __init__(self, request: HttpRequest, limit_ms: int) -> None:
        self.request, self.limit_ms = request, limit_ms

    def __call__(
        self, execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        except (DatabaseError, InterfaceError) as error:
            metrics.count_database_error(error)
            raise
        finally:
            ms = (time.perf_counter() - begun) * 1000
            if ms >= self.limit_ms:
                self.tell(sql, ms)

    def tell(self, sql: str, ms: float) -> None:
        """One line. `params` stay out of it: that is where readers' words are."""
        statement = " ".join(str(sql).replace('"', "").split())[:LONGEST]
        facts = {"ms": round(ms, 1), "route": route_of(self.request), "sql": statement}
        logger.warning("slow query", extra={"facts": facts})
