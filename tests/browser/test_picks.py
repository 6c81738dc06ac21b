"""Editors put comments forward, and are told what became of it."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from polls.actions.roles import EDITORS, make_roles
from polls.models import Pick
from tests import factories
from tests.browser.conftest import Watch
from tests.browser.stage import ISEKAI, comment_of, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ed(page: Page) -> Page:
    """Ed, signed in, who is an editor."""
    make_roles()
    user = factories.make_user("ed", is_staff=True)
    user.groups.add(Group.objects.get(name=EDITORS))
    sign_in(page, "ed")
    return page


def pin(page: Page, text: str) -> None:
    place = comment_of(page, text)
    place.locator("details.menu summary").first.click()
    place.get_by_role("button", name="Pick and pin").first.click()


def test_what_became_of_a_pick_stands_at_its_own_comment(ed: Page, watch: Watch) -> None:
    discussion = factories.make_article().discussion
    for text in ("It is an escape.", "It is a trap."):
        factories.make_comment(discussion, None, text)
    ed.goto(ISEKAI)
    pin(ed, "It is an escape.")
    expect(ed.get_by_text("Picked and pinned.")).to_be_visible()
    watch.expected_statuses = {422}
    pin(ed, "It is a trap.")
    refused = comment_of(ed, "It is a trap.")
    expect(refused.get_by_role("alert")).to_contain_text("That was not saved")
    expect(refused.get_by_text("Picked and pinned.")).to_have_count(0)
    expect(comment_of(ed, "It is an escape.").get_by_role("alert")).to_have_count(0)
    assert Pick.objects.get().comment.text == "It is an escape."
