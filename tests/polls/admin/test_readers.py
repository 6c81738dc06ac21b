"""Readers in the panel: their record, and blocking."""

import pytest

from polls.errors import NotAllowed
from polls.models import Ballot, Comment, Discussion, ModerationEntry, Reader
from tests import factories
from tests.conftest import Browser
from tests.polls.admin.conftest import (
    act_of,
    listed,
    messages,
    page_of,
    press,
    press_in_list,
    queries_for,
)


def test_the_list_counts_each_readers_comments_by_state(
    mo: Browser, discussion: Discussion
) -> None:
    ann = factories.make_reader("Ann")
    for state in ("published", "published", "pending", "hidden", "spam", "rejected"):
        factories.make_comment(discussion, ann, state=state)
    factories.make_comment(discussion)

    row = mo.get(listed(Reader, "?q=Ann")).context["cl"].result_list[0]

    assert (row.published_count, row.pending_count, row.removed_count) == (2, 1, 3)


def test_blocking_takes_a_reason_and_stops_the_next_comment(
    mo: Browser, discussion: Discussion
) -> None:
    ann = factories.make_reader("Ann")
    factories.make_comment(discussion, ann)

    assert press(mo, "block", ann, confirmed=1, reason="").status_code == 422
    assert Reader.objects.get(pk=ann.pk).blocked_at is None
    press(mo, "block", ann, confirmed=1, reason="Threatened somebody.", votes="keep")

    ann.refresh_from_db()
    with pytest.raises(NotAllowed, match="Threatened somebody"):
        factories.answer(discussion, ann, "sad")
    assert Comment.objects.get(reader=ann).state == "published"

    press(mo, "unblock", ann)
    factories.answer(discussion, Reader.objects.get(pk=ann.pk), "sad")
    acts = ModerationEntry.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["block_reader", "unblock_reader"]


def test_several_are_blocked_at_once(mo: Browser) -> None:
    readers = factories.make_readers(3)
    response = press_in_list(
        mo, "block", *readers, confirmed=1, reason="A burst of spam.", votes="hold"
    )
    assert messages(response) == ["3 readers blocked."]
    assert Reader.objects.filter(blocked_at=None).count() == 0


def test_mo_cannot_block_ed(mo: Browser, ed: Browser) -> None:
    reader = factories.make_reader("Ed", user=ed.user)
    response = press(mo, "block", reader, confirmed=1, reason="I want his job.", votes="keep")
    assert any(
        "Somebody on the staff is not judged here" in message for message in messages(response)
    )
    assert Reader.objects.get(pk=reader.pk).blocked_at is None


def test_the_key_of_the_cookie_is_never_shown(ed: Browser) -> None:
    reader = factories.make_reader("Ann")
    for address in (listed(Reader), page_of(reader), act_of(reader, "block")):
        assert str(reader.key) not in ed.get(address).content.decode()
    assert not list(ed.get(listed(Reader, f"?q={reader.key}")).context["cl"].result_list)


@pytest.mark.parametrize("who", ["mo", "ed"])
def test_nobody_adds_deletes_or_rewrites_a_reader(
    request: pytest.FixtureRequest, who: str, nothing_stored
) -> None:
    browser, reader = request.getfixturevalue(who), factories.make_reader("Ann")
    with nothing_stored():
        assert browser.get("/admin/polls/reader/add/").status_code == 403
        assert browser.post(page_of(reader, "delete"), {"post": "yes"}).status_code == 403
        assert browser.post(page_of(reader), {"name": "Somebody else"}).status_code == 403


def test_deleting_an_account_keeps_what_its_reader_said_and_answered(
    ed: Browser, discussion: Discussion
) -> None:
    account = factories.make_user("sam")
    sam = factories.make_reader("Sam", user=account)
    factories.answer(discussion, sam, "sad")
    factories.make_comment(discussion, sam)

    assert ed.post(page_of(account, "delete"), {"post": "yes"}).status_code == 302

    sam.refresh_from_db()
    assert sam.user is None
    assert Ballot.objects.get().reader == sam
    assert Comment.objects.get().reader == sam


def test_a_blocked_reader_is_found_by_the_filter(mo: Browser) -> None:
    ann, sam = factories.make_readers(2)
    press(mo, "block", ann, confirmed=1, reason="Spam.", votes="keep")
    assert list(mo.get(listed(Reader, "?blocked=yes")).context["cl"].result_list) == [ann]
    assert list(mo.get(listed(Reader, "?blocked=no")).context["cl"].result_list) == [sam]


def test_the_list_costs_the_same_for_5_and_for_50(
    mo: Browser, discussion: Discussion, queries_of
) -> None:
    few, many = queries_for(
        queries_of, mo, listed(Reader), lambda n: factories.make_comments(discussion, n)
    )
    assert few == many


def test_the_comments_of_one_reader_are_a_link_away(mo: Browser, discussion: Discussion) -> None:
    ann = factories.make_reader("Ann")
    own = factories.make_comment(discussion, ann)
    factories.make_comment(discussion)
    address = listed(Comment, f"?reader__id__exact={ann.pk}")
    assert address in mo.get(page_of(ann)).content.decode()
    assert list(mo.get(address).context["cl"].result_list) == [own]


def test_a_reader_is_warned_suspended_and_read_first(mo: Browser) -> None:
    ann = factories.make_reader("Ann")
    assert press(mo, "warn", ann, confirmed=1, text="").status_code == 422
    press(mo, "warn", ann, confirmed=1, text="Be kind.")
    assert press(mo, "suspend", ann, confirmed=1, days="x", reason="A pause.").status_code == 422
    press(mo, "suspend", ann, confirmed=1, days="3", reason="A pause.")
    press(mo, "read_first", ann)
    ann.refresh_from_db()
    assert ann.warning == "Be kind."
    assert ann.suspended_until is not None
    assert ann.is_read_first

    press(mo, "lift", ann)
    press(mo, "trust", ann)
    ann.refresh_from_db()
    assert ann.suspended_until is None
    assert not ann.is_read_first


def test_a_block_says_what_becomes_of_the_votes(mo: Browser, discussion: Discussion) -> None:
    ann = factories.make_reader("Ann")
    factories.answer(discussion, ann, "sad")
    assert press(mo, "block", ann, confirmed=1, reason="Spam.", votes="x").status_code == 422
    press(mo, "block", ann, confirmed=1, reason="Spam.", votes="hold")
    assert Ballot.objects.get(reader=ann).is_held
    press(mo, "unblock", ann)
    assert not Ballot.objects.get(reader=ann).is_held
