"""`manage.py demo`: believable, counted right, the same by the same seed, and only where asked."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from random import Random
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from explainer.demo import cast, chatter, filling, scripts
from explainer.demo.bulk import Rows, take_ids
from explainer.demo.filling import COMMENTS, Filling
from explainer.demo.progress import Bar
from explainer.models import Article
from explainer.starter import load_starter_articles
from polls.actions.recount import differences
from polls.models import (
    Appeal,
    Ballot,
    Comment,
    CommentVote,
    Discussion,
    Favourite,
    Pick,
    Reader,
    Topic,
    Work,
)
from polls.queries.comments import PAGE
from polls.queries.moods import moods
from polls.rules import repeats, text, topics
from polls.rules.ranking import shown_badge
from polls.rules.threads import FOLD_OVER, MAX_DEPTH, ancestors
from tests.factories import (
    answer,
    everything_stored,
    make_article,
    make_comment,
    make_reader,
    make_user,
)

ARTICLES = scripts.SLUGS
HERE = ARTICLES[0]  # where everything goes that is not written out


class TestScripts:
    """What is written out, without a database."""

    def lines(self) -> list[scripts.Line]:
        return [line for slug in ARTICLES for play in scripts.script(slug).threads for line in play]

    def test_there_are_many_different_comments_of_every_camp(self):
        texts = [line.text for line in self.lines()]
        assert len(set(texts)) == len(texts) >= 60
        camps = Counter(line.camp for line in self.lines())
        assert set(camps) == {"enraged", "sad", "happy", "none"}
        assert min(camps.values()) >= 5

    @pytest.mark.parametrize("slug", ARTICLES)
    def test_every_article_hears_every_camp(self, slug):
        camps = {line.camp for play in scripts.script(slug).threads for line in play}
        assert camps >= {"enraged", "sad", "happy"}

    def test_every_text_would_be_taken_from_a_reader(self):
        for line in self.lines():
            assert text.clean_body(line.text) == line.text

    def test_every_name_would_be_taken_from_a_reader(self):
        names = {cast.name_of(number, seed=1) for number in range(1500)}
        assert len(names) == 1500
        for name in names:
            assert text.clean_name(name) == name

    def test_every_topic_would_be_taken_from_a_reader(self):
        least, most = topics.TITLE_LENGTH
        for facts in scripts.read("topics")["topics"]:
            title = topics.strip_question(facts["title"])
            assert text.clean_line(title, least=least, most=most) == facts["title"]

    def test_a_line_answers_one_that_came_before(self):
        for slug in ARTICLES:
            for play in scripts.script(slug).threads:
                for place, line in enumerate(play[1:], start=1):
                    assert 0 <= line.to < place
                    assert line.same is None or play[line.same].camp == line.camp

    def test_spoilers_are_closed_up(self):
        html = [text.render_comment(line.text) for line in self.lines()]
        assert sum('<details class="spoiler">' in piece for piece in html) >= 3
        assert not [piece for piece in html if "[spoiler" in piece or "[/spoiler" in piece]

    def test_shares_are_dealt_to_the_last_card(self):
        shares = {"a": 1, "b": 1, "c": 1}
        assert scripts.shared_out(10, shares) == {"a": 4, "b": 3, "c": 3}
        assert Counter(scripts.dealt(7, shares, Random(1))) == {"a": 3, "b": 2, "c": 2}

    def test_put_together_comments_are_as_many_as_asked_and_hardly_repeat(self):
        plays = list(chatter.invented_threads(scripts.script(HERE), 1000, Random(7)))
        said = [line.text for play in plays for line in play]
        assert len(said) == 1000
        assert len({play[0].text for play in plays}) > 0.85 * len(plays)
        again = list(chatter.invented_threads(scripts.script(HERE), 1000, Random(7)))
        assert plays == again
        assert plays != list(chatter.invented_threads(scripts.script(HERE), 1000, Random(8)))

    def test_put_together_texts_would_be_taken_from_a_reader(self):
        for play in chatter.invented_threads(scripts.script(HERE), 300, Random(7)):
            for line in play:
                assert text.clean_body(line.text) == line.text

    def test_most_threads_are_small_and_no_reply_comes_before_what_it_answers(self):
        plays = list(chatter.invented_threads(scripts.script(HERE), 3000, Random(7)))
        lengths = Counter(len(play) for play in plays)
        assert lengths.most_common(1)[0][0] == 1
        assert max(lengths) <= max(chatter.REPLIES) + 1
        for play in plays:
            assert play[0].to is None
            assert all(line.to < place for place, line in enumerate(play[1:], start=1))

    def test_a_long_thread_has_a_quarrel_in_which_two_answer_each_other(self):
        long = chatter.long_thread(scripts.script(HERE), 400, Random(7))
        assert len(long) == 400
        quarrel = long[200 : 200 + chatter.QUARREL]
        assert [line.to for line in quarrel] == list(range(199, 199 + chatter.QUARREL))
        assert all(long[line.same].camp == line.camp for line in quarrel[2:])

    def test_what_is_answered_is_not_rejected_and_what_is_not_is_no_tombstone(self):
        for play in chatter.invented_threads(scripts.script(HERE), 3000, Random(7)):
            answered = {line.to for line in play}
            for place, line in enumerate(play):
                fates = chatter.ANSWERED if place in answered else chatter.UNANSWERED
                assert line.state in {"published", *fates}


def demo(*arguments: str) -> str:
    """Runs the command on a site with its starter articles; returns what it printed."""
    out = StringIO()
    load_starter_articles()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


@contextmanager
def undone() -> Iterator[None]:
    """A block after which the database is as it was before."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="class")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One run of the command, for all the tests of a class that only look."""
    with django_db_blocker.unblock(), undone():
        demo()
        yield


