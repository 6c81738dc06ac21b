"""Good point, Not for me."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from polls.actions.votes import vote_comment
from polls.errors import Refused
from polls.models import Comment
from polls.queries import access, votes
from polls.queries.viewers import viewer_of
from polls.queries.wanted import Wanted, link
from polls.views._answer import done, refused
from polls.views._asked import wanted_here


@require_POST
def vote(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Sets (`vote=good`, `vote=not`) or takes back (`vote=`) this reader's vote on a comment."""
    if "vote" not in request.POST:  # a cut-off form must not pass for a withdrawal
        raise Refused(_("Choose one of the answers shown."))
    found = access.comment(key, pk, request.reader)
    said = request.POST["vote"]
    # Which button was pressed: one that takes a vote back is named after that vote.
    pressed = said or votes.votes_of(request.reader, [pk]).get(pk, "")
    try:
        vote_comment(
            comment=found, reader=request.reader, vote=said, address=request.client_address
        )
    except Refused as refusal:  # below the comment: beside the two buttons there is no room
        return refused(request, refusal, target=f"#reply-{pk}")
    asked = wanted_here(request)
    here = Wanted(order=asked.order, camp=asked.camp, results=asked.results, open=pk)
    return done(
        request,
        "polls/comments/_votes.html",
        lambda: _piece(request, found, asked) | {"pressed": pressed},
        link(found.discussion, here),
    )


def _piece(request: HttpRequest, comment: Comment, asked: Wanted) -> dict:
    comment.refresh_from_db(fields=["good_count"])
    viewer = viewer_of(comment.discussion, request.reader)
    voting = votes.voting_of(
        comment,
        viewer.reader,
        mine=votes.votes_of(viewer.reader, [comment.pk]).get(comment.pk, ""),
        is_open=comment.discussion.is_open,
        is_shown=bool(viewer.reaction) or asked.results,
    )
    return {"voting": voting, "key": comment.discussion.key}
