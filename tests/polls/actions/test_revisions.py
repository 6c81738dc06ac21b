"""Every act that changes what others see raises the revision; a look and a refusal do not."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction

from explainer.publishing import back_to_draft
from polls.actions import comments, discussions, moderation, picks, reports, topics, works
from polls.actions.revisions import touch, touch_site
from polls.actions.sanctions import block_reader
from polls.models import Comment, Discussion, Revision, Topic
from polls.queries.revisions import SITE, of_discussion, revision
from tests.factories import (
    answer,
    make_comment,
    make_reader,
    make_topic,
    make_user,
    make_work,
    trust,
    vote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def mo() -> AbstractUser:
    return make_user("mo", is_staff=True, is_superuser=True)


def has_moved(name: str, act: Callable[[], object]) -> bool:
    """Whether an act raised the revision of that name; none ever lowers it."""
    before = revision(name)
    act()
    after = revision(name)
    assert after >= before
    return after > before


class TestOfADiscussion:
    @pytest.fixture
    def moves(self, discussion: Discussion) -> Callable[[Callable[[], object]], bool]:
        return lambda act: has_moved(of_discussion(discussion.pk), act)

    def test_answers_and_votes(self, moves, discussion: Discussion, comment: Comment):
        ann, sam = make_reader("Ann"), make_reader("Sam")
        assert moves(lambda: answer(discussion, ann, "enraged"))
        assert moves(lambda: answer(discussion, ann, "happy"))
        assert moves(lambda: vote(comment, sam, "good"))
        assert moves(lambda: vote(comment, sam, ""))
        assert moves(lambda: answer(discussion, ann, ""))

    def test_the_same_again_changes_nothing(self, moves, discussion: Discussion, comment: Comment):
        ann = make_reader("Ann")
        answer(discussion, ann, "enraged")
        vote(comment, ann, "good")
        assert not moves(lambda: answer(discussion, ann, "enraged"))
        assert not moves(lambda: vote(comment, ann, "good"))

    def test_comments(self, moves, discussion: Discussion):
        ann = trust(make_reader("Ann"))
        said = make_comment(discussion, ann, "It is an escape.")
        assert moves(lambda: comments.edit_comment(comment=said, reader=ann, body="It is not."))
        assert moves(lambda: make_comment(discussion, make_reader("Sam"), "Yes.", parent=said))
        assert moves(lambda: comments.withdraw_comment(comment=said, reader=ann))

    def test_what_waits_for_a_moderator_is_seen_by_nobody_else(self, moves, discussion, mo):
        said = make_comment(discussion, make_reader("Ann"), "Well.", state=Comment.State.PENDING)
        assert moves(lambda: moderation.publish_comment(comment=said, actor=mo))

    def test_moderation(self, moves, comment: Comment, mo):
        assert moves(lambda: picks.pick_comment(comment=comment, actor=mo, pinned=True))
        assert moves(lambda: picks.unpick_comment(comment=comment, actor=mo))
        assert moves(lambda: moderation.lock_thread(comment=comment, actor=mo))
        assert moves(lambda: moderation.hide_comment(comment=comment, actor=mo, reason="unkind"))

    def test_who_is_blocked_with_their_answers(self, moves, discussion: Discussion, mo):
        ann = make_reader("Ann")
        answer(discussion, ann, "enraged")
        assert moves(lambda: block_reader(reader=ann, actor=mo, reason="Spam.", votes="hold"))

    def test_a_favourite(self, moves, discussion: Discussion):
        ann = make_reader("Ann")
        named = {"discussion": discussion, "reader": ann, "title": "Spirited Away"}
        assert moves(lambda: works.name_favourite(**named, replace=False))
        assert moves(lambda: works.withdraw_favourite(discussion=discussion, reader=ann))

    def test_its_state(self, moves, discussion: Discussion, isekai, mo):
        closed = Discussion.State.READ_ONLY
        by_mo = {"discussion": discussion, "actor": mo}
        assert moves(lambda: discussions.set_discussion_state(**by_mo, state=closed))
        assert moves(lambda: back_to_draft(article=isekai, actor=mo))

    def test_a_report_is_between_the_reader_and_the_moderators(self, moves, comment: Comment):
        assert not moves(
            lambda: reports.report_comment(
                comment=comment, reader=make_reader("Ann"), reason="unkind", note=""
            )
        )


class TestOfTheSite:
    def test_topics(self, mo):
        topic = make_topic("tsundere")
        ann = make_reader("Ann")
        assert has_moved(SITE, lambda: topics.vote_topic(topic=topic, reader=ann, wanted=True))
        step = {"topic": topic, "actor": mo, "status": Topic.Status.WRITING}
        assert has_moved(SITE, lambda: topics.set_topic_status(**step))
        step = {"topic": topic, "actor": mo, "title": "Tsundere"}
        assert has_moved(SITE, lambda: topics.retitle_topic(**step))

    def test_works(self, mo):
        source, target = make_work("Spirited Awy"), make_work("Spirited Away")
        merge = {"source": source, "target": target, "actor": mo}
        assert has_moved(SITE, lambda: works.merge_works(**merge))

    def test_whatever_the_panel_changes(self, ed, discussion: Discussion):
        question = discussion.questions.get(key="intent")
        path = f"/admin/polls/question/{question.pk}/change/"
        form = ed.get(path).context["adminform"].form
        fields = {"prompt": "Would you try it?", "position": form.initial["position"]}
        formset = {
            "choices-TOTAL_FORMS": 2,
            "choices-INITIAL_FORMS": 2,
        }
        for place, choice in enumerate(question.choices.all()):
            formset |= {
                f"choices-{place}-id": choice.pk,
                f"choices-{place}-question": question.pk,
                f"choices-{place}-label": choice.label,
                f"choices-{place}-hint": choice.hint,
                f"choices-{place}-position": choice.position,
            }
        assert has_moved(SITE, lambda: ed.post(path, fields | formset))
        question.refresh_from_db()
        assert question.prompt == "Would you try it?"


def test_a_look_raises_nothing(ann, isekai):
    before = revision()
    ann.get("/articles/isekai/")
    ann.get("/")
    assert revision() == before


def test_of_no_name_it_is_everything(discussion: Discussion):
    before = revision()
    touch(discussion.pk)
    touch_site()
    assert revision() == before + 2


@pytest.mark.django_db(transaction=True)
def test_acts_at_the_same_moment_wait_for_none(discussion: Discussion):
    """Each in a transaction of its own that is still open while the other counts."""
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("SQLite has one writer at a time")
    touch(discussion.pk)
    before, done = revision(of_discussion(discussion.pk)), threading.Event()

    def other() -> None:
        touch(discussion.pk)
        connection.close()
        done.set()

    with transaction.atomic():
        touch(discussion.pk)
        thread = threading.Thread(target=other)
        thread.start()
        assert done.wait(10), "one act waited for another"
    thread.join()
    assert revision(of_discussion(discussion.pk)) == before + 2
    assert Revision.objects.filter(name=of_discussion(discussion.pk)).count() == 2
