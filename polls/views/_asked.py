"""What an address or a form asks, read with care: nonsense asks for nothing."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import patch_cache_control

from polls.queries import comments as queries
from polls.rules.voting import CAMPS

# Far past every list, and small enough for every database.
MOST_PAGES = 100_000
# The order a reader chose, kept like the appearance: it says nothing about anybody.
ORDER_AGE = 395 * 24 * 3600  # seconds
# What names a place in the talk, or a comment.
PLACES = ("page", "after", "before", "comment", "reply")


def number(value: str | None) -> int | None:
    """A row's number; None for anything that cannot be one."""
    fits = value and value.isascii() and value.isdigit() and len(value) <= 18
    return int(value) or None if fits else None


def wanted(query: QueryDict, remembered: str = "") -> queries.Wanted:
    """What an address asks of the comments. Nonsense asks for the default, never for an error.

    `remembered` is the order, or the view by reaction, that this browser chose before.
    """
    order, view = query.get("order", ""), query.get("view", "")
    if order not in queries.ORDERS and view != queries.BY_REACTION:
        order = view = remembered
    camp = query.get("camp", "")
    return queries.Wanted(
        order=order if order in queries.ORDERS else "",
        view=view if view == queries.BY_REACTION else "",
        camp=camp if camp in CAMPS else "",
        page=min(number(query.get("page")) or 1, MOST_PAGES),
        after=number(query.get("after")),
        before=number(query.get("before")),
        open=number(query.get("comment")),
        reply=number(query.get("reply")),
        results=query.get("results") == "1",
    )


def wanted_here(request: HttpRequest) -> queries.Wanted:
    """What the page asks for on which something was pressed."""
    page = request.htmx.current_url or request.headers.get("Referer", "")
    try:
        query = urlsplit(page).query
    except ValueError:  # no address at all
        query = ""
    return wanted(QueryDict(query))


def wanted_by(request: HttpRequest) -> queries.Wanted:
    """The same for a request: the order a browser remembers is a wish like any other."""
    return wanted(request.GET, remembered_order(request))


def remembered_order(request: HttpRequest) -> str:
    """The order that this browser keeps; "" for none."""
    return request.COOKIES.get(settings.ORDER_COOKIE_NAME, "")


def remember_order(request: HttpRequest, response: HttpResponse) -> None:
    """Keeps the order that this browser has just chosen by a link that names it.

    A look at a later page or at a comment chooses nothing, whatever order its address names.
    """
    chosen = wanted(request.GET)
    choice = chosen.view or chosen.order
    is_elsewhere = any(name in request.GET for name in PLACES)
    if not choice or is_elsewhere or choice == remembered_order(request):
        return
    response.set_cookie(
        settings.ORDER_COOKIE_NAME,
        choice,
        max_age=ORDER_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
    patch_cache_control(response, private=True)
