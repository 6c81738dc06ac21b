"""How comments are ordered, in the numbers the code goes by."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from polls.queries.ranking import explained


@require_safe
def ranking(request: HttpRequest) -> HttpResponse:
    """`/how-ranking-works/`: the formula, worked examples, and what has changed."""
    return render(request, "polls/ranking.html", explained())
