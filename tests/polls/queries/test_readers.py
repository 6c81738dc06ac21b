"""Who is asking."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from polls.models import Reader
from polls.queries.readers import find_reader, me
from tests.factories import answer, make_reader, make_user

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def test_without_a_cookie_somebody_new(db):
    reader = find_reader(None, NOBODY)
    assert reader.is_new
    assert me(reader).is_empty


def test_a_cookie_brings_its_reader(db):
    ann = make_reader("Ann")
    assert find_reader(ann.key, NOBODY) == ann


def test_a_cookie_of_nobody_brings_somebody_new(db):
    assert find_reader(uuid.uuid4(), NOBODY).is_new


def test_an_account_brings_its_own_reader_whatever_the_cookie_says(db):
    user = make_user("ann")
    own, other = make_reader("Ann", user=user), make_reader("Sam")
    assert find_reader(other.key, user) == own
    assert find_reader(None, user) == own


def test_a_cookie_whose_reader_has_an_account_is_nobodys_when_signed_out(db):
    ann = make_reader("Ann", user=make_user("ann"))
    assert find_reader(ann.key, NOBODY).is_new


def test_a_cookie_of_another_account_is_not_taken_along(db):
    ann = make_reader("Ann", user=make_user("ann"))
    sam = find_reader(ann.key, make_user("sam"))
    assert sam.is_new
    assert sam.user.username == "sam"


def test_one_query_for_a_guest(db, django_assert_num_queries):
    ann = make_reader("Ann")
    with django_assert_num_queries(1):
        find_reader(ann.key, NOBODY)
    with django_assert_num_queries(0):
        find_reader(None, NOBODY)


def test_ones_own_page_has_ones_own_answers_only(discussion):
    ann, sam = make_reader("Ann"), make_reader("Sam")
    answer(discussion, ann, "sad")
    answer(discussion, sam, "happy")
    assert [answer.label for answer in me(ann).answers] == ["How does isekai leave you? Sad"]
    assert me(Reader()).is_empty
