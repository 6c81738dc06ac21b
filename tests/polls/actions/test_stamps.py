"""A form says how old it is, and only the site can write that."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import Signer
from time_machine import travel

from polls.actions.stamps import age_of, make_stamp

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def test_a_stamp_knows_its_age():
    with travel(NOON, tick=False) as clock:
        stamp = make_stamp()
        assert age_of(stamp) == 0
        clock.shift(timedelta(seconds=2.5))
        assert age_of(stamp) == 2.5
        clock.shift(timedelta(days=7))
        assert age_of(stamp) is None


def test_a_stamp_of_another_time_can_be_asked_for():
    with travel(NOON, tick=False):
        assert age_of(make_stamp(NOON - timedelta(minutes=1))) == 60
        assert age_of(make_stamp(NOON + timedelta(minutes=1))) is None


def test_everybody_gets_the_same_one():
    with travel(NOON, tick=False):
        assert make_stamp() == make_stamp()


@pytest.mark.parametrize("forged", ["", ":", "1777809600", "1777809600:x", "\ud800", "é:é"])
def test_a_forged_one_has_no_age(forged):
    assert age_of(forged) is None


def test_a_signature_for_something_else_is_no_stamp():
    with travel(NOON, tick=False):
        assert age_of(Signer().sign(str(int(NOON.timestamp())))) is None
