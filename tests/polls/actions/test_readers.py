"""The first act makes the reader."""

import pytest

from polls.actions.comments import post_comment
from polls.errors import Refused
from polls.models import Reader
from polls.queries.readers import find_reader
from tests.factories import (
    answer,
    make_comment,
    make_reader,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_a_guest_who_signs_in_takes_their_answers_along_at_the_next_act(discussion):
    guest, user = make_reader("Ann"), make_user("ann")
    answer(discussion, guest, "enraged")
    reader = find_reader(guest.key, user)
    answer(discussion, reader, "sad")
    assert Reader.objects.get().user == user


def test_signing_in_and_looking_around_stores_nothing(discussion, nothing_stored):
    guest, user = make_reader("Ann"), make_user("ann")
    with nothing_stored():
        assert find_reader(guest.key, user).pk == guest.pk
    assert Reader.objects.get().user is None


def test_a_signed_in_reader_who_acts_twice_at_once_is_stored_once(discussion):
    """A double click: both requests looked before either had stored the reader."""
    user = make_user("ann")
    first, second = find_reader(None, user), find_reader(None, user)
    assert first.is_new
    assert second.is_new
    answer(discussion, first, "sad")
    answer(discussion, second, "sad")
    assert Reader.objects.get().user == user


def test_an_account_used_in_two_browsers_at_once_stays_one_reader(discussion):
    user = make_user("ann")
    here, there = make_reader("Ann"), make_reader("Ann, on the phone")
    first, second = find_reader(here.key, user), find_reader(there.key, user)
    answer(discussion, first, "sad")
    answer(discussion, second, "happy")
    assert Reader.objects.get(user=user).ballots.get().choice.key == "happy"


def test_a_refused_first_act_leaves_the_reader_unknown(discussion):
    """What is drawn after the refusal must not belong to whoever gets that number next."""
    newcomer = Reader()
    with pytest.raises(Refused):
        post_comment(
            discussion=discussion,
            reader=newcomer,
            body="It is an escape.",
            name="",
            show_reaction=False,
            parent=None,
            address="203.0.113.1",
        )
    assert newcomer.is_new
    assert newcomer.pk is None


def test_the_name_last_used_is_remembered(discussion):
    reader = make_reader("Ann")
    make_comment(discussion, reader)
    assert Reader.objects.get().name == "Ann"
