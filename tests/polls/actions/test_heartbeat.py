"""The sign of life of the worker."""

from datetime import timedelta

import pytest
from django.utils import timezone

from polls.actions.heartbeat import beat
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
