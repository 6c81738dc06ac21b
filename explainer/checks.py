"""What Django's own list of checks does not know of: `manage.py check`."""

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

WIDE = {4: 8, 6: 16}  # a network with a shorter prefix is no proxy, it is a part of the internet


def wide_proxies() -> list[str]:
    """The networks of TRUSTED_PROXIES that hold strangers."""
    proxies = settings.TRUSTED_PROXIES
    return [str(network) for network in proxies if network.prefixlen < WIDE[network.version]]


@register
def trusted_proxies(**_given: object) -> list[CheckMessage]:
    """Whether strangers may say which address they come from."""
    wide = ", ".join(wide_proxies())
    if not wide:
        return []
    words = f"TRUSTED_PROXIES: {wide} lets anybody choose their address, so no speed limit holds."
    return [Warning(words, hint="Name the addresses of your proxies only.", id="explainer.W001")]
