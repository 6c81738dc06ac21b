"""The outermost middleware: gives each request an id, and says how it was answered."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from explainer.middleware import is_trusted
from explainer.observability import metrics
from explainer.observability.queries import Watch
from explainer.observability.requests import HEADER, current, id_of, new_id, route_of

logger = logging.getLogger("explainer.requests")

META = "HTTP_X_REQUEST_ID"  # HEADER as WSGI names it
GetResponse = Callable[[HttpRequest], HttpResponse]


class ObservingMiddleware:
    """Stands before ForwardedMiddleware, so it sees who is really at the other end."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        metrics.prepare()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        request.request_id = new_id(_given_id(request))
        token = current.set(request)
        try:
            with connection.execute_wrapper(Watch(request, settings.SLOW_QUERY_MS)):
                response = self.get_response(request)
            _tell(request, response, time.perf_counter() - begun)
        finally:
            current.reset(token)
        return response


def _given_id(request: HttpRequest) -> str:
    """The id that a trusted proxy has given the request; "" when there is none."""
    given = request.META.get(META, "")
    return given if given and is_trusted(request.META.get("REMOTE_ADDR", "")) else ""


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    # A page that is kept for others would carry one reader's id to all of them.
    if "public" not in response.get("Cache-Control", ""):
        response.headers[HEADER] = id_of(request)
    status = response.status_code
    level = logging.ERROR if status == 500 else logging.INFO
    if settings.METRICS:
        metrics.count_request(request.method, route_of(request), status, seconds)
    if logger.isEnabledFor(level):
        facts = {"method": metrics.method(request.method), "route": route_of(request)}
        facts |= {"status": status, "ms": round(seconds * 1000, 1)}
        logger.log(level, "answered", extra={"facts": facts})
