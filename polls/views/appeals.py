"""Why a comment was removed, and asking for a second look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from polls.actions.appeals import make_appeal
from polls.errors import Refused
from polls.forms import AppealForm
from polls.models import Comment
from polls.queries import access
from polls.queries.decisions import decision
from polls.views._answer import put_error, see_other


@require_safe
def statement(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """What was decided on one's own comment, why, and how to disagree."""
    return _page(request, access.judged_comment(key, pk, request.reader), AppealForm())


@require_POST
def appeal(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Asks for a second look, once."""
    found = access.judged_comment(key, pk, request.reader)
    form = AppealForm(request.POST)
    form.is_valid()
    try:
        make_appeal(comment=found, reader=request.reader, text=form.cleaned_data["text"])
    except Refused as refusal:
        return _page(request, found, put_error(form, refusal), refusal)
    return see_other(f"{reverse('discussion:decision', args=[key, pk])}#appeal")


def _page(
    request: HttpRequest, comment: Comment, form: AppealForm, refusal: Refused | None = None
) -> HttpResponse:
    shown = decision(comment)
    context = {
        "decision": shown,
        "form": form if shown.can_appeal or refusal else None,
        "is_error": bool(refusal),
    }
    status = refusal.status if refusal else 200
    response = render(request, "polls/appeals/decision.html", context, status=status)
    return response
