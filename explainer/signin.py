"""Signing in: guessing passwords is slowed down before a password is even hashed."""

from collections.abc import Callable
from functools import wraps
from threading import BoundedSemaphore, Lock
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from polls.actions import limits
from polls.errors import TooSoon
from polls.rules.limits import SIGN_INS
from polls.views._answer import local_path

View = Callable[..., HttpResponse]

# Hashing takes a processor for half a second. Of the threads of a process one may do it, and one
# may wait for that: wrong passwords from ever new addresses leave the other threads to the readers.
_room, _hashing = BoundedSemaphore(2), Lock()
RETRY_AFTER = 2  # seconds: two hashes


def throttled(view: View) -> View:
    """Answers 429 to who tried to sign in more often than SIGN_INS allows from one address.

    Every try counts, good or bad: a count of failures would say which password was right. While
    others are at it (`_room`) the answer is 503, and nothing is counted.
    """

    @wraps(view)
    @require_http_methods(["GET", "HEAD", "POST"])  # Django's view takes PUT for POST
    @sensitive_post_parameters()
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        request.GET, request.POST = _at_home(request.GET), _at_home(request.POST)
        if request.method != "POST":
            return view(request, *args, **kwargs)
        if not _room.acquire(blocking=False):
            sentence = _("Many try to sign in at the moment. Please try again in a few seconds.")
            return _refused(request, 503, sentence, RETRY_AFTER)
        try:
            limits.check(SIGN_INS, limits.address_hash(request.client_address))
            with _hashing:
                return view(request, *args, **kwargs)
        except TooSoon as refusal:
            return _refused(request, refusal.status, _too_often(refusal), refusal.retry_after)
        finally:
            _room.release()

    return guarded


def _at_home(asked: QueryDict) -> QueryDict:
    """What was asked for, without a next page that is none of this site."""
    if local_path(asked.get(REDIRECT_FIELD_NAME, "/"), ""):
        return asked
    rest = asked.copy()
    del rest[REDIRECT_FIELD_NAME]
    return rest


def _too_often(refusal: TooSoon) -> str:
    minutes = -(-refusal.retry_after // 60)
    sentence = ngettext(
        "Too many tries to sign in from here. Try again in %(number)d minute.",
        "Too many tries to sign in from here. Try again in %(number)d minutes.",
        minutes,
    )
    return sentence % {"number": minutes}


def _refused(request: HttpRequest, status: int, sentence: str, retry_after: int) -> HttpResponse:
    """Says when to come back. What was typed is not repeated: it holds a password."""
    context = {
        "status": status,
        "message": sentence,
        "fields": [],
        "back": request.path,
        "retry_after": retry_after,
    }
    response = render(request, "polls/refused.html", context, status=status)
    response["Retry-After"] = str(retry_after)
    add_never_cache_headers(response)
    return response


class SignInForm(AuthenticationForm):
    """Name and password, with our words for what is wrong."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": _("That name and password do not match."),
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["username"].error_messages["required"] = _("Enter your name.")
        self.fields["password"].error_messages["required"] = _("Enter your password.")


# Django's view would put the host of the request where the templates expect the publication.
SITE = {"site": {"name": settings.SITE_NAME, "url": settings.SITE_URL}}

login = throttled(LoginView.as_view(authentication_form=SignInForm, extra_context=SITE))
admin_login = throttled(admin.site.login)
