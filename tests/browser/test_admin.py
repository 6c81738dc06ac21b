"""Ed publishes an article in the panel, Mo publishes a comment: everybody sees it."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from playwright.sync_api import Page, expect

from explainer.models import Article
from tests import factories
from tests.browser.conftest import NewContext
from tests.browser.stage import ISEKAI, comment_of, heading, sign_in, talk, write_comment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ed(db: None) -> str:
    """The name of an editor who may do everything."""
    return factories.make_user("ed", is_staff=True, is_superuser=True).username


@pytest.fixture
def mo(db: None) -> str:
    """The name of a moderator: comments and readers, nothing else."""
    user = factories.make_user("mo", is_staff=True)
    group = Group.objects.create(name="Comments and readers")
    names = ["view_comment", "change_comment", "view_reader", "change_reader"]
    group.permissions.set(Permission.objects.filter(codename__in=names))
    user.groups.add(group)
    return user.username


def fill_in_the_sign_in(page: Page, name: str) -> None:
    """Opens the panel as anybody of the staff does."""
    page.goto("/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Editing and moderating")).to_be_visible()


def write_article(page: Page) -> None:
    """Fills the form in; the address comes from the title."""
    page.goto("/admin/explainer/article/add/")
    page.get_by_label("Title:").press_sequentially("What is a portal?")
    page.get_by_label("Standfirst:").fill("A door to elsewhere.")
    page.get_by_label("The short answer:").fill("A *door*.")
    page.get_by_label("Text:").fill("Somebody opens it.\n\n## Where it leads\n\nElsewhere.")
    page.get_by_label("Subject:").fill("a portal")
    expect(page.get_by_label("Address:")).to_have_value("what-is-a-portal")


def test_ed_writes_previews_and_publishes_an_article(
    page: Page, ed: str, new_context: NewContext
) -> None:
    fill_in_the_sign_in(page, ed)
    write_article(page)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview").click()
    preview = opened.value
    expect(heading(preview, "What is a portal?")).to_be_visible()
    expect(preview.get_by_role("status").first).to_contain_text("Nothing here is published")
    expect(preview.locator(".short em")).to_have_text("door")
    preview.get_by_label("Say why").focus()
    expect(preview.get_by_label("Say why")).not_to_be_focused()
    preview.close()
    assert not Article.objects.exists()

    page.get_by_role("button", name="Save and publish now").click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    assert Article.objects.get().is_public

    reader = new_context().new_page()
    reader.goto("/")
    reader.get_by_role("link", name="What is a portal?", exact=True).click()
    expect(reader.get_by_role("heading", name="Where it leads")).to_be_visible()
    expect(heading(reader, "How does a portal leave you?")).to_be_visible()


def test_a_draft_is_seen_by_nobody_until_it_is_published(
    page: Page, ed: str, new_context: NewContext
) -> None:
    draft = factories.make_article(status=Article.Status.DRAFT)
    reader = new_context().new_page()
    reader.goto("/")
    expect(heading(reader, "No explainers yet")).to_be_visible()
    sign_in(page, ed)
    page.goto(f"/admin/explainer/article/{draft.pk}/change/")
    page.get_by_role("link", name="Preview as saved").click()
    expect(heading(page, draft.title)).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Publish now", exact=True).click()
    expect(page.get_by_text("1 article published.")).to_be_visible()
    reader.reload()
    expect(heading(reader, draft.title)).to_be_visible()


def test_a_comment_published_by_mo_appears_for_everybody(
    page: Page, mo: str, isekai: Article, new_context: NewContext
) -> None:
    ann = new_context().new_page()
    ann.goto(ISEKAI)
    write_comment(ann, "It is the same story again.")
    ann.get_by_role("button", name="Post comment").click()
    expect(comment_of(ann, "It is the same story again.")).to_contain_text("Waiting")
    sam = new_context().new_page()
    sam.goto(ISEKAI)
    expect(talk(sam)).not_to_contain_text("It is the same story again.")

    sign_in(page, mo)
    page.goto("/admin/")
    page.locator(".waiting").get_by_role("link", name="Comments").click()
    page.get_by_role("link", name="It is the same story again.").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("1 comment published.")).to_be_visible()

    sam.reload()
    expect(comment_of(sam, "It is the same story again.")).to_be_visible()
    expect(heading(sam, "1 comment")).to_be_visible()
    ann.reload()
    expect(comment_of(ann, "It is the same story again.")).not_to_contain_text("Waiting")


def test_a_comment_hidden_by_mo_says_why_in_its_place(
    page: Page, mo: str, isekai: Article, new_context: NewContext
) -> None:
    rude = factories.make_comment(isekai.discussion, None, "You are all fools.")
    factories.make_comment(isekai.discussion, None, "Please do not.", parent=rude)
    sign_in(page, mo)
    page.goto(f"/admin/polls/comment/{rude.pk}/change/")
    page.get_by_role("link", name="Hide…").click()
    page.get_by_label(re.compile("Reason")).select_option(label="Personal remark")
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.get_by_text("1 comment hidden.")).to_be_visible()
    reader = new_context().new_page()
    reader.goto(ISEKAI)
    expect(talk(reader)).to_contain_text("Removed by a moderator: personal remark.")
    expect(talk(reader)).not_to_contain_text("You are all fools.")
    expect(talk(reader)).to_contain_text("Please do not.")


def test_the_panel_follows_the_site_into_the_dark(page: Page, ed: str) -> None:
    page.emulate_media(color_scheme="dark")
    sign_in(page, ed)
    page.goto("/admin/")
    expect(page.locator("body")).to_have_css("background-color", "rgb(23, 22, 19)")
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).to_have_css("background-color", "rgb(251, 250, 246)")
