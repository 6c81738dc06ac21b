"""Many cases at once: one decision on all that are ticked, and one way back."""

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from polls.errors import Refused
from polls.models import Comment
from polls.queries import access, cases, log
from polls.queries.moderation import Queue
from polls.views._answer import see_other
from polls.views._asked import number
from polls.views._decisions import OF_MANY, Act, check_reason, known, remove, take_back
from polls.views._staff import moderators
from polls.views._where import Where
from polls.views.moderation import MOST_CHOSEN, by_itself, in_queue, page

RESULT = "#result"  # it can have the focus, so that is where a browser goes on
# {comment: what the moderator saw of it}
Ticked = dict[int, str]


@moderators
@require_POST
def chosen(request: HttpRequest) -> HttpResponse:
    """The same decision on every case that is ticked."""
    ticked = _ticked(request)
    try:
        act = _checked(request, ticked)
    except Refused as refusal:
        return _again(request, ticked, refusal)
    rows = Comment.objects.filter(pk__in=ticked).order_by("pk")
    entries, left = _decide_all(request, act, rows, ticked)
    _tell_decided(request, len(entries), left)
    return see_other(Where.asked(request.POST).link(done=",".join(map(str, entries))) + RESULT)


def _ticked(request: HttpRequest) -> Ticked:
    """A tick says which comment and what was seen of it: "12.pending". Nonsense ticks nothing."""
    split = (value.partition(".") for value in request.POST.getlist("chosen"))
    return {pk: seen for value, _dot, seen in split if (pk := number(value))}


def _checked(request: HttpRequest, ticked: Ticked) -> Act:
    """The act that was pressed. Raises Refused for what cannot be done to any of them."""
    act = known(request.POST.get("do", ""), OF_MANY)
    if not ticked:
        raise Refused(_("Choose at least one comment."))
    if len(ticked) > MOST_CHOSEN:
        raise Refused(_("Choose at most {most} comments at a time."), most=MOST_CHOSEN)
    if act is remove:
        check_reason(request.POST.get("reason", ""))
    return act


def _again(request: HttpRequest, ticked: Ticked, refusal: Refused) -> HttpResponse:
    """The queue as it was, with every tick, and at the bar what is missing."""
    where = Where.asked(request.POST)
    shown = _shown(request, where, ticked)
    for case in shown.cases:
        case.is_ticked = case.comment.pk in ticked
    said = {"problem": refusal.translated(_), "problem_field": refusal.field}
    return page(request, where, shown, refusal.status, **said)


def _shown(request: HttpRequest, where: Where, ticked: Ticked) -> Queue:
    if where.key:
        return in_queue(request, where, after=number(request.POST.get("from")))
    wanted = list(ticked)[:MOST_CHOSEN]
    pks = Comment.objects.filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True)
    return by_itself(*cases.cases([(pk, pk) for pk in pks], request.user))


def _decide_all(
    request: HttpRequest, act: Act, rows: QuerySet[Comment], ticked: Ticked
) -> tuple[list[int], list[str]]:
    """The entries of what was decided, and whose comments were left as they are."""
    reason, began = request.POST.get("reason", ""), timezone.now()
    entries, left = [], []
    for comment in rows:
        try:
            act(comment, request.user, reason, ticked[comment.pk])
        except Refused:
            left.append(comment.name)
            continue
        entry = log.done_on(comment, request.user)
        if entry and entry.created_at >= began:
            entries.append(entry.pk)
        else:  # there was nothing to decide
            left.append(comment.name)
    return entries, left


def _tell_decided(request: HttpRequest, done: int, left: list[str]) -> None:
    if done:
        sentence = ngettext("%(count)d comment decided.", "%(count)d comments decided.", done)
        messages.success(request, sentence % {"count": done})
    if left:
        sentence = ngettext(
            "%(count)d comment was left as it is: somebody has decided it already, or it cannot "
            "be. It is by: %(names)s.",
            "%(count)d comments were left as they are: somebody has decided them already, "
            "or they cannot be. They are by: %(names)s.",
            len(left),
        )
        messages.error(request, sentence % {"count": len(left), "names": _listed(left)})


@moderators
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Takes several of one's own decisions back, and says which could not be."""
    asked = filter(None, map(number, request.POST.getlist("entry")[:MOST_CHOSEN]))
    done, left = 0, []
    for entry in access.own_entries(asked, request.user):
        try:
            take_back(entry, request.user)
            done += 1
        except Refused:
            left.append(entry.comment.name if entry.comment else "")
    _tell_undone(request, done, left)
    return see_other(Where.asked(request.POST).link() + RESULT)


def _tell_undone(request: HttpRequest, done: int, left: list[str]) -> None:
    if done:
        sentence = ngettext(
            "%(count)d decision taken back.", "%(count)d decisions taken back.", done
        )
        messages.success(request, sentence % {"count": done})
    if left:
        sentence = ngettext(
            "%(count)d decision could not be taken back any more. It is on a comment by: "
            "%(names)s.",
            "%(count)d decisions could not be taken back any more. They are on comments by: "
            "%(names)s.",
            len(left),
        )
        messages.error(request, sentence % {"count": len(left), "names": _listed(left)})


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name or _("Nobody") for name in names)
