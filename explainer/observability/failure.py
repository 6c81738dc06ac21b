"""The page of a failure that nobody foresaw."""

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template import loader

from explainer.observability.requests import id_of
from explainer.unavailable import is_away, unavailable


def server_error(request: HttpRequest) -> HttpResponse:
    """Our words and the request's id, for the reader to name. Asks nothing of the database.

    Drawn without the request: context processors would look up who is signed in.
    """
    error = sys.exception()
    if is_away(error):  # where no view was asked: a middleware's own look-up
        return unavailable(request, error)
    page = loader.get_template("500.html").render({"request_id": id_of(request)})
    return HttpResponseServerError(page)
