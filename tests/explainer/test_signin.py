"""Guessing passwords is slowed down, at both doors, before a password is hashed."""

import pytest
import time_machine
from django.contrib.auth import hashers
from django.http import HttpResponse

from explainer import signin
from polls.rules.limits import SIGN_INS
from tests import factories
from tests.conftest import Browser

DOORS = ("/accounts/login/", "/admin/login/")
WRONG = {"username": "ed", "password": "a wrong password, rather long"}
RIGHT = {"username": "ed", "password": "a long password"}


@pytest.fixture
def eve(ed: Browser) -> Browser:
    """Somebody at a door who is not signed in."""
    return Browser(address="203.0.113.66")


def tries(who: Browser, door: str, how_many: int = SIGN_INS.count) -> HttpResponse:
    for _ in range(how_many):
        response = who.post(door, WRONG)
        assert response.status_code == 200
    return response


@pytest.mark.parametrize("door", DOORS)
def test_after_ten_tries_even_the_right_password_must_wait(
    eve: Browser, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel("2026-11-22T10:00:01Z", tick=False):
        tries(eve, door)

        def hashed(*args: object) -> None:
            raise AssertionError("a password was hashed")

        monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "encode", hashed)
        monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", hashed)
        refused = eve.post(door, RIGHT)

    assert refused.status_code == 429
    assert refused["Retry-After"] == "599"
    assert "Try again in 10 minutes." in refused.content.decode()
    assert "_auth_user_id" not in eve.session


def test_the_two_doors_count_together(eve: Browser) -> None:
    tries(eve, DOORS[0], 5)
    tries(eve, DOORS[1], 5)
    assert eve.post(DOORS[0], RIGHT).status_code == 429
    assert eve.post(DOORS[1], RIGHT).status_code == 429


def test_a_refused_try_repeats_no_password(eve: Browser) -> None:
    tries(eve, DOORS[0])
    page = eve.post(DOORS[0], WRONG).content.decode()
    assert WRONG["password"] not in page
    assert RIGHT["password"] not in page


@pytest.mark.parametrize("door", DOORS)
def test_while_others_are_at_it_nothing_is_hashed_or_counted(
    eve: Browser, door: str, nothing_stored
) -> None:
    with signin._room, signin._room, nothing_stored():
        refused = eve.post(door, RIGHT)
    assert (refused.status_code, refused["Retry-After"]) == (503, "2")
    assert RIGHT["password"] not in refused.content.decode()
    assert "_auth_user_id" not in eve.session
    assert eve.post(door, RIGHT).status_code == 302


def test_somebody_elsewhere_signs_in_meanwhile(eve: Browser) -> None:
    tries(eve, DOORS[0])
    elsewhere = Browser(address="203.0.113.67")
    assert elsewhere.post(DOORS[0], RIGHT).status_code == 302
    assert "_auth_user_id" in elsewhere.session


def test_the_next_window_is_a_new_start(eve: Browser) -> None:
    with time_machine.travel("2026-11-22T10:00:01Z", tick=False) as clock:
        tries(eve, DOORS[0])
        clock.shift(SIGN_INS.seconds)
        assert eve.post(DOORS[0], RIGHT).status_code == 302


@pytest.mark.parametrize("door", DOORS)
def test_looking_at_the_door_is_free(eve: Browser, door: str, nothing_stored) -> None:
    with nothing_stored():
        for _ in range(SIGN_INS.count + 1):
            assert eve.get(door).status_code == 200


def test_the_panel_sends_strangers_to_its_door(eve: Browser) -> None:
    factories.make_article()
    response = eve.get("/admin/explainer/article/")
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")
