"""Reports, appeals and notices in the panel: to read, never to write."""

import pytest
from django.db.models import Model

from polls.actions.appeals import make_appeal
from polls.actions.moderation import hide_comment
from polls.actions.notices import send_notice
from polls.actions.reports import report_comment
from polls.models import Appeal, Comment, Notice, Report
from tests import factories
from tests.conftest import Browser
from tests.polls.admin.conftest import listed, page_of, queries_for


def report(comment: Comment) -> Report:
    return report_comment(comment=comment, reader=factories.make_reader(), reason="unkind")


def appeal(comment: Comment) -> Appeal:
    hide_comment(comment=comment, actor=None, reason="unkind")
    return make_appeal(comment=comment, reader=comment.reader, text="I meant no harm at all.")


def notice(comment: Comment) -> Notice:
    return send_notice(
        comment=comment,
        name="Nora",
        email="",
        explanation="It copies my whole book.",
        address=f"198.51.100.{comment.pk % 250}",
    )


@pytest.mark.parametrize("bring", [report, appeal, notice])
def test_they_are_read_and_lead_to_their_case(mo: Browser, comment: Comment, bring) -> None:
    row = bring(comment)
    for address in (listed(type(row)), page_of(row)):
        page = mo.get(address)
        assert page.status_code == 200
        assert f"/moderation/?case={comment.pk}" in page.content.decode()


@pytest.mark.parametrize("bring", [report, appeal, notice])
@pytest.mark.parametrize("who", ["mo", "ed"])
def test_nobody_writes_them(
    request: pytest.FixtureRequest, who: str, comment: Comment, bring, nothing_stored
) -> None:
    browser, row = request.getfixturevalue(who), bring(comment)
    with nothing_stored():
        assert browser.post(page_of(row), {"answer": "Yes."}).status_code == 403
        assert browser.post(page_of(row, "delete"), {"post": "yes"}).status_code == 403
        assert browser.get(listed(type(row)) + "add/").status_code == 403


@pytest.mark.parametrize(("bring", "model"), [(report, Report), (appeal, Appeal), (notice, Notice)])
def test_a_list_costs_the_same_for_5_and_for_50(
    mo: Browser, discussion, queries_of, bring, model: type[Model]
) -> None:
    def make(how_many: int) -> None:
        for comment in factories.make_comments(discussion, how_many):
            bring(comment)

    few, many = queries_for(queries_of, mo, listed(model), make)
    assert few == many


def test_the_open_ones_are_a_filter(mo: Browser, comment: Comment) -> None:
    row = report(comment)
    for address in ("?decided_at__isnull=True", "?decided_at__isempty=1"):
        assert list(mo.get(listed(Report, address)).context["cl"].result_list) == [row]
