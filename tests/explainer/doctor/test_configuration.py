"""Settings that do not fit together."""

import ipaddress

import pytest

from explainer.doctor import configuration
from explainer.doctor.findings import Level


def level(check) -> Level:
    (found,) = check()
    assert found.says.endswith(".")
    assert bool(found.do) is (found.level != Level.OK)
    return found.level


@pytest.mark.parametrize(
    ("url", "https", "is_local", "expected"),
    [
        ("http://127.0.0.1:8000", False, True, Level.OK),
        ("https://example.org", True, False, Level.OK),
        ("http://example.org", False, False, Level.BROKEN),
    ],
)
def test_a_public_site_needs_https(settings, url, https, is_local, expected):
    settings.SITE_URL, settings.HTTPS, settings.IS_LOCAL = url, https, is_local
    assert level(configuration.site_url) == expected


@pytest.mark.parametrize(
    ("debug", "is_local", "expected"),
    [
        (False, False, Level.OK),
        (True, True, Level.ATTENTION),
        (True, False, Level.BROKEN),
    ],
)
def test_debug(settings, debug, is_local, expected):
    settings.DEBUG, settings.IS_LOCAL = debug, is_local
    assert level(configuration.debug) == expected


@pytest.mark.parametrize(
    ("hosts", "expected"), [(["example.org"], Level.OK), (["example.org", "*"], Level.BROKEN)]
)
def test_not_every_name_is_its_own(settings, hosts, expected):
    settings.ALLOWED_HOSTS = hosts
    assert level(configuration.allowed_hosts) == expected


@pytest.mark.parametrize(
    ("proxies", "https", "expected"),
    [
        ([], False, Level.OK),
        (["127.0.0.1/32"], True, Level.OK),
        (["10.0.0.0/8", "2001:db8::/32"], True, Level.OK),
        ([], True, Level.BROKEN),
        (["0.0.0.0/0"], True, Level.BROKEN),
        (["127.0.0.1/32", "::/0"], True, Level.BROKEN),
        (["64.0.0.0/3"], False, Level.BROKEN),
    ],
)
def test_proxies_are_few_and_known(settings, proxies, https, expected):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network(one) for one in proxies]
    settings.HTTPS = https
    assert level(configuration.trusted_proxies) == expected


LOCAL = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
REDIS = {"default": {"BACKEND": "explainer.caching.PatientRedisCache"}}


@pytest.mark.parametrize(
    ("engine", "caches", "expected"),
    [
        ("explainer.sqlite", LOCAL, Level.OK),
        ("django.db.backends.postgresql", REDIS, Level.OK),
        ("django.db.backends.postgresql", LOCAL, Level.ATTENTION),
    ],
)
def test_several_hosts_need_one_cache(monkeypatch, settings, engine, caches, expected):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
    settings.CACHES = caches
    assert level(configuration.cache_of_several) == expected


@pytest.mark.parametrize(
    ("engine", "given", "expected"),
    [
        ("explainer.sqlite", False, Level.OK),
        ("django.db.backends.postgresql", True, Level.OK),
        ("django.db.backends.postgresql", False, Level.ATTENTION),
    ],
)
def test_several_hosts_need_one_key(monkeypatch, settings, engine, given, expected):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    if given:
        monkeypatch.setenv("SECRET_KEY", "x" * 50)
    assert level(configuration.secret_key) == expected


@pytest.mark.parametrize(
    ("on", "token", "is_local", "expected"),
    [
        (False, "", False, Level.OK),
        (True, "x" * 20, False, Level.OK),
        (True, "", True, Level.OK),
        (True, "", False, Level.ATTENTION),
    ],
)
def test_what_is_counted_can_be_read(settings, on, token, is_local, expected):
    settings.METRICS, settings.METRICS_TOKEN, settings.IS_LOCAL = on, token, is_local
    assert level(configuration.metrics) == expected
