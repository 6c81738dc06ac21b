"""Not wanting to read somebody."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from polls.actions.mutes import mute_author, unmute_reader
from polls.queries import access
from polls.queries.comments import also_by, permalink
from polls.views._answer import piece, see_other
from polls.views._asked import number

MUTED = "polls/comments/_muted.html"
# So many comments of a page are looked through; what is loaded after them comes folded anyway.
MOST_SHOWN = 2_000


@require_POST
def mute(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Folds away everything the author of a comment writes, for this reader alone.

    `shown` are the comments that the page holds: of the same author, they fold where they stand.
    """
    found = access.comment(key, pk, request.reader)
    mute_author(comment=found, reader=request.reader)
    if not request.htmx:
        return see_other(permalink(found))
    given = request.POST.get("shown", "").split(",")[:MOST_SHOWN]
    shown = {shown for one in given if (shown := number(one))} - {pk}
    others = also_by(found.reader, shown, request.reader)
    return piece(request, MUTED, {"comment": found, "others": others})


@require_POST
def unmute(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows a reader again. `pk` is theirs; somebody who was never muted changes nothing."""
    unmute_reader(reader=request.reader, muted_id=pk)
    return see_other(f"{reverse('polls:me')}#muted")
