"""Counting acts: exact, per window, and without keeping anybody's address."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from time_machine import travel

from polls.actions import limits
from polls.actions.limits import address_hash, forget_sources, source_hash
from polls.actions.votes import vote_comment
from polls.errors import TooSoon
from polls.models import AddressSalt, Ballot, CommentVote, LimitCount
from polls.rules.limits import Limit
from tests.factories import answer, is_stored, make_comment, make_reader

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
        assert limits.count(TWICE, "ann") == (1, 60, False)


def test_what_is_over_is_forgotten():
    with travel(NOON, tick=False) as clock:
        limits.count(TWICE, "ann")
        assert limits.forget_expired() == 0
        clock.shift(timedelta(seconds=61))
        limits.count(TWICE, "sam")
        assert limits.forget_expired() == 1
    assert LimitCount.objects.get().key.startswith("test:sam:")


def test_several_are_counted_at_once_each_for_itself():
    with travel(NOON, tick=False):
        limits.count(TWICE, "sam")
        ann, sam = limits.count_all((TWICE, "ann"), (TWICE, "sam"))
        assert (ann.number, sam.number) == (1, 2)
        limits.check_all((TWICE, "ann"))
        with pytest.raises(TooSoon):
            limits.check_all((TWICE._replace(name="other"), "ann"), (TWICE, "sam"))


class TestSources:
    def test_neighbours_share_one(self):
        assert source_hash("203.0.113.7") == source_hash("203.0.113.200")
        assert source_hash("203.0.113.7") != source_hash("203.0.114.7")
        assert source_hash("2001:db8:1:2::1") == source_hash("2001:db8:1:ffff::1")
        assert source_hash("2001:db8:1::1") != source_hash("2001:db8:2::1")
        assert source_hash("") == source_hash("nonsense")

    def test_it_is_no_hash_of_an_address_and_of_one_day_only(self):
        with travel(NOON, tick=False) as clock:
            today = source_hash("203.0.113.0")
            assert len(today) == 32
            assert today != address_hash("203.0.113.0")
            clock.shift(timedelta(days=1))
            assert source_hash("203.0.113.0") != today

    def test_it_is_kept_with_what_was_pressed_and_forgotten_after_two_days(self, discussion):
        with travel(NOON, tick=False) as clock:
            answer(discussion, make_reader("Ann"), "sad", address="203.0.113.7")
            comment = make_comment(discussion)
            sams = {"comment": comment, "reader": make_reader("Sam"), "vote": "good"}
            vote_comment(**sams, address="203.0.113.9")
            here = source_hash("203.0.113.1")
            assert Ballot.objects.get().source == CommentVote.objects.get().source == here
            clock.shift(timedelta(hours=47))
            assert forget_sources() == 0
            clock.shift(timedelta(hours=2))
            assert forget_sources() == 2
            assert forget_sources() == 0
        assert Ballot.objects.get().source == CommentVote.objects.get().source == ""
        assert Ballot.objects.get().choice.key == "sad"


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

    @pytest.mark.django_db(transaction=True)
    def test_todays_salt_is_kept_in_the_process(self, monkeypatch, django_assert_num_queries):
        monkeypatch.setattr(limits, "_kept", [])
        hashed = address_hash("203.0.113.77")
        with django_assert_num_queries(0):
            assert address_hash("203.0.113.77") == hashed

    def test_a_salt_that_may_be_rolled_back_is_not_kept(self, monkeypatch):
        monkeypatch.setattr(limits, "_kept", [])
        with suppress(ZeroDivisionError), transaction.atomic():
            address_hash("203.0.113.77")
            raise ZeroDivisionError
        assert AddressSalt.objects.count() == 0
        address_hash("203.0.113.77")
        assert AddressSalt.objects.count() == 1
