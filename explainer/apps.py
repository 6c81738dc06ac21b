"""The article app and the site around it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExplainerConfig(AppConfig):
    name = "explainer"
    verbose_name = _("Articles")

    def ready(self) -> None:
        from explainer import checks  # noqa: F401 - they register themselves
