"""The list of topics, suggesting one, voting for one."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from polls.actions.topics import AlreadyAsked, suggest_topic, vote_topic
from polls.errors import Refused
from polls.forms import TopicForm
from polls.models import Discussion, Reader, Topic
from polls.queries import access, topics
from polls.views._answer import again, done, local_path, put_error
from polls.views._asked import wanted

PIECE = "polls/topics/_suggest.html"


def suggest_for(
    reader: Reader, discussion: Discussion | None = None, form: TopicForm | None = None
) -> topics.Suggest:
    """The panel with its form; on the page of topics it has no list of its own."""
    return topics.Suggest(
        key=discussion.key if discussion else "",
        top=topics.top(reader) if discussion else [],
        waiting=topics.own_waiting(reader) if discussion else [],
        form=form or TopicForm(),
    )


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """`/topics/`: what readers want explained, by votes, with what became of it."""
    sort = request.GET.get("sort", "top")
    sort = sort if sort in topics.SORTS else "top"
    status = request.GET.get("status", "all")
    status = status if status in topics.STATUSES else "all"
    page = wanted(request.GET).page
    rows, has_more = topics.listed(request.reader, sort=sort, status=status, page=page)
    own = topics.own_waiting(request.reader) if page == 1 else []
    context = {
        "rows": own + rows,
        "sorts": [
            (str(label), _link(key, status), key == sort) for key, label in topics.SORTS.items()
        ],
        "statuses": [
            (str(label), _link(sort, key), key == status) for key, label in topics.STATUSES.items()
        ],
        "more_url": _link(sort, status, page + 1) if has_more else None,
        "suggest": suggest_for(request.reader),
    }
    return render(request, "polls/topics/list.html", context)


def _link(sort: str, status: str, page: int = 1) -> str:
    asked = {"sort": sort, "status": status, "page": page}
    plain = {"sort": "top", "status": "all", "page": 1}
    query = urlencode({name: value for name, value in asked.items() if value != plain[name]})
    return f"{reverse('polls:topics')}{'?' if query else ''}{query}"


@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """Puts a topic on the list, or says which ones are like it."""
    key = request.POST.get("discussion", "")
    discussion = access.discussion(key) if key else None
    back = f"{discussion.url}#next" if discussion else f"{reverse('polls:topics')}#next"
    form = TopicForm(request.POST)
    form.is_valid()
    try:
        topic = suggest_topic(
            title=form.cleaned_data["title"],
            note=form.cleaned_data["note"],
            reader=request.reader,
            anyway="anyway" in request.POST,
            discussion=discussion,
            address=request.client_address,
        )
    except Refused as refusal:
        if not isinstance(refusal, AlreadyAsked):
            put_error(form, refusal)
        panel = suggest_for(request.reader, discussion, form)
        if isinstance(refusal, AlreadyAsked):
            panel.anyway = True
            panel.similar = topics.similar_rows(form.cleaned_data["title"], request.reader)
        return again(
            request,
            PIECE,
            {"suggest": panel},
            title=_("What’s next?"),
            back=back,
            refusal=refusal,
        )

    def context() -> dict:
        panel = suggest_for(request.reader, discussion)
        panel.notice = said(topic)
        return {"suggest": panel}

    return done(request, PIECE, context, back)


def said(topic: Topic) -> str:
    """What is said after a suggestion."""
    question = _("What’s %s?") % topic.title
    if topic.status == Topic.Status.PENDING:
        return (
            _("“%s” is noted with your vote. A moderator reads it before it is listed.") % question
        )
    return _("“%s” is on the list, and your vote counts for it.") % question


@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """“Already asked?” while somebody types."""
    title = request.GET.get("title", "")[:120]
    rows = topics.similar_rows(title, request.reader) if len(title) >= 3 else []
    return render(request, "polls/topics/_similar.html", {"similar": rows})


@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Sets (`wanted=1`) or withdraws (`wanted=0`) this reader's vote for a topic."""
    wants = request.POST.get("wanted", "")
    if wants not in {"0", "1"}:
        raise Refused(_("Say whether you want this topic: wanted must be 1 or 0."))
    topic = access.topic(pk)
    vote_topic(
        topic=topic, reader=request.reader, wanted=wants == "1", address=request.client_address
    )
    back = local_path(request.POST.get("next", ""), reverse("polls:topics"))
    return done(
        request,
        "polls/topics/_vote.html",
        lambda: {"topic": topics.rows(Topic.objects.filter(pk=pk), request.reader)[0]},
        back,
    )
