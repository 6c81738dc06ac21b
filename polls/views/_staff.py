"""Pages for who holds a permission: everybody else is sent to sign in, or told no."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]


def allowed(*permissions: str) -> Callable[[View], View]:
    """Lets a view be seen by who has at least one of these permissions."""

    def guard(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            refusal = check(request, *permissions)
            return refusal or view(request, *args, **kwargs)

        return guarded

    return guard


def check(request: HttpRequest, *permissions: str) -> HttpResponse | None:
    """Sends whoever has not signed in to do so; raises PermissionDenied for everybody else."""
    if not request.user.is_authenticated:
        return _to_sign_in(request)
    if not any(request.user.has_perm(permission) for permission in permissions):
        raise PermissionDenied
    return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """After signing in, back to a page: what was posted is gone by then."""
    page = request.get_full_path() if request.method in {"GET", "HEAD"} else "/moderation/"
    response = redirect_to_login(page, settings.LOGIN_URL)
    if request.htmx:  # a whole page has no place in a piece
        return HttpResponse(headers={"HX-Redirect": response["Location"]})
    return response


moderators = allowed("polls.moderate")
# Editors too: whether a difference between camps has a good reason is theirs to ask.
analysts = allowed("polls.analyse", "polls.moderate", "polls.pick")
