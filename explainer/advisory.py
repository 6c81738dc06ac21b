"""The content advisory: who has passed it, and how a browser remembers."""

import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from explainer.models import Article

# Two cookies of the reader's own choice: articles passed, until the browser closes; themes that
# need no more asking, for 13 months. They say nothing about anybody, so they are not signed.
PASSED = "passed"
THEMES = "themes"
THEMES_AGE = 395 * 24 * 3600
SEPARATOR = "."
MOST = 200  # entries, the latest first; a browser holds 4 KB a cookie


def has_passed(request: HttpRequest, article: Article) -> bool:
    """Whether this browser accepted the article, or every theme of it, before."""
    themes = theme_keys(article)
    if not themes or _key(article.slug) in _read(request, PASSED):
        return True
    return themes <= set(_read(request, THEMES))


def theme_keys(article: Article) -> set[str]:
    """The themes as a cookie keeps them."""
    return {_key(theme) for theme in article.themes}


def _key(words: str) -> str:
    """Of one length in every script, so that many fit in a cookie."""
    plain = " ".join(words.casefold().split())
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def send_there(article: Article) -> HttpResponse:
    """To the advisory page. Nobody may keep this answer: it depends on a cookie."""
    response = HttpResponseRedirect(reverse("advisory", args=[article.slug]))
    add_never_cache_headers(response)
    return response


def remember(
    request: HttpRequest, response: HttpResponse, article: Article, *, themes: bool
) -> None:
    """Notes that this browser passed the article, and its themes when asked to."""
    _write(response, PASSED, [_key(article.slug), *_read(request, PASSED)], age=None)
    if themes:
        kept = [*theme_keys(article), *_read(request, THEMES)]
        _write(response, THEMES, kept, age=THEMES_AGE)


def forget(response: HttpResponse) -> None:
    """Asks about every theme again."""
    response.delete_cookie(PASSED)
    response.delete_cookie(THEMES)


def remembered(request: HttpRequest) -> bool:
    """Whether there is anything to forget."""
    return bool(_read(request, THEMES) or _read(request, PASSED))


def _read(request: HttpRequest, name: str) -> list[str]:
    entries = request.COOKIES.get(name, "")[:4000].split(SEPARATOR)
    return [entry for entry in entries if entry.isascii() and entry.isalnum()][:MOST]


def _write(response: HttpResponse, name: str, entries: Iterable[str], *, age: int | None) -> None:
    response.set_cookie(
        name,
        SEPARATOR.join(list(dict.fromkeys(entries))[:MOST]),
        max_age=age,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
