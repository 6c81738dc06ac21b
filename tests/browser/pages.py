"""Every page of the site in its states, to be looked at one after the other."""

from collections.abc import Callable, Iterator

from django.contrib import admin
from django.db.models import Model
from playwright.sync_api import Page, expect

from explainer.models import Article
from explainer.starter import load_starter_articles
from polls.models import Comment
from tests import factories
from tests.browser.stage import (
    card,
    furnish,
    heading,
    overspend,
    react,
    sign_in,
    suggest_topics,
    the_reader,
    write_comment,
)

KISHO = "/articles/kishotenketsu/"
# A short one: what changes from state to state is judged, not the same text again.
SHORT = "/articles/isekai/"

# What was opened, pressed or refused: a name and how to get there from nothing.
State = tuple[str, Callable[[Page], object]]


def furnished_site() -> Article:
    """The starter articles, one of them with everything below it, and topics in every status."""
    load_starter_articles()
    article = Article.objects.get(slug="kishotenketsu")
    furnish(article)
    suggest_topics()
    return article


def at(path: str) -> Callable[[Page], object]:
    return lambda page: page.goto(path)


def looking() -> Iterator[State]:
    """The pages of articles, for somebody who has never been here."""
    yield "home", at("/")
    yield "article, before answering", at(KISHO)
    yield "article without answers", at("/articles/tsundere/")
    yield "results", at(f"{KISHO}results/")
    yield "results, nobody answered", at(f"{SHORT}results/")
    yield "advisory", at("/articles/netorare/advisory/")
    yield "reply", at(f"{KISHO}comments/{published().pk}/reply/")


def looking_around() -> Iterator[State]:
    """The other pages that somebody finds who has never been here."""
    yield "topics", at("/topics/")
    yield "topics, none", at("/topics/?status=published")
    yield "my answers, none", at("/me/")
    for name in ("rules", "about", "privacy", "accessibility"):
        yield name, at(f"/{name}/")
    yield "sign in", at("/accounts/login/")


def published() -> Comment:
    return Comment.objects.filter(state="published").earliest("pk")


def refusals() -> Iterator[State]:
    """Pages that say no."""
    yield "not found", at("/articles/nothing/")
    yield "sign in, wrong pair", wrong_password
    yield "refused", refused
    yield "send it once more", resend


