"""The poll-and-comments app."""

from typing import Any

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PollsConfig(AppConfig):
    name = "polls"
    verbose_name = _("Readers and what they said")

    def ready(self) -> None:
        post_migrate.connect(_make_roles, dispatch_uid="polls.make_roles")


def _make_roles(sender: AppConfig, using: str, **_more: Any) -> None:
    """Makes the groups of the staff once every app has its permissions: after the last one's turn.

    Django sends the signal for each app with models, in the order of INSTALLED_APPS.
    """
    last = [app for app in apps.get_app_configs() if app.models_module][-1]
    if sender != last or using != DEFAULT_DB_ALIAS:
        return
    from polls.actions.roles import make_roles

    make_roles()
