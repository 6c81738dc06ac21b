"""The moderators' queue: look, decide, take back, one case or many."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polls.actions import moderation as actions
from polls.errors import Refused
from polls.forms_moderation import EraseForm, reason_choices
from polls.models import Comment
from polls.queries import access, cases, log
from polls.queries import moderation as queries
from polls.rules.moderation import REASONS
from polls.views._answer import again, piece, put_error, see_other
from polls.views._asked import number
from polls.views._staff import moderators

PAGE = "polls/moderation/queue.html"
CASE = "polls/moderation/_case.html"
MOST_CHOSEN = 50


def link(**asked: object) -> str:
    """The address of the queue as asked."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('polls:moderation')}{'?' if query else ''}{query}"


@moderators
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """One page of one queue, or one case by itself."""
    alone = number(request.GET.get("case"))
    if alone:
        comment = access.any_comment(alone)
        shown = queries.Queue("", [cases.case(comment, request.user)], None, has_more=False)
    else:
        shown = _asked(request)
    return _page(request, shown)


def _asked(request: HttpRequest) -> queries.Queue:
    """The queue that the address asks for; without a word of it, the first that holds anything."""
    key = request.GET.get("queue", "")
    if key not in queries.QUEUES:
        counted = [tab.key for tab in queries.tabs("").queues if tab.count]
        key = counted[0] if counted else "waiting"
    return queries.queue(key, request.user, after=number(request.GET.get("after")))


def _page(request: HttpRequest, shown: queries.Queue, status: int = 200) -> HttpResponse:
    done = [number(pk) for pk in request.GET.get("done", "").split(",")[:MOST_CHOSEN]]
    context = _context(shown.key) | {
        "queue": shown,
        "cases": shown.cases,
        "done": log.latest_acts(request.user, filter(None, done)) if any(done) else [],
        "latest": log.latest_acts(request.user),
        "more_url": link(queue=shown.key, after=shown.last) if shown.has_more else None,
    }
    return render(request, PAGE, context, status=status)


def _context(key: str) -> dict:
    return {"tabs": queries.tabs(key), "reasons": reason_choices()}


@moderators
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """How much waits in each queue, as a piece."""
    key = request.GET.get("queue", "")
    return piece(request, "polls/moderation/_counts.html", {"tabs": queries.tabs(key)})


