"""What the server itself says no with: one plain sentence, before Django has seen the request."""

from collections import Counter

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from explainer.middleware import HeadersMiddleware
from explainer.serving.bridge import Answer

SENTENCES = {
    400: _("This is no request that the server understands, so nothing was done."),
    405: _("The server does not take this method, so nothing was done."),
    408: _("The request took too long to arrive, so nothing was done."),
    413: _("What was sent is too long, so nothing was done."),
    414: _("The address is too long, so nothing was done."),
    431: _("The head of the request is too long, so nothing was done."),
    500: _("Something went wrong here. It has been noted."),
    503: _("Too many are asking at this moment, so nothing was done. Please try again."),
}
HEADERS = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", HeadersMiddleware.POLICY.encode()),
]
RETRY_AFTER = 1  # seconds
ALLOW = b"GET, HEAD, POST, OPTIONS"

_made: Counter[str] = Counter()


def stats() -> dict[str, int]:
    """How often each status was given by this process."""
    return dict(_made)


def refusal(status: int) -> Answer:
    """The whole answer of a status above, counted as given."""
    _made[str(status)] += 1
    body = f"{SENTENCES[status]}\n".encode()
    headers = [*HEADERS, (b"content-length", str(len(body)).encode())]
    if settings.HTTPS and settings.SECURE_HSTS_SECONDS:
        insists = f"max-age={settings.SECURE_HSTS_SECONDS}".encode()
        headers.append((b"strict-transport-security", insists))
    if status == 405:
        headers.append((b"allow", ALLOW))
    if status == 503:
        headers.append((b"retry-after", str(RETRY_AFTER).encode()))
    return Answer(status, headers, body)
