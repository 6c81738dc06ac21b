"""The n-th statement of an act fails, for n = 1, 2, 3 …: all of the act is done or nothing."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection

from polls.actions.recount import differences
from polls.models import Comment, Discussion
from tests import factories
from tests.conftest import Browser

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/articles/isekai/"
MOST = 200  # statements; no act takes so many
Act = tuple[Browser, str, dict[str, object]]


class Stage:
    """Ann has said something, Sam acts; Mo moderates and Ed edits."""

    def __init__(self, discussion: Discussion, sam: Browser, mo: Browser, ed: Browser) -> None:
        self.sam, self.mo, self.ed, self.discussion = sam, mo, ed, discussion
        self.comment = factories.make_comment(discussion, text="Ann says so.")
        self.comments = f"{PAGE}comments/"
        self.one = f"{self.comments}{self.comment.pk}/"

    def sams_own(self) -> str:
        """The address of a comment that Sam has written, and that others have read."""
        self.sam.post(self.comments, {"body": "Sam says so too.", "name": "Sam"})
        return f"{self.comments}{Comment.objects.latest('pk').pk}/"

    def answered(self) -> None:
        self.sam.post(f"{PAGE}questions/reaction/", {"answer": "sad"})


ACTS: dict[str, Callable[[Stage], Act]] = {}


def an_act(make: Callable[[Stage], Act]) -> Callable[[Stage], Act]:
    """Adds an act to those that are broken."""
    ACTS[make.__name__] = make
    return make


@an_act
def a_first_answer(at: Stage) -> Act:
    return at.sam, f"{PAGE}questions/reaction/", {"answer": "sad", "first": "5a" * 16}


@an_act
def a_changed_answer(at: Stage) -> Act:
    at.answered()
    return at.sam, f"{PAGE}questions/reaction/", {"answer": "happy"}


@an_act
def a_withdrawn_answer(at: Stage) -> Act:
    at.answered()
    return at.sam, f"{PAGE}questions/reaction/", {"answer": ""}


@an_act
def a_vote(at: Stage) -> Act:
    at.answered()
    return at.sam, f"{at.one}vote/", {"vote": "good"}


@an_act
def a_comment(at: Stage) -> Act:
    at.answered()
    return at.sam, at.comments, {"body": "What Sam thinks.", "name": "Sam", "show_reaction": "on"}


@an_act
def a_reply(at: Stage) -> Act:
    at.answered()
    factories.trust(at.sam.reader)
    fields = {"body": "To Ann.", "name": "Sam", "parent": at.comment.pk}
    return at.sam, at.comments, fields


@an_act
def an_edit(at: Stage) -> Act:
    return at.sam, f"{at.sams_own()}edit/", {"body": "Sam has thought again."}


@an_act
def a_deletion(at: Stage) -> Act:
    return at.sam, f"{at.sams_own()}delete/", {}


@an_act
def a_report_that_holds(at: Stage) -> Act:
    for reporter in (Browser(address=f"203.0.113.{n}") for n in range(30, 34)):
        reporter.post(f"{at.one}report/", {"reason": "spam"})
    return at.sam, f"{at.one}report/", {"reason": "spam"}


@an_act
def a_favourite(at: Stage) -> Act:
    return at.sam, f"{PAGE}favourite/", {"title": "The Twelve Kingdoms"}


@an_act
def a_topic(at: Stage) -> Act:
    return at.sam, "/topics/suggest/", {"title": "kishōtenketsu", "note": ""}


@an_act
def a_vote_for_a_topic(at: Stage) -> Act:
    topic = factories.make_topic()
    return at.sam, f"/topics/{topic.pk}/vote/", {"wanted": "1"}


@an_act
def a_moderators_decision(at: Stage) -> Act:
    fields = {"do": "remove", "reason": "unkind", "seen": "published"}
    return at.mo, f"/moderation/cases/{at.comment.pk}/", fields


@an_act
def an_editors_pick(at: Stage) -> Act:
    return at.ed, f"{at.one}pick/", {"pick": "pick"}


@contextmanager
def failing(number: int) -> Iterator[list[str]]:
    """A block in which the statement of that number fails; gives the statements begun."""
    begun: list[str] = []

    def fail(execute: Callable, sql: str, *rest: object) -> object:
        if sql.startswith("ROLLBACK"):  # that is how a failure is undone
            return execute(sql, *rest)
        begun.append(sql)
        if len(begun) == number:
            raise OperationalError(f"Statement {number} failed on purpose.")
        return execute(sql, *rest)

    with connection.execute_wrapper(fail):
        yield begun


@pytest.mark.parametrize("name", ACTS)
def test_an_act_of_which_a_statement_fails_is_done_wholly_or_not_at_all(
    name: str, discussion: Discussion, sam: Browser, mo: Browser, ed: Browser
) -> None:
    who, path, fields = ACTS[name](Stage(discussion, sam, mo, ed))
    who.raise_request_exception = False
    before = factories.everything_stored()
    for number in itertools.count(1):
        assert number < MOST
        with failing(number) as begun:
            answer = who.post(path, fields)
        assert differences() == []
        if len(begun) < number:
            break
        if factories.everything_stored() != before:
            break  # it was done, and the answer is lost
        assert answer.status_code == 503, f"Statement {number}: {begun[-1]}"
        assert answer["Retry-After"].isdigit()
    assert number > 1
    done = factories.everything_stored()
    assert done != before
    again = who.post(path, fields)
    # Done once more without effect, or refused: what is decided, or gone, is so only once.
    assert again.status_code < 500, again.content.decode()
    assert rows_of(factories.everything_stored()) == rows_of(done)
    assert differences() == []


def rows_of(stored: dict[str, list[tuple]]) -> dict[str, int]:
    """How many rows each table has; how often somebody pressed is nobody's act."""
    return {table: len(rows) for table, rows in stored.items() if table != "polls_limitcount"}
