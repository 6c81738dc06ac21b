"""The moderators' queue: look, decide, take back, one case at a time."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polls.actions.erasures import erase_branch
from polls.errors import Refused
from polls.forms_moderation import EraseForm, reason_choices
from polls.models import Comment
from polls.queries import access, cases, log
from polls.queries import moderation as queries
from polls.queries.surroundings import around
from polls.queries.threads import branch_of
from polls.rules.moderation import read_as
from polls.views._answer import again, piece, put_error, see_other
from polls.views._asked import number
from polls.views._decisions import DECISIONS, OF_THREADS, known, take_back
from polls.views._staff import moderators
from polls.views._where import Where

PAGE = "polls/moderation/queue.html"
CASE = "polls/moderation/_case.html"
MOST_CHOSEN = 50


@moderators
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """One page of one queue, or one case by itself."""
    alone = number(request.GET.get("case"))
    if alone:
        shown = by_itself(cases.case(access.any_comment(alone), request.user))
        return page(request, Where.asked(request.GET), shown)
    where = _asked(request)
    shown = in_queue(request, where, after=number(request.GET.get("after")))
    if request.GET.get("ticked") == "all":
        for case in shown.cases:
            case.is_ticked = True
    return page(request, where, shown)


def _asked(request: HttpRequest) -> Where:
    """Where the address leads; without a word of it, the first queue that holds anything."""
    where = Where.asked(request.GET)
    if where.key:
        return where
    counted = [tab.key for tab in queries.tabs("").queues if tab.count]
    return Where(counted[0] if counted else "waiting")


def by_itself(*shown: cases.Case) -> queries.Queue:
    """Cases that are looked at outside their queue."""
    return queries.Queue("", list(shown), None, has_more=False)


def in_queue(request: HttpRequest, where: Where, **asked: int | None) -> queries.Queue:
    """A stretch of the queue in which the moderator is."""
    return queries.queue(where.key, request.user, rule=where.rule, **asked)


def page(
    request: HttpRequest, where: Where, shown: queries.Queue, status: int = 200, **more: object
) -> HttpResponse:
    """The queue with what is shown of it. `more` is what the bar for many says."""
    pks = [number(pk) for pk in request.GET.get("done", "").split(",")[:MOST_CHOSEN]]
    done = log.latest_acts(request.user, filter(None, pks)) if any(pks) else []
    context = context_of(where) | {
        "queue": shown,
        "cases": shown.cases,
        "after": request.POST.get("from", request.GET.get("after", "")),
        "done": done,
        "batch": [line.id for line in done if line.can_undo] if len(done) > 1 else [],
        "latest": log.latest_acts(request.user),
        "more_url": where.link(after=shown.last) if shown.has_more else None,
    }
    return render(request, PAGE, context | more, status=status)


def context_of(where: Where) -> dict:
    return {"tabs": queries.tabs(where.key, where.rule), "reasons": reason_choices()}


@moderators
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """How much waits in each queue, as a piece; for an `empty` page its first cases as well."""
    where = Where.asked(request.GET)
    is_wanted = where.key and request.GET.get("empty")
    shown = in_queue(request, where) if is_wanted else None
    return _fresh(request, where, shown)


def _fresh(
    request: HttpRequest, where: Where, shown: queries.Queue | None, **more: object
) -> HttpResponse:
    """What came up, and all that is counted. `more` is drawn in front: what was just done."""
    template = "polls/moderation/_decided.html" if more else "polls/moderation/_fresh.html"
    context = context_of(where) | {"follows": shown}
    return piece(request, template, context | more)


@moderators
@require_safe
def surroundings(request: HttpRequest, pk: int) -> HttpResponse:
    """The comments around a case, as text."""
    comment = access.any_comment(pk)
    context = {
        "around": around(comment),
        "answered": comment,
        "place_url": cases.place_url(comment),
    }
    back = Where.asked(request.GET).link(case=pk)
    return again(request, "polls/moderation/_around.html", context, title=_("Queue"), back=back)


@moderators
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decides one case. `seen` is what the moderator saw: two never decide the same case."""
    comment = access.any_comment(pk)
    do, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    seen = request.POST.get("seen", "")
    try:
        known(do, DECISIONS)(comment, request.user, reason, seen)
    except Refused as refusal:
        return case_again(request, comment, refusal)
    return decided(request, comment)


