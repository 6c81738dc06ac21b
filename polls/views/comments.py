"""The comments below a page: list, post, preview, answer, edit, delete."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from polls.actions import comments as actions
from polls.errors import NotAllowed, Refused
from polls.forms import CommentForm, EditForm, posted
from polls.models import Comment, Discussion
from polls.queries import access
from polls.queries import comments as queries
from polls.rules import text
from polls.views._answer import again, done, piece, put_error, see_other
from polls.views._asked import number, remember_order, wanted, wanted_by, wanted_here
from polls.views._talk import THREADS, composer, counting, in_place

POSTED = "polls/comments/_posted.html"


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, key: str) -> HttpResponse:
    """GET: one page of threads as a piece. POST: a new comment, or its preview."""
    discussion = access.discussion(key)
    if request.method == "POST":
        return _post(request, discussion)
    asked = wanted_by(request)
    url = queries.link(discussion, wanted(request.GET))

    def context() -> dict:
        return {"talk": queries.talk(discussion, request.reader, asked), "is_answer": True}

    response = done(request, THREADS, context, url)
    remember_order(request, response)
    return response


def _post(request: HttpRequest, discussion: Discussion) -> HttpResponse:
    parent = _parent(request, discussion)
    # What is gone cannot be answered: the text goes on in the form for a new comment.
    stands = parent is not None and parent.state == Comment.State.PUBLISHED

    def drawn_again() -> CommentForm:
        again = composer(
            discussion,
            request.reader,
            data=request.POST,
            parent_id=parent.pk if stands else None,
            to=parent.name if stands else "",
        )
        again.is_valid()
        return again

    said = posted(CommentForm, request.POST)
    try:
        if request.POST.get("action") == "preview":
            body = text.clean_body(said["body"])
            preview = text.render_comment(body)
            return _form_again(request, discussion, drawn_again(), preview=preview)
        comment = actions.post_comment(
            discussion=discussion,
            reader=request.reader,
            body=said["body"],
            name=said["name"],
            show_reaction=said["show_reaction"],
            parent=parent,
            address=request.client_address,
            stamp=said.get("stamp", ""),
            trap=said.get("website", ""),
        )
    except Refused as refusal:
        form = put_error(drawn_again(), refusal)
        return _form_again(request, discussion, form, refusal=refusal)
    return _posted(request, comment)


def _parent(request: HttpRequest, discussion: Discussion) -> Comment | None:
    given = request.POST.get("parent", "")
    if not given:
        return None
    found = number(given) and discussion.comments.filter(pk=number(given)).first()
    if not found:
        raise Refused(_("The comment you are answering is not part of this discussion."))
    return found


def _form_again(
    request: HttpRequest,
    discussion: Discussion,
    form: CommentForm,
    *,
    preview: str = "",
    refusal: Refused | None = None,
) -> HttpResponse:
    template = "polls/comments/_reply.html" if form.parent_id else "polls/comments/_composer.html"
    return again(
        request,
        template,
        {
            "form": form,
            "key": discussion.key,
            "preview": preview,
            "cancel_url": discussion.url,
        },
        title=discussion.title,
        back=discussion.url,
        refusal=refusal,
        target=f"#reply-{form.parent_id}" if form.parent_id else "#composer",
    )


def _posted(request: HttpRequest, comment: Comment) -> HttpResponse:
    """A new comment in focus: a reply in its thread, any other on top of what is shown."""
    if not request.htmx:
        return see_other(queries.permalink(comment))
    told, counted = _told(comment), _seen(comment)
    if comment.parent_id:
        return in_place(request, comment, told, counted=counted)
    discussion, reader = comment.discussion, request.reader
    # None of one that was posted before, and has been hidden since.
    found = queries.thread(comment, reader, results=wanted_here(request).results)
    node = found and found[0]
    if node:
        node.told, node.focus = told, True
    context = {
        "form": composer(discussion, reader),
        "key": discussion.key,
        "node": node,
        "told": told,
        "total": queries.total(discussion),
    }
    return counting(piece(request, POSTED, context, target="#composer"), counted)


def _told(comment: Comment) -> str:
    if comment.state == Comment.State.PUBLISHED:
        return _("Comment posted. You can edit it for 15 minutes.")
    return _("Comment received. A moderator reads it before it appears.")


def _seen(comment: Comment) -> int:
    """1 for a comment that everybody sees."""
    return int(comment.state == Comment.State.PUBLISHED)


@require_safe
def comment(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """The permalink: the page on which the comment stands, opened at it."""
    return redirect(queries.permalink(access.comment(key, pk, request.reader)))


@require_safe
def reply(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """The form that answers a comment: a piece in place, or a page of its own."""
    found = access.comment(key, pk, request.reader)
    if not found.discussion.is_open:
        raise NotAllowed(_("This discussion is closed. You can still read it and react."))
    form = composer(found.discussion, request.reader, parent_id=pk, to=found.name)
    return again(
        request,
        "polls/comments/_reply.html",
        {
            "form": form,
            "key": key,
            "answered": found,
            "cancel_url": queries.permalink(found),
        },
        title=found.discussion.title,
        back=found.discussion.url,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Changes one's own comment within the time for it."""
    found = access.own_comment(key, pk, request.reader)
    refusal = None
    seen = _seen(found)
    auto_id = f"id_%s_{pk}_edit"  # several of one's own may be open at once
    if request.method == "POST":
        form = EditForm(request.POST, auto_id=auto_id)
        form.is_valid()
        try:
            body = form.cleaned_data["body"]
            changed = actions.edit_comment(comment=found, reader=request.reader, body=body)
        except Refused as error:
            refusal = error
            put_error(form, error)
        else:
            if not request.htmx:
                return see_other(queries.permalink(changed))
            return in_place(request, changed, _told(changed), counted=_seen(changed) - seen)
    else:
        actions.check_editable(found, request.reader)
        form = EditForm(initial={"body": found.text}, auto_id=auto_id)
    return again(
        request,
        "polls/comments/_edit.html",
        {"form": form, "comment": found, "key": key},
        title=found.discussion.title,
        back=queries.permalink(found),
        refusal=refusal,
        target=f"#reply-{pk}",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Asks once, then erases one's own comment; told so twice, it answers the same."""
    is_told = request.method == "POST"
    found = access.own_comment(key, pk, request.reader, even_deleted=is_told)
    if is_told:
        seen = _seen(found)
        actions.withdraw_comment(comment=found, reader=request.reader)
        if not request.htmx:
            return see_other(f"{found.discussion.url}#comments")
        return in_place(request, found, _("Comment deleted."), counted=-seen)
    return again(
        request,
        "polls/comments/_delete.html",
        {"comment": found, "key": key, "back": queries.permalink(found)},
        title=found.discussion.title,
        back=queries.permalink(found),
    )
