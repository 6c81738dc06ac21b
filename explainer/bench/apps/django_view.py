"""Y: a Django project as `startproject` makes it, with one view that reads a session and a row.

BENCH_DATABASE names its SQLite file. Run as a program it makes the file and prints the name and
value of the session's cookie.
"""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY="of a project that nobody uses, and that is gone in a minute",  # noqa: S106
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["BENCH_DATABASE"],
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL;"},
        }
    },
    USE_TZ=True,
)


def view(request: HttpRequest) -> HttpResponse:
    """Reads the session, and the row whose number stands in it."""
    from django.contrib.auth.models import Group

    return HttpResponse(Group.objects.get(pk=request.session["row"]).name)


urlpatterns = [path("", view)]


def prepare() -> str:
    """Makes the tables, the session and the row; returns the cookie."""
    from django.contrib.auth.models import Group
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    session = SessionStore()
    session["row"] = Group.objects.create(name="readers").pk
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    django.setup()
    print(prepare())
else:
    application = get_wsgi_application()
