"""Not wanting to read somebody."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from polls.actions.mutes import mute_author, unmute_reader
from polls.queries import access
from polls.views._answer import see_other
from polls.views._talk import drawn_again


@require_POST
def mute(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Folds away everything the author of a comment writes, for this reader alone."""
    found = access.comment(key, pk, request.reader)
    mute_author(comment=found, reader=request.reader)
    said = _("You will not be shown what %s writes. “My answers” has the way back.") % found.name
    return drawn_again(request, found, said)


@require_POST
def unmute(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows a reader again. `pk` is theirs; somebody who was never muted changes nothing."""
    unmute_reader(reader=request.reader, muted_id=pk)
    return see_other(f"{reverse('polls:me')}#muted")
