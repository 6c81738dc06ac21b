"""Where a moderator is and stays: queues, rules, single cases, and who is shown which way."""

import pytest
from django.contrib.auth.models import Group

from polls.actions.appeals import decide_appeal, make_appeal
from polls.actions.moderation import hide_comment
from polls.actions.roles import ANALYSTS, EDITORS
from polls.models import Appeal, Comment, Discussion, ModerationEntry
from tests import factories
from tests.conftest import Browser
from tests.reading import words

QUEUE = "/moderation/"


@pytest.fixture
def held(discussion: Discussion) -> list[Comment]:
    """Four comments, two of them with links."""
    made = [factories.make_comment(discussion, state="pending") for _ in range(4)]
    Comment.objects.filter(pk__in=[made[1].pk, made[3].pk]).update(held_reason="link")
    return made


def keys(response) -> list[int]:
    return [case.comment.pk for case in response.context["cases"]]


def member(name: str, group: str) -> Browser:
    user = factories.make_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return Browser(user=user)


# --- by rule ---


def test_the_waiting_ones_by_the_rule_that_held_them(mo: Browser, held: list[Comment]) -> None:
    response = mo.get(QUEUE, {"queue": "waiting", "rule": "link"})
    assert keys(response) == [held[1].pk, held[3].pk]
    rules = {tab.key: (tab.count, tab.is_current) for tab in response.context["tabs"].rules}
    assert rules == {"newcomer": (2, False), "link": (2, True)}
    assert "Has links 2" in words(response, "queue-tabs")


@pytest.mark.parametrize(("queue", "rule"), [("waiting", "nonsense"), ("everything", "link")])
def test_a_rule_there_is_not_narrows_nothing(
    mo: Browser, held: list[Comment], queue: str, rule: str
) -> None:
    assert len(keys(mo.get(QUEUE, {"queue": queue, "rule": rule}))) == 4


def test_a_decision_stays_with_the_rule(mo: Browser, held: list[Comment]) -> None:
    said = {"do": "publish", "seen": "pending", "queue": "waiting", "rule": "link"}
    response = mo.post(f"{QUEUE}cases/{held[1].pk}/", said)
    assert response["Location"].startswith(f"{QUEUE}?queue=waiting&rule=link&done=")
    said |= {"place": held[3].pk, "after": held[2].pk}
    followed = mo.post(f"{QUEUE}cases/{held[0].pk}/", said, htmx=True)
    assert f'id="case-{held[3].pk}"' in followed.content.decode()


# --- what comes up by itself ---


def test_an_empty_page_is_given_its_cases_and_a_fresh_title(
    mo: Browser, held: list[Comment]
) -> None:
    asked = {"queue": "waiting", "empty": "1"}
    piece = mo.get(f"{QUEUE}counts/", asked, htmx=True).content.decode()
    assert all(f'id="case-{comment.pk}"' in piece for comment in held)
    assert "<title>Queue (4) – " in " ".join(piece.split())
    filled = mo.get(f"{QUEUE}counts/", {"queue": "waiting"}, htmx=True).content.decode()
    assert 'id="case-' not in filled
    assert "<title>Queue (4) – " in " ".join(filled.split())


def test_beside_a_single_case_the_queue_is_offered(mo: Browser, held: list[Comment]) -> None:
    page = words(mo.get(QUEUE, {"case": held[0].pk}), "queue")
    assert "Back to “Waiting” (4)" in page
    assert "Nothing is waiting" not in page
    Comment.objects.update(state="spam")
    assert "Nothing is waiting" in words(mo.get(QUEUE), "empty")


# --- erased ---


