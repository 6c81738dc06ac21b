"""What machines ask of the site: does it live, can it work, how is it doing."""

import ipaddress
import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from explainer.doctor import asking
from explainer.observability import metrics as figures
from explainer.observability.readiness import Readiness, probe

PLAIN = "text/plain; charset=utf-8"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; to the doctor also whom it believes to be asking."""
    response = HttpResponse("ok\n", content_type=PLAIN)
    asking.answer(request, response)
    return response


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether it can do its work: 200 or 503, and a line for each part. JSON when asked for."""
    found = probe.answer()
    status = 200 if found.is_ready else 503
    return _as_json(found, status) if _wants_json(request) else _as_lines(found, status)


def _wants_json(request: HttpRequest) -> bool:
    if "format" in request.GET:
        return request.GET["format"] == "json"
    return request.get_preferred_type(["text/plain", "application/json"]) == "application/json"


def _as_json(found: Readiness, status: int) -> HttpResponse:
    return JsonResponse({"ready": found.is_ready, "parts": found.parts}, status=status)


def _as_lines(found: Readiness, status: int) -> HttpResponse:
    lines = "".join(f"{name}: {said}\n" for name, said in found.parts.items())
    return HttpResponse(lines, content_type=PLAIN, status=status)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus; to anybody who may not read them there is no such address."""
    counting = figures.counters()
    if counting is None or not may_read_metrics(request):
        raise Http404
    return HttpResponse(counting.exposition(), content_type=counting.CONTENT_TYPE)


def may_read_metrics(request: HttpRequest) -> bool:
    """Who shows METRICS_TOKEN. Without one, this machine, while the site is this machine's own.

    Behind a proxy that is not named in TRUSTED_PROXIES everybody seems to be this machine.
    """
    if settings.METRICS_TOKEN:
        scheme, _space, shown = request.headers.get("Authorization", "").partition(" ")
        is_token = secrets.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode())
        return scheme.lower() == "bearer" and is_token
    return settings.IS_LOCAL and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