@moderators
@require_POST
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Locks or unlocks the thread in which a comment stands; the case itself stays to be judged."""
    comment = access.any_comment(pk)
    try:
        known(request.POST.get("do", ""), OF_THREADS)(comment, request.user, "", "")
    except Refused as refusal:
        return case_again(request, comment, refusal)
    if request.htmx:
        return case_again(request, comment)
    return see_other(Where.asked(request.POST).link(case=pk))


def case_again(
    request: HttpRequest, comment: Comment, refusal: Refused | None = None
) -> HttpResponse:
    """The case as it stands now, with what a rule said to the last try."""
    where = Where.asked(request.POST)
    case = _case_at(request, comment, where)
    case.problem = refusal.translated(_) if refusal else ""
    case.chosen = request.POST.get("reason", "")
    case.typed = request.POST.get("answer", "")
    status = refusal.status if refusal else 200
    if request.htmx:
        return piece(request, CASE, context_of(where) | {"case": case}, status=status)
    return page(request, where, by_itself(case), status)


def _case_at(request: HttpRequest, comment: Comment, where: Where) -> cases.Case:
    """The case at the place of its queue that the form names."""
    place = number(request.POST.get("place"))
    places = [(place or comment.pk, comment.pk)]
    return cases.cases(places, request.user, kind=where.key if place else "")[0]


def decided(request: HttpRequest, comment: Comment) -> HttpResponse:
    """Says what was done, with its undo; the next case of the queue comes up by itself.

    A case that was brought here and is not answered yet stays where it is.
    """
    where = Where.asked(request.POST)
    entry = log.done_on(comment, request.user)
    if not request.htmx:
        return see_other(where.link(done=entry.pk if entry else "") + "#queue")
    case = _case_at(request, comment, where)
    stays = case if _is_open(case, where.key) else None
    after = number(request.POST.get("after"))
    follows = in_queue(request, where, after=after, size=1) if where.key and not stays else None
    done = log.latest_acts(request.user, [entry.pk]) if entry else []
    return _fresh(request, where, follows, done=done, stays=stays, place=case.key)


def _is_open(case: cases.Case, key: str) -> bool:
    """Whether what brought a case into the queue is still to be answered."""
    brought = {"appeals": case.appeal, "notices": case.notice}.get(key)
    return brought is not None and brought.decided_at is None


@moderators
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes one's own latest decision on a comment back."""
    comment = take_back(access.own_entry(pk, request.user), request.user)
    if request.htmx:
        return case_again(request, access.any_comment(comment.pk))
    return see_other(Where.asked(request.POST).link(case=comment.pk))


@moderators
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once, then erases a comment and everything below it for good."""
    comment, where = access.any_comment(pk), Where.asked(request.GET)
    form, refusal = EraseForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST":
        try:
            return _erased(request, comment, form, where)
        except Refused as error:
            refusal = error
            put_error(form, error)
    branch = branch_of(comment)
    return again(
        request,
        "polls/moderation/_erase.html",
        {
            "form": form,
            "comment": comment,
            "seen": read_as(state=comment.state, edited_at=comment.edited_at),
            "upto": branch[-1],
            "below": len(branch) - 1,
            "where": where,
        },
        title=_("Queue"),
        back=where.link(case=pk),
        refusal=refusal,
    )


def _erased(request: HttpRequest, comment: Comment, form: EraseForm, where: Where) -> HttpResponse:
    if not form.is_valid():
        raise Refused(_("Choose a reason: its author is shown it."), field="reason")
    reason = form.cleaned_data["reason"]
    erase_branch(
        comment=comment,
        actor=request.user,
        reason=reason,
        seen=request.POST.get("seen", ""),
        upto=number(request.POST.get("upto")),
    )
    entry = log.done_on(comment, request.user)
    return see_other(where.link(done=entry.pk if entry else "") + "#queue")
