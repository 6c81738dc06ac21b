"""What a backup does not hold: what expires, what signs in, and who sat in the same network."""

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from explainer.backup import archive
from explainer.backup.restoring import unpacked
from explainer.backup.standing_in import standing_in
from polls.actions.bursts import detect
from polls.actions.heartbeat import beat
from polls.models import AddressSalt, Ballot, Comment, CommentVote
from tests import factories
from tests.bursting import brigade, past, strangers, the_burst
from tests.explainer.backup.test_taking import make, quiet

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_expires_and_what_signs_in_stays_behind(tmp_path, discussion):
    Session.objects.create(
        session_key="SECRETsession", session_data="x", expire_date=timezone.now()
    )
    AddressSalt.objects.create(day=timezone.now().date(), secret=b"SECRETsalt" * 8)
    beat("SECRETworker")
    factories.make_comment(discussion, None, "SECRETtext that was deleted")
    Comment.objects.update(text="", html="")
    taken = make(tmp_path)
    with archive.opened(taken.path) as opened:
        assert b"SECRET" not in opened.packed.read(opened.dump)
    with unpacked(taken.path, quiet) as (_opened, fresh, proof), standing_in(fresh):
        assert proof.is_ok
        assert not Session.objects.exists()
        assert not AddressSalt.objects.exists()
        assert Comment.objects.count() == 1


def test_from_what_network_somebody_answered_stays_behind(tmp_path, discussion, comment):
    factories.answers(discussion, sad=3)
    factories.vote(comment, factories.make_reader(), "good")
    for said in (Ballot, CommentVote):
        assert said.objects.update(source="SECRETnetwork")
    taken = make(tmp_path)
    with archive.opened(taken.path) as opened:
        for name in opened.packed.namelist():
            assert b"SECRET" not in opened.packed.read(name)
    with unpacked(taken.path, quiet) as (_opened, fresh, proof), standing_in(fresh):
        assert proof.is_ok
        for said, how_many in ((Ballot, 3), (CommentVote, 1)):
            assert list(said.objects.values_list("source", flat=True)) == [""] * how_many
        factories.answers(discussion, happy=1)  # numbers go on where they were
        assert Ballot.objects.count() == 4


def test_a_burst_that_lasts_takes_no_others_in_for_want_of_networks(tmp_path, discussion):
    past(discussion, enraged=60, sad=25, happy=15)
    brigade(discussion, 40)
    detect()
    heads = the_burst().ballots.count()
    assert heads == 40
    with unpacked(make(tmp_path).path, quiet) as (_opened, fresh, _proof), standing_in(fresh):
        strangers(discussion, happy=3, sad=3)
        detect()
        burst = the_burst()
        assert burst.state == burst.State.QUARANTINED
        assert burst.ballots.count() == heads
