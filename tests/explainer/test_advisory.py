"""What a browser remembers of the advisories it has passed."""

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from explainer import advisory
from explainer.models import Article


def article(slug="netorare", *themes):
    return Article(slug=slug, advisory="\n".join(themes or ("Infidelity", "Humiliation")))


def passing(found, *, themes=False, cookies=None):
    """The cookies of a browser after it has passed an article's advisory."""
    request, response = RequestFactory().post("/"), HttpResponse()
    request.COOKIES = dict(cookies or {})
    advisory.remember(request, response, found, themes=themes)
    return request.COOKIES | {name: morsel.value for name, morsel in response.cookies.items()}


def has_passed(found, cookies):
    request = RequestFactory().get("/")
    request.COOKIES = cookies
    return advisory.has_passed(request, found)


def test_an_article_without_themes_asks_nothing():
    assert has_passed(Article(slug="isekai", advisory=" \n\n"), {})


def test_nobody_has_passed_before_they_did():
    assert not has_passed(article(), {})


def test_passing_one_article_passes_no_other():
    cookies = passing(article())
    assert has_passed(article(), cookies)
    assert not has_passed(article("another"), cookies)


def test_remembered_themes_pass_every_article_that_has_no_others():
    cookies = passing(article(), themes=True)
    assert has_passed(article("another", "Humiliation"), cookies)
    assert not has_passed(article("another", "Humiliation", "Suicide"), cookies)


def test_themes_are_the_same_however_they_are_spelled_out():
    cookies = passing(article("one", "Infidelity"), themes=True)
    assert has_passed(article("another", " infidelity "), cookies)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("残酷", "暴力"),
        ("Жестокость", "Насилие"),
        ("C", "C++"),
        ("A long theme " * 6 + "of death", "A long theme " * 6 + "of birth"),
    ],
)
def test_two_themes_are_two_in_every_script_and_at_every_length(one, other):
    cookies = passing(article("one", one), themes=True)
    assert has_passed(article("another", one), cookies)
    assert not has_passed(article("another", other), cookies)


@pytest.mark.parametrize("number", [61, 200])
def test_however_many_were_passed_the_latest_is(number):
    cookies = {}
    for n in reversed(range(number)):
        found = article(f"{n:04}-{'x' * 70}", f"Theme {n} " + "y" * 60)
        cookies = passing(found, themes=n % 2 == 0, cookies=cookies)
        assert has_passed(found, cookies)
    for name in (settings.PASSED_COOKIE_NAME, settings.THEMES_COOKIE_NAME):
        assert len(cookies[name]) < 4000, "a browser keeps no longer cookie"


@pytest.mark.parametrize("value", ["", ".", "..", "x" * 10_000, "." * 10_000, "é.ü", "net orare"])
def test_no_cookie_breaks_it(value):
    cookies = {settings.PASSED_COOKIE_NAME: value, settings.THEMES_COOKIE_NAME: value}
    assert not has_passed(article(), cookies)
    assert has_passed(article(), passing(article(), themes=True, cookies=cookies))


def test_who_passes_once_is_asked_again_in_another_browser_session():
    response = HttpResponse()
    advisory.remember(RequestFactory().post("/"), response, article(), themes=False)
    assert response.cookies[settings.PASSED_COOKIE_NAME]["max-age"] == ""
    assert settings.THEMES_COOKIE_NAME not in response.cookies


def test_the_themes_cookie_says_nothing_to_scripts_and_lasts_thirteen_months_at_most():
    response = HttpResponse()
    advisory.remember(RequestFactory().post("/"), response, article(), themes=True)
    cookie = response.cookies[settings.THEMES_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] <= 396 * 24 * 3600
