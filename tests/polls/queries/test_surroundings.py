"""What stands around a comment: bounded, whatever is said in its thread."""

import pytest

from polls.models import Comment
from polls.queries.surroundings import EXCERPT, MOST_ABOVE, MOST_BELOW, around
from tests.factories import make_comment

pytestmark = pytest.mark.django_db


def texts(said):
    return [one.text for one in said]


def test_the_way_up_to_the_top_and_the_direct_replies(discussion):
    top = make_comment(discussion, None, "Top.")
    middle = make_comment(discussion, None, "Middle.", parent=top)
    make_comment(discussion, None, "Beside it.", parent=top)
    judged = make_comment(discussion, None, "Judged.", parent=middle)
    first = make_comment(discussion, None, "First.", parent=judged)
    make_comment(discussion, None, "Below that.", parent=first)
    Comment.objects.filter(pk=first.pk).update(state="spam")
    make_comment(discussion, None, "Second.", parent=judged)
    seen = around(judged)
    assert texts(seen.top + seen.above) == ["Top.", "Middle."]
    assert texts(seen.below) == ["First.", "Second."]
    assert [one.state for one in seen.below] == ["Spam", ""]
    assert (seen.left_out, seen.has_more) == (0, False)


def test_a_comment_alone(comment):
    seen = around(comment)
    assert (seen.top, seen.above, seen.below) == ([], [], [])


def test_text_alone_with_what_is_behind_a_spoiler_and_not_too_much(discussion):
    top = make_comment(discussion, None, "**So** [spoiler: the end]\nShe dies.\n[/spoiler]")
    long_one = make_comment(discussion, None, "word " * 500, parent=top)
    judged = make_comment(discussion, parent=long_one)
    seen = around(judged)
    assert "So" in seen.top[0].text
    assert "She dies." in seen.top[0].text
    assert "*" not in seen.top[0].text
    assert len(seen.above[0].text) <= EXCERPT


@pytest.mark.parametrize("depth", [3, 60])
def test_a_long_thread_costs_as_much_as_a_short_one(discussion, depth, queries_of):
    chain = [make_comment(discussion, None, "Floor 0")]
    for number in range(1, depth):
        chain.append(make_comment(discussion, None, f"Floor {number}", parent=chain[-1]))
    judged = chain[-1]
    for _ in range(MOST_BELOW + 5):
        make_comment(discussion, parent=judged)
    judged = Comment.objects.get(pk=judged.pk)
    assert len(queries_of(lambda: around(judged))) == 2
    seen = around(judged)
    assert texts(seen.top) == ["Floor 0"]
    assert seen.above[-1].text == f"Floor {depth - 2}"
    assert len(seen.above) <= MOST_ABOVE
    assert len(seen.below) == MOST_BELOW
    assert seen.has_more
