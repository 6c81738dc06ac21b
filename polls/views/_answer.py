"""One way to answer: a piece for htmx, a page or 303 without JavaScript, a sentence for a no."""

import re
from collections.abc import Callable

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from polls.errors import Refused, TooSoon

SEE_OTHER = 303
# A path as a browser writes it. Dots that lead upwards are read differently by different programs.
LOCAL_PATH = re.compile(r"(?!.*/(?:\.|%2e){1,2}(?:/|$))/(?![/\\])[\x21-\x7e]*", re.IGNORECASE)
# What people type; the rest of a form is pressed or was put there by the page.
TYPED = {"body", "name", "title", "note", "text", "explanation"}


def see_other(url: str) -> HttpResponse:
    """303: look there now. The answer to every plain POST that went well."""
    return HttpResponse(status=SEE_OTHER, headers={"Location": iri_to_uri(url)})


def done(
    request: HttpRequest, template: str, context: Callable[[], dict], url: str
) -> HttpResponse:
    """An act went well: its piece for htmx, else the page it stands on.

    `context` is asked only for the piece: the page looks everything up itself.
    """
    if request.htmx:
        return piece(request, template, context())
    response = see_other(url)
    patch_vary_headers(response, ["HX-Request"])
    return response


def local_path(asked: str, default: str) -> str:
    """A path of this site to return to, or the default for anything that leads elsewhere."""
    is_path = LOCAL_PATH.fullmatch(asked) and url_has_allowed_host_and_scheme(asked, None)
    return asked if is_path else default


def piece(
    request: HttpRequest, template: str, context: dict, *, target: str = "", status: int = 200
) -> HttpResponse:
    """A piece for htmx. `target` says what it replaces when the form cannot know that."""
    response = render(request, template, context, status=status)
    if target:
        response["HX-Retarget"] = target
    patch_vary_headers(response, ["HX-Request"])
    return response


def again(
    request: HttpRequest,
    template: str,
    context: dict,
    *,
    title: str,
    back: str,
    refusal: Refused | None = None,
    target: str = "",
) -> HttpResponse:
    """The same piece once more, to correct or to confirm: alone on a page without JavaScript."""
    status = refusal.status if refusal else 200
    wait = getattr(refusal, "retry_after", None)
    context = {"back": back, "retry_after": wait} | context
    if request.htmx:
        response = piece(request, template, context, target=target, status=status)
    else:
        page = {"piece": template, "title": title, "is_error": bool(refusal)}
        response = render(request, "polls/alone.html", context | page, status=status)
        patch_vary_headers(response, ["HX-Request"])
    return _with_wait(response, refusal)


def put_error(form: Form, refusal: Refused) -> Form:
    """Shows a refusal's sentence at the field it belongs to; typed text stays in the form."""
    form.is_valid()
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.translated(_))
    return form


def refused(request: HttpRequest, refusal: Refused, *, target: str = "") -> HttpResponse:
    """A refusal that no form of a view shows: a box above the piece, or a page of its own.

    `target` says where the box stands when that is not the piece itself.
    """
    context = {
        "status": refusal.status,
        "message": refusal.translated(_),
        "fields": [(name, value) for name, value in request.POST.items() if name in TYPED],
        "back": request.META.get("HTTP_REFERER", "/") if _is_local(request) else "/",
        "retry_after": getattr(refusal, "retry_after", None),
    }
    template = "polls/_problem.html" if request.htmx else "polls/refused.html"
    response = render(request, template, context, status=refusal.status)
    if request.htmx:
        response["HX-Reswap"] = "afterbegin"
        if target:
            response["HX-Retarget"] = target
    return _with_wait(response, refusal)


def _is_local(request: HttpRequest) -> bool:
    referer = request.META.get("HTTP_REFERER", "")
    return referer.startswith(f"{request.scheme}://{request.get_host()}/")


def _with_wait(response: HttpResponse, refusal: Refused | None) -> HttpResponse:
    if isinstance(refusal, TooSoon):
        response["Retry-After"] = str(refusal.retry_after)
    return response
