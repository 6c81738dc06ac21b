"""A session of an account: begun anew at the door, and over when its owner says so."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from tests.conftest import Browser

pytestmark = pytest.mark.django_db
DOORS = ("/accounts/login/", "/admin/login/")
PASSWORD = "a long password"
PANEL = "/admin/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def session_of(browser: Browser) -> str:
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def signed_in(door: str = DOORS[0], **cookies: str) -> Browser:
    """Somebody at a browser of their own who has typed Ed's name and password."""
    browser = Browser()
    for name, value in cookies.items():
        browser.cookies[name] = value
    assert browser.post(door, {"username": "ed", "password": PASSWORD}).status_code == 302
    return browser


@pytest.mark.parametrize("door", DOORS)
def test_a_session_that_somebody_planted_is_not_the_one_that_is_signed_in(ed, mo, door):
    planted = SessionStore()
    planted.create()
    for key in (planted.session_key, session_of(mo), "x" * 32):
        browser = signed_in(door, **{settings.SESSION_COOKIE_NAME: key})
        assert session_of(browser) != key


def test_signing_out_ends_it_for_whoever_has_copied_it(ed):
    browser, thief = signed_in(), Browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = session_of(browser)
    assert thief.get(PANEL).status_code == 200
    browser.post("/accounts/logout/")
    assert thief.get(PANEL).status_code == 302
    assert not Session.objects.filter(pk=session_of(thief)).exists()


def test_a_new_password_ends_every_other_session(ed):
    here, elsewhere = signed_in(), signed_in()
    typed = {"old_password": PASSWORD, "new_password1": "another long one 7"}
    typed["new_password2"] = typed["new_password1"]
    assert here.post("/admin/password_change/", typed).status_code == 302
    assert here.get(PANEL).status_code == 200
    assert elsewhere.get(PANEL).status_code == 302


def test_an_account_that_is_switched_off_is_out_at_once(ed):
    browser = signed_in()
    get_user_model().objects.filter(username="ed").update(is_active=False)
    assert browser.get(PANEL).status_code == 302


@pytest.mark.parametrize("door", DOORS)
def test_the_door_does_not_tell_whether_an_account_exists(ed, door):
    said = []
    for name in ("ed", "no"):
        response = Browser().post(door, {"username": name, "password": "wrong"})
        body = response.content.decode().replace(f'value="{name}"', "")
        said.append((response.status_code, TOKEN.sub("", body)))
    assert said[0] == said[1]


def test_no_password_can_be_guessed_from_a_list_or_the_name(ed):
    browser = signed_in()
    for bad in ("password", "12345678", "short", "ed@example.org"):
        typed = {"old_password": PASSWORD, "new_password1": bad, "new_password2": bad}
        assert browser.post("/admin/password_change/", typed).status_code == 200, bad
    assert get_user_model().objects.get(username="ed").check_password(PASSWORD)
