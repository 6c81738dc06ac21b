"""The content advisory: who has passed it, and how a browser remembers."""

import hashlib
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers

from explainer.models import Article
from polls.views._answer import local_path
from polls.views._asked import wanted

# Two cookies of the reader's own choice: articles passed, until the browser closes; themes that
# need no more asking, for 13 months. They say nothing about anybody, so they are not signed.
THEMES_AGE = 395 * 24 * 3600
SEPARATOR = "."
MOST = 200  # entries, the latest first; a browser holds 4 KB a cookie
LONGEST_PLACE = 500  # characters of an address to go on to; ours are far shorter


def has_passed(request: HttpRequest, article: Article) -> bool:
    """Whether this browser accepted the article, or every theme of it, before."""
    themes = theme_keys(article)
    if not themes or _key(article.slug) in _read(request, settings.PASSED_COOKIE_NAME):
        return True
    return themes <= set(_read(request, settings.THEMES_COOKIE_NAME))


def theme_keys(article: Article) -> set[str]:
    """The themes as a cookie keeps them."""
    return {_key(theme) for theme in article.themes}


def _key(words: str) -> str:
    """Of one length in every script, so that many fit in a cookie."""
    plain = " ".join(words.casefold().split())
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def send_there(request: HttpRequest, article: Article) -> HttpResponse:
    """To the advisory page, which is told where to go on to. For htmx that is the page it is on.

    Nobody may keep this answer: it depends on a cookie.
    """
    url = reverse("advisory", args=[article.slug])
    asked = request.htmx.current_url_abs_path if request.htmx else request.get_full_path()
    if place(article, asked or "") != article.get_absolute_url():
        url += f"?next={quote(asked, safe='/')}"
    response = HttpResponseRedirect(url)
    add_never_cache_headers(response)
    return response


def place(article: Article, asked: str) -> str:
    """Where to go on to: the address that was asked for if it is one of this article's own pages,
    at the comment that it names; else the article."""
    home = article.get_absolute_url()
    parts = urlsplit(local_path(asked[: LONGEST_PLACE + 1], home))
    url = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if len(asked) > LONGEST_PLACE or not _is_below(article, parts.path):
        return home
    named = wanted(QueryDict(parts.query)).named if parts.path == home else None
    return f"{url}#c{named}" if named else url


def _is_below(article: Article, path: str) -> bool:
    try:
        found = resolve(path)
    except Resolver404:
        return False
    is_article = found.view_name == "article" and found.kwargs["slug"] == article.slug
    return is_article or (found.namespace == "discussion" and found.kwargs["key"] == article.slug)


def remember(
    request: HttpRequest, response: HttpResponse, article: Article, *, themes: bool
) -> None:
    """Notes that this browser passed the article, and its themes when asked to."""
    _write(
        response,
        settings.PASSED_COOKIE_NAME,
        [_key(article.slug), *_read(request, settings.PASSED_COOKIE_NAME)],
        age=None,
    )
    if themes:
        kept = [*theme_keys(article), *_read(request, settings.THEMES_COOKIE_NAME)]
        _write(response, settings.THEMES_COOKIE_NAME, kept, age=THEMES_AGE)


def forget(response: HttpResponse) -> None:
    """Asks about every theme again."""
    for name in (settings.PASSED_COOKIE_NAME, settings.THEMES_COOKIE_NAME):
        response.delete_cookie(name, samesite="Lax")


def remembered(request: HttpRequest) -> bool:
    """Whether there is anything to forget."""
    return bool(
        _read(request, settings.THEMES_COOKIE_NAME) or _read(request, settings.PASSED_COOKIE_NAME)
    )


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
