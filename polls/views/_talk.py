"""The comments as a view draws them: the forms in place, and once more after an act."""

import json

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from polls.actions import comments as actions
from polls.actions.camps import said_by
from polls.forms import CommentForm
from polls.models import Choice, Comment, Discussion, Reader
from polls.queries import comments as queries
from polls.queries import intent
from polls.queries.discussions import kept_words
from polls.views._answer import piece
from polls.views._asked import wanted_here

TALK = "polls/comments/_talk.html"
THREAD = "polls/comments/_thread.html"
THREADS = "polls/comments/_threads.html"

# The camp a reader is in, and whether they will try it.
Said = tuple[Choice | None, Choice | None]


def talk_for(
    discussion: Discussion, reader: Reader, asked: queries.Wanted, form: CommentForm | None = None
) -> queries.Talk:
    """The comments section, with the composer and, where asked for, a reply form in place."""
    talk = queries.talk(discussion, reader, asked)
    if discussion.is_open:
        talk.composer = form or composer(discussion, reader)
        put_reply_form(talk.nodes, asked.reply, discussion, reader)
    return talk


def put_reply_form(
    nodes: list[queries.Node], pk: int | None, discussion: Discussion, reader: Reader
) -> None:
    """Opens a form at the comment that is to be answered."""
    for node in nodes if pk else []:
        if node.id == pk and node.can_reply:
            node.reply_form = composer(discussion, reader, parent_id=pk, to=node.name)
        put_reply_form(node.children, pk, discussion, reader)


def composer(
    discussion: Discussion,
    reader: Reader,
    *,
    data: QueryDict | None = None,
    parent_id: int | None = None,
    to: str = "",
    said: Said | None = None,
) -> CommentForm:
    """The form for a comment, or for a reply to `parent_id`, as this reader fills it in.

    `said` is their camp and their intent, where somebody knows.
    """
    camp, stands = said or _said_by(reader, discussion)
    initial = {"name": reader.name, "show_reaction": camp is not None, "parent": parent_id}
    form = CommentForm(data, initial=initial, auto_id=f"id_%s_{parent_id or 'new'}")
    form.camp = (camp.key, camp.label) if camp else None
    form.intent = intent.words(stands) if camp else ""
    form.kept = kept_words(discussion)
    form.signed_name = actions.account_name(reader.user) if reader.user else ""
    if form.signed_name:
        del form.fields["name"]
    if not camp:
        del form.fields["show_reaction"]
    elif form.intent:
        form.fields["show_reaction"].label = _("Show both with it")
    if to:
        form.fields["body"].label = _("Reply to %s") % to
    form.to, form.parent_id = to, parent_id
    return form


def _said_by(reader: Reader, discussion: Discussion) -> Said:
    return (None, None) if reader.is_new else said_by(reader, discussion)


def in_place(
    request: HttpRequest, comment: Comment, told: str, *, counted: int = 0
) -> HttpResponse:
    """The thread of a comment once more where it stands, with `told` beside the comment.

    Nothing else of the page moves. `counted` is by how many comments everybody sees more now.
    """
    results = wanted_here(request).results
    found = queries.thread(comment, request.reader, results=results)
    node, place = found or (None, None)
    if place:
        place.told, place.focus = told, True
    context = {
        "key": comment.discussion.key,
        "node": node,
        "told": told,
        "total": queries.total(comment.discussion),
    }
    top = comment.root_id or comment.pk
    return counting(piece(request, THREAD, context, target=f"#c{top}"), counted)


def counting(response: HttpResponse, counted: int) -> HttpResponse:
    """Tells a page that its reader's own act has changed the number of comments by so many."""
    if counted:
        response["HX-Trigger"] = json.dumps({"counted": counted})
    return response
