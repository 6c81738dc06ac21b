"""Counting acts: exact, per window, and without keeping anybody's address."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from polls.actions import limits
from polls.actions.limits import address_hash
from polls.errors import TooSoon
from polls.models import AddressSalt, LimitCount
from polls.rules.limits import Limit
from tests.factories import is_stored

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
TWICE = Limit("test", 2, 60)


def test_the_nth_passes_and_the_next_does_not():
    with travel(NOON, tick=False):
        limits.check(TWICE, "ann")
        limits.check(TWICE, "ann")
        with pytest.raises(TooSoon) as refusal:
            limits.check(TWICE, "ann")
    assert refusal.value.retry_after == 60


def test_each_person_and_each_limit_is_counted_alone():
    with travel(NOON, tick=False):
        assert limits.count(TWICE, "ann")[0] == 1
        assert limits.count(TWICE, "sam")[0] == 1
        assert limits.count(TWICE._replace(name="other"), "ann")[0] == 1
        assert limits.count(TWICE, "ann")[0] == 2


def test_a_new_window_begins_at_nothing():
    with travel(NOON, tick=False) as clock:
        for _ in range(2):
            limits.check(TWICE, "ann")
        clock.shift(timedelta(seconds=60))
        assert limits.count(TWICE, "ann") == (1, 60)


def test_what_is_over_is_forgotten():
    with travel(NOON, tick=False) as clock:
        limits.count(TWICE, "ann")
        assert limits.forget_expired() == 0
        clock.shift(timedelta(seconds=61))
        limits.count(TWICE, "sam")
        assert limits.forget_expired() == 1
    assert LimitCount.objects.get().key.startswith("test:sam:")


class TestAddresses:
    def test_no_address_is_stored(self):
        hashed = address_hash("203.0.113.77")
        assert not is_stored("203.0.113.77")
        assert "203" not in hashed or len(hashed) == 32

    def test_the_same_address_has_one_hash_a_day(self):
        with travel(NOON, tick=False) as clock:
            today = address_hash("203.0.113.77")
            assert address_hash("203.0.113.77") == today
            assert address_hash("203.0.113.78") != today
            clock.shift(timedelta(days=1))
            assert address_hash("203.0.113.77") != today

    def test_ipv6_is_cut_to_the_network_of_a_household(self):
        assert address_hash("2001:db8:1:2::1") == address_hash("2001:db8:1:2:ffff::9")
        assert address_hash("2001:db8:1:2::1") != address_hash("2001:db8:1:3::1")

    def test_ipv4_in_ipv6_is_the_ipv4(self):
        assert address_hash("::ffff:203.0.113.77") == address_hash("203.0.113.77")

    @pytest.mark.parametrize("address", ["", "unix:", "not an address", "203.0.113.77, 10.0.0.1"])
    def test_what_is_no_address_shares_one_hash(self, address):
        assert address_hash(address) == address_hash("nonsense")

    def test_a_salt_is_gone_after_forty_eight_hours(self):
        with travel(NOON, tick=False) as clock:
            address_hash("203.0.113.77")
            clock.shift(timedelta(days=1))
            limits.forget_expired()
            assert AddressSalt.objects.count() == 1
            clock.shift(timedelta(days=1))
            limits.forget_expired()
            assert AddressSalt.objects.count() == 0
