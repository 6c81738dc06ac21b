"""The page put together from pieces is the page drawn at once: byte for byte, for everybody."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template.loader import render_to_string

from explainer import pages, views
from explainer.models import Article
from polls import pieces
from polls.actions.comments import withdraw_comment
from polls.actions.discussions import close_after
from polls.actions.moderation import hide_comment, lock_thread
from polls.actions.mutes import mute_author
from polls.actions.picks import pick_comment
from polls.actions.reports import report_comment
from polls.actions.sanctions import warn_reader
from polls.models import Reader
from tests.conftest import Browser
from tests.factories import (
    make_comment,
    make_comments,
    make_example,
    make_topic,
    make_user,
    make_work,
    vote_much,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
PAGE = "/articles/isekai/"
ASKED = [
    "",
    "?order=best",
    "?order=newest",
    "?order=oldest&results=1",
    "?view=reaction",
    "?camp=sad",
    "?change=before",
    "?page=2",
    "?comment={reply}",
    "?reply={top}",
    "?after={top}",
]


def drawn_at_once(request, edition):
    """What the templates make of it in one go, with nothing kept and every row read anew."""
    pieces.store.clear()
    article = Article.objects.select_related("discussion", "author").get(pk=edition.article.pk)
    examples = list(article.examples.select_related("work"))
    context = pages.article_context(request, article, examples)
    return render_to_string("explainer/article.html", context, request).strip().encode()


@pytest.fixture
def at_once(monkeypatch):
    """The same address of the same browser, drawn at once."""

    def of(browser: Browser, path: str) -> bytes:
        with monkeypatch.context() as patched:
            patched.setattr(views, "article_page", drawn_at_once)
            return browser.get(path).content

    return of


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def talk(noon, isekai, ann, sam):
    """Threads with everything that can stand in one, and two who have said what they think."""
    discussion = isekai.discussion
    make_example(isekai, make_work())
    make_topic("tsundere", votes=2)
    top, other, *rest = make_comments(discussion, 24)
    replies = make_comments(discussion, 12, parent=top)
    make_comments(discussion, 2, parent=replies[0])
    for camp, browser in (("enraged", ann), ("sad", sam)):
        browser.post(f"{PAGE}questions/reaction/", {"answer": camp})
        browser.post(f"{PAGE}questions/intent/", {"answer": "try"})
        make_comment(discussion, browser.reader, f"I am {camp} <b>& “so”</b>.")
    ed = make_user("editor", is_staff=True, is_superuser=True)
    ed.first_name = "Edith"
    ed.save()
    make_comment(discussion, Reader.objects.create(user=ed, name="Edith"))
    pick_comment(comment=other, actor=ed, pinned=True)
    lock_thread(comment=rest[0], actor=ed)
    make_comments(discussion, 1, parent=rest[1])
    hide_comment(comment=rest[1], actor=ed, reason="unkind")
    vote_much(rest[2], enraged=(6, 0), sad=(7, 1))
    noon.shift(timedelta(minutes=7))
    return {"top": top, "reply": replies[-1], "rest": rest, "ed": ed}


@pytest.fixture
def readers(talk, ann, sam, isekai, mo, ed):
    """Everybody who might look, each in a state of their own."""
    discussion, rest = isekai.discussion, talk["rest"]
    hana, tag = Browser(), Browser()
    hana.post(f"{PAGE}questions/reaction/", {"answer": "happy"})
    for comment, said in ((rest[3], "good"), (rest[4], "not"), (talk["top"], "good")):
        hana.post(f"{PAGE}comments/{comment.pk}/vote/", {"vote": said})
    report_comment(comment=rest[5], reader=hana.reader, reason="unkind")
    mute_author(comment=rest[6], reader=hana.reader)
    hana.post(f"{PAGE}favourite/", {"title": "The Twelve Kingdoms"})
    hana.post(f"/topics/{make_topic('mecha').pk}/vote/", {"wanted": "1"})
    hana.post(f"{PAGE}questions/reaction/", {"answer": "happy", "stage": "before"})
    tag.post(f"{PAGE}questions/reaction/", {"answer": "sad", "stage": "before"})
    tag.post(f"{PAGE}favourite/", {"title": "A work nobody knows"})
    tag.post("/topics/suggest/", {"title": "isekai but sad"})
    warn_reader(reader=tag.reader, actor=talk["ed"], text="Be kind.")
    waiting = Browser()
    waiting.post(f"{PAGE}comments/", {"body": "My first one.", "name": "Wim"})
    removed = make_comment(discussion, ann.reader, "Gone soon.")
    make_comment(discussion, parent=removed)
    hide_comment(comment=removed, actor=talk["ed"], reason="spam")
    erased = make_comment(discussion, sam.reader, "Gone too.")
    make_comment(discussion, parent=erased)
    withdraw_comment(comment=erased, reader=sam.reader)
    none = Browser()
    none.post(f"{PAGE}questions/reaction/", {"answer": "none"})
    dark = Browser()
    dark.cookies["theme"], dark.cookies["order"] = "dark", "oldest"
    return {
        "nobody": Browser(),
        "ann": ann,
        "sam": sam,
        "hana": hana,
        "tag": tag,
        "waiting": waiting,
        "none": none,
        "dark": dark,
        "mo": mo,
        "ed": ed,
    }


@pytest.fixture
def addresses(talk):
    return [f"{PAGE}{query}".format(top=talk["top"].pk, reply=talk["reply"].pk) for query in ASKED]


def differences(readers, addresses, at_once):
    """Where a page of pieces is not the page drawn at once, once everybody has filled the store."""
    looks = [(name, path) for name in readers for path in addresses]
    for name, path in looks:
        readers[name].get(path)
    kept = {(name, path): readers[name].get(path).content for name, path in looks}
    return [look for look in looks if kept[look] != at_once(readers[look[0]], look[1])]


def test_everybody(readers, at_once):
    assert differences(readers, [PAGE], at_once) == []


def test_everywhere(readers, addresses, at_once):
    few = {name: readers[name] for name in ("nobody", "hana", "ann")}
    assert differences(few, addresses, at_once) == []


def test_what_stands_there_is_what_is_meant_to_be_tested(readers):
    seen = {name: readers[name].get(PAGE).content.decode() for name in readers}
    newest = readers["ann"].get(f"{PAGE}?order=newest").content.decode()
    asked = readers["nobody"].get(f"{PAGE}?results=1").content.decode()
    assert "You reported this comment." in seen["hana"]
    assert "You have muted" in seen["hana"]
    assert "A moderator’s word to you:" in seen["tag"]
    assert "A work nobody knows" in seen["tag"]
    assert "Your comment, waiting for a moderator" in seen["waiting"]
    assert "Why was this removed?" in newest
    assert "Valued by enraged and sad" in asked
    assert 'data-theme="dark"' in seen["dark"]
    assert "Pick and pin" in seen["ed"]
    assert "Pick and pin" not in seen["mo"]


def test_a_discussion_that_closes_by_itself(readers, at_once, isekai, talk, noon):
    since = (NOON - isekai.discussion.opens_at).days
    close_after(discussion=isekai.discussion, actor=talk["ed"], days=since + 1)
    few = {name: readers[name] for name in ("nobody", "hana", "ann")}
    assert differences(few, [PAGE], at_once) == []
    noon.shift(timedelta(days=40_000))
    assert b"This discussion is closed." in few["nobody"].get(PAGE).content
    assert differences({"nobody": few["nobody"]}, [PAGE], at_once) == []


def test_as_time_passes(readers, at_once, noon):
    few = {name: readers[name] for name in ("nobody", "hana")}
    for step in (30, 35, 59, 3000, 90_000):
        noon.shift(timedelta(seconds=step))
        assert differences(few, [PAGE], at_once) == [], step


def test_what_is_ones_own_is_in_no_kept_piece(readers, addresses):
    for browser in readers.values():
        for path in addresses:
            browser.get(path)
    kept = b"".join(_bytes_of(pieces.store))
    for own in ("A work nobody knows", "My first one.", "Be kind.", "isekai but sad", "Wim"):
        assert own.encode() not in kept, own


def _bytes_of(store):
    for value, _weight, _until in store._entries.values():
        if isinstance(value, bytes):
            yield value
        parts = getattr(value, "parts", None) or getattr(getattr(value, "sheet", None), "parts", ())
        yield from parts


def test_a_name_in_the_form_is_escaped_like_any_text(isekai, ann, at_once, noon):
    ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
    Reader.objects.filter(pk=ann.reader.pk).update(name="\"><script>alert(1)</script>'&")
    page = ann.get(PAGE).content
    assert b"<script>alert" not in page
    assert page == at_once(ann, PAGE)
    assert page == ann.get(PAGE).content


def test_an_act_is_seen_at_once_by_who_did_it_and_by_others(isekai, ann, sam, comment):
    for browser in (ann, sam):
        browser.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
        assert b"1 good point" not in browser.get(PAGE).content
    ann.post(f"{PAGE}comments/{comment.pk}/vote/", {"vote": "good"})
    for browser in (ann, sam):
        assert b'<span class="num">1</span>' in browser.get(PAGE).content
