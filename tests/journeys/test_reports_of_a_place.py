"""One script reports a comment as five readers, all at once: it is hidden by no one hand."""

import threading

import pytest
from django.db import connection

from polls.actions.recount import differences
from polls.models import Comment, Report
from tests.conftest import Browser
from tests.factories import make_article, make_comment

READERS = 8
PATH = "/articles/isekai/comments/{}/report/"


def post(comment: Comment, address: str) -> int:
    return Browser(address=address).post(PATH.format(comment.pk), {"reason": "spam"}).status_code


@pytest.mark.django_db(transaction=True)
def test_one_address_without_a_cookie_is_one_reporter(transactional_db):
    comment = make_comment(make_article(slug="isekai").discussion)
    start, answers = threading.Barrier(READERS), []

    def report() -> None:
        try:
            start.wait(30)
            answers.append(post(comment, "203.0.113.9"))
        finally:
            connection.close()

    threads = [threading.Thread(target=report) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    comment.refresh_from_db()
    assert answers == [303] * READERS
    assert (comment.state, comment.report_count) == ("published", READERS)
    assert Report.objects.filter(is_echo=False).count() == 1
    assert differences() == []


@pytest.mark.django_db
def test_five_addresses_are_five(isekai):
    comment = make_comment(isekai.discussion)
    for n in range(5):
        assert post(comment, f"203.0.113.{n + 1}") == 303
    comment.refresh_from_db()
    assert comment.state == "pending"


@pytest.mark.django_db
def test_the_moderators_read_how_many_came_from_one_place(isekai, mo):
    comment = make_comment(isekai.discussion)
    for _ in range(3):
        post(comment, "203.0.113.9")
    case = mo.get(f"/moderation/?case={comment.pk}").content.decode()
    assert "Spam: 3" in case
    assert "2 reports came from a place that had reported it already that day" in case
