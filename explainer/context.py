"""What every page knows about the site."""

from django.conf import settings
from django.http import HttpRequest

THEMES = ("auto", "light", "dark")


def site(request: HttpRequest) -> dict[str, object]:
    """The publication's name and address, and the appearance this browser chose."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "auto")
    return {
        "site": {"name": settings.SITE_NAME, "url": settings.SITE_URL},
        "theme": theme if theme in THEMES else "auto",
    }
