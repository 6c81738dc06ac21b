"""Reporting somebody else's comment."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from polls.actions.reports import report_comment
from polls.errors import NotAllowed, Refused
from polls.forms import ReportForm
from polls.queries import access
from polls.queries.comments import permalink
from polls.views._answer import again, done, put_error

FORM = "polls/reports/_report.html"
REPORTED = "polls/reports/_reported.html"


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Asks what is wrong with a comment, and tells the moderators."""
    found = access.comment(key, pk, request.reader)
    if found.reader_id == request.reader.pk:
        raise NotAllowed(_("This is your own comment. You can delete it."))
    refusal = None
    auto_id = f"id_%s_{pk}_report"  # several may be open at once
    if request.method == "POST":
        form = ReportForm(request.POST, auto_id=auto_id)
        form.is_valid()
        try:
            report_comment(
                comment=found,
                reader=request.reader,
                address=request.client_address,
                **form.cleaned_data,
            )
        except Refused as error:
            refusal = error
            put_error(form, error)
        else:
            return done(request, REPORTED, lambda: {"comment": found}, permalink(found))
    else:
        form = ReportForm(auto_id=auto_id)
    return again(
        request,
        FORM,
        {"form": form, "comment": found, "key": key, "answered": found},
        title=found.discussion.title,
        back=permalink(found),
        refusal=refusal,
        target=f"#reply-{pk}",
    )
