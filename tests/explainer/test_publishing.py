"""Saving an article: its text, its discussion and the topic it answers move together."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from explainer.models import Article
from explainer.publishing import back_to_draft, delete_article, publish_now, save_article
from polls.errors import Refused
from polls.models import Discussion, ModerationEntry, Reader, Topic
from polls.queries import topics
from tests.factories import LONG_AGO, answer, make_article, make_comment, make_reader, make_topic

pytestmark = pytest.mark.django_db


def save(article, subject="isekai", **more):
    return save_article(article, subject=subject, **more)


class TestSaving:
    def test_the_text_is_rendered_once_with_contents_and_length(self, isekai):
        assert "<p>Isekai sends somebody" in isekai.html
        assert [text for _anchor, text in isekai.toc] == [
            "Where it comes from",
            "Why readers quarrel",
        ]
        assert isekai.minutes == 1

    def test_a_changed_text_is_rendered_again(self, isekai):
        isekai.body = "## Anew\n\n" + "word " * 1000
        save(isekai)
        isekai.refresh_from_db()
        assert "Isekai sends" not in isekai.html
        assert isekai.toc == [["anew", "Anew"]]
        assert isekai.minutes == 4

    def test_its_discussion_is_made_with_it(self, isekai):
        discussion = isekai.discussion
        assert (discussion.key, discussion.title, discussion.url) == (
            "isekai",
            "What is isekai?",
            "/articles/isekai/",
        )
        assert discussion.opens_at == LONG_AGO
        keys = [question.key for question in discussion.questions.all()]
        assert keys == ["reaction", "reason", "intent"]

    def test_its_discussion_follows_title_address_and_author(self, isekai, ed):
        isekai.title, isekai.slug, isekai.author = "What is an isekai?", "an-isekai", ed.user
        save(isekai, subject="an isekai")
        discussion = Discussion.objects.get()
        assert (discussion.key, discussion.title, discussion.subject) == (
            "an-isekai",
            "What is an isekai?",
            "an isekai",
        )
        assert discussion.url == "/articles/an-isekai/"
        assert discussion.author == ed.user

    def test_saving_again_changes_nothing_that_readers_did(self, isekai):
        answer(isekai.discussion, make_reader(), "sad")
        make_comment(isekai.discussion)
        before = list(isekai.discussion.questions.values_list())
        save(isekai)
        assert list(isekai.discussion.questions.values_list()) == before
        assert isekai.discussion.comments.count() == 1

    def test_a_taken_address_is_refused_whole(self, isekai, nothing_stored):
        with nothing_stored(), pytest.raises(IntegrityError), transaction.atomic():
            make_article("What is another?", slug="isekai")

    def test_the_second_question_is_the_editors(self, db):
        found = save(
            Article(title="T", slug="t", standfirst="S", body="B"),
            intent_prompt="Will you read any?",
        )
        assert found.discussion.questions.get(key="intent").prompt == "Will you read any?"

    def test_published_without_a_time_is_no_row(self, isekai):
        with pytest.raises(IntegrityError), transaction.atomic():
            Article.objects.update(published_at=None)


class TestPublishing:
    @pytest.mark.parametrize(
        ("facts", "is_public"),
        [
            ({"status": Article.Status.DRAFT}, False),
            ({"published_at": timezone.now() + timedelta(hours=1)}, False),
            ({"published_at": LONG_AGO}, True),
        ],
    )
    def test_only_what_is_public_can_be_read_or_answered(self, ann, facts, is_public):
        article = make_article(**facts)
        assert article.is_public is is_public
        assert (article in Article.objects.public()) is is_public
        assert Discussion.objects.visible().exists() is is_public
        assert ann.get(article.get_absolute_url()).status_code == (200 if is_public else 404)

    def test_a_scheduled_one_opens_by_itself(self, ann):
        from time_machine import travel

        soon = timezone.now() + timedelta(hours=1)
        article = make_article(published_at=soon)
        with travel(soon + timedelta(seconds=1), tick=False):
            assert ann.get(article.get_absolute_url()).status_code == 200

    def test_publishing_now(self, ed):
        article = make_article(status=Article.Status.DRAFT)
        publish_now(article=article, actor=ed.user)
        assert Article.objects.public().get() == article
        assert Discussion.objects.visible().exists()
        with pytest.raises(Refused, match="already"):
            publish_now(article=article, actor=ed.user)

    def test_back_to_draft_keeps_what_readers_did(self, isekai, ed, ann):
        answer(isekai.discussion, make_reader(), "sad")
        back_to_draft(article=isekai, actor=ed.user)
        assert ann.get("/articles/isekai/").status_code == 404
        assert isekai.discussion.questions.first().ballots.count() == 1

    def test_one_that_somebody_answered_is_not_deleted(self, isekai, ed, nothing_stored):
        answer(isekai.discussion, make_reader(), "sad")
        with nothing_stored(), pytest.raises(Refused):
            delete_article(article=isekai, actor=ed.user)

    def test_one_that_nobody_answered_goes_with_its_discussion(self, isekai, ed):
        delete_article(article=isekai, actor=ed.user)
        assert not Discussion.objects.exists()


class TestTheTopicItAnswers:
    def test_publishing_closes_the_loop(self, ed):
        topic = make_topic("isekai")
        make_article(answers_topic=topic)
        topic.refresh_from_db()
        assert (topic.status, topic.url) == (Topic.Status.PUBLISHED, "/articles/isekai/")

    def test_a_draft_does_not(self):
        topic = make_topic("isekai")
        make_article(answers_topic=topic, status=Article.Status.DRAFT)
        topic.refresh_from_db()
        assert (topic.status, topic.url) == (Topic.Status.OPEN, "")

    def test_taking_it_back_opens_the_topic_again(self, ed):
        topic = make_topic("isekai")
        article = make_article(answers_topic=topic)
        back_to_draft(article=article, actor=ed.user)
        topic.refresh_from_db()
        assert (topic.status, topic.url) == (Topic.Status.WRITING, "")

    def test_another_topic_takes_its_place(self, ed):
        first, second = make_topic("isekai"), make_topic("other worlds")
        article = make_article(answers_topic=first)
        article.answers_topic = second
        save(article, actor=ed.user)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.status, first.url) == (Topic.Status.WRITING, "")
        assert (second.status, second.url) == (Topic.Status.PUBLISHED, "/articles/isekai/")

    def test_a_new_address_is_kept_in_step(self, ed):
        topic = make_topic("isekai")
        article = make_article(answers_topic=topic)
        article.slug = "an-isekai"
        save(article, actor=ed.user)
        topic.refresh_from_db()
        assert (topic.status, topic.url) == (Topic.Status.PUBLISHED, "/articles/an-isekai/")

    def test_a_new_address_with_a_new_topic_frees_the_old_one(self, ed):
        first, second = make_topic("isekai"), make_topic("other worlds")
        article = make_article(answers_topic=first)
        article.slug, article.answers_topic = "an-isekai", second
        save(article, actor=ed.user)
        first.refresh_from_db()
        assert (first.status, first.url) == (Topic.Status.WRITING, "")

    def test_a_scheduled_article_is_still_being_written_to_readers(self):
        topic = make_topic("isekai")
        make_article(answers_topic=topic, published_at=timezone.now() + timedelta(days=1))
        (line,) = topics.rows(Topic.objects.standing("writing"), Reader())
        assert (line.status, line.url) == ("writing", "")
        assert not Topic.objects.standing("published").exists()
        with time_machine.travel(timezone.now() + timedelta(days=2)):
            (line,) = topics.rows(Topic.objects.standing("published"), Reader())
            assert (line.status, line.url) == ("published", "/articles/isekai/")

    def test_saving_twice_logs_once(self, ed):
        article = make_article(answers_topic=make_topic("isekai"))
        before = ModerationEntry.objects.count()
        save(article, actor=ed.user)
        assert ModerationEntry.objects.count() == before
