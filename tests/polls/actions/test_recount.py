"""Every shown count is proved from its rows, and set right when it differs."""

from collections.abc import Callable
from importlib import import_module
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F, UniqueConstraint

from polls.actions._votes import hold_votes
from polls.actions.comments import withdraw_comment
from polls.actions.moderation import hide_comment
from polls.actions.recount import differences, repair
from polls.actions.votes import vote_comment
from polls.actions.works import name_favourite
from polls.models import (
    Ballot,
    BallotTally,
    Comment,
    CommentTally,
    CommentVote,
    CrosstabTally,
    Discussion,
    Favourite,
    FavouriteTally,
    Reader,
    Topic,
    TopicVote,
)
from polls.models.tallies import SHARDS, shard_of
from polls.rules import threads
from tests.factories import (
    answer,
    answers,
    choice_of,
    make_article,
    make_comment,
    make_comments,
    make_reader,
    make_readers,
    make_topic,
    unlimited,
)

pytestmark = pytest.mark.django_db


def lines() -> list[str]:
    return [str(difference) for difference in differences()]


def set_right() -> None:
    assert repair()
    assert lines() == []


def favourite(discussion: Discussion, reader: Reader, title: str) -> Favourite:
    with unlimited():
        return name_favourite(discussion=discussion, reader=reader, title=title, replace=True)


def tally_of(discussion: Discussion, choice: str, reader: Reader) -> BallotTally:
    return BallotTally.objects.get(choice=choice_of(discussion, choice), shard=shard_of(reader.pk))


@pytest.fixture
def chain(discussion: Discussion) -> list[Comment]:
    """A comment, its reply, and the reply to that."""
    first = make_comment(discussion)
    second = make_comment(discussion, parent=first)
    return [first, second, make_comment(discussion, parent=second)]


class TestNothingIsFound:
    def test_on_an_empty_site(self):
        assert lines() == []
        assert repair() == []

    def test_after_acts_of_every_kind(self, discussion, mo):
        ann, sam, hana = make_reader("Ann"), make_reader("Sam"), make_reader("Hana")
        answer(discussion, ann, "sad", stage="before")
        for reader, camp in ((ann, "sad"), (ann, "enraged"), (sam, "sad"), (hana, "happy")):
            answer(discussion, reader, camp)
        answer(discussion, hana, "")
        favourite(discussion, ann, "Medea")
        favourite(discussion, ann, "Persuasion")
        first = make_comment(discussion, ann)
        reply = make_comment(discussion, sam, parent=first)
        deeper = make_comment(discussion, hana, parent=reply)
        make_comment(discussion, hana, parent=deeper, state=Comment.State.PENDING)
        hide_comment(comment=reply, actor=mo.user, reason="unkind")
        withdraw_comment(comment=first, reader=ann)
        make_topic(votes=3)
        assert lines() == []

    def test_when_a_thread_is_deeper_than_paths_can_say(self, discussion):
        comment = None
        for _ in range(threads.PATH_LEVELS + 3):
            comment = make_comment(discussion, parent=comment)
        assert lines() == []


class TestAnswers:
    def test_a_count_that_is_too_high_is_told_with_both_numbers(self, discussion):
        ann = make_reader("Ann")
        answer(discussion, ann, "enraged")
        BallotTally.objects.update(count=5)
        assert lines() == [
            "Answers, isekai, reaction: enraged (after): 5 shown, 1 by its rows",
        ]
        set_right()
        assert tally_of(discussion, "enraged", ann).count == 1

    def test_a_count_without_any_row_is_found(self, discussion):
        answers(discussion, sad=3)
        Ballot.objects.all().delete()
        assert lines() == ["Answers, isekai, reaction: sad (after): 3 shown, 0 by its rows"]
        set_right()

    def test_rows_without_any_count_are_found(self, discussion):
        answers(discussion, happy=2, stage="before")
        BallotTally.objects.all().delete()
        assert lines() == ["Answers, isekai, reaction: happy (before): 0 shown, 2 by its rows"]
        set_right()

    def test_the_stages_of_one_choice_are_told_apart(self, discussion):
        ann = make_reader("Ann")
        answer(discussion, ann, "sad", stage="before")
        answer(discussion, ann, "sad")
        BallotTally.objects.filter(stage="before").update(count=F("count") + 1)
        (line,) = lines()
        assert "(before): 2 shown, 1 by its rows" in line

    def test_held_and_withdrawn_answers_do_not_count(self, discussion):
        ann, sam = make_reader("Ann"), make_reader("Sam")
        answer(discussion, ann, "enraged")
        answer(discussion, sam, "enraged")
        Ballot.objects.filter(reader=ann).update(is_held=True)
        Ballot.objects.filter(reader=sam).update(choice=None)
        (line,) = lines()
        assert "2 shown, 0 by its rows" in line
        set_right()

    def test_a_right_sum_in_the_wrong_shard_is_found(self, discussion):
        ann = make_reader("Ann")
        answer(discussion, ann, "happy")
        BallotTally.objects.update(shard=(shard_of(ann.pk) + 1) % SHARDS)
        (line,) = lines()
        assert "1 is right, but not where a change will look for it" in line
        set_right()
        answer(discussion, ann, "")
        assert lines() == []


