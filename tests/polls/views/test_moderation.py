"""The moderators' queue: who may look, what each act does, and what it says when it cannot."""

import re
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone

from polls.actions.appeals import make_appeal
from polls.actions.moderation import hide_comment, publish_comment
from polls.actions.notices import send_notice
from polls.actions.reports import report_comment
from polls.actions.roles import MODERATORS
from polls.models import Appeal, Comment, Discussion, ModerationEntry, Notice, Reader
from polls.rules.moderation import UNDO_WINDOW
from tests import factories
from tests.conftest import Browser

QUEUE = "/moderation/"


@pytest.fixture
def waiting(discussion: Discussion) -> Comment:
    """A first comment, held for a moderator."""
    return factories.make_comment(
        discussion, factories.make_reader("Ada"), "A *weaver* walked.", state="pending"
    )


@pytest.fixture
def lee(db: None) -> Browser:
    """A second moderator."""
    user = factories.make_user("lee", is_staff=True)
    user.groups.add(Group.objects.get(name=MODERATORS))
    return Browser(user=user)


def report(comment: Comment, how_many: int, reason: str = "unkind", note: str = "") -> None:
    for reader in factories.make_readers(how_many):
        report_comment(comment=comment, reader=reader, reason=reason, note=note)


def act_on(who: Browser, comment: Comment, do: str, *, htmx: bool = False, **said: object):
    """Presses a button of a case."""
    said = {"do": do, "seen": comment.state, "queue": "waiting", "place": comment.pk} | said
    where = "lock/" if do in {"lock", "unlock"} else ""
    return who.post(f"{QUEUE}cases/{comment.pk}/{where}", said, htmx=htmx)


def now(comment: Comment) -> Comment:
    return Comment.objects.get(pk=comment.pk)


def body(response) -> str:
    return response.content.decode()


def keys(response) -> list[int]:
    return [case.comment.pk for case in response.context["cases"]]


ADDRESSES = [
    "/moderation/",
    "/moderation/counts/",
    "/moderation/cases/1/erase/",
    "/moderation/cases/1/around/",
    "/moderation/readers/1/",
    "/moderation/discussions/1/",
    "/moderation/fairness/",
]
POSTS = [
    "/moderation/cases/1/",
    "/moderation/cases/1/lock/",
    "/moderation/cases/1/erase/",
    "/moderation/chosen/",
    "/moderation/undo/",
    "/moderation/undo/1/",
    "/moderation/appeals/1/",
    "/moderation/notices/1/",
    "/moderation/readers/1/",
    "/moderation/discussions/1/",
]


