"""What a moderator has to tell a reader."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from polls.actions.readers import acknowledge_warning
from polls.views._answer import done, local_path


@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """The reader has read it: it is shown no more."""
    acknowledge_warning(reader=request.reader)
    back = local_path(request.POST.get("next", ""), reverse("polls:me"))
    return done(request, "polls/_warning_read.html", dict, back)
