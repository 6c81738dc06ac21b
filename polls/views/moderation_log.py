"""The log of every act of moderation, and whether it falls evenly."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from polls.queries import fairness as queries
from polls.queries import log as log_queries
from polls.views._asked import number
from polls.views._staff import analysts


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Moderators read all of it; everybody reads it without names where the site says so."""
    if request.user.is_authenticated and request.user.has_perm("polls.moderate"):
        return _whole(request)
    if getattr(settings, "MODERATION_LOG_PUBLIC", False):
        return _public(request)
    # Who may not read it learns nothing of it: it does not exist.
    raise Http404


def _whole(request: HttpRequest) -> HttpResponse:
    act, by = request.GET.get("act", ""), request.GET.get("by", "")
    act = act if act in log_queries.ACTS else ""
    names = log_queries.moderators()
    by = by if by == log_queries.RULE or by in names else ""
    lines, after = log_queries.page(act=act, by=by, before=number(request.GET.get("before")))
    context = {
        "lines": lines,
        "acts": [(key, str(label)) for key, label in log_queries.ACTS.items()],
        "names": [
            (name, log_queries.gone_label() if name == log_queries.GONE else name) for name in names
        ],
        "act": act,
        "by": by,
        "more_url": _link(act=act, by=by, before=after) if after else None,
    }
    response = render(request, "polls/moderation/log.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _public(request: HttpRequest) -> HttpResponse:
    lines, after = log_queries.public_page(number(request.GET.get("before")))
    more_url = _link(before=after) if after else None
    context = {"lines": lines, "more_url": more_url}
    return render(request, "polls/moderation/public_log.html", context)


def _link(**asked: object) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('polls:moderation_log')}?{query}"


@analysts
@require_safe
def fairness(request: HttpRequest) -> HttpResponse:
    """What was held, removed and restored, by camp and by moderator."""
    days = number(request.GET.get("days"))
    days = days if days in queries.PERIODS else queries.PERIODS[0]
    context = {
        "report": queries.report(days),
        "periods": [(period, period == days) for period in queries.PERIODS],
    }
    return render(request, "polls/moderation/fairness.html", context)
