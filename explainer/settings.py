"""Every setting comes from the environment; a value that makes no sense is refused at the start.

The README's table lists each variable; `tests/explainer/test_settings.py` keeps the two in step.
"""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import validate

from explainer.environment import (
    BASE_DIR,
    VAR_DIR,
    allowed_hosts,
    cache,
    database,
    env,
    metrics,
    metrics_token,
    secret_key,
    secret_key_fallbacks,
    site_name,
    site_url,
    static_root,
    time_zone,
    trusted_proxies,
)

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = secret_key_fallbacks()
SITE_URL = site_url()
SITE_NAME = site_name()
TRUSTED_PROXIES = trusted_proxies()
LANGUAGES = [("en", _("English"))]
LANGUAGE_CODE = env.str(
    "LANGUAGE_CODE", "en", validate=validate.OneOf([key for key, _n in LANGUAGES])
)
TIME_ZONE = time_zone()
LOG_LEVEL = env.str(
    "LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])
)
# Programs get a line for each request, people only for what went wrong.
LOG_FORMAT = env.str("LOG_FORMAT", "line", validate=validate.OneOf(["line", "json"]))
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", 200, validate=validate.Range(min=1))
METRICS = metrics()
METRICS_TOKEN = metrics_token()
# Whether everybody may read the log of moderation, without names, at /moderation/log/.
MODERATION_LOG_PUBLIC = env.bool("MODERATION_LOG_PUBLIC", False)

_site = urlsplit(SITE_URL)
HTTPS = _site.scheme == "https"
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [_site.hostname, *allowed_hosts()]
IS_LOCAL = f"[{_site.hostname}]" in LOOPBACK or _site.hostname in LOOPBACK
if IS_LOCAL:
    ALLOWED_HOSTS += LOOPBACK
elif DEBUG:
    raise ImproperlyConfigured(
        "DEBUG would show code and settings to readers of SITE_URL: unset it."
    )

DATABASES = {"default": database()}
CACHES = {"default": cache()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "explainer",
    "polls",
    "crispy_forms",
    "csp",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # First those that only add headers, so that also what the next ones refuse has them.
    "explainer.middleware.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "explainer.observability.middleware.ObservingMiddleware",
    "explainer.middleware.ForwardedMiddleware",
    "explainer.middleware.CookieMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "explainer.stored.PublicMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "explainer.middleware.BodyMiddleware",
    "explainer.unavailable.DatabaseAwayMiddleware",
    "polls.middleware.SameOriginMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "polls.middleware.ReaderMiddleware",
    "explainer.middleware.AdvisoryMiddleware",
]

ROOT_URLCONF = "explainer.urls"
WSGI_APPLICATION = "explainer.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "explainer.template_loaders.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "explainer.context.site",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["plain"]
CRISPY_TEMPLATE_PACK = "plain"
CRISPY_FAIL_SILENTLY = False

USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = static_root(VAR_DIR)
WHITENOISE_ALLOW_ALL_ORIGINS = False  # they are for our own pages
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is uploaded
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "explainer.static_files.OpenStorage"
    },
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

# --- what a browser is told on every response ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Behind a proxy that ends TLS; ForwardedMiddleware removes the header when anybody else sends it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
# Asked by machines beside the site, which come past the proxy that ends TLS.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000, validate=validate.Range(min=0))
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SILENCED_SYSTEM_CHECKS = [
    "security.W003",  # polls.middleware.SameOriginMiddleware asks for Django's token when it must
    "security.W005",  # other hosts are not ours to decide
    "security.W021",
]

# --- cookies: none on looking; the prefix makes a browser refuse them from other hosts ---
_prefix = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_prefix}sessionid"
CSRF_COOKIE_NAME = f"{_prefix}csrftoken"
READER_COOKIE_NAME = f"{_prefix}reader"
ORDER_COOKIE_NAME = f"{_prefix}order"
THEME_COOKIE_NAME = f"{_prefix}theme"
PASSED_COOKIE_NAME = f"{_prefix}passed"
THEMES_COOKIE_NAME = f"{_prefix}themes"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
# Only staff get any; a cookie of Django's for them would have no prefix.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "polls.views.readers.resend"
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False

# The longest form is an article in the admin; reader posts are held to 64 KiB by polls.middleware.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "explainer.observability.logs.LineFormatter"},
        "json": {"()": "explainer.observability.logs.JsonFormatter"},
    },
    "filters": {"discreet": {"()": "explainer.observability.logs.Discreet"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["discreet"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": LOG_LEVEL},
        # It says only what explainer.requests says, too; failures come with their trace.
        "django.request": {"level": "ERROR"},
        "explainer.requests": {"level": "INFO" if LOG_FORMAT == "json" else "ERROR"},
    },
}
