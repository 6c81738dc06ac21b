"""Where a post comes from, who is asking, and what a refusal looks like."""

import re
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject, empty
from django.utils.translation import gettext as _

from polls.errors import NotAllowed, Refused
from polls.models import Reader
from polls.queries.readers import find_reader
from polls.views._answer import refused

COOKIE_SALT = "polls.reader"
COOKIE_AGE = 395 * 24 * 3600  # 13 months, seconds
FIRST = "first"  # the field of a form, written by the page's script
SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


class SameOriginMiddleware(CsrfViewMiddleware):
    """Refuses what another site makes a browser send, by what the browser itself says.

    `Sec-Fetch-Site` and `Origin` cannot be written by a page, so a page needs no token and can be
    shared by everyone. A request with neither falls back to Django's token.
    """

    def process_view(
        self, request: HttpRequest, callback: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        if request.method in SAFE_METHODS or getattr(callback, "csrf_exempt", False):
            return super().process_view(request, callback, args, kwargs)
        same = is_same_origin(request)
        if same is False:
            return refused(
                request, NotAllowed(_("This was sent by another site, so nothing was done."))
            )
        if same:
            request.csrf_processing_done = True
            return None
        return super().process_view(request, callback, args, kwargs)


def is_same_origin(request: HttpRequest) -> bool | None:
    """Whether a request comes from this site's own pages; None when the browser does not say."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        # "none" is the reader's own doing: a reload, a bookmark.
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    own = urlsplit(f"{request.scheme}://{request.get_host()}")
    return origin in {f"{own.scheme}://{own.netloc}", *settings.CSRF_TRUSTED_ORIGINS}


class ReaderMiddleware:
    """`request.reader`: never written by a look; kept in a signed cookie from the first act on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = read_cookie(request)
        request.reader = SimpleLazyObject(
            lambda: find_reader(key, request.user, None if key else proposed_key(request))
        )
        request.client_address = request.META.get("REMOTE_ADDR", "")
        response = self.get_response(request)
        # Every page looks as a cookie says: the theme, an order, an advisory that was passed. What
        # is the same for everybody says so itself.
        if "public" not in response.get("Cache-Control", ""):
            patch_vary_headers(response, ["Cookie"])
            if request.COOKIES:
                patch_cache_control(response, private=True)
        if request.reader._wrapped is not empty:
            self._keep(request.reader, key, response)
        return response

    @staticmethod
    def _keep(reader: Reader, key: uuid.UUID | None, response: HttpResponse) -> None:
        # A refusal rolled the new reader back: there is nobody to remember.
        if reader.is_new or reader.user_id or reader.key == key or response.status_code >= 400:
            return
        response.set_signed_cookie(
            settings.READER_COOKIE_NAME,
            str(reader.key),
            salt=COOKIE_SALT,
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=settings.HTTPS,
        )
        patch_cache_control(response, private=True)

    @staticmethod
    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal that no form shows becomes a page or a piece with its sentence."""
        if isinstance(exception, Refused):
            return refused(request, exception)
        return None


def proposed_key(request: HttpRequest) -> uuid.UUID | None:
    """The key of whoever acts for the first time, made of the number their page drew for itself.

    A double click and a retry after a lost answer bring the same number and no cookie yet. Only the
    browser that drew it knows it, as only it would know the cookie.
    """
    number = request.POST.get(FIRST, "") if request.method == "POST" else ""
    if not re.fullmatch(r"[0-9a-f]{32}", number):
        return None
    return uuid.UUID(bytes=salted_hmac(COOKIE_SALT, number, algorithm="sha256").digest()[:16])


def read_cookie(request: HttpRequest) -> uuid.UUID | None:
    """The reader's key; a forged, stale or foreign cookie is no cookie."""
    try:
        value = request.get_signed_cookie(
            settings.READER_COOKIE_NAME, salt=COOKIE_SALT, max_age=COOKIE_AGE
        )
        return uuid.UUID(value)
    except (KeyError, ValueError, signing.BadSignature):
        return None
