"""Many cases at once: what the bar does, what it refuses, and one way back for all of them."""

import pytest
from django.contrib.auth.models import Group

from polls.actions.moderation import publish_comment
from polls.actions.reports import report_comment
from polls.actions.roles import MODERATORS
from polls.models import Comment, Discussion, ModerationEntry
from tests import factories
from tests.conftest import Browser
from tests.reading import words

CHOSEN, UNDO = "/moderation/chosen/", "/moderation/undo/"


@pytest.fixture
def three(discussion: Discussion) -> list[Comment]:
    """Ada's, Rolf's and Lena's first comments, each held."""
    return [
        factories.make_comment(discussion, factories.make_reader(name), state="pending")
        for name in ("Ada", "Rolf", "Lena")
    ]


def ticks(*comments: Comment) -> list[str]:
    return [f"{comment.pk}.{comment.state}" for comment in comments]


def states(*comments: Comment) -> list[str]:
    return [Comment.objects.get(pk=comment.pk).state for comment in comments]


def ticked(response) -> list[int]:
    return [case.comment.pk for case in response.context["cases"] if case.is_ticked]


def decide(mo: Browser, *comments: Comment, do: str = "spam", **more: str):
    return mo.post(CHOSEN, {"do": do, "queue": "waiting", "chosen": ticks(*comments), **more})


def test_what_is_missing_is_said_in_the_queue_with_every_tick(
    mo: Browser, three: list[Comment], nothing_stored
) -> None:
    ada, _rolf, lena = three
    with nothing_stored():
        response = decide(mo, ada, lena, do="remove")
    assert response.status_code == 422
    assert "Choose a reason: its author is shown it." in words(response, "chosen")
    assert "That was not saved" not in words(response)
    assert ticked(response) == [ada.pk, lena.pk]
    assert response.context["tabs"].current == "waiting"


def test_a_later_page_is_drawn_again_with_its_ticks(mo: Browser, discussion: Discussion) -> None:
    factories.make_comments(discussion, 25)
    Comment.objects.update(state="pending")
    rows = list(Comment.objects.order_by("pk"))
    response = decide(mo, rows[22], do="remove", **{"from": str(rows[19].pk)})
    assert ticked(response) == [rows[22].pk]
    assert [case.comment.pk for case in response.context["cases"]] == [r.pk for r in rows[20:]]


def test_without_a_queue_the_ticked_ones_are_drawn_again(mo: Browser, three: list[Comment]) -> None:
    response = decide(mo, three[0], do="remove", queue="")
    assert ticked(response) == [three[0].pk]


def test_all_of_a_page_are_ticked_by_a_link(mo: Browser, three: list[Comment]) -> None:
    response = mo.get("/moderation/", {"queue": "waiting", "ticked": "all"})
    assert ticked(response) == [comment.pk for comment in three]


def test_what_stands_is_kept_and_what_waits_is_published(
    mo: Browser, discussion: Discussion
) -> None:
    stands, waits = (factories.make_comment(discussion) for _ in range(2))
    for comment, how_many in ((stands, 1), (waits, 5)):
        for reader in factories.make_readers(how_many):
            report_comment(comment=comment, reader=reader, reason="unkind")
    waits.refresh_from_db()
    assert waits.state == "pending"
    decide(mo, stands, waits, do="publish", queue="reported")
    assert states(stands, waits) == ["published", "published"]
    made = ModerationEntry.objects.filter(actor=mo.user).order_by("id")
    assert list(made.values_list("act", "comment")) == [
        ("keep_comment", stands.pk),
        ("publish_comment", waits.pk),
    ]


def test_what_needed_no_decision_is_not_called_decided(
    mo: Browser, discussion: Discussion, three: list[Comment]
) -> None:
    calm = factories.make_comment(discussion, factories.make_reader("Calm"))
    response = decide(mo, three[0], calm, do="publish", queue="everything")
    page = words(mo.get(response["Location"]))
    assert "1 comment decided." in page
    assert "1 comment was left as it is" in page
    assert "It is by: Calm." in page


def test_one_undo_takes_all_back(mo: Browser, three: list[Comment]) -> None:
    page = mo.get(decide(mo, *three)["Location"].partition("#")[0])
    entries = page.context["batch"]
    assert len(entries) == 3
    response = mo.post(UNDO, {"queue": "waiting", "entry": entries})
    assert response["Location"] == "/moderation/?queue=waiting#result"
    assert states(*three) == ["pending"] * 3
    assert "3 decisions taken back." in words(mo.get("/moderation/?queue=waiting"), "result")


def test_what_cannot_be_taken_back_is_named(mo: Browser, three: list[Comment]) -> None:
    page = mo.get(decide(mo, *three)["Location"].partition("#")[0])
    publish_comment(comment=Comment.objects.get(pk=three[1].pk), actor=None)
    mo.post(UNDO, {"queue": "waiting", "entry": page.context["batch"]})
    assert states(*three) == ["pending", "published", "pending"]
    said = words(mo.get("/moderation/?queue=waiting"), "result")
    assert "2 decisions taken back." in said
    assert "1 decision could not be taken back any more. It is on a comment by: Rolf." in said


def test_nobody_takes_back_what_somebody_else_decided(
    mo: Browser, three: list[Comment], nothing_stored
) -> None:
    decide(mo, *three)
    user = factories.make_user("lee", is_staff=True)
    user.groups.add(Group.objects.get(name=MODERATORS))
    lee = Browser(user=user)
    entries = list(ModerationEntry.objects.values_list("pk", flat=True))
    with nothing_stored():
        assert lee.post(UNDO, {"entry": entries}).status_code == 303
    assert states(*three) == ["spam"] * 3
