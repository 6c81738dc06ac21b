"""Editors' picks."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from polls.actions.picks import pick_comment, unpick_comment
from polls.errors import NotAllowed, Refused
from polls.queries import access
from polls.queries.comments import permalink
from polls.views._answer import see_other
from polls.views._talk import in_place


@require_POST
def pick(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Puts a comment forward (`pick=pick`), on top as well (`pin`), or takes that back (``)."""
    if not request.user.has_perm("polls.pick"):
        raise NotAllowed(_("Only editors pick comments."))
    found = access.comment(key, pk, request.reader)
    match request.POST.get("pick"):
        case "":
            unpick_comment(comment=found, actor=request.user)
            told = _("It is no longer picked.")
        case "pick" | "pin" as asked:
            pick_comment(comment=found, actor=request.user, pinned=asked == "pin")
            told = _("Picked and pinned.") if asked == "pin" else _("Picked.")
        case _:
            raise Refused(_("Choose one of the answers shown."))
    return in_place(request, found, told) if request.htmx else see_other(permalink(found))
