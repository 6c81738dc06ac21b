"""Answering, and the results."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from polls.actions.questions import answer_question
from polls.errors import Refused
from polls.models import Discussion, Question
from polls.models.questions import REACTION, Stage
from polls.queries import access
from polls.queries.questions import Poll
from polls.queries.results import results_page
from polls.views._answer import done
from polls.views._talk import composer

BEFORE = "polls/questions/_before.html"
CARD = "polls/questions/_card.html"


@require_POST
def answer(request: HttpRequest, key: str, question: str) -> HttpResponse:
    """Sets, changes or withdraws (`answer=`) this reader's answer to one question."""
    stage = request.POST.get("stage", Stage.AFTER)
    row = access.question(key, question)
    if "answer" not in request.POST:  # a cut-off form must not pass for a withdrawal
        raise Refused(_("Choose one of the answers shown."))
    answer_question(
        question=row,
        choice_key=request.POST["answer"],
        stage=stage,
        reader=request.reader,
        address=request.client_address,
    )
    return _answered(request, row, stage)


def _answered(request: HttpRequest, question: Question, stage: str) -> HttpResponse:
    discussion = question.discussion

    def before() -> dict:
        return {"before": Poll(discussion, request.reader).before()}

    def card() -> dict:
        # The composer on the same page says how its writer is marked: that changes too.
        return {
            "card": Poll(discussion, request.reader).card(saved=True),
            "composer": composer(discussion, request.reader),
        }

    if stage == Stage.BEFORE:
        return done(request, BEFORE, before, f"{discussion.url}#before")
    response = done(request, CARD, card, f"{discussion.url}#respond")
    if request.htmx and question.key == REACTION:
        response["HX-Trigger-After-Settle"] = "reacted"  # the comments show more or less now
    return response


@require_safe
def before(request: HttpRequest, key: str) -> HttpResponse:
    """The chips above the article again, to change what was said."""
    discussion = access.discussion(key)
    return done(
        request,
        BEFORE,
        lambda: {"before": Poll(discussion, request.reader).before(changing=True)},
        f"{discussion.url}?change=before#before",
    )


@require_safe
def results(request: HttpRequest, key: str) -> HttpResponse:
    """Everything readers answered here. Coming here is asking for it; it records nothing."""
    discussion: Discussion = access.discussion(key)
    return render(
        request,
        "polls/questions/results.html",
        {"results": results_page(discussion, request.reader), "discussion": discussion},
    )
