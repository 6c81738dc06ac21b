"""An address does what it says and takes what it says: no other method, no other kind of body."""

import pytest

from tests.conftest import Browser
from tests.journeys.everywhere import panel, paths

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
OTHERS = ("PUT", "DELETE", "TRACE", "MADEUP")
BODIES = {
    "application/json": '{"answer": "happy", "body": "A body.", "theme": "dark"}',
    "application/xml": "<answer>happy</answer>",
    "text/plain": "answer=happy&body=A body.&theme=dark",
    "application/x-www-form-urlencoded; charset=utf-7": "answer=happy",
    "": "answer=happy&body=A body.",
}


def as_sent(browser: Browser, method: str, path: str, **more: object):
    """A request with a method of any name, from the site's own page."""
    return browser.generic(method, path, headers={"Sec-Fetch-Site": "same-origin"}, **more)


def test_other_methods_do_nothing_anywhere(everybody, discussion, nothing_stored):
    places = paths(everybody, discussion)
    wrong = []
    with nothing_stored():
        for method in OTHERS:
            for path in places:
                for who in ("anonymous", "reader", "moderator"):
                    response = as_sent(everybody[who], method, path)
                    if response.status_code not in {302, 404, 405}:
                        wrong.append(f"{method} {path} {who} {response.status_code}")
                    if response.status_code == 405 and not response.get("Allow"):
                        wrong.append(f"{method} {path} {who} says not what is allowed")
    assert wrong == []


def test_other_methods_do_nothing_in_the_panel(everybody, nothing_stored):
    with nothing_stored():
        for method in OTHERS:
            for path in panel():
                response = as_sent(everybody["admin"], method, path)
                assert response.status_code < 500, (method, path)


def test_a_method_hidden_in_a_post_is_no_method(everybody, nothing_stored):
    typed = {"_method": "DELETE", "_METHOD": "PUT"}
    said = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "PUT"}
    with nothing_stored():
        response = everybody["reader"].post(f"{PAGE}results/", typed, headers=said)
    assert response.status_code == 405


@pytest.mark.parametrize("kind", BODIES)
def test_no_address_takes_another_kind_of_body(everybody, discussion, kind, nothing_stored):
    places = paths(everybody, discussion)
    wrong = []
    with nothing_stored():
        for path in places:
            for who in ("anonymous", "reader", "moderator", "admin"):
                response = as_sent(
                    everybody[who], "POST", path, data=BODIES[kind], content_type=kind
                )
                if response.status_code != 415:
                    wrong.append(f"{path} {who} {response.status_code}")
    assert wrong == []


def test_what_is_in_the_address_is_no_form(everybody, discussion, nothing_stored):
    """A link, an image, a prefetch: nothing that a look sends is an act."""
    query = "?answer=happy&body=A+body.&theme=dark&vote=good&title=What+is+a+heist&do=hide"
    places = paths(everybody, discussion)
    with nothing_stored():
        for path in places:
            for who in ("reader", "moderator", "admin"):
                for method in ("GET", "HEAD", "OPTIONS"):
                    response = as_sent(everybody[who], method, path + query)
                    assert response.status_code < 500 or path == "/readyz"