class TestTablesByCamp:
    @pytest.fixture
    def ann(self, discussion) -> Reader:
        """Enraged, and will try it all the same; had no idea before."""
        ann = make_reader("Ann")
        answer(discussion, ann, "none", stage="before")
        answer(discussion, ann, "enraged")
        answer(discussion, ann, "try", question="intent")
        return ann

    def test_a_wrong_cell_is_told_with_both_answers(self, ann):
        CrosstabTally.objects.filter(stage="after").update(count=4)
        assert lines() == [
            "By camp, isekai, intent: enraged and try (after): 4 shown, 1 by its rows"
        ]
        set_right()

    def test_a_missing_cell_is_found(self, ann):
        CrosstabTally.objects.filter(stage="before").delete()
        assert lines() == [
            "By camp, isekai, reaction: enraged and none (before): 0 shown, 1 by its rows"
        ]
        set_right()

    def test_a_cell_of_answers_on_two_articles_is_too_much(self, ann):
        elsewhere = make_article("What is tsundere?", slug="tsundere").discussion
        answer(elsewhere, ann, "stay_away", question="intent")
        assert lines() == []

    def test_an_update_of_the_site_counts_what_was_answered_before_it(self, ann):
        CrosstabTally.objects.all().delete()
        fill = import_module("polls.migrations.0005_crosstabs").FILL
        with connection.cursor() as cursor:
            cursor.execute(fill)
        assert lines() == []


class TestComments:
    def test_a_wrong_number_of_comments_is_found(self, discussion, chain):
        CommentTally.objects.filter(shard=shard_of(chain[0].reader_id)).update(count=9)
        (line,) = lines()
        assert line.startswith("Comments, isekai: ")
        assert line.endswith("3 by its rows")
        set_right()

    def test_a_wrong_number_of_replies_is_found_at_any_depth(self, chain):
        first, second, third = chain
        Comment.objects.filter(pk__in=[first.pk, third.pk]).update(reply_count=7)
        assert lines() == [
            f"Replies to comment {first.pk}: 7 shown, 2 by its rows",
            f"Replies to comment {third.pk}: 7 shown, 0 by its rows",
        ]
        set_right()
        second.refresh_from_db()
        assert second.reply_count == 1

    def test_replies_that_nobody_sees_do_not_count(self, chain):
        first, second, third = chain
        Comment.objects.filter(pk=third.pk).update(state=Comment.State.HIDDEN)
        assert [line for line in lines() if line.startswith("Replies")] == [
            f"Replies to comment {first.pk}: 2 shown, 1 by its rows",
            f"Replies to comment {second.pk}: 1 shown, 0 by its rows",
        ]
        set_right()

    def test_a_comment_in_the_wrong_place_goes_where_its_parent_says(self, discussion, chain):
        first, second, third = chain
        other = make_comment(discussion)
        Comment.objects.filter(pk=second.pk).update(parent=other)
        assert lines()[0] == (
            f"Comment {second.pk}: not in the place of its thread that its parent says"
        )
        set_right()
        second.refresh_from_db()
        third.refresh_from_db()
        assert third.path == other.path + second.path[-6:] + third.path[-6:]
        assert {second.root_id, third.root_id} == {other.pk}
        first.refresh_from_db()
        other.refresh_from_db()
        assert (first.reply_count, other.reply_count) == (0, 2)


