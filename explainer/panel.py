"""The panel's own name, the order of its lists, and what waits for somebody in them."""

from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

# What editors and moderators come for, in the order of how often.
APPS = ("explainer", "polls", "auth")
MODELS = (
    *("Article", "Comment", "Appeal", "Notice", "Report", "Topic", "Work", "Reader"),
    *("Discussion", "Question", "Pick", "ListedWord"),
)


def dress(site: admin.AdminSite) -> None:
    """Gives the admin site this publication's name and order."""
    site.site_header = site.site_title = settings.SITE_NAME
    site.index_title = _("Editing and moderating")
    site.get_app_list = app_list


def app_list(request: HttpRequest, app_label: str | None = None) -> list[dict]:
    """Django's list of apps and models, in the order of use, with what waits for somebody."""
    apps = admin.AdminSite.get_app_list(admin.site, request, app_label)
    apps.sort(key=lambda app: _place(app["app_label"], APPS))
    for app in apps:
        app["models"].sort(key=lambda row: _place(row["object_name"], MODELS))
        for row in app["models"]:
            row |= _waiting(row["model"], row["admin_url"])
    return apps


def _place(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)


def _waiting(model: type[Model], url: str) -> dict[str, object]:
    """The filtered list of what waits, and how to count it: only the first page asks."""
    waiting = getattr(admin.site.get_model_admin(model), "waiting", None)
    if not waiting:
        return {}
    rows = model._default_manager.filter(**waiting)
    return {"waiting_url": f"{url}?{urlencode(waiting)}", "waiting": rows.count}