def _publish(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    actions.publish_comment(comment=comment, actor=actor, seen=seen)


def _keep(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    actions.keep_comment(comment=comment, actor=actor, seen=seen)


def _remove(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    if reason not in REASONS:
        raise Refused(_("Choose a reason: its author is shown it."), field="reason")
    is_waiting = comment.state == Comment.State.PENDING
    act = actions.reject_comment if is_waiting else actions.hide_comment
    act(comment=comment, actor=actor, reason=reason, seen=seen)


def _spam(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    actions.mark_spam(comment=comment, actor=actor, seen=seen)


def _lock(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    actions.lock_thread(comment=comment.root or comment, actor=actor)


def _unlock(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    actions.unlock_thread(comment=comment.root or comment, actor=actor)


DECISIONS = {"publish": _publish, "keep": _keep, "remove": _remove, "spam": _spam}
OF_THREADS = {"lock": _lock, "unlock": _unlock}


def _known(do: str, acts: dict[str, Callable]) -> Callable:
    if do not in acts:
        raise Refused(_("There is no such act."))
    return acts[do]


@moderators
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decides one case. `seen` is the state the moderator saw: two never decide the same case."""
    comment = access.any_comment(pk)
    do, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    seen = request.POST.get("seen", "")
    try:
        _known(do, DECISIONS)(comment, request.user, reason, seen)
    except Refused as refusal:
        return case_again(request, comment, refusal)
    return decided(request, comment)


@moderators
@require_POST
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Locks or unlocks the thread in which a comment stands; the case itself stays to be judged."""
    comment = access.any_comment(pk)
    try:
        _known(request.POST.get("do", ""), OF_THREADS)(comment, request.user, "", "")
    except Refused as refusal:
        return case_again(request, comment, refusal)
    if request.htmx:
        return case_again(request, comment)
    return see_other(link(case=pk))


def case_again(
    request: HttpRequest, comment: Comment, refusal: Refused | None = None
) -> HttpResponse:
    """The case as it stands now, with what a rule said to the last try."""
    key = _key(request)
    place = number(request.POST.get("place")) or comment.pk
    [case] = cases.cases([(place, comment.pk)], request.user, kind=key)
    case.problem = refusal.translated(_) if refusal else ""
    case.chosen = request.POST.get("reason", "")
    case.typed = request.POST.get("answer", "")
    status = refusal.status if refusal else 200
    if request.htmx:
        context = _context(key) | {"case": case}
        return piece(request, CASE, context, status=status)
    return _page(request, queries.Queue("", [case], None, has_more=False), status)


def _key(request: HttpRequest) -> str:
    key = request.POST.get("queue", "")
    return key if key in queries.QUEUES else ""


def decided(request: HttpRequest, comment: Comment) -> HttpResponse:
    """Says what was done, with its undo; the next case of the queue comes up by itself."""
    key = _key(request)
    entry = log.done_on(comment, request.user)
    if not request.htmx:
        return see_other(link(queue=key, done=entry.pk if entry else "") + "#queue")
    after = number(request.POST.get("after"))
    follows = queries.queue(key, request.user, after=after, size=1) if key and after else None
    context = _context(key) | {
        "done": log.latest_acts(request.user, [entry.pk]) if entry else [],
        "follows": follows,
        "case": follows.cases[0] if follows and follows.cases else None,
    }
    return piece(request, "polls/moderation/_decided.html", context)


@moderators
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes one's own latest decision on a comment back."""
    entry = access.own_entry(pk, request.user)
    comment = actions.undo(entry=entry, actor=request.user)
    if request.htmx:
        return case_again(request, access.any_comment(comment.pk))
    return see_other(link(case=comment.pk))


@moderators
@require_POST
def chosen(request: HttpRequest) -> HttpResponse:
    """The same decision on every case that is ticked."""
    act = _known(request.POST.get("do", ""), DECISIONS)
    ticked = dict(_ticked(value) for value in request.POST.getlist("chosen"))
    if not ticked:
        raise Refused(_("Choose at least one comment."))
    if len(ticked) > MOST_CHOSEN:
        raise Refused(_("Choose at most {most} comments at a time."), most=MOST_CHOSEN)
    reason, entries, left = request.POST.get("reason", ""), [], 0
    if act is _remove and reason not in REASONS:
        raise Refused(_("Choose a reason: its author is shown it."))
    for comment in Comment.objects.filter(pk__in=ticked).order_by("pk"):
        try:
            act(comment, request.user, reason, ticked[comment.pk])
        except Refused:
            left += 1
        else:
            entries.append(log.done_on(comment, request.user))
    _tell(request, len(entries), left)
    pks = ",".join(str(entry.pk) for entry in entries if entry)
    return see_other(link(queue=_key(request), done=pks) + "#queue")


def _ticked(value: str) -> tuple[int, str]:
    """A tick says which comment and the state it was seen in: "12.pending"."""
    pk, _dot, seen = value.partition(".")
    found = number(pk)
    if not found:
        raise Refused(_("There is no such comment."))
    return found, seen


def _tell(request: HttpRequest, done: int, left: int) -> None:
    sentence = ngettext("%(count)d comment decided.", "%(count)d comments decided.", done)
    if done:
        messages.success(request, sentence % {"count": done})
    sentence = ngettext(
        "%(count)d comment was left as it is: somebody has decided it already, or it cannot be.",
        "%(count)d comments were left as they are: somebody has decided them already, "
        "or they cannot be.",
        left,
    )
    if left:
        messages.error(request, sentence % {"count": left})


@moderators
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once, then erases a comment and everything below it for good."""
    comment = access.any_comment(pk)
    form, refusal = EraseForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST":
        try:
            return _erased(request, comment, form)
        except Refused as error:
            refusal = error
            put_error(form, error)
    return again(
        request,
        "polls/moderation/_erase.html",
        {"form": form, "comment": comment, "below": cases.below(comment).count()},
        title=_("Queue"),
        back=link(case=pk),
        refusal=refusal,
    )


def _erased(request: HttpRequest, comment: Comment, form: EraseForm) -> HttpResponse:
    if not form.is_valid():
        raise Refused(_("Choose a reason: its author is shown it."), field="reason")
    reason = form.cleaned_data["reason"]
    actions.erase_branch(comment=comment, actor=request.user, reason=reason)
    entry = log.done_on(comment, request.user)
    return see_other(link(done=entry.pk if entry else "") + "#queue")
