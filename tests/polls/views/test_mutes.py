"""Not wanting to read somebody, and wanting to again."""

import pytest

from polls.models import Mute
from tests.factories import make_comment, make_reader
from tests.reading import has_piece, piece, sent_to, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"


def mute(browser, comment, data=None, *, htmx=False):
    return browser.post(f"{PAGE}comments/{comment.pk}/mute/", data or {}, htmx=htmx)


def test_a_muted_readers_comments_are_folded_away_for_one_reader(ann, sam, discussion, comment):
    other = make_comment(discussion, comment.reader, "And a dream.")
    assert sent_to(mute(ann, comment)) == f"{PAGE}?comment={comment.pk}#c{comment.pk}"
    for folded in (comment, other):
        assert "You have muted Priya." in words(ann.get(PAGE), f"c{folded.pk}")
    assert "muted" not in words(sam.get(PAGE), "comments")


def test_htmx_gets_what_folds_each_of_them_where_it_stands(ann, sam, discussion, comment):
    own = make_comment(discussion, comment.reader, "And a dream.")
    reported = make_comment(discussion, comment.reader, "And a lie.")
    ann.post(f"{PAGE}comments/{reported.pk}/report/", {"reason": "spam"})
    others = [make_comment(discussion), make_comment(discussion, comment.reader, state="hidden")]
    unseen = make_comment(discussion, comment.reader, "On another page.")
    shown = [comment, own, reported, *others]
    response = mute(ann, comment, {"shown": ",".join(str(one.pk) for one in shown)}, htmx=True)
    assert "HX-Retarget" not in response
    assert "You will not be shown what Priya writes." in words(response, f"reply-{comment.pk}")
    assert piece(response, f"reply-{comment.pk}").get("data-focus") == "next"
    assert "You have muted Priya." in words(response, f"reply-{own.pk}")
    assert piece(response, f"reply-{own.pk}").get("hx-swap-oob") == "true"
    for other in (reported, *others, unseen):
        assert not has_piece(response, f"reply-{other.pk}")


@pytest.mark.parametrize("shown", ["", "x", ",,", "0", "-1", "9" * 40, "1" * 18, "1,1,1"])
def test_a_page_that_shows_nonsense_breaks_nothing(ann, comment, shown):
    assert mute(ann, comment, {"shown": shown}, htmx=True).status_code == 200
    assert Mute.objects.count() == 1


def test_the_way_back_is_on_the_readers_own_page(ann, sam, comment):
    mute(ann, comment)
    assert "Priya" in words(ann.get("/me/"), "muted")
    where = f"/me/muted/{comment.reader_id}/"
    sam.post(where)
    assert Mute.objects.count() == 1
    assert sent_to(ann.post(where)) == "/me/#muted"
    assert not has_piece(ann.get("/me/"), "muted")
    assert "muted" not in words(ann.get(PAGE), "comments")


def test_twice_is_once(ann, comment):
    for _ in range(2):
        assert mute(ann, comment).status_code == 303
    assert Mute.objects.count() == 1


def test_nobody_mutes_themselves(ann, discussion, nothing_stored):
    ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
    own = make_comment(discussion, ann.reader)
    with nothing_stored():
        assert mute(ann, own).status_code in {403, 422}


def test_a_comment_that_cannot_be_seen_has_no_author_to_mute(ann, comment, nothing_stored):
    type(comment).objects.update(state="hidden")
    with nothing_stored():
        assert mute(ann, comment).status_code == 404


def test_looking_at_the_address_does_nothing(ann, comment, nothing_stored):
    with nothing_stored():
        assert ann.get(f"{PAGE}comments/{comment.pk}/mute/").status_code == 405
        assert ann.get(f"/me/muted/{comment.reader_id}/").status_code == 405


def test_showing_somebody_again_who_was_never_muted_changes_nothing(ann, isekai, nothing_stored):
    stranger = make_reader("Rolf")
    with nothing_stored():
        assert ann.post(f"/me/muted/{stranger.pk}/").status_code in {303, 404}
