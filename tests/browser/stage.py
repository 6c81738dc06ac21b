"""What the browser tests play on and how they look at it: plain functions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from explainer.models import Article
from polls.actions.moderation import hide_comment
from polls.actions.works import name_favourite
from polls.models import Discussion, LimitCount, Reader
from polls.models.questions import INTENT, REACTION
from polls.rules.limits import COMMENTS, window
from tests import factories

HOST = "localhost"  # where pytest-django's server answers
ISEKAI = "/articles/isekai/"


@contextmanager
def without_reload(page: Page) -> Iterator[None]:
    """Fails when the page is loaded anew in its block: what stood in its memory is gone then."""
    page.evaluate("window.wasHere = true")
    yield
    assert page.evaluate("window.wasHere === true"), "the page was loaded anew"


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name, exact=True)


def card(page: Page) -> Locator:
    """The reaction, and what follows it."""
    return page.locator("#respond")


def talk(page: Page) -> Locator:
    """The comments."""
    return page.locator("#comments")


def comment_of(page: Page, text: str) -> Locator:
    """The comment that says so, with what hangs below it."""
    return page.locator("article.comment").filter(has_text=text).last


def react(page: Page, camp: str) -> None:
    """Presses one of the three cards, and waits for the answer."""
    card(page).get_by_role("button", name=camp).click()
    expect(card(page).get_by_role("button", name=camp)).to_have_attribute("aria-pressed", "true")


def write_comment(page: Page, text: str, *, name: str = "Ann") -> None:
    """Fills the composer in, without posting."""
    composer = page.locator("#composer")
    composer.get_by_label("Say why").fill(text)
    composer.get_by_label("Your name").fill(name)


def sign_in(page: Page, name: str) -> None:
    """Makes a browser that of somebody of the staff, with the session that a form would begin."""
    client = Client()
    client.force_login(get_user_model().objects.get(username=name))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": HOST, "path": "/"}
    page.context.add_cookies([cookie])


def the_reader() -> Reader:
    """Who acted last."""
    return Reader.objects.latest("pk")


def trust_the_reader() -> Reader:
    """Lets the comments of who acted last appear at once."""
    return factories.trust(the_reader())


def forget_speed() -> None:
    """Lets a reader post again at once: a test cannot wait ten seconds."""
    LimitCount.objects.all().delete()


def overspend(reader: Reader) -> None:
    """Uses a reader's comments up, whatever the clock does meanwhile."""
    now = timezone.now()
    for limit in COMMENTS:
        index, _left = window(limit, now)
        for later in range(3):
            LimitCount.objects.update_or_create(
                key=f"{limit.name}:r{reader.pk}:{index + later}",
                defaults={"count": limit.count, "expires_at": now + timedelta(days=3)},
            )


@transaction.atomic
def crowd(discussion: Discussion) -> list[Reader]:
    """Fifty readers: 5 of 20 enraged, 5 of 10 sad and 12 of 20 happy ones will try it."""
    readers = factories.answers(discussion, enraged=20, sad=10, happy=20)
    tries = ["try"] * 5 + ["stay_away"] * 20 + ["try"] * 17 + ["stay_away"] * 8
    for reader, choice in zip(readers, tries, strict=True):
        factories.answer(discussion, reader, choice, question=INTENT)
    return readers


def reacted(discussion: Discussion, name: str, choice: str) -> Reader:
    """Somebody of that name and that reaction."""
    reader = factories.make_reader(name)
    factories.answer(discussion, reader, choice, question=REACTION)
    return reader


SPOILER = "It begins well.\n\n[spoiler: the last page]\nShe wakes up.\n[/spoiler]\n\nIt ends."


@transaction.atomic
def furnish(article: Article) -> Discussion:
    """Everything that can hang below an article: answers, threads, spoilers, tombstones, works."""
    discussion = article.discussion
    crowd(discussion)
    priya = factories.make_comment(
        discussion, reacted(discussion, "Priya", "happy"), "It is an **escape**, [of sorts](/)."
    )
    tomas = factories.make_comment(
        discussion, reacted(discussion, "Tomas", "enraged"), SPOILER, parent=priya
    )
    deeper = factories.make_comment(
        discussion, reacted(discussion, "Lena", "sad"), "> So you say.\n\nNo.", parent=tomas
    )
    factories.make_comment(discussion, None, "To that, a fourth floor.", parent=deeper)
    gone = factories.make_comment(discussion, None, "Gone, with an answer.")
    factories.make_comments(discussion, 2, parent=priya)
    long_one = factories.make_comment(discussion, None, "`code` and " + "unbroken" * 40)
    factories.make_comments(discussion, 6, parent=long_one)
    factories.make_comment(discussion, None, "An answer to it.", parent=gone)
    hide_comment(comment=gone, actor=factories.make_user("mo", is_staff=True), reason="unkind")
    name_works(discussion)
    return discussion


def name_works(discussion: Discussion) -> None:
    """Three favourites of other readers."""
    for title, how_many in (("Spirited Away", 3), ("Inuyasha", 2), ("The Twelve Kingdoms", 1)):
        factories.make_work(title)
        for reader in factories.make_readers(how_many):
            name_favourite(discussion=discussion, reader=reader, title=title, replace=False)


@transaction.atomic
def suggest_topics() -> None:
    """Topics in every status a reader can see."""
    factories.make_topic("a heist story", votes=71)
    factories.make_topic("a frame story", status="writing", votes=12)
    factories.make_topic("an unreliable narrator", status="declined", reason="It has no readers.")
    factories.make_topic("magical realism", votes=3)