def wrong_password(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill("ed")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()


def refused(page: Page) -> None:
    """A form that somebody has tampered with, sent without htmx."""
    page.goto("/about/")
    submit(page, f"{KISHO}questions/reaction/", answer="furious", body="a text worth keeping")
    expect(page.get_by_text("Your text is kept here")).to_be_visible()


def resend(page: Page) -> None:
    """A post of a browser that does not say where it comes from."""
    strip = {"sec-fetch-site", "origin", "referer"}

    def bare(route) -> None:
        headers = {k: v for k, v in route.request.headers.items() if k not in strip}
        answer = page.context.request.fetch(
            route.request.url,
            method="POST",
            headers=headers,
            data=route.request.post_data,
            fail_on_status_code=False,
        )
        route.fulfill(response=answer)

    page.goto("/about/")
    page.route("**/questions/reaction/", bare)
    submit(page, f"{KISHO}questions/reaction/", answer="happy", stage="after")
    page.unroute("**/questions/reaction/")
    expect(heading(page, "Send it once more")).to_be_visible()


def submit(page: Page, path: str, **fields: str) -> None:
    """Posts a form that no page has, as a page of the site would."""
    with page.expect_navigation():
        page.evaluate(
            """([path, fields]) => {
              const form = document.createElement("form");
              form.method = "post";
              form.action = path;
              for (const [name, value] of Object.entries(fields)) {
                const input = document.createElement("input");
                [input.type, input.name, input.value] = ["hidden", name, value];
                form.append(input);
              }
              document.body.append(form);
              form.submit();
            }""",
            [path, fields],
        )


def acting() -> Iterator[State]:
    """Pages of somebody who answers, says why and goes wrong, one after the other."""
    yield "before reading, answered", before_reading
    yield "article, after answering", answer_everything
    yield "comment refused", comment_refused
    yield "preview", preview
    yield "own comment, posted", post_comment
    yield "edit in place", lambda page: page.get_by_role("link", name="Edit your comment").click()
    yield "edit", lambda page: page.goto(f"{own()}edit/")
    yield "delete", lambda page: page.goto(f"{own()}delete/")
    yield "too fast", too_fast
    yield "favourite, replace?", favourite
    yield "already asked?", already_asked
    yield "my answers", at("/me/")
    yield "topics, own one waiting", at("/topics/")


def panel_of_nobody() -> Iterator[State]:
    """The panel's front door."""
    yield "panel, sign in", at("/admin/login/")
    yield "panel, wrong pair", wrong_pair_for_the_panel


def panel_lists() -> Iterator[State]:
    """The panel's first page and every list."""
    yield "panel, first page", enter_panel
    for model in admin.site._registry:
        yield f"panel, {model._meta.verbose_name_plural}", at(panel_path(model))
    yield "panel, nothing found", at("/admin/polls/comment/?q=nothing+like+it")


def panel_forms() -> Iterator[State]:
    """One row of every kind, and the forms for a new one."""
    enter = enter_panel
    for model in admin.site._registry:
        row = model._default_manager.first()
        if row:
            name, path = f"panel, a {model._meta.verbose_name}", panel_path(model, row.pk, "change")
            yield name, lambda page, path=path, enter=enter: (enter(page), page.goto(path))
            enter = already_in
    yield "panel, new article", at("/admin/explainer/article/add/")
    yield "panel, article refused", refused_article
    yield "panel, new work", at("/admin/polls/work/add/")


def panel_acts() -> Iterator[State]:
    """What is done to a row, and where the panel says no."""
    article = Article.objects.get(slug="kishotenketsu")
    unanswered = Article.objects.get(slug="tsundere")
    preview_path = panel_path(Article, article.pk, "preview")
    yield "panel, preview", lambda page: (enter_panel(page), page.goto(preview_path))
    yield "panel, history", at(panel_path(Article, article.pk, "history"))
    yield "panel, delete", at(panel_path(Article, unanswered.pk, "delete"))
    yield "panel, comment to hide", at(panel_path(Comment, published().pk, "act/hide"))
    yield "panel, password", at("/admin/password_change/")
    yield "panel, not found", at("/admin/nothing/")


def panel_path(model: type[Model], *parts: object) -> str:
    """The address of a list, or of something of one row."""
    names = [model._meta.app_label, model._meta.model_name, *parts]
    return f"/admin/{'/'.join(str(name) for name in names)}/"


def enter_panel(page: Page) -> None:
    """Ed's first look at it."""
    factories.make_user("ed", is_staff=True, is_superuser=True)
    sign_in(page, "ed")
    page.goto("/admin/")


def already_in(page: Page) -> None:
    """Ed is there."""


def wrong_pair_for_the_panel(page: Page) -> None:
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("ed")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Please enter the correct username")).to_be_visible()


def refused_article(page: Page) -> None:
    page.goto("/admin/explainer/article/add/")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Please correct the errors below.")).to_be_visible()


def before_reading(page: Page) -> None:
    page.goto(SHORT)
    page.locator("#before").get_by_role("button", name="Sad").click()
    expect(page.locator("#before").get_by_role("status")).to_be_visible()


def answer_everything(page: Page) -> None:
    page.goto(KISHO)
    react(page, "Happy")
    card(page).locator("#ask-intent").get_by_role("button").first.click()
    expect(card(page)).to_contain_text("of the readers who answered will try it")


def comment_refused(page: Page) -> None:
    page.goto(SHORT)
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("#composer").get_by_role("alert")).to_be_focused()


def preview(page: Page) -> None:
    page.goto(SHORT)
    write_comment(page, "> Quoted\n\n`code`\n\n[spoiler: all]\nIt ends.\n[/spoiler]")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_be_visible()


def post_comment(page: Page) -> None:
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_text("Waiting for a moderator").first).to_be_visible()


def own() -> str:
    comment = Comment.objects.filter(state="pending").latest("pk")
    return f"{SHORT}comments/{comment.pk}/"


def too_fast(page: Page) -> None:
    overspend(the_reader())
    page.goto(SHORT)
    write_comment(page, "In a hurry.")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("#composer").get_by_role("alert")).to_be_focused()


def favourite(page: Page) -> None:
    page.goto(SHORT)
    panel = page.locator("#favourite")
    for title in ("Unheard Of", "Inuyasha"):
        panel.get_by_label("Title").fill(title)
        panel.get_by_role("button", name="Add").click()
        expect(panel.get_by_role("status")).to_be_visible()
    expect(panel.get_by_role("button", name="Replace")).to_be_visible()


def already_asked(page: Page) -> None:
    page.goto("/topics/")
    panel = page.locator("#next")
    panel.get_by_label("Your question").fill("heist stories")
    panel.get_by_role("button", name="Suggest").click()
    panel.get_by_role("button", name="Suggest it anyway").click()
    expect(panel.get_by_role("status")).to_contain_text("is noted with your vote")
    panel.get_by_label("Your question").fill("frame stories")
    panel.get_by_role("button", name="Suggest").click()
    expect(panel.get_by_role("button", name="Suggest it anyway")).to_be_visible()
