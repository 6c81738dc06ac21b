"""The favourites of a discussion, and titles to offer."""

import pytest

from polls.actions.works import name_favourite
from polls.models import Reader
from polls.queries.works import favourite, like, most_named
from tests.factories import make_reader, make_readers, make_work

pytestmark = pytest.mark.django_db


def test_the_five_most_named_ties_by_title(discussion):
    for title, readers in (("F", 1), ("B", 2), ("A", 2), ("E", 1), ("D", 1), ("C", 1)):
        make_work(title)
        for reader in make_readers(readers):
            name_favourite(discussion=discussion, reader=reader, title=title, replace=False)
    assert [work.title for work, _count in most_named(discussion)] == ["A", "B", "C", "D", "E"]


def test_a_card_for_somebody_new_has_nothing_of_their_own(discussion):
    card = favourite(discussion, Reader())
    assert (card.mine, card.mine_count, card.open) == (None, 0, True)


def test_others_are_counted_without_the_reader(discussion):
    make_work()
    reader = make_reader()
    for one in (reader, *make_readers(2)):
        name_favourite(discussion=discussion, reader=one, title="Twelve Kingdoms", replace=False)
    assert favourite(discussion, reader).mine_count == 2


class TestLike:
    @pytest.fixture(autouse=True)
    def shelf(self, db):
        for title in ("The Twelve Kingdoms", "Twelve Angry Men", "Now and Then"):
            make_work(title)
        make_work("Twelve unread titles", approved=False)

    def test_what_holds_the_typed_letters_comes_first(self):
        assert like("twelve") == ["The Twelve Kingdoms", "Twelve Angry Men"]

    def test_slips_of_the_finger_are_forgiven(self):
        assert like("the twelv kingdom")[0] == "The Twelve Kingdoms"

    def test_everything_while_nothing_is_typed(self):
        assert like("  ") == ["Now and Then", "The Twelve Kingdoms", "Twelve Angry Men"]

    @pytest.mark.parametrize("typed", ["\0", "%", "_", "'", "🙂", "x" * 120, "\ufdfa" * 120])
    def test_no_text_breaks_it(self, typed):
        assert like(typed) == []