class TestFavouritesAndTopics:
    def test_a_wrong_number_of_favourites_names_the_work(self, discussion):
        favourite(discussion, make_reader(), "Medea")
        FavouriteTally.objects.update(count=0)
        assert lines() == ["Favourites, isekai: Medea: 0 shown, 1 by its rows"]
        set_right()

    def test_a_wrong_number_of_votes_names_the_topic(self):
        make_topic("heist story", votes=3)
        make_topic("frame story", votes=2)
        Topic.objects.filter(title="heist story").update(vote_count=71)
        assert lines() == ["Topic “heist story”: 71 shown, 3 by its rows"]
        set_right()
        assert Topic.objects.get(title="frame story").vote_count == 2


class TestVotesOnComments:
    @pytest.fixture
    def judged(self, discussion: Discussion) -> Comment:
        """A sad reader's comment, with a good point of an enraged reader and a no of a sad one."""
        ann, sam, hana = make_reader("Ann"), make_reader("Sam"), make_reader("Hana")
        for reader, camp in ((ann, "enraged"), (sam, "sad"), (hana, "sad")):
            answer(discussion, reader, camp)
        comment = make_comment(discussion, hana)
        vote_comment(comment=comment, reader=ann, vote="good")
        vote_comment(comment=comment, reader=sam, vote="not")
        comment.refresh_from_db()
        return comment

    def test_nothing_is_found_after_votes_of_every_kind(self, discussion, judged):
        nobody = make_reader()
        vote_comment(comment=judged, reader=nobody, vote="good")
        for said in ("good", "not", ""):
            vote_comment(comment=judged, reader=make_reader(), vote=said)
        hold_votes(nobody, True)
        withdraw_comment(comment=judged, reader=judged.reader)
        assert lines() == []

    @pytest.mark.parametrize(
        ("count", "kept", "counted"),
        [("good_count", 3, 1), ("enraged_yes", 0, 1), ("sad_no", 7, 1), ("happy_yes", 1, 0)],
    )
    def test_a_wrong_count_is_told_with_both_numbers(self, judged, count, kept, counted):
        right = Comment.objects.values().get(pk=judged.pk)
        Comment.objects.update(**{count: kept})
        line = f"Votes on comment {judged.pk}: {count}: {kept} shown, {counted} by its rows"
        assert line in lines()
        set_right()
        assert Comment.objects.values().get(pk=judged.pk) == right

    def test_rows_without_any_count_and_counts_without_any_row_are_found(self, discussion, judged):
        other = make_comment(discussion)
        CommentVote.objects.update(comment=other)
        assert {line.split(":")[0] for line in lines()} == {
            f"Votes on comment {judged.pk}",
            f"Votes on comment {other.pk}",
        }
        set_right()
        judged.refresh_from_db()
        other.refresh_from_db()
        assert (judged.good_count, judged.score, judged.own_rate) == (0, 0.5, 0.5)
        assert (other.good_count, other.enraged_yes, other.sad_no) == (1, 1, 1)

    def test_a_score_that_does_not_follow_from_its_counts_is_found(self, judged):
        score, rate = judged.score, judged.own_rate
        Comment.objects.update(score=0.9, own_rate=0.8)
        assert lines() == [
            f"Votes on comment {judged.pk}: score: 0.900000 kept, {score:.6f} by its counts",
            f"Votes on comment {judged.pk}: own_rate: 0.800000 kept, {rate:.6f} by its counts",
        ]
        set_right()
        judged.refresh_from_db()
        assert (judged.score, judged.own_rate) == (score, rate) == (score, 1 / 3)

    def test_a_badge_that_counts_set_right_earn_begins_to_count_its_time(self, discussion):
        comment = make_comment(discussion)
        for camp in ("enraged", "happy"):
            CommentVote.objects.bulk_create(
                CommentVote(
                    comment=comment,
                    reader=reader,
                    camp=choice_of(discussion, camp),
                    is_good=True,
                )
                for reader in make_readers(5)
            )
        set_right()
        comment.refresh_from_db()
        assert comment.badge_since is not None
        since = comment.badge_since
        Comment.objects.update(score=0)
        set_right()
        comment.refresh_from_db()
        assert comment.badge_since == since
        CommentVote.objects.all().delete()
        set_right()
        comment.refresh_from_db()
        assert comment.badge_since is None

    def test_more_comments_than_one_pass_takes(self, discussion):
        comments = make_comments(discussion, 503)
        reader = make_reader()
        CommentVote.objects.bulk_create(
            CommentVote(comment=comment, reader=reader, is_good=True) for comment in comments
        )
        assert len(lines()) == 503
        set_right()
        assert set(Comment.objects.values_list("good_count", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
class TestDuplicates:
    def test_of_two_answers_the_later_one_stands(self, discussion):
        ann = make_reader("Ann")
        old = answer(discussion, ann, "enraged")
        with _without_constraint(Ballot):
            new = Ballot.objects.create(
                question=old.question,
                reader=ann,
                stage=old.stage,
                choice=choice_of(discussion, "sad"),
            )
            assert lines()[0] == f"Ballot of reader {ann.pk}: 2 rows where one may be"
            set_right()
        assert Ballot.objects.get(reader=ann).choice_id == new.choice_id
        assert tally_of(discussion, "sad", ann).count == 1

    def test_of_two_votes_on_a_comment_the_later_one_stands(self, discussion):
        ann, comment = make_reader("Ann"), make_comment(discussion)
        vote_comment(comment=comment, reader=ann, vote="good")
        with _without_constraint(CommentVote):
            CommentVote.objects.create(comment=comment, reader=ann, is_good=False)
            assert lines() == [f"Vote on a comment of reader {ann.pk}: 2 rows where one may be"]
            set_right()
        assert CommentVote.objects.get().is_good is False
        comment.refresh_from_db()
        assert comment.good_count == 0

    def test_a_second_favourite_and_a_second_vote_go(self, discussion):
        ann = make_reader("Ann")
        first = favourite(discussion, ann, "Medea")
        topic = make_topic(reader=ann)
        with _without_constraint(Favourite), _without_constraint(TopicVote):
            Favourite.objects.create(discussion=discussion, reader=ann, work=first.work)
            TopicVote.objects.create(topic=topic, reader=ann)
            assert len(lines()) == 4
            set_right()
        assert Favourite.objects.count() == TopicVote.objects.count() == 1


class _without_constraint:  # noqa: N801 - read as a function
    """Takes the unique constraint of a table away for a block, as a damaged database would."""

    def __init__(self, model: type) -> None:
        self.model = model
        self.constraints = model._meta.constraints
        (self.unique,) = (row for row in self.constraints if isinstance(row, UniqueConstraint))

    def __enter__(self) -> None:
        # SQLite makes the table anew, with the constraints that the model has at that moment.
        self.model._meta.constraints = [row for row in self.constraints if row != self.unique]
        with connection.schema_editor() as editor:
            editor.remove_constraint(self.model, self.unique)

    def __exit__(self, *_error: object) -> None:
        self.model._meta.constraints = self.constraints
        with connection.schema_editor() as editor:
            editor.add_constraint(self.model, self.unique)


class TestCommand:
    @pytest.fixture
    def recount(self) -> Callable[..., tuple[str, object]]:
        """Runs the command; returns what it printed and what it ended with."""

        def run(*arguments: str) -> tuple[str, object]:
            out = StringIO()
            try:
                call_command("recount", *arguments, stdout=out)
            except SystemExit as end:
                return out.getvalue(), end.code
            return out.getvalue(), 0

        return run

    def test_check_says_so_when_all_is_well(self, recount, discussion):
        answers(discussion, happy=1)
        assert recount("--check") == ("Every shown count is borne out by its rows.\n", 0)

    def test_check_lists_what_differs_ends_in_failure_and_changes_nothing(
        self, recount, discussion
    ):
        answers(discussion, happy=1)
        BallotTally.objects.update(count=2)
        for _ in range(2):
            printed, code = recount("--check")
            assert printed == "Answers, isekai, reaction: happy (after): 2 shown, 1 by its rows\n"
            assert code == "1 found that the rows do not bear out."

    def test_without_check_it_says_what_it_set_right(self, recount, discussion):
        answers(discussion, happy=1)
        BallotTally.objects.update(count=2)
        printed, code = recount()
        assert printed.startswith("Set right. Answers, isekai")
        assert code == 0
        assert recount("--check")[1] == 0
