"""A reader's own page, the house rules, and the second try of a post without an origin."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polls.queries import readers
from polls.rules import moderation, text


@require_safe
@never_cache  # a person's own page is kept by nobody, not by a shared computer either
def me(request: HttpRequest) -> HttpResponse:
    """What this reader answered, said, named and wants explained."""
    return render(request, "polls/me.html", {"me": readers.me(request.reader)})


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules for comments, with the numbers the code goes by."""
    context = {
        "edit_minutes": int(moderation.EDIT_WINDOW.total_seconds() // 60),
        "approvals": moderation.APPROVALS_FOR_TRUST,
        "body_most": text.BODY_MOST,
        "max_links": text.MAX_LINKS,
        "reasons": list(moderation.REASONS.values()),
        "reports_to_hold": moderation.REPORTS_TO_HOLD,
        "picks_in_100": moderation.PICKS_IN_100,
        "log_is_public": getattr(settings, "MODERATION_LOG_PUBLIC", False),
    }
    return render(request, "polls/rules.html", context)


def resend(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a post that shows neither where it comes from nor a token: offer it with a token."""
    fields = [
        (name, value)
        for name, value in request.POST.items()
        if name != "csrfmiddlewaretoken" and "password" not in name  # nobody looks over a shoulder
    ]
    context = {"fields": fields, "action": request.get_full_path(), "reason": reason}
    return render(request, "polls/resend.html", context, status=403)
