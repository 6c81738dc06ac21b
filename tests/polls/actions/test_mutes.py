"""A reader mutes another, for themselves."""

import pytest

from polls.actions.mutes import mute_author, unmute_reader
from polls.errors import Refused
from polls.models import Mute, Reader
from tests.factories import make_comment, make_reader

pytestmark = pytest.mark.django_db


def test_muting_twice_is_muting_once(comment, nothing_stored):
    reader = make_reader()
    mute = mute_author(comment=comment, reader=reader)
    assert (mute.reader, mute.muted) == (reader, comment.reader)
    with nothing_stored():
        mute_author(comment=comment, reader=reader)


def test_a_first_act_may_be_to_mute(comment):
    reader = Reader()
    mute_author(comment=comment, reader=reader)
    assert Mute.objects.get().reader == reader


def test_it_is_taken_back_for_one_alone(discussion, comment):
    reader, other = make_reader(), make_comment(discussion)
    for said in (comment, other):
        mute_author(comment=said, reader=reader)
    mute_author(comment=comment, reader=other.reader)
    unmute_reader(reader=reader, muted_id=comment.reader_id)
    left = set(Mute.objects.values_list("reader", "muted"))
    assert left == {(reader.pk, other.reader_id), (other.reader_id, comment.reader_id)}


def test_nobody_mutes_themselves(comment, nothing_stored):
    with nothing_stored(), pytest.raises(Refused, match="your own"):
        mute_author(comment=comment, reader=comment.reader)


def test_who_never_acted_has_muted_nobody(comment, nothing_stored):
    with nothing_stored():
        unmute_reader(reader=Reader(), muted_id=comment.reader_id)
