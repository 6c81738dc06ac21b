"""What a moderator has to tell a reader."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from polls.actions.readers import acknowledge_warning
from polls.views._answer import done, local_path


@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """The reader has read it: it is shown no more. One that came since is shown instead."""
    acknowledge_warning(reader=request.reader, text=request.POST.get("read", ""))
    back = local_path(request.POST.get("next", ""), reverse("polls:me"))
    template = "polls/_warning.html" if request.reader.warning else "polls/_warning_read.html"
    return done(request, template, lambda: {"next": back}, back)