def discussion_of(slug: str) -> Discussion:
    return Discussion.objects.get(key=slug)


@pytest.mark.xdist_group("demo")
@pytest.mark.usefixtures("filled")
class TestFilled:
    """What one run leaves."""

    def test_every_count_is_borne_out_by_its_rows(self):
        assert differences() == []
        assert Comment.objects.count() == COMMENTS

    def test_the_moods_differ(self):
        discussions = Discussion.objects.prefetch_related("questions__choices")
        bars = moods(discussions)
        found = {discussion.key: bars[discussion.pk] for discussion in discussions}
        assert found["netorare"].verdict == "Leaning enraged"
        assert found["isekai"].verdict == found["tsundere"].verdict == "Mostly happy"
        assert not found["kishotenketsu"].shown
        assert found["kishotenketsu"].total > 5

    def test_there_are_comments_and_topics_in_every_state(self):
        states = set(Comment.objects.values_list("state", flat=True))
        assert states >= {"published", "pending", "hidden", "withdrawn", "rejected"}
        statuses = set(Topic.objects.values_list("status", flat=True))
        assert statuses >= {"open", "writing", "published", "declined", "pending"}
        assert Comment.objects.filter(edited_at__isnull=False).exists()

    def test_readers_answered_before_and_after_said_what_they_will_do_and_named_works(self):
        assert Ballot.objects.filter(stage="before").count() > 100
        assert Ballot.objects.filter(question__key="intent").count() > 100
        assert Ballot.objects.filter(question__key="reason").count() > 100
        assert Favourite.objects.count() > 50
        assert Work.objects.filter(is_approved=False).exists()

    def test_threads_are_deep_and_long_and_fill_more_than_a_page(self):
        paths = Comment.objects.values_list("path", flat=True)
        assert max(len(ancestors(path)) for path in paths) > MAX_DEPTH
        assert Comment.objects.filter(reply_count__gt=FOLD_OVER).exists()
        assert discussion_of("netorare").comments.roots().count() > PAGE

    def test_a_topic_that_became_an_article_is_linked_both_ways(self):
        topic = Topic.objects.get(status="published")
        assert topic.article == Article.objects.get(slug="isekai")
        assert topic.url == "/articles/isekai/"

    def test_nothing_is_said_before_its_article_or_after_now(self):
        now = timezone.now()
        for comment in Comment.objects.select_related("discussion", "parent"):
            begun = min(comment.discussion.opens_at, now - timedelta(days=1))
            assert begun <= comment.created_at <= now
            assert comment.parent is None or comment.parent.created_at <= comment.created_at

    def test_threads_stand_in_the_order_of_their_times(self):
        for discussion in Discussion.objects.all():
            roots = discussion.comments.roots().order_by("pk")
            times = list(roots.values_list("created_at", flat=True))
            assert times == sorted(times)

    def test_a_camp_is_what_its_reader_answered(self):
        shown = Comment.objects.filter(camp__isnull=False).select_related("camp")
        answers = Ballot.objects.filter(question__key="reaction", stage="after")
        given = set(answers.values_list("reader_id", "choice_id"))
        assert {(comment.reader_id, comment.camp_id) for comment in shown} <= given

    def test_a_comment_that_was_withdrawn_is_empty(self):
        for comment in Comment.objects.filter(state="withdrawn"):
            assert (comment.text, comment.html, comment.name, comment.camp) == ("", "", "", None)

    def test_votes_make_badges_that_show_at_once(self):
        judged = Comment.objects.exclude(badge_since=None)
        kinds = {shown_badge(c.votes_by_camp, c.badge_since, timezone.now()).kind for c in judged}
        assert kinds == {"valued", "split"}
        assert judged.filter(discussion__key=HERE, parent=None).exists()

    def test_nobody_votes_on_their_own_comment_or_before_it_was_there(self):
        votes = CommentVote.objects.select_related("comment")
        assert votes.count() > 500
        for vote in votes:
            assert vote.reader_id != vote.comment.reader_id
            assert vote.comment.published_at < vote.created_at < timezone.now()

    def test_a_vote_counts_in_the_camp_its_reader_answered(self):
        answers = Ballot.objects.filter(question__key="reaction", stage="after")
        given = set(answers.values_list("reader_id", "choice_id"))
        votes = CommentVote.objects.filter(camp__isnull=False)
        assert set(votes.values_list("reader_id", "camp_id")) <= given
        assert not votes.filter(camp__key="none").exists()

    def test_the_rows_are_what_the_acts_would_have_written(self):
        for comment in Comment.objects.exclude(text=""):
            assert comment.html == text.render_comment(comment.text)
            assert comment.fingerprint == repeats.fingerprint(comment.text)
        assert not Comment.objects.filter(camp=None).exclude(intent=None).exists()
        assert Comment.objects.exclude(intent=None).exists()

    def test_moderators_find_reports_one_comment_that_reports_hold_and_an_appeal(self):
        assert Comment.objects.published().filter(report_count__gt=1).exists()
        held = Comment.objects.get(held_reason="reports")
        assert (held.state, held.report_count) == ("pending", 5)
        assert Appeal.objects.get().comment.state == "hidden"

    def test_what_needs_somebody_of_the_staff_waits_for_them(self):
        assert not Pick.objects.exists()
        with undone():
            admin = make_user("ed", is_staff=True, is_superuser=True)
            demo()
            pick = Pick.objects.get()
            assert (pick.chosen_by, pick.is_pinned, pick.discussion.key) == (admin, True, HERE)
            assert Reader.objects.exclude(warning="").count() == 1
            before = everything_stored()
            demo()
            assert everything_stored() == before

    def test_again_it_adds_nothing(self):
        before = everything_stored()
        with undone():
            assert demo("--seed", "5").startswith("0 comments added.")
            assert everything_stored() == before

    def test_a_run_for_more_adds_just_so_many(self):
        with undone():
            assert demo("--comments", "190").startswith("40 comments added.")
            assert Comment.objects.count() == 190
            assert differences() == []

    def test_what_is_not_written_out_goes_below_one_article(self):
        elsewhere = Comment.objects.exclude(discussion__key=HERE)
        before = elsewhere.count()
        with undone():
            demo("--comments", "600")
            assert elsewhere.count() == before

    def test_a_great_many_have_one_long_thread(self):
        with undone():
            demo("--comments", str(COMMENTS + 2000))
            root = Comment.objects.order_by("-reply_count").first()
            assert root.descendants.count() == 19
            assert differences() == []

    def test_stopped_in_the_middle_it_leaves_whole_threads_and_goes_on(self, monkeypatch):
        monkeypatch.setattr(filling, "BATCH", 100)
        with undone():
            with pytest.raises(KeyboardInterrupt):
                Filling(seed=1).run(600, stop)
            there = Comment.objects.count()
            assert COMMENTS < there < 600
            assert differences() == []
            demo("--comments", "600")
            assert Comment.objects.count() == 600
            assert differences() == []

    def test_ids_go_on_where_it_ended(self):
        with undone():
            mine = make_comment(discussion_of("isekai"))
            assert mine.pk > cast.comments().order_by("-pk").first().pk
            assert differences() == []


