"""Notices of illegal content, from anybody, and what became of them."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from polls.actions.notices import send_notice
from polls.errors import Refused
from polls.forms import NoticeForm
from polls.models import Comment, Notice
from polls.queries import access
from polls.queries.comments import permalink
from polls.queries.decisions import notice_page
from polls.views._answer import again, put_error, see_other

FORM = "polls/notices/_notice.html"


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Takes a notice; its sender is led to the page on which its history can be followed."""
    found = access.comment(key, pk, request.reader)
    refusal = None
    form = NoticeForm(request.POST or None)
    if request.method == "POST":
        try:
            sent = _send(request, found, form)
        except Refused as error:
            refusal = error
            put_error(form, error)
        else:
            return see_other(reverse("polls:notice", args=[sent.key]))
    return again(
        request,
        FORM,
        {"form": form, "comment": found, "key": key, "answered": found},
        title=found.discussion.title,
        back=permalink(found),
        refusal=refusal,
    )


def _send(request: HttpRequest, comment: Comment, form: NoticeForm) -> Notice:
    form.is_valid()
    said = form.cleaned_data
    if not said["good_faith"]:
        raise Refused(_("Confirm this before you send the notice."), field="good_faith")
    return send_notice(
        comment=comment,
        name=said["name"],
        email=said["email"],
        explanation=said["explanation"],
        address=request.client_address,
    )


@require_safe
@never_cache
def state(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What became of a notice. Whoever has the address may look; search engines are kept out."""
    shown = notice_page(access.notice(key))
    response = render(request, "polls/notices/notice.html", {"notice": shown})
    response["X-Robots-Tag"] = "noindex"
    return response