@pytest.mark.parametrize("path", ADDRESSES)
def test_who_is_not_signed_in_is_sent_to_do_so_and_back(ann: Browser, path: str) -> None:
    response = ann.get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={path}"
    assert ann.get(path, htmx=True)["HX-Redirect"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("path", [*ADDRESSES, *POSTS])
def test_who_may_not_judge_is_told_no(db: None, path: str, nothing_stored) -> None:
    staff = Browser(user=factories.make_user("des", is_staff=True))
    with nothing_stored():
        assert staff.get(path).status_code in {403, 405}
        if path in POSTS:
            assert staff.post(path, {"do": "publish"}).status_code == 403


@pytest.mark.parametrize("path", POSTS)
def test_a_post_of_somebody_not_signed_in_changes_nothing(
    ann: Browser, path: str, waiting: Comment, nothing_stored
) -> None:
    with nothing_stored():
        response = ann.post(path.replace("1", str(waiting.pk)), {"do": "publish"})
    assert response["Location"] == "/accounts/login/?next=/moderation/"


@pytest.mark.parametrize("path", [*ADDRESSES[2:6], *POSTS])
def test_what_is_not_there_is_404(mo: Browser, path: str) -> None:
    if path == "/moderation/undo/":
        assert mo.post(path, {"entry": ["999999", "x", "-1"]}).status_code == 303
        return
    if path == "/moderation/chosen/":
        assert mo.post(path, {"do": "publish", "chosen": ["999999.pending"]}).status_code == 303
        return
    path = path.replace("1", "999999")
    asked = mo.get(path) if path.endswith("around/") else mo.post(path, {"do": "publish"})
    assert asked.status_code == 404


def test_nothing_here_is_kept_by_a_cache_or_a_crawler(mo: Browser, waiting: Comment) -> None:
    response = mo.get(QUEUE)
    assert "no-store" in response["Cache-Control"]
    assert 'name="robots" content="noindex"' in body(response)


def test_the_link_stands_in_the_navigation_for_who_may_judge(
    mo: Browser, ann: Browser, isekai
) -> None:
    assert 'href="/moderation/"' in body(mo.get("/articles/isekai/"))
    assert 'href="/moderation/"' not in body(ann.get("/articles/isekai/"))
    sam = Browser(user=factories.make_user("sam"))
    assert 'href="/moderation/"' not in body(sam.get("/articles/isekai/"))


# --- queues ---


def test_a_case_has_all_that_is_needed_to_judge_it(
    mo: Browser, discussion: Discussion, comment: Comment
) -> None:
    rolf = factories.make_reader("Rolf")
    factories.trust(rolf)
    factories.answer(discussion, rolf, "enraged")
    factories.answer(discussion, rolf, "stay_away", question="intent")
    said = factories.make_comment(discussion, rolf, "Read **something** first.", parent=comment)
    report(said, 2, "unkind", note="Rude.")
    report(said, 1, "off_topic")

    page = body(mo.get(QUEUE, {"queue": "reported"}))

    assert "Read <strong>something</strong> first." in page
    assert "Replying to Priya: “It is an escape.”" in page
    assert "Personal remark: 2" in page
    assert "Off topic: 1" in page
    assert "reported 3 times" in page
    assert "“Rude.”" in page
    assert re.search(r'value="unkind"\s+selected', page)
    assert "3 comments published since" in page
    assert 'class="camp enraged"' in page
    assert f"/articles/isekai/?comment={said.pk}#c{said.pk}" in page


def test_a_held_comment_says_which_rule_held_it(mo: Browser, waiting: Comment) -> None:
    Comment.objects.filter(pk=waiting.pk).update(held_reason="word", held_detail="idiot")
    assert "A word on the list: “idiot”" in body(mo.get(QUEUE, {"queue": "waiting"}))


def test_each_queue_holds_its_own(mo: Browser, discussion: Discussion, waiting: Comment) -> None:
    calm = factories.make_comment(discussion)
    reported = factories.make_comment(discussion)
    report(reported, 1)
    held = factories.make_comment(discussion)
    report(held, 5)
    spam = factories.make_comment(discussion, state="spam")
    gone = factories.make_comment(discussion, state="withdrawn")
    assert now(held).held_reason == "reports"

    assert keys(mo.get(QUEUE, {"queue": "waiting"})) == [waiting.pk]
    assert keys(mo.get(QUEUE, {"queue": "reported"})) == [reported.pk, held.pk]
    assert keys(mo.get(QUEUE, {"queue": "spam"})) == [spam.pk]
    everything = [spam.pk, held.pk, reported.pk, calm.pk, waiting.pk]
    assert keys(mo.get(QUEUE, {"queue": "everything"})) == everything
    assert gone.pk not in everything
    counts = {tab.key: tab.count for tab in mo.get(QUEUE).context["tabs"].queues}
    assert counts == {
        "waiting": 1,
        "reported": 2,
        "appeals": 0,
        "notices": 0,
        "spam": 1,
        "everything": None,
    }


def test_without_a_word_the_first_queue_that_holds_anything_is_shown(
    mo: Browser, discussion: Discussion
) -> None:
    assert mo.get(QUEUE).context["tabs"].current == "waiting"
    report(factories.make_comment(discussion), 1)
    assert mo.get(QUEUE).context["tabs"].current == "reported"
    assert mo.get(QUEUE, {"queue": "nonsense"}).context["tabs"].current == "reported"


def test_a_long_queue_comes_a_page_at_a_time_the_oldest_first(
    mo: Browser, discussion: Discussion
) -> None:
    made = factories.make_comments(discussion, 25)
    Comment.objects.update(state="pending")
    first = mo.get(QUEUE, {"queue": "waiting"})
    assert keys(first) == [comment.pk for comment in made[:20]]
    second = mo.get(first.context["more_url"])
    assert keys(second) == [comment.pk for comment in made[20:]]
    assert second.context["more_url"] is None


@pytest.mark.parametrize(
    "asked", ["?after=x", "?case=0", "?done=1,x,,-2", "?after=9" * 9, "?queue=\0"]
)
def test_nonsense_in_the_address_asks_for_nothing(
    mo: Browser, waiting: Comment, asked: str
) -> None:
    assert mo.get(QUEUE + asked).status_code == 200


def test_one_case_has_an_address_of_its_own(mo: Browser, comment: Comment) -> None:
    assert keys(mo.get(QUEUE, {"case": comment.pk})) == [comment.pk]
    assert mo.get(QUEUE, {"case": 999999}).status_code == 404


def test_the_counts_are_a_piece(mo: Browser, waiting: Comment) -> None:
    response = mo.get(f"{QUEUE}counts/", {"queue": "spam"}, htmx=True)
    assert "<html" not in body(response)
    assert "1 case waits for a person." in " ".join(body(response).split())
    assert re.search(r'id="queue-spam"[^>]*aria-current="true"', body(response))


@pytest.mark.parametrize("queue", ["waiting", "reported", "appeals", "notices", "everything"])
def test_a_page_costs_the_same_for_3_and_for_20(
    mo: Browser, discussion: Discussion, queries_of, queue: str
) -> None:
    def fill(how_many: int) -> None:
        for comment in factories.make_comments(discussion, how_many):
            if queue == "appeals":
                hide_comment(comment=comment, actor=mo.user, reason="unkind")
                make_appeal(comment=comment, reader=comment.reader, text="I meant no harm at all.")
            if queue == "notices":
                send_notice(
                    comment=comment,
                    name="N",
                    email="",
                    explanation="It copies my whole book.",
                    address=f"198.51.100.{comment.pk % 250}",
                )
            if queue == "reported":
                report(comment, 2, note="Rude.")
            if queue == "waiting":
                Comment.objects.filter(pk=comment.pk).update(state="pending")

    look = partial(mo.get, QUEUE, {"queue": queue})
    fill(3)
    look()
    few = len(queries_of(look))
    fill(17)
    assert len(look().context["cases"]) == 20
    assert len(queries_of(look)) == few <= 26


# --- acts ---


def test_publishing_a_case_says_so_on_the_queue(mo: Browser, waiting: Comment) -> None:
    response = act_on(mo, waiting, "publish")
    assert response.status_code == 303
    assert now(waiting).state == "published"
    page = body(mo.get(response["Location"]))
    assert "Published Ada’s comment." in page
    assert "Nothing is waiting" in page


def test_a_removal_needs_a_reason(mo: Browser, waiting: Comment, nothing_stored) -> None:
    with nothing_stored():
        for reason in ("", "because", "\0"):
            response = act_on(mo, waiting, "remove", reason=reason)
            assert response.status_code == 422
            assert "Choose a reason" in body(response)
            assert "<html" in body(response)


@pytest.mark.parametrize(("state", "becomes"), [("pending", "rejected"), ("published", "hidden")])
def test_removing_rejects_what_waits_and_hides_what_stands(
    mo: Browser, discussion: Discussion, state: str, becomes: str
) -> None:
    comment = factories.make_comment(discussion, factories.make_reader("Rolf"), state=state)
    where = act_on(mo, comment, "remove", reason="unkind")["Location"]
    assert (now(comment).state, now(comment).reason) == (becomes, "unkind")
    assert "Removed Rolf’s comment: personal remark." in body(mo.get(where))


def test_keeping_decides_the_reports(mo: Browser, comment: Comment) -> None:
    report(comment, 2)
    comment.refresh_from_db()
    act_on(mo, comment, "keep", queue="reported")
    assert now(comment).report_count == 0
    assert now(comment).state == "published"
    assert keys(mo.get(QUEUE, {"queue": "reported"})) == []


def test_spam(mo: Browser, waiting: Comment) -> None:
    act_on(mo, waiting, "spam")
    assert now(waiting).state == "spam"


@pytest.mark.parametrize("do", ["", "delete", "erase", "\0", "lock"])
def test_an_act_there_is_not_is_refused(
    mo: Browser, waiting: Comment, do: str, nothing_stored
) -> None:
    with nothing_stored():
        response = mo.post(f"{QUEUE}cases/{waiting.pk}/", {"do": do, "seen": "pending"})
        assert response.status_code == 422
        assert "There is no such act." in body(response)


def test_what_somebody_else_has_decided_says_so(
    mo: Browser, lee: Browser, waiting: Comment, nothing_stored
) -> None:
    publish_comment(comment=waiting, actor=lee.user)
    for htmx in (False, True):
        with nothing_stored():
            response = act_on(mo, waiting, "remove", reason="unkind", seen="pending", htmx=htmx)
        assert response.status_code == 422
        assert "Somebody has decided this already." in body(response)
        assert "lee" in body(response), "the case shows who"
    assert now(waiting).state == "published"


def test_with_htmx_the_next_case_comes_up_by_itself(mo: Browser, discussion: Discussion) -> None:
    made = factories.make_comments(discussion, 3)
    Comment.objects.update(state="pending")
    first, last_shown, follows = (now(comment) for comment in made)

    response = act_on(mo, first, "publish", htmx=True, after=last_shown.pk)

    page = " ".join(body(response).split())
    assert page.startswith('<li class="done-row">')
    assert 'hx-swap-oob="beforeend:#cases"' in page
    assert f'id="case-{follows.pk}"' in page
    assert f'value="{follows.pk}" hx-swap-oob="true"' in page
    assert "2 cases wait for a person." in page
    assert f'id="case-{last_shown.pk}"' not in page

    response = act_on(mo, last_shown, "publish", htmx=True, after=follows.pk)
    assert "beforeend" not in body(response)
    assert f'value="{follows.pk}"' in body(response), "the place is kept for what comes later"


def test_a_thread_is_locked_and_unlocked_from_any_of_its_comments(
    mo: Browser, comment: Comment
) -> None:
    reply = factories.make_comment(comment.discussion, parent=comment)
    response = act_on(mo, reply, "lock", htmx=True)
    assert now(comment).locked_at is not None
    assert "Unlock the thread" in body(response)
    assert f'id="case-{reply.pk}"' in body(response)
    assert act_on(mo, reply, "unlock").status_code == 303
    assert now(comment).locked_at is None
    assert mo.post(f"{QUEUE}cases/{reply.pk}/lock/", {"do": "shut"}).status_code == 422


# --- undo ---


def test_a_decision_can_be_taken_back_for_ten_minutes(mo: Browser, waiting: Comment) -> None:
    where = act_on(mo, waiting, "remove", reason="unkind")["Location"]
    [undo] = set(re.findall(r'action="(/moderation/undo/\d+/)"', body(mo.get(where))))

    back = mo.post(undo)

    assert (back.status_code, back["Location"]) == (303, f"/moderation/?case={waiting.pk}")
    assert now(waiting).state == "pending"
    assert now(waiting).held_reason == "newcomer"
    assert mo.post(undo).status_code == 422, "not twice"


def test_undo_with_htmx_brings_the_case_back(mo: Browser, waiting: Comment) -> None:
    act_on(mo, waiting, "spam")
    entry = ModerationEntry.objects.get(act="mark_spam")
    response = mo.post(f"/moderation/undo/{entry.pk}/", {"queue": "waiting"}, htmx=True)
    assert f'id="case-{waiting.pk}"' in body(response)
    assert now(waiting).state == "pending"


def test_after_ten_minutes_the_way_back_is_a_new_decision(mo: Browser, waiting: Comment) -> None:
    where = act_on(mo, waiting, "spam")["Location"]
    entry = ModerationEntry.objects.get(act="mark_spam")
    with time_machine.travel(timezone.now() + UNDO_WINDOW + timedelta(seconds=1)):
        assert "Undo" not in body(mo.get(where))
        assert mo.post(f"/moderation/undo/{entry.pk}/").status_code == 422
    assert now(waiting).state == "spam"


def test_nobody_takes_back_what_somebody_else_decided(
    mo: Browser, lee: Browser, waiting: Comment
) -> None:
    act_on(mo, waiting, "spam")
    entry = ModerationEntry.objects.get(act="mark_spam")
    assert lee.post(f"/moderation/undo/{entry.pk}/").status_code == 404
    assert "Undo" not in body(lee.get(QUEUE, {"done": entry.pk}))


def test_only_the_latest_decision_offers_its_undo(mo: Browser, waiting: Comment) -> None:
    act_on(mo, waiting, "spam")
    act_on(mo, now(waiting), "publish")
    act_on(mo, now(waiting), "lock")
    lines = mo.get(QUEUE).context["latest"]
    assert [(line.what, line.can_undo) for line in lines] == [
        ("Locked a thread", False),
        ("Published a comment", True),
        ("Marked a comment as spam", False),
    ]


# --- many at once ---


def tick(*comments: Comment) -> list[str]:
    return [f"{comment.pk}.{comment.state}" for comment in comments]


def test_many_are_decided_at_once_each_with_its_undo(mo: Browser, discussion: Discussion) -> None:
    three = [factories.make_comment(discussion, state="pending") for _ in range(3)]
    said = {"do": "remove", "reason": "off_topic", "queue": "waiting", "chosen": tick(*three)}
    response = mo.post(f"{QUEUE}chosen/", said)
    assert response.status_code == 303
    assert {now(comment).state for comment in three} == {"rejected"}
    page = mo.get(response["Location"])
    assert "3 comments decided." in body(page)
    assert len(page.context["done"]) == 3
    assert all(line.can_undo for line in page.context["done"])


def test_what_changed_meanwhile_is_left_as_it_is(
    mo: Browser, lee: Browser, discussion: Discussion
) -> None:
    mine, theirs = (factories.make_comment(discussion, state="pending") for _ in range(2))
    ticked = tick(mine, theirs)
    publish_comment(comment=theirs, actor=lee.user)
    response = mo.post(f"{QUEUE}chosen/", {"do": "spam", "chosen": ticked})
    assert (now(mine).state, now(theirs).state) == ("spam", "published")
    assert "1 comment was left as it is" in body(mo.get(response["Location"]))


@pytest.mark.parametrize(
    "said",
    [
        {"do": "publish"},
        {"do": "publish", "chosen": ["x.pending"]},
        {"do": "publish", "chosen": [f"{n}.pending" for n in range(1, 52)]},
        {"do": "erase", "chosen": ["1.pending"]},
        {"chosen": ["1.pending"]},
    ],
)
def test_what_cannot_be_done_to_many_is_refused(
    mo: Browser, waiting: Comment, said: dict, nothing_stored
) -> None:
    with nothing_stored():
        assert mo.post(f"{QUEUE}chosen/", said).status_code == 422


def test_many_are_not_removed_without_a_reason(
    mo: Browser, waiting: Comment, nothing_stored
) -> None:
    with nothing_stored():
        said = {"do": "remove", "chosen": tick(waiting)}
        assert mo.post(f"{QUEUE}chosen/", said).status_code == 422


# --- for good ---


def test_nothing_is_erased_that_came_after_the_question(mo: Browser, comment: Comment) -> None:
    address = f"{QUEUE}cases/{comment.pk}/erase/"
    fields = dict(re.findall(r'name="(seen|upto)" value="([^"]+)"', body(mo.get(address))))
    reply = factories.make_comment(comment.discussion, None, "Innocent.", parent=comment)
    answer = mo.post(address, fields | {"reason": "illegal"})
    assert answer.status_code == 422
    assert "Somebody has replied meanwhile" in body(answer)
    assert "The 1 reply below it goes too." in " ".join(body(answer).split())
    Comment.objects.filter(pk=comment.pk).update(edited_at=timezone.now())
    answer = mo.post(address, fields | {"reason": "illegal", "upto": str(reply.pk)})
    assert (answer.status_code, now(comment).state) == (422, "published")
    assert "Its author has changed it" in body(answer)


def test_a_branch_is_erased_after_a_question(mo: Browser, comment: Comment) -> None:
    reply = factories.make_comment(comment.discussion, None, "SECRET", parent=comment)
    other = factories.make_comment(comment.discussion)
    address = f"{QUEUE}cases/{comment.pk}/erase/"
    assert "The 1 reply below it goes too." in " ".join(body(mo.get(address)).split())
    assert mo.post(address).status_code == 422
    assert mo.post(address, {"reason": "because"}).status_code == 422
    assert now(reply).state == "published"

    where = mo.post(address, {"reason": "illegal"})["Location"]

    assert [now(row).state for row in (comment, reply, other)] == ["erased", "erased", "published"]
    assert not factories.is_stored("SECRET")
    page = body(mo.get(where))
    assert "Erased a comment and its replies." in page
    assert "Undo" not in page
    assert mo.post(address, {"reason": "illegal"}).status_code == 422


# --- appeals and notices ---


@pytest.fixture
def appeal(mo: Browser, comment: Comment) -> Appeal:
    """Priya appeals against a decision of Mo."""
    hide_comment(comment=comment, actor=mo.user, reason="unkind")
    return make_appeal(comment=comment, reader=comment.reader, text="I meant no harm at all.")


def test_an_appeal_shows_the_decision_and_who_made_it(
    mo: Browser, lee: Browser, appeal: Appeal
) -> None:
    page = body(lee.get(QUEUE, {"queue": "appeals"}))
    assert "I meant no harm at all." in page
    assert "Hid a comment: personal remark" in " ".join(page.split())
    assert "This was your own decision." not in page
    assert "This was your own decision." in body(mo.get(QUEUE, {"queue": "appeals"}))


@pytest.mark.parametrize(("do", "state"), [("grant", "published"), ("decline", "hidden")])
def test_an_appeal_is_answered(lee: Browser, appeal: Appeal, do: str, state: str) -> None:
    address = f"{QUEUE}appeals/{appeal.pk}/"
    response = lee.post(address, {"do": do, "answer": "We looked again.", "queue": "appeals"})
    assert response.status_code == 303
    appeal.refresh_from_db()
    assert (appeal.is_granted, appeal.answer) == (do == "grant", "We looked again.")
    assert appeal.decided_by == lee.user
    assert now(appeal.comment).state == state
    assert keys(lee.get(QUEUE, {"queue": "appeals"})) == []
    assert lee.post(address, {"do": do, "answer": "Once more."}).status_code == 422


@pytest.mark.parametrize(
    "said",
    [
        {"do": "grant", "answer": ""},
        {"do": "grant", "answer": "x" * 501},
        {"do": "grant", "answer": "N\0L"},
        {"do": "maybe", "answer": "Yes."},
        {"answer": "Yes."},
    ],
)
def test_an_answer_that_cannot_stand_is_refused_and_kept(
    lee: Browser, appeal: Appeal, said: dict, nothing_stored
) -> None:
    with nothing_stored():
        response = lee.post(f"{QUEUE}appeals/{appeal.pk}/", said, htmx=True)
    assert response.status_code == 422
    assert said["answer"].replace("\0", "") in body(response).replace("\0", "")


@pytest.fixture
def notice(comment: Comment) -> Notice:
    return send_notice(
        comment=comment,
        name="Nora",
        email="nora@example.org",
        explanation="It copies my whole book.",
        address="198.51.100.1",
    )


@pytest.mark.parametrize(("do", "state"), [("uphold", "hidden"), ("decline", "published")])
def test_a_notice_is_answered(mo: Browser, notice: Notice, do: str, state: str) -> None:
    page = body(mo.get(QUEUE, {"queue": "notices"}))
    assert "It copies my whole book." in page
    assert "nora@example.org" in page
    said = {"do": do, "answer": "Thank you.", "queue": "notices", "place": notice.pk}
    assert mo.post(f"{QUEUE}notices/{notice.pk}/", said).status_code == 303
    notice.refresh_from_db()
    assert (notice.is_upheld, notice.answer) == (do == "uphold", "Thank you.")
    assert now(notice.comment).state == state
    assert keys(mo.get(QUEUE, {"queue": "notices"})) == []


def test_two_notices_on_one_comment_are_two_cases(mo: Browser, notice: Notice) -> None:
    send_notice(
        comment=notice.comment,
        name="Otto",
        email="",
        explanation="It is my book as well, I say.",
        address="198.51.100.2",
    )
    page = body(mo.get(QUEUE, {"queue": "notices"}))
    assert "Nora" in page
    assert "Otto" in page
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_no_id_stands_twice_on_a_full_page(mo: Browser, discussion: Discussion) -> None:
    for _ in range(3):
        report(factories.make_comment(discussion), 2)
    ids = re.findall(r'\bid="([^"]+)"', body(mo.get(QUEUE, {"queue": "reported"})))
    assert len(ids) == len(set(ids))


# --- readers and discussions ---


@pytest.fixture
def rolf(db: None) -> Reader:
    return factories.make_reader("Rolf")


def press(who: Browser, row: Reader | Discussion, do: str, *, htmx: bool = False, **said: object):
    noun = "readers" if isinstance(row, Reader) else "discussions"
    response = who.post(f"{QUEUE}{noun}/{row.pk}/", {"do": do, **said}, htmx=htmx)
    row.refresh_from_db()
    return response


def test_a_reader_is_warned(mo: Browser, rolf: Reader) -> None:
    assert press(mo, rolf, "warn", text="").status_code == 422
    assert press(mo, rolf, "warn", text="x" * 301).status_code == 422
    assert press(mo, rolf, "warn", text="Be kind.").status_code == 303
    assert rolf.warning == "Be kind."
    page = body(mo.get(f"{QUEUE}readers/{rolf.pk}/"))
    assert "warned once" in page
    assert "Warned a reader" in page


def test_a_reader_is_suspended_and_let_in_again(mo: Browser, rolf: Reader) -> None:
    for days in ("", "0", "-1", "x", "1.5", "9" * 30, "366"):
        assert press(mo, rolf, "suspend", days=days, reason="A pause.").status_code == 422
    assert rolf.suspended_until is None
    response = press(mo, rolf, "suspend", days="3", reason="A pause.", htmx=True)
    assert "Suspended until" in body(response)
    assert rolf.suspended_until > timezone.now() + timedelta(days=2)
    press(mo, rolf, "lift")
    assert rolf.suspended_until is None


def test_a_reader_is_read_first_and_trusted_again(mo: Browser, rolf: Reader) -> None:
    press(mo, rolf, "read_first")
    assert rolf.is_read_first
    press(mo, rolf, "trust")
    assert not rolf.is_read_first


def test_a_reader_is_blocked_with_their_votes_and_unblocked(
    mo: Browser, rolf: Reader, discussion: Discussion
) -> None:
    factories.answer(discussion, rolf, "sad")
    assert press(mo, rolf, "block", reason="Threats.", votes="burn").status_code == 422
    assert press(mo, rolf, "block", reason="", votes="hold").status_code == 422
    press(mo, rolf, "block", reason="Threats.", votes="hold")
    assert rolf.blocked_reason == "Threats."
    assert rolf.ballots.get().is_held
    press(mo, rolf, "unblock")
    assert rolf.blocked_at is None
    assert not rolf.ballots.get().is_held


@pytest.mark.parametrize(
    ("do", "said"),
    [
        ("warn", {"text": "Go."}),
        ("suspend", {"days": "3", "reason": "Go."}),
        ("block", {"reason": "Go.", "votes": "keep"}),
    ],
)
def test_nobody_on_the_staff_is_judged_here(
    mo: Browser, ed: Browser, do: str, said: dict, nothing_stored
) -> None:
    reader = factories.make_reader("Ed", user=ed.user)
    with nothing_stored():
        response = press(mo, reader, do, **said)
    assert response.status_code == 422


@pytest.mark.parametrize("do", ["", "delete", "state"])
def test_an_act_on_a_reader_there_is_not_is_refused(mo: Browser, rolf: Reader, do: str) -> None:
    assert press(mo, rolf, do).status_code == 422


def test_a_discussion_is_read_first_slowed_and_closed(mo: Browser, discussion: Discussion) -> None:
    assert press(mo, discussion, "state", state="read_first").status_code == 303
    assert discussion.state == "read_first"
    press(mo, discussion, "slow", seconds="300")
    assert discussion.slow_seconds == 300
    since = (timezone.now() - discussion.opens_at).days
    response = press(mo, discussion, "close_after", days=since - 1)
    assert response.status_code == 422
    assert "counted from the day its page became public" in body(response)
    press(mo, discussion, "close_after", days=since + 30)
    assert discussion.close_after_days == since + 30
    panel = " ".join(body(mo.get(f"{QUEUE}discussions/{discussion.pk}/")).split())
    assert "Its page is public from 1 January 2025, 00:00." in panel
    assert "Closes by itself on" in panel
    Discussion.objects.update(close_after_days=1)
    panel = " ".join(body(mo.get(f"{QUEUE}discussions/{discussion.pk}/")).split())
    assert "Closed by itself on 2 January 2025, 00:00, whatever its state." in panel
    press(mo, discussion, "close_after", days="")
    assert discussion.close_after_days is None
    response = press(mo, discussion, "state", state="read_only", htmx=True)
    assert not discussion.is_open
    assert "Closed a discussion" in body(response)


@pytest.mark.parametrize(
    ("do", "said"),
    [
        ("state", {"state": "burning"}),
        ("state", {}),
        ("slow", {"seconds": "-1"}),
        ("slow", {"seconds": "86401"}),
        ("slow", {"seconds": ""}),
        ("close_after", {"days": "0"}),
        ("close_after", {"days": "4000"}),
        ("warn", {"text": "No reader."}),
    ],
)
def test_nonsense_about_a_discussion_is_refused(
    mo: Browser, discussion: Discussion, do: str, said: dict, nothing_stored
) -> None:
    with nothing_stored():
        assert press(mo, discussion, do, **said).status_code == 422