@pytest.mark.django_db
class TestSeed:
    def test_the_same_seed_says_the_same_and_another_something_else(self):
        said = []
        for seed in ("3", "3", "4"):
            with undone():
                demo("--seed", seed)
                said.append(self.what_is_said())
        assert said[0] == said[1] != said[2]

    @staticmethod
    def what_is_said() -> list[tuple]:
        """Everything but ids and times."""
        comments = Comment.objects.order_by("pk").values_list(
            "name", "text", "camp__key", "state", "parent__text", "reply_count"
        )
        ballots = Ballot.objects.order_by("pk").values_list(
            "reader__key", "question__discussion__key", "choice__key", "stage"
        )
        works = Favourite.objects.order_by("pk").values_list("reader__name", "work__title")
        return [*comments, *ballots, *works, *Topic.objects.order_by("pk").values_list("title")]


@pytest.mark.django_db
class TestRefusing:
    def test_a_site_with_readers_of_its_own_is_left_alone(self):
        load_starter_articles()
        answer(discussion_of("isekai"), make_reader("Ann"), "enraged")
        before = everything_stored()
        with pytest.raises(SystemExit, match=r"This site has readers of its own.*--yes"):
            demo()
        assert everything_stored() == before

    def test_unless_somebody_says_yes(self):
        load_starter_articles()
        discussion = discussion_of("isekai")
        answer(discussion, make_reader("Ann"), "enraged")
        theirs = make_comment(discussion)
        discussion_of("tsundere").questions.get(key="reaction").choices.get(key="none").delete()
        demo("--yes")
        assert differences() == []
        assert Ballot.objects.filter(question__discussion=discussion).count() > 200
        assert not cast.comments().filter(pk__lte=theirs.pk).exists()

    def test_a_site_without_the_articles_is_told_what_to_do(self):
        with pytest.raises(SystemExit, match="Run quickstart first"):
            call_command("demo")


