"""Where the ready-made pages come from: Django, asked by nobody in particular."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import close_old_connections

from explainer import stored
from explainer.serving.bridge import Answer, Application, environ_of, whole


class Source:
    """The version of a page, and the page as a stranger without a cookie gets it.

    Nothing of a request goes in but the key, so nothing of one reader can reach another.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self.site = urlsplit(settings.SITE_URL)

    def version(self, key: stored.Key) -> str | None:
        """As `stored.version`; outside a request nobody else looks after the connection."""
        close_old_connections()
        try:
            return stored.version(key)
        finally:
            close_old_connections()

    def draw(self, key: stored.Key) -> Answer:
        """The answer of the application, whatever its status."""
        scope = {
            "method": "GET",
            "http_version": "1.1",
            "scheme": self.site.scheme,
            "raw_path": key.path.encode(),
            "query_string": key.query.encode(),
            "client": ("127.0.0.1", 0),
            "headers": [(b"host", self.site.netloc.encode())],
        }
        return whole(self.application, environ_of(scope))
