"""One reader's way through the whole afterword, as a person does it: by the forms on the page.

Each step reads its form from the page that stands there, so that what the templates offer and what
the addresses take cannot drift apart. Once without JavaScript, once with htmx.
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

import pytest
from django.http import HttpResponse

from polls.actions._facts import approvals
from polls.actions.moderation import publish_comment
from polls.actions.recount import differences
from polls.actions.topics import set_topic_status
from polls.models import Comment, Topic
from tests.conftest import Browser
from tests.factories import crowd, make_work, unlimited
from tests.reading import has_piece, piece, sent_to, text_of, tree, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"


@dataclass
class Visit:
    """A browser on a page: presses what can be pressed, and looks where it is led."""

    browser: Browser
    htmx: bool
    page: HttpResponse | None = None

    def go(self, path: str) -> "Visit":
        self.page = self.browser.get(path)
        return self

    def press(self, button: str, where: str = "main", **typed: str) -> HttpResponse:
        """Presses the button that begins with those words, its form filled in with `typed`."""
        form, pressed = self.find(button, where)
        data = self.filled(form) | typed
        if pressed.get("name"):
            data[pressed.get("name")] = pressed.get("value", "")
        with unlimited():
            answer = self.browser.post(form.get("action"), data, htmx=self.htmx)
        if self.htmx:
            assert answer.status_code == 200, words(answer)
        else:
            self.go(sent_to(answer))
        return answer

    def find(self, button: str, where: str) -> tuple[Element, Element]:
        """The form and the button in it; both stand in the piece with that id."""
        for form in piece(self.page, where).iter("form"):
            for element in form.iter("button"):
                if text_of(element).startswith(button):
                    return form, element
        raise AssertionError(f"no button “{button}” in #{where}")

    @staticmethod
    def filled(form: Element) -> dict[str, str]:
        """What a browser sends of a form without its buttons."""
        data = {}
        for field in form.iter():
            kind, name = field.get("type"), field.get("name")
            if field.tag == "textarea":
                data[name] = (field.text or "").removeprefix("\n")
            elif field.tag == "input" and (kind != "checkbox" or field.get("checked") is not None):
                data[name] = field.get("value", "on")
        return data

    def seen(self, where: str) -> str:
        return words(self.page, where)


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_ann_does_everything_there_is_to_do(isekai, mo, ed, sam, htmx):
    discussion = isekai.discussion
    crowd(discussion, enraged=(5, 15), sad=(12, 9), happy=(16, 5))
    make_work("The Twelve Kingdoms")
    ann = Visit(Browser(address="203.0.113.50"), htmx).go(PAGE)

    # 1. Before she reads
    ann.press("Sad", "before")
    assert "Sad is what you said before reading" in ann.go(PAGE).seen("before")

    # 2. Her reaction
    ann.press("Enraged", "respond")
    card = ann.go(PAGE).seen("respond")
    assert "You are enraged by isekai Saved. So are 21 of the 63 readers who answered." in card
    assert not has_piece(ann.page, "before")

    # 3. What she will do
    ann.press("I’ll stay away", "respond")
    said = "52% of the readers who answered will try it, among the enraged 24%."
    assert said in ann.go(PAGE).seen("respond")

    # 4. Why
    ann.press("Post comment", "composer", body="Nobody *asks* the dead.", name="Ann")
    mine = Comment.objects.get()
    assert "Waiting for a moderator" in ann.go(f"{PAGE}?comment={mine.pk}").seen(mine.anchor)
    assert not has_piece(sam.get(PAGE), mine.anchor)
    publish_comment(comment=mine, actor=mo.user)
    seen = words(sam.get(PAGE), mine.anchor)
    assert "Ann Enraged" in seen
    assert "Nobody asks the dead." in seen

    # somebody answers her
    sams = Visit(sam, htmx).go(f"{PAGE}comments/{mine.pk}/reply/")
    sams.press("Post reply", f"reply-{mine.pk}", body="But they live on.", name="Sam")
    reply = Comment.objects.get(parent=mine)
    publish_comment(comment=reply, actor=mo.user)
    assert "1 reply" in ann.go(PAGE).seen(mine.anchor)
    assert "Edit" not in ann.seen(mine.anchor), "it has been answered"

    # 5. A favourite
    ann.press("Add", "favourite", title="twelve kingdoms")
    assert "You named The Twelve Kingdoms" in ann.go(PAGE).seen("favourite")
    assert "The Twelve Kingdoms 1 reader" in words(sam.get(PAGE), "favourite")

    # 6. What next
    ann.press("Suggest", "next", title="What’s a heist story?")
    topic = Topic.objects.get()
    assert "heist" not in words(sam.get("/topics/"))
    set_topic_status(topic=topic, status=Topic.Status.OPEN, actor=ed.user)
    sams.go("/topics/").press("1 ", "main")
    assert "2 readers want" in words(ann.browser.get("/topics/"), "main")

    # 7. Following: what works is the feed
    feed = next(a for a in piece(ann.go(PAGE).page, "follow").iter("a"))
    assert ann.browser.get(feed.get("href"))["Content-Type"].startswith("application/atom+xml")

    # She takes everything back.
    ann.press("Withdraw my reaction", "respond")
    ann.go(PAGE).press("Withdraw it", "favourite")
    ann.go(f"{PAGE}comments/{mine.pk}/delete/").press("Delete", f"reply-{mine.pk}")
    page = ann.go(PAGE)
    assert "How does isekai leave you?" in page.seen("respond")
    assert "Deleted by its author." in page.seen("comments")
    assert "But they live on." in page.seen("comments")
    assert "Nobody asks" not in str(sam.get(PAGE).content)
    assert differences() == []


def test_what_a_newcomer_earns(ann, isekai, mo):
    """Two approved comments, and the third appears at once."""
    for n, is_seen in ((1, False), (2, False), (3, True)):
        with unlimited():
            ann.post(f"{PAGE}comments/", {"body": f"Thought number {n}.", "name": "Ann"})
        comment = Comment.objects.latest("pk")
        assert (comment.state == Comment.State.PUBLISHED) is is_seen
        if not is_seen:
            publish_comment(comment=comment, actor=mo.user)
    assert approvals(ann.reader) == 3


def test_every_form_of_the_page_says_where_it_goes_and_stays_here(ann, isekai):
    ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
    for path in (PAGE, "/", "/topics/", "/me/", "/privacy/"):
        for form in tree(ann.get(path)).iter("form"):
            assert form.get("method") == "post", path
            assert form.get("action", "").startswith("/"), path
            if form.get("hx-post"):
                assert form.get("hx-post") == form.get("action"), path
                assert form.get("hx-target"), path
                assert form.get("hx-swap") == "outerHTML", path


def test_every_target_of_htmx_is_on_the_page(ann, isekai, comment):
    ann.post(f"{PAGE}comments/", {"body": "A thought.", "name": "Ann"})
    page = ann.get(PAGE)
    ids = {element.get("id") for element in tree(page).iter()}
    targets = {e.get("hx-target") for e in tree(page).iter() if e.get("hx-target")} - {"this"}
    assert {target for target in targets if target.removeprefix("#") not in ids} == set()
