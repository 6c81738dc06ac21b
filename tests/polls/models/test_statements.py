"""What the written-out statements find and store is what the ORM would."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from polls.models import (
    Ballot,
    BallotTally,
    Comment,
    Discussion,
    LimitCount,
    Question,
    Reader,
    statements,
)
from tests.factories import answer, make_comment, make_reader, question_of

pytestmark = pytest.mark.django_db
LATER = timedelta(days=1)


def same(found, row):
    fields = row._meta.concrete_fields
    return [getattr(found, field.attname) for field in fields] == [
        getattr(row, field.attname) for field in fields
    ]


def stored(row):
    return type(row).objects.get(pk=row.pk)


def test_a_row_is_found_with_every_value_it_has(discussion):
    reader = make_reader("Ann")
    Reader.objects.update(suspended_until=timezone.now(), is_read_first=True)
    comment = make_comment(discussion, reader)
    answer(discussion, reader, "sad")
    for row in (reader, comment, discussion, Ballot.objects.get()):
        assert same(statements.find(type(row), id=row.pk), stored(row))
        assert same(statements.lock(type(row), id=row.pk), stored(row))


def test_a_row_is_found_by_any_of_its_columns():
    reader = make_reader("Ann")
    assert statements.find(Reader, key=reader.key, user_id=None) == reader
    assert statements.find(Reader, key=Reader().key) is None
    assert statements.find(Reader, name="Ann", is_read_first=True) is None


def test_a_new_row_has_the_defaults_of_its_model(discussion):
    reader = Reader(name="Ann")
    assert reader.is_new
    assert statements.insert(reader, unique=("key",))
    assert not reader.is_new
    assert same(stored(reader), reader)
    assert abs(timezone.now() - reader.created_at) < timedelta(minutes=1)
    comment = Comment(discussion=discussion, reader=reader, name="Ann", text="x", html="x")
    assert statements.insert(comment)
    assert stored(comment).is_listed is False


def test_a_row_that_is_there_already_stays_as_it_is():
    ann = make_reader("Ann")
    again = Reader(key=ann.key, name="Somebody else")
    assert not statements.insert(again, unique=("key",))
    assert again.is_new
    assert stored(ann).name == "Ann"


def test_a_row_that_is_there_already_takes_what_is_named(discussion):
    answer(discussion, make_reader("Ann"), "sad")
    old = Ballot.objects.get()
    new = Ballot(question=old.question, reader=old.reader, stage=old.stage, is_held=True)
    assert statements.insert(new, unique=("question_id", "reader_id", "stage"), update=("is_held",))
    assert new.pk == old.pk
    assert (stored(old).is_held, stored(old).choice_id) == (True, old.choice_id)


def test_columns_are_written_and_others_not():
    reader = make_reader("Ann")
    reader.name, reader.warning = "Anna", "unseen"
    statements.update(reader, "name")
    assert (stored(reader).name, stored(reader).warning) == ("Anna", "")


def test_a_count_is_moved_or_there_is_none(discussion):
    answer(discussion, make_reader("Ann"), "sad")
    row = BallotTally.objects.get()
    key = {"choice_id": row.choice_id, "stage": row.stage}
    assert statements.add(BallotTally, 2, **key, shard=row.shard)
    assert stored(row).count == 3
    assert not statements.add(BallotTally, 1, **key, shard=(row.shard + 1) % 8)
    assert LimitCount.objects.filter(count=3).count() == 0


@pytest.mark.parametrize("state", Discussion.State.values)
@pytest.mark.parametrize("opens_at", [None, timezone.now() - LATER, timezone.now() + LATER])
def test_what_is_public_is_so_for_both(discussion, state, opens_at):
    Discussion.objects.update(state=state, opens_at=opens_at)
    visible = Discussion.objects.visible().filter(key=discussion.key).first()
    now = timezone.now()
    assert statements.find_discussion(discussion.key, now) == visible
    question = statements.find_question(discussion.key, "reaction", now)
    assert (question is None) == (visible is None)


def test_a_question_comes_with_its_discussion_and_choices(
    discussion, django_assert_num_queries, isekai
):
    expected = list(question_of(discussion).choices.all())
    with django_assert_num_queries(1):
        found = statements.find_question(discussion.key, "reaction", timezone.now())
        assert same(found.discussion, discussion)
        assert list(found.choices.all()) == expected
    assert found == question_of(discussion)
    assert statements.find_question(discussion.key, "nothing", timezone.now()) is None


def test_a_question_may_have_no_choices(discussion):
    Question.objects.create(discussion=discussion, key="bare", prompt="?")
    found = statements.find_question(discussion.key, "bare", timezone.now())
    assert list(found.choices.all()) == []


def test_a_row_that_is_kept_is_found(discussion):
    assert statements.keep(Question, id=discussion.questions.first().pk)
    assert statements.keep(Question, id=0) is None


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_a_statement_that_is_asked_again_is_prepared(discussion):
    reader = make_reader("Ann")
    for _ in range(3):
        assert statements.find(Reader, id=reader.pk) == reader
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        assert any("FROM polls_reader t WHERE" in statement for (statement,) in cursor.fetchall())
