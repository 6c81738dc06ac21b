"""The moderators' page of bursts: look, decide, take back."""

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from polls.actions import bursts as actions
from polls.errors import Refused
from polls.models import Burst
from polls.queries import access
from polls.queries import bursts as queries
from polls.rules.bursts import EXCLUDED, QUARANTINED, REASONS, RELEASED
from polls.views._answer import piece, see_other
from polls.views._asked import number
from polls.views._staff import moderators

PAGE, CASE = "polls/bursts/list.html", "polls/bursts/_burst.html"
DECISIONS = {
    QUARANTINED: actions.quarantine_burst,
    RELEASED: actions.release_burst,
    EXCLUDED: actions.exclude_burst,
}


@moderators
@require_safe
def bursts(request: HttpRequest) -> HttpResponse:
    """The bursts, the newest first."""
    return _page(request, number(request.GET.get("before")))


def _page(
    request: HttpRequest, before: int | None = None, *, refused: queries.Case | None = None
) -> HttpResponse:
    listing = queries.listing(request.user, before=before)
    cases = [refused] if refused else listing.cases
    more_url = f"{reverse('polls:moderation_bursts')}?before={listing.after}"
    context = _context() | {
        "cases": cases,
        "undecided": queries.undecided_count(),
        "more_url": more_url if listing.after and not refused else None,
    }
    return render(request, PAGE, context, status=Refused.status if refused else 200)


def _context() -> dict:
    return {"reasons": [(key, capfirst(_(label))) for key, label in REASONS.items()]}


@moderators
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Sets a burst's answers aside, counts them, or leaves them out; with a reason."""
    burst = access.any_burst(pk)
    do = request.POST.get("do", "")
    if do not in DECISIONS:
        raise Refused(_("There is no such act."))
    decision = partial(
        DECISIONS[do],
        burst=burst,
        actor=request.user,
        reason=request.POST.get("reason", ""),
        seen=request.POST.get("seen", ""),
    )
    return _after(request, burst, decision)


@moderators
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes one's own latest decision on a burst back."""
    burst = access.any_burst(pk)
    return _after(request, burst, partial(actions.undo_burst, burst=burst, actor=request.user))


def _after(request: HttpRequest, burst: Burst, act: Callable[[], object]) -> HttpResponse:
    """Does something to a burst, and shows how it stands then."""
    try:
        act()
    except Refused as refusal:
        return _again(request, burst, refusal)
    return _again(request, burst)


def _again(request: HttpRequest, burst: Burst, refusal: Refused | None = None) -> HttpResponse:
    """The burst as it stands now, with what a rule said to the last try."""
    if not request.htmx and refusal is None:
        return see_other(
            f"{reverse('polls:moderation_bursts')}?before={burst.pk + 1}#burst-{burst.pk}"
        )
    case = queries.case(burst, request.user)
    case.problem = refusal.translated(_) if refusal else ""
    if request.htmx:
        context = _context() | {"case": case, "said": refusal is None}
        return piece(request, CASE, context, status=refusal.status if refusal else 200)
    return _page(request, refused=case)
