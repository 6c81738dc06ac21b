"""The pages that are one and the same for every reader without a cookie, and what changes them.

The server keeps them ready-made (`explainer/serving/store.py`); caches in front may keep them for a
second. Which addresses these are is said here, once.
"""

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from explainer.models import Article
from polls.models import Discussion
from polls.queries import topics
from polls.queries.revisions import SITE, of_discussion, revision
from polls.queries.wanted import BY_REACTION, ORDERS
from polls.rules.voting import CAMPS

CACHE_CONTROL = "public, max-age=0, s-maxage=1"
LONGEST_QUERY = 2048  # characters; ours are far shorter

NUMBER = re.compile(r"[1-9][0-9]{0,9}")
ARTICLE = re.compile(r"/articles/([-a-zA-Z0-9_]{1,80})/")


class Key(NamedTuple):
    """One page: its path, and its query in the one order in which pages are kept."""

    path: str
    query: str


def _one_of(*values: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, values)))


FEED, TOPICS = "/feed/", "/topics/"
# What makes an answer somebody's own, or a piece of a page.
PERSONAL_HEADERS = {"HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_HX_REQUEST"}
# What the parameters of a page may say. Others change nothing there.
PLACE = {"page": NUMBER, "after": NUMBER, "before": NUMBER, "comment": NUMBER, "reply": NUMBER}
TALK = PLACE | {
    "camp": _one_of(*CAMPS),
    "order": _one_of(*ORDERS),
    "view": _one_of(BY_REACTION),
    "results": _one_of("1"),
}
PAGES: dict[str, dict[str, re.Pattern[str]]] = {
    "/": {"page": NUMBER},
    TOPICS: {
        "page": NUMBER,
        "sort": _one_of(*topics.SORTS),
        "status": _one_of(*topics.STATUSES),
    },
    FEED: {},
}
# Answered for one reader: the form in place of the answer that this reader changes.
PERSONAL = {"change"}


def key(path: str, query: str) -> Key | None:
    """The page at an address as it was sent; None for one that is not kept.

    Parameters that mean nothing are left out, so that they make no second copy; a value that is not
    understood, or a name given twice, is for the views to judge.
    """
    known = _parameters_of(path)
    if known is None or len(query) > LONGEST_QUERY:
        return None
    understood = known.keys() | PERSONAL
    asked = [pair for pair in parse_qsl(query, True) if pair[0] in understood]
    names = {name for name, _value in asked}
    if len(names) < len(asked) or names & PERSONAL or _is_choice(names):
        return None
    if not all(known[name].fullmatch(value) for name, value in asked):
        return None
    return Key(path, urlencode(sorted(asked)))


def _parameters_of(path: str) -> dict[str, re.Pattern[str]] | None:
    return TALK if ARTICLE.fullmatch(path) else PAGES.get(path)


def _is_choice(names: set[str]) -> bool:
    """Whether an order is chosen, which this browser is then to remember in a cookie."""
    return bool(names & {"order", "view"}) and not names & PLACE.keys()


def version(wanted: Key) -> str | None:
    """What a page is made of, in a word that changes when any of it does; None: not to be kept.

    All pages at one path have it in common. Two or three cheap queries. Articles are counted, since
    one may come by the clock alone.
    """
    names = _names_of(wanted.path)
    if names is None:
        return None
    articles = Article.objects.public().aggregate(count=Count("id"), newest=Max("updated_at"))
    acts = 0 if wanted.path == FEED else revision(*names)
    return f"{acts} {articles['count']} {articles['newest']}"


def _names_of(path: str) -> tuple[str, ...] | None:
    """The revisions that a page depends on (none named: on every one); None: not to be kept."""
    found = ARTICLE.fullmatch(path)
    if not found:
        return (SITE,) if path == TOPICS else ()
    # An advisory is passed by a cookie, and what is hidden is not to stay for a moment.
    public = Article.objects.public().filter(slug=found[1], advisory="")
    shown = public.exclude(discussion__state=Discussion.State.HIDDEN)
    discussion = shown.values_list("discussion_id", flat=True).first()
    return (of_discussion(discussion), SITE) if discussion else None


class PublicMiddleware:
    """Says of a page that is the same for everybody that caches may share it for a second."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if self.is_public(request, response):
            response.headers["Cache-Control"] = CACHE_CONTROL
            patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        return response

    @staticmethod
    def is_public(request: HttpRequest, response: HttpResponse) -> bool:
        """Whether an answer holds nothing of who asked, and nothing that must not be kept."""
        if request.method not in {"GET", "HEAD"} or response.status_code != 200:
            return False
        if any(request.META.get(name) for name in PERSONAL_HEADERS):
            return False
        if response.cookies or response.has_header("Cache-Control"):
            return False
        return key(request.path, request.META.get("QUERY_STRING", "")) is not None
