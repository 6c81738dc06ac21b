"""503: the database is busy, full, away or unreadable. Nothing was done; later it may be."""

import logging
import re
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from explainer.observability.logs import failure
from polls.views._answer import TYPED

RETRY_AFTER = 5  # seconds: a restart of the database takes about as long

# How SQLite says that it cannot make a file out, also when it is the disk that fails.
UNREADABLE = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
# How SQLite says so; to PostgreSQL it is an error of another kind.
MISSING = re.compile(r"^no such |has no column named ")

logger = logging.getLogger("explainer.database")


class DatabaseAwayMiddleware:
    """Answers 503 for a view that the database failed, however it failed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    @staticmethod
    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return unavailable(request, exception) if is_away(exception) else None


def is_away(error: BaseException | None) -> bool:
    """Whether an error says that the database cannot do this now: locked, full, gone, too slow.

    A table or column that is missing is no such case: it will not come by itself.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return not MISSING.search(str(error))
    return is_unreadable(error)


def is_unreadable(error: BaseException | None) -> bool:
    """Whether an error says that the file is damaged, or the disk it lies on."""
    return getattr(error and error.__cause__, "sqlite_errorname", None) in UNREADABLE


def unavailable(request: HttpRequest, error: BaseException) -> HttpResponse:
    """A plain sentence, with the typed text in it, drawn without asking the database anything."""
    level = logging.ERROR if is_unreadable(error) else logging.WARNING
    logger.log(level, "The database did not do this: %s", failure(error).kind)
    _let_go()
    message = (
        _("The page cannot be made at the moment. Please try again in a few seconds.")
        if request.method in {"GET", "HEAD"}
        else _("This could not be saved at the moment. Please send it again in a few seconds.")
    )
    typed = [(name, value) for name, value in request.POST.items() if name in TYPED]
    is_piece = "HX-Request" in request.headers
    template = loader.get_template("polls/_problem.html" if is_piece else "503.html")
    page = template.render({"message": message, "fields": typed, "request": request})
    response = HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER)})
    if is_piece:
        response["HX-Reswap"] = "afterbegin"  # the form below keeps what was typed
    patch_vary_headers(response, ["HX-Request"])
    return response


def _let_go() -> None:
    """Closes the connection to a server, so that the next request begins with one that works.

    A file stays open: once all have closed it, a disk that takes no byte lets nobody open it again.
    """
    for connection in connections.all(initialized_only=True):
        if connection.vendor != "sqlite" and not connection.in_atomic_block:
            connection.close()
