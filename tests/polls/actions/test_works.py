"""Naming a favourite: one a reader, replaced when asked; and the editors' list of works."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from polls.actions.sanctions import block_reader
from polls.actions.works import (
    NamedAnother,
    approve_work,
    merge_works,
    name_favourite,
    withdraw_favourite,
)
from polls.errors import Closed, NotAllowed, Refused, TooSoon
from polls.models import Discussion, Favourite, ModerationEntry, Reader, Work, WorkAlias
from polls.queries.works import most_named, others_who_named
from tests.factories import make_article, make_example, make_reader, make_readers, make_work, trust

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


@pytest.fixture
def reader():
    return make_reader("Ann")


def name(discussion, reader, title, *, replace=False):
    """A favourite as the page sends it."""
    return name_favourite(discussion=discussion, reader=reader, title=title, replace=replace)


def named(discussion):
    """The list of favourites as {title: readers}."""
    return {work.title: count for work, count in most_named(discussion)}


def test_naming_a_known_work_counts_the_reader_once(discussion, reader):
    make_work("The Twelve Kingdoms")
    name(discussion, reader, "twelve kingdoms")
    assert named(discussion) == {"The Twelve Kingdoms": 1}


def test_naming_it_again_changes_nothing(discussion, reader):
    with travel(NOON, tick=False):
        first = name(discussion, reader, "The Twelve Kingdoms")
        again = name(discussion, reader, "“Twelve Kingdoms”")
    assert again.pk == first.pk
    assert Work.objects.count() == Favourite.objects.count() == 1


def test_a_title_nobody_knew_is_kept_from_the_others_until_an_editor_looks(discussion, reader, ed):
    favourite = name(discussion, reader, "Something unheard of")
    assert not favourite.work.is_approved
    assert named(discussion) == {}
    approve_work(work=favourite.work, actor=ed.user)
    assert named(discussion) == {"Something unheard of": 1}
    assert ModerationEntry.objects.get().act == "approve_work"


def test_a_trusted_readers_title_is_seen_at_once(discussion, reader):
    name(discussion, trust(reader), "Something unheard of")
    assert named(discussion) == {"Something unheard of": 1}


def test_another_title_asks_first_and_keeps_the_old(discussion, reader, nothing_stored):
    name(discussion, reader, "The Twelve Kingdoms")
    with nothing_stored(), pytest.raises(NamedAnother) as refusal:
        name(discussion, reader, "Now and Then")
    assert refusal.value.title == "Now and Then"
    assert refusal.value.old.title == "The Twelve Kingdoms"


def test_another_title_replaces_when_asked_to(discussion, reader):
    make_work("The Twelve Kingdoms")
    make_work("Now and Then")
    name(discussion, reader, "The Twelve Kingdoms")
    name(discussion, reader, "Now and Then", replace=True)
    assert named(discussion) == {"Now and Then": 1}
    assert Favourite.objects.count() == 1


def test_a_favourite_can_be_taken_back(discussion, reader):
    make_work("The Twelve Kingdoms")
    name(discussion, reader, "The Twelve Kingdoms")
    withdraw_favourite(discussion=discussion, reader=reader)
    assert named(discussion) == {}
    assert not Favourite.objects.exists()


def test_taking_back_twice_is_taking_back_once(discussion, reader, nothing_stored):
    with nothing_stored():
        withdraw_favourite(discussion=discussion, reader=reader)


def test_who_never_acted_has_nothing_to_take_back(discussion, nothing_stored):
    with nothing_stored():
        withdraw_favourite(discussion=discussion, reader=Reader())


def test_each_discussion_has_a_favourite_of_its_own(discussion, reader):
    other = make_article("What is tsundere?", slug="tsundere").discussion
    make_work("The Twelve Kingdoms")
    name(discussion, reader, "The Twelve Kingdoms")
    name(other, reader, "The Twelve Kingdoms")
    assert named(discussion) == named(other) == {"The Twelve Kingdoms": 1}


def test_the_list_is_by_count(discussion):
    for title, readers in (("Second", 2), ("Third", 1), ("First", 3)):
        make_work(title)
        for reader in make_readers(readers):
            name(discussion, reader, title)
    assert list(named(discussion).items()) == [("First", 3), ("Second", 2), ("Third", 1)]
    assert others_who_named(discussion, Work.objects.get(title="First")) == 2


@pytest.mark.parametrize(
    "title", ["", "  ", "\u200b", "\0", "Dune\0", "x\x1b", "x" * 121, "\ud800", "🙂" * 121]
)
def test_a_title_that_cannot_stand(discussion, title, nothing_stored):
    with nothing_stored(), pytest.raises(Refused) as refusal:
        name(discussion, Reader(), title)
    assert refusal.value.field == "title"


@pytest.mark.parametrize("letter", ["x", "é", "語", "\ufdfa", "ﬃ", "\U0001f600"])
def test_the_longest_title_stands_or_is_refused_in_every_script(discussion, reader, letter):
    """Some letters become eighteen when titles are compared."""
    with suppress(Refused):
        name(discussion, reader, letter * 120)
    assert [work.title for work in Work.objects.all()] in ([], [letter * 120])


def test_hostile_markup_is_kept_as_text(discussion, reader):
    name(discussion, reader, "<script>alert(1)</script>")
    assert Work.objects.get().title == "<script>alert(1)</script>"


@pytest.mark.parametrize("state", [Discussion.State.READ_ONLY, Discussion.State.HIDDEN])
def test_a_closed_discussion(discussion, reader, state, nothing_stored):
    discussion.state = state
    with nothing_stored(), pytest.raises(Closed):
        name(discussion, reader, "The Twelve Kingdoms")


def test_a_blocked_reader(discussion, reader, mo, nothing_stored):
    block_reader(reader=reader, actor=mo.user, reason="spam")
    with nothing_stored(), pytest.raises(NotAllowed):
        name(discussion, reader, "The Twelve Kingdoms")


def test_ten_titles_an_hour(discussion, reader, nothing_stored):
    with travel(NOON, tick=False) as clock:
        for n in range(10):
            name(discussion, reader, f"Volume {n}", replace=True)
        with nothing_stored(), pytest.raises(TooSoon) as refusal:
            name(discussion, reader, "Volume 11", replace=True)
        assert refusal.value.retry_after == 3600
        clock.shift(timedelta(hours=1))
        name(discussion, reader, "Volume 11", replace=True)


class TestMerging:
    def test_favourites_counts_and_spellings_move(self, discussion, ed):
        source, target = make_work("Juuni Kokki"), make_work("The Twelve Kingdoms")
        for reader, title in zip(
            make_readers(3), ["Juuni Kokki", "Juuni Kokki", "Twelve Kingdoms"], strict=True
        ):
            name(discussion, reader, title)
        merge_works(source=source, target=target, actor=ed.user)
        assert named(discussion) == {"The Twelve Kingdoms": 3}
        assert WorkAlias.objects.filter(work=target).count() == 2
        assert not Work.objects.filter(title="Juuni Kokki").exists()

    def test_the_old_spelling_now_names_the_other_work(self, discussion, reader, ed):
        source, target = make_work("Juuni Kokki"), make_work("The Twelve Kingdoms")
        merge_works(source=source, target=target, actor=ed.user)
        assert name(discussion, reader, "juuni kokki").work == target

    def test_an_example_card_moves_unless_its_article_has_one(self, isekai, ed):
        source, target = make_work("Juuni Kokki"), make_work("The Twelve Kingdoms")
        other = make_article("What is tsundere?", slug="tsundere")
        for article, work in ((isekai, source), (isekai, target), (other, source)):
            make_example(article, work)
        merge_works(source=source, target=target, actor=ed.user)
        assert [card.work for card in isekai.examples.all()] == [target]
        assert [card.work for card in other.examples.all()] == [target]

    def test_it_is_logged(self, ed):
        merge_works(source=make_work("One"), target=make_work("Two"), actor=ed.user)
        entry = ModerationEntry.objects.get()
        assert (entry.actor, entry.act, entry.reason) == (
            ed.user,
            "merge_works",
            "“One” into “Two”",
        )

    def test_two_of_the_longest_titles_can_be_merged(self, ed):
        merge_works(source=make_work("a" * 120), target=make_work("b" * 120), actor=ed.user)
        assert ModerationEntry.objects.get().reason.startswith("“aaa")

    def test_a_work_with_itself_is_refused(self, ed, nothing_stored):
        work = make_work()
        with nothing_stored(), pytest.raises(Refused, match="itself"):
            merge_works(source=work, target=work, actor=ed.user)
