"""What stands in front of every page: whom to believe, how much to take, the advisory."""

import ipaddress
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from csp.constants import HEADER as CSP
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from explainer import advisory
from explainer.models import Article

READER_BODY = 64 * 1024  # bytes: twenty times the longest comment
STAFF_BODY = 1024 * 1024  # bytes: a long article, of somebody who has signed in
SENTENCES = {
    400: _("What was sent is not readable as text, so nothing was done."),
    413: _("What was sent is too long, so nothing was done."),
    415: _("This address takes forms in UTF-8 only, so nothing was done."),
}
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
)

GetResponse = Callable[[HttpRequest], HttpResponse]


class ForwardedMiddleware:
    """Believes X-Forwarded-For and -Proto from a trusted proxy; from anybody else they go."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if is_trusted(meta.get("REMOTE_ADDR", "")):
            meta["REMOTE_ADDR"] = client_address(meta)
        else:
            for name in FORWARDED:
                meta.pop(name, None)
        return self.get_response(request)


def is_trusted(address: str) -> bool:
    """Whether `address` is one of TRUSTED_PROXIES."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip in network for network in settings.TRUSTED_PROXIES)


def client_address(meta: dict[str, str]) -> str:
    """The right-most hop that is no trusted proxy: what stands left of it anybody can write."""
    for hop in reversed(meta.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = address_of(hop.strip())
        if address and not is_trusted(address):
            return address
    return meta["REMOTE_ADDR"]


def address_of(hop: str) -> str:
    """A hop without what some proxies write around its address: `[2001:db8::1%eth0]:443`."""
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    return hop.partition("%")[0]


class CookieMiddleware:
    """Drops cookies that this site cannot have written: a NUL in one would break a look-up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if not value.isprintable()]:
            del request.COOKIES[name]
        return self.get_response(request)


class HeadersMiddleware:
    """What the browser is told with every answer, also one that Django's own middleware makes.

    The same each time, so it is put together once; django-csp's own middleware, which leaves room
    for exceptions, would do so for every answer.
    """

    # No camera, no place, no sensors.
    POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
    # Where DEBUG has Django draw pages with styles of their own.
    FAILURES = (404, 500)

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.headers = {
            CSP: build_policy(),
            "Permissions-Policy": self.POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
            # Django's own sets these as well, but not on what it refuses itself.
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "X-Content-Type-Options": "nosniff",
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_debug = settings.DEBUG and response.status_code in self.FAILURES
        for name, value in self.headers.items():
            if not (is_debug and name == CSP):
                response.headers.setdefault(name, value)
        return response


class BodyMiddleware:
    """Refuses a body that is too long, of another kind than a form, or not UTF-8, before any view.

    Django would cut a broken encoding into replacement characters, and store them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            status = self.refusal(request)
            if status:
                context = {"status": status, "message": SENTENCES[status], "back": "/"}
                return render(request, "polls/refused.html", context, status=status)
        return self.get_response(request)

    @staticmethod
    def refusal(request: HttpRequest) -> int | None:
        """The HTTP status to refuse with, or None."""
        is_staffs = request.path.startswith("/admin/") and (
            settings.SESSION_COOKIE_NAME in request.COOKIES
        )
        most = STAFF_BODY if is_staffs else READER_BODY
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            return 400
        if int(length) > most:
            return 413
        if int(length) and request.content_type not in FORM_TYPES:
            return 415
        if request.content_params.get("charset", "utf-8").lower() != "utf-8":
            return 415
        if len(request.body) > most:
            return 413
        return None if is_utf8(request) else 400


def is_utf8(request: HttpRequest) -> bool:
    """Whether a form says what it says in UTF-8. A file that a form sends is text too."""
    is_urlencoded = request.content_type == "application/x-www-form-urlencoded"
    try:
        (unquote_to_bytes(request.body) if is_urlencoded else request.body).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class AdvisoryMiddleware:
    """Sends who has not passed an article's advisory there first, from every page below it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    @staticmethod
    def process_view(
        request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        match = request.resolver_match
        if request.method not in {"GET", "HEAD"} or match.namespace != "discussion":
            return None
        article = Article.objects.public().filter(slug=kwargs["key"]).only("slug", "advisory")
        found = article.first()
        if found is None or advisory.has_passed(request, found):
            return None
        response = advisory.send_there(request, found)
        if request.htmx:  # the whole page goes there, not the piece that asked
            response.status_code, response["HX-Redirect"] = 200, response["Location"]
            del response["Location"]
        return response
