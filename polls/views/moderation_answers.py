"""Moderators answer an author's appeal and a notice of illegal content."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from polls.actions.appeals import decide_appeal
from polls.actions.notices import decide_notice
from polls.errors import Refused
from polls.forms_moderation import AnswerForm
from polls.queries import access
from polls.views._staff import moderators
from polls.views.moderation import case_again, decided

GRANTED = {"grant": True, "decline": False}
UPHELD = {"uphold": True, "decline": False}


@moderators
@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Grants an appeal, which publishes the comment, or declines it; with an answer."""
    found = access.any_appeal(pk)
    try:
        is_granted, answer = _asked(request, GRANTED)
        decide_appeal(
            appeal=found,
            actor=request.user,
            granted=is_granted,
            answer=answer,
            seen=request.POST.get("seen", ""),
        )
    except Refused as refusal:
        return case_again(request, found.comment, refusal)
    return decided(request, found.comment)


@moderators
@require_POST
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Upholds a notice, which hides the comment, or declines it; with an answer."""
    found = access.any_notice(pk)
    try:
        is_upheld, answer = _asked(request, UPHELD)
        decide_notice(notice=found, actor=request.user, upheld=is_upheld, answer=answer)
    except Refused as refusal:
        return case_again(request, found.comment, refusal)
    return decided(request, found.comment)


def _asked(request: HttpRequest, decisions: dict[str, bool]) -> tuple[bool, str]:
    do, form = request.POST.get("do", ""), AnswerForm(request.POST)
    if do not in decisions:
        raise Refused(_("There is no such act."))
    if not form.is_valid():
        raise Refused(form.errors["answer"][0], field="answer")
    return decisions[do], form.cleaned_data["answer"]