def test_what_is_erased_is_nobodys_and_takes_no_tick(mo: Browser, comment: Comment) -> None:
    reply = factories.make_comment(comment.discussion, parent=comment)
    Comment.objects.filter(pk=comment.pk).update(state="erased", name="", text="", html="")
    page = words(mo.get(QUEUE, {"case": comment.pk}), "queue")
    assert "Choose ’s comment" not in page
    assert "Nobody" in page
    assert "Replying to Nobody: “(no text any more)”" in words(mo.get(QUEUE, {"case": reply.pk}))
    assert f'value="{comment.pk}.' not in mo.get(QUEUE, {"case": comment.pk}).content.decode()


def test_erasing_leads_back_to_the_queue(mo: Browser, held: list[Comment]) -> None:
    address = f"{QUEUE}cases/{held[0].pk}/erase/?queue=waiting&rule=newcomer"
    assert f"{QUEUE}?queue=waiting&amp;rule=newcomer&amp;case=" in mo.get(address).content.decode()
    where = mo.post(address, {"reason": "illegal"})["Location"]
    assert where.startswith(f"{QUEUE}?queue=waiting&rule=newcomer&done=")


# --- answers ---


def test_an_answer_offers_its_undo_until_it_is_taken(mo: Browser, comment: Comment) -> None:
    hide_comment(comment=comment, actor=None, reason="unkind")
    appeal = make_appeal(comment=comment, reader=comment.reader, text="I meant no harm at all.")
    decide_appeal(appeal=appeal, actor=mo.user, granted=False, answer="A slip.")
    entry = ModerationEntry.objects.get(act="appeal_declined")
    assert [line.can_undo for line in mo.get(QUEUE).context["latest"]] == [True]
    where = mo.post(f"{QUEUE}undo/{entry.pk}/", {"queue": "appeals"})
    assert where["Location"] == f"{QUEUE}?queue=appeals&case={comment.pk}"
    assert Appeal.objects.get().decided_at is None
    lines = [(line.what, line.can_undo) for line in mo.get(QUEUE).context["latest"]]
    assert lines == [("Took an answer back", False), ("Declined an appeal", False)]


def test_an_open_appeal_hides_no_other_act(mo: Browser, comment: Comment) -> None:
    hide_comment(comment=comment, actor=None, reason="unkind")
    make_appeal(comment=comment, reader=comment.reader, text="I meant no harm at all.")
    page = words(mo.get(QUEUE, {"queue": "appeals"}), "cases")
    assert "Grant: publish it" in page
    assert "Spam" in page


# --- around a case ---


def test_the_comments_around_a_case_are_text(mo: Browser, comment: Comment) -> None:
    said = factories.make_comment(comment.discussion, None, "A **bold** reply.", parent=comment)
    factories.make_comment(
        comment.discussion, None, "[A link](https://example.org/x) below.", parent=said
    )
    page = mo.get(f"{QUEUE}cases/{said.pk}/around/", htmx=True)
    assert "It is an escape." in words(page)
    assert "A link below." in words(page)
    assert f'href="/articles/isekai/?comment={said.pk}#c{said.pk}"' in page.content.decode()
    assert "example.org" not in page.content.decode()
    assert "A bold reply." in words(mo.get(f"{QUEUE}cases/{said.pk}/around/"))


# --- who is shown which way ---


@pytest.mark.parametrize("group", [EDITORS, ANALYSTS])
def test_editors_and_analysts_read_the_report_and_are_led_nowhere_else(
    db: None, isekai, group: str
) -> None:
    who = member("eve", group)
    page = who.get(f"{QUEUE}fairness/")
    assert page.status_code == 200
    for path in ("/", "/articles/isekai/", f"{QUEUE}fairness/"):
        html = who.get(path).content.decode()
        assert f'href="{QUEUE}fairness/"' in html
        assert f'href="{QUEUE}"' not in html


def test_moderators_are_led_to_both(mo: Browser) -> None:
    assert f'href="{QUEUE}"' in mo.get(f"{QUEUE}fairness/").content.decode()
    assert f'href="{QUEUE}fairness/"' in mo.get(QUEUE).content.decode()