def stop(done: int, of: int) -> None:
    """Somebody presses Ctrl+C."""
    raise KeyboardInterrupt


class TestBulk:
    """Rows without model instances."""

    @pytest.mark.django_db
    def test_what_is_not_said_has_the_fields_own_default(self):
        discussion = make_article().discussion
        (pk,) = take_ids(Reader, 1)
        key, at = uuid4(), timezone.now()
        Rows(Reader, "id", "key", "created_at").add([(pk, key, at)])
        reader = Reader.objects.get(pk=pk)
        assert (reader.key, reader.name, reader.created_at) == (key, "", at)
        assert (reader.blocked_at, reader.is_read_first) == (None, False)
        assert make_comment(discussion, reader=reader).reader == reader

    @pytest.mark.django_db
    def test_signs_that_mean_something_to_a_database_are_kept(self):
        odd = "a\tb\\N 'c' %s\n\"d\" \\."
        (pk,) = take_ids(Reader, 1)
        Rows(Reader, "id", "key", "name", "created_at").add([(pk, uuid4(), odd, timezone.now())])
        assert Reader.objects.get(pk=pk).name == odd

    @pytest.mark.django_db
    def test_no_rows_are_no_trouble(self):
        Rows(Reader, "key").add([])
        assert not Reader.objects.exists()


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class TestBar:
    def test_a_terminal_sees_it_grow_on_one_line(self):
        out = Terminal()
        bar = Bar(out)
        for done in (25_000, 100_000):
            bar(done, 100_000)
        first, last = out.getvalue().lstrip("\r").split("\r")
        assert first == f"[{'#' * 10}{'.' * 30}] 25,000 of 100,000 comments"
        assert last == f"[{'#' * 40}] 100,000 of 100,000 comments\n"

    def test_a_file_gets_a_line_for_each_tenth(self):
        out = StringIO()
        bar = Bar(out)
        for done in range(2000, 100_001, 2000):
            bar(done, 100_000)
        assert len(out.getvalue().splitlines()) == 10

    def test_a_short_run_needs_none(self, capsys):
        Bar(sys.stderr)(52, 52)
        assert capsys.readouterr().err == ""


def test_pages_that_were_drawn_before_show_what_it_filled(db, client):
    load_starter_articles()
    page = "/articles/isekai/"
    assert "No comments yet" in client.get(page).content.decode()
    Filling(1).run(0, lambda _done, _of: None)
    assert "No comments yet" not in client.get(page).content.decode()
