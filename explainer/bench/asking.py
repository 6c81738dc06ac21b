"""One reader who asks a page of the site, through every middleware, and is timed."""

import gc
import re
from time import perf_counter
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import Client

from polls.middleware import COOKIE_SALT
from polls.models import Reader

DRAWN = re.compile(rb'<article[^>]*\bid="c(\d+)"')


class NotAnsweredError(Exception):
    """The site answered otherwise than with the page that was asked for."""


def cookie_of(key: UUID) -> str:
    """The value of the cookie by which the site knows the reader of that key."""
    name, response = settings.READER_COOKIE_NAME, HttpResponse()
    response.set_signed_cookie(name, str(key), salt=COOKIE_SALT)
    return response.cookies[name].value


class Asker:
    """A browser with the cookie of a reader. `spent` is how long the last answer took, in ms."""

    def __init__(self, reader: Reader) -> None:
        site = urlsplit(settings.SITE_URL)
        self.client = Client(
            enforce_csrf_checks=True,
            raise_request_exception=True,
            headers={"sec-fetch-site": "same-origin"},
            SERVER_NAME=site.hostname,
        )
        self.secure, self.spent = settings.HTTPS, 0.0
        self.client.cookies[settings.READER_COOKIE_NAME] = cookie_of(reader.key)

    def get(self, url: str) -> HttpResponse:
        return self._timed(self.client.get, url)

    def post(self, url: str, fields: dict[str, object]) -> HttpResponse:
        """As htmx posts a form: the answer is the piece that takes its place."""
        return self._timed(self.client.post, url, fields, headers={"hx-request": "true"})

    def _timed(self, ask: object, url: str, *given: object, **more: object) -> HttpResponse:
        gc.collect()
        begun = perf_counter()
        response = ask(url, *given, secure=self.secure, **more)
        # As after every request of a server: SQLite's is closed, PostgreSQL's is kept a while.
        close_old_connections()
        self.spent = (perf_counter() - begun) * 1000
        if response.status_code != 200:
            raise NotAnsweredError(f"{url} was answered with {response.status_code}.")
        return response


def drawn(response: HttpResponse) -> int:
    """How many comments a page shows."""
    return len(DRAWN.findall(response.content))
