"""Naming a favourite."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from polls.actions.works import NamedAnother, name_favourite, withdraw_favourite
from polls.errors import Closed, Refused
from polls.forms import FavouriteForm
from polls.models import Discussion, Reader
from polls.queries import access, works
from polls.views._answer import again, done, put_error

PIECE = "polls/works/_favourite.html"


def favourite_for(
    discussion: Discussion, reader: Reader, form: FavouriteForm | None = None
) -> works.FavouriteCard:
    """The panel with its form."""
    card = works.favourite(discussion, reader)
    card.form = form or FavouriteForm()
    return card


@require_POST
def favourite(request: HttpRequest, key: str) -> HttpResponse:
    """Counts this reader for a work; `replace` when they named another before."""
    discussion = access.discussion(key)
    if "withdraw" in request.POST:
        withdraw_favourite(discussion=discussion, reader=request.reader)
        return _named(request, discussion)
    form = FavouriteForm(request.POST)
    form.is_valid()
    try:
        name_favourite(
            discussion=discussion,
            reader=request.reader,
            title=form.cleaned_data["title"],
            replace="replace" in request.POST,
            address=request.client_address,
        )
    except Closed:
        raise  # the panel then has no field: the page of the refusal keeps the title
    except Refused as refusal:
        if not isinstance(refusal, NamedAnother):
            put_error(form, refusal)
        card = favourite_for(discussion, request.reader, form)
        if isinstance(refusal, NamedAnother):
            card.replacing = refusal.title
            card.notice = refusal.translated(_)
        return again(
            request,
            PIECE,
            {"favourite": card},
            title=discussion.title,
            back=discussion.url,
            refusal=refusal,
        )
    return _named(request, discussion)


def _named(request: HttpRequest, discussion: Discussion) -> HttpResponse:
    def context() -> dict:
        card = favourite_for(discussion, request.reader)
        card.notice = said(card)
        return {"favourite": card}

    return done(request, PIECE, context, f"{discussion.url}#favourite")


def said(card: works.FavouriteCard) -> str:
    """What is said after a work was named or withdrawn."""
    if card.mine is None:
        return _("Your favourite is withdrawn.")
    if card.mine_count < 1:
        return _("Added. You are the first to name it.")
    said = ngettext(
        "Added. %s other reader named it too.",
        "Added. %s other readers named it too.",
        card.mine_count,
    )
    return said % card.mine_count


@require_safe
def known(request: HttpRequest, key: str) -> HttpResponse:
    """Titles to offer while somebody types."""
    access.discussion(key)
    title = request.GET.get("title", "")[:120]
    return render(request, "polls/works/_known.html", {"known": works.like(title), "key": key})
