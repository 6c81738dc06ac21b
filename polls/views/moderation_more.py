"""What a moderator may do beyond one comment: to its reader, and to its discussion."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from polls import forms_moderation as forms
from polls.actions import discussions, sanctions
from polls.errors import Refused
from polls.models import Discussion, Reader
from polls.queries import access, log, records
from polls.views._answer import again, put_error, see_other
from polls.views._staff import moderators
from polls.views._where import Where


class Act(NamedTuple):
    """One act: what its form asks goes to `run` by name."""

    form: type[Form]
    run: Callable[..., object]


OF_READERS = {
    "warn": Act(forms.WarnForm, sanctions.warn_reader),
    "suspend": Act(forms.SuspendForm, sanctions.suspend_reader),
    "lift": Act(forms.NothingForm, sanctions.lift_suspension),
    "read_first": Act(forms.NothingForm, partial(sanctions.set_read_first, on=True)),
    "trust": Act(forms.NothingForm, partial(sanctions.set_read_first, on=False)),
    "block": Act(forms.BlockForm, sanctions.block_reader),
    "unblock": Act(forms.NothingForm, sanctions.unblock_reader),
}
OF_DISCUSSIONS = {
    "state": Act(forms.StateForm, discussions.set_discussion_state),
    "slow": Act(forms.SlowForm, discussions.set_slow_mode),
    "close_after": Act(forms.CloseForm, discussions.close_after),
}


@moderators
@require_http_methods(["GET", "HEAD", "POST"])
def reader(request: HttpRequest, pk: int) -> HttpResponse:
    """A reader's record, and what may be done to them; in place below a case, or alone."""
    row = access.any_reader(pk)
    made, refusal = _unbound(OF_READERS, pk), None
    if request.method == "POST":
        done, refusal = _perform(request, OF_READERS, made, reader=row)
        if done and not request.htmx:
            return see_other(_done_url(request))
        row = access.any_reader(pk)
    context = {
        "kind": "reader",
        "key": "r",
        "row": row,
        "forms": made,
        "is_suspended": bool(row.suspended_until and row.suspended_until > timezone.now()),
        "record": records.record_of(row),
        "lines": log.of_reader(row),
        "said": _is_done(request, refusal),
    }
    return _again(request, "polls/moderation/_reader.html", context, refusal)


@moderators
@require_http_methods(["GET", "HEAD", "POST"])
def discussion(request: HttpRequest, pk: int) -> HttpResponse:
    """What may be done to a discussion as a whole; in place below a case, or alone."""
    row = access.any_discussion(pk)
    made, refusal = _unbound(OF_DISCUSSIONS, pk), None
    _fill(made, row)
    if request.method == "POST":
        done, refusal = _perform(request, OF_DISCUSSIONS, made, discussion=row)
        if done and not request.htmx:
            return see_other(_done_url(request))
        if done:
            made = _unbound(OF_DISCUSSIONS, pk)
            _fill(made, access.any_discussion(pk))
    context = {
        "kind": "discussion",
        "key": "d",
        "row": access.any_discussion(pk),
        "forms": made,
        "lines": log.of_discussion(row),
        "said": _is_done(request, refusal),
    }
    return _again(request, "polls/moderation/_discussion.html", context, refusal)


def _fill(made: dict[str, Form], row: Discussion) -> None:
    """Shows what stands now."""
    made["state"].initial["state"] = row.state
    made["slow"].initial["seconds"] = row.slow_seconds
    made["close_after"].initial["days"] = row.close_after_days


def _unbound(acts: dict[str, Act], pk: int) -> dict[str, Form]:
    return {do: act.form(auto_id=f"id_{do}_%s_{pk}") for do, act in acts.items()}


def _perform(
    request: HttpRequest, acts: dict[str, Act], made: dict[str, Form], **on: Reader | Discussion
) -> tuple[bool, Refused | None]:
    """Does what was pressed; puts the form with its problem among those `made` otherwise."""
    do = request.POST.get("do", "")
    if do not in acts:
        raise Refused(_("There is no such act."))
    form = made[do] = acts[do].form(request.POST, auto_id=made[do].auto_id)
    if not form.is_valid():
        return False, Refused(_("Something is missing."))
    try:
        acts[do].run(**on, actor=request.user, **form.cleaned_data)
    except Refused as refusal:
        put_error(form, refusal)
        return False, refusal
    made[do] = acts[do].form(auto_id=form.auto_id)
    return True, None


def _is_done(request: HttpRequest, refusal: Refused | None) -> bool:
    """Whether something was done a moment ago: by this post, or by the one that led here."""
    return "done" in request.GET if request.method != "POST" else refusal is None


def _done_url(request: HttpRequest) -> str:
    query = Where.asked(request.GET).query
    return f"{request.path}{query}{'&' if query else '?'}done=1"


def _again(
    request: HttpRequest, template: str, context: dict, refusal: Refused | None
) -> HttpResponse:
    where = Where.asked(request.GET)
    context |= {"act_url": f"{request.path}{where.query}"}
    return again(request, template, context, title=_("Queue"), back=where.link(), refusal=refusal)
