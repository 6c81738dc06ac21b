"""The sign of life of the worker."""

from datetime import timedelta

import pytest
from django.utils import timezone

from polls.actions.heartbeat import beat, fall_silent
from polls.models import Heartbeat
from polls.queries import heartbeat

pytestmark = pytest.mark.django_db


def test_who_never_spoke_is_not_alive():
    assert heartbeat.last("worker") is None
    assert not heartbeat.is_alive(heartbeat.last("worker"))


def test_each_beat_moves_the_same_row(django_assert_num_queries):
    beat("worker")
    Heartbeat.objects.update(at=timezone.now() - timedelta(days=1))
    assert not heartbeat.is_alive(heartbeat.last("worker"))
    with django_assert_num_queries(1):
        beat("worker")
    assert heartbeat.is_alive(heartbeat.last("worker"))
    assert Heartbeat.objects.count() == 1


def test_names_do_not_speak_for_each_other():
    beat("other")
    assert heartbeat.last("worker") is None


def test_who_ends_takes_its_sign_back():
    beat("worker")
    beat("other")
    fall_silent("worker")
    assert heartbeat.last("worker") is None
    assert heartbeat.last("other") is not None
    fall_silent("worker")  # with nothing to take back


def test_what_another_process_has_said_since_stays():
    beat("worker")
    later = timezone.now() + timedelta(seconds=1)
    Heartbeat.objects.update(at=later)
    fall_silent("worker")
    assert heartbeat.last("worker") == later
