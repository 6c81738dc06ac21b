"""What must not be seen is seen nowhere: every address of the site, asked by everybody.

The table says what each address answers to whom when the row it names is one that readers may not
see. A new address has to be given its line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from explainer.models import Article
from polls.actions._comments import set_state
from polls.actions.moderation import hide_comment
from polls.models import Appeal, Comment, Discussion, ModerationEntry, Notice, Report, Topic
from tests import factories
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

WHO = ("anonymous", "reader", "author", "moderator", "admin")
# A moderator's decision or a rule's: the author knows, nobody else.
STATES = ("pending", "hidden", "rejected", "spam")
# Here the text itself is gone.
GONE = ("withdrawn", "erased")
# For everybody alike.
SHOWN, AWAY, ONLY_POST = "200 200 200 200 200", "303 303 303 303 303", "405 405 405 405 405"
NOT_FOR_READERS = "login login login"

# GET, in the order of WHO. 405: the address only takes posts.
TABLE = {
    "home": SHOWN,
    "article": SHOWN,
    "advisory": AWAY,
    "discussion:before": AWAY,
    "discussion:answer": ONLY_POST,
    "discussion:results": SHOWN,
    "discussion:comments": AWAY,
    "discussion:more": AWAY,
    "discussion:news": SHOWN,
    "discussion:newest": AWAY,
    "discussion:comment": "404 404 302 404 404",
    "discussion:replies": "404 404 404 404 404",
    "discussion:reply": "404 404 200 404 404",
    "discussion:edit": "404 404 403 404 404",
    "discussion:delete": "404 404 200 404 404",
    "discussion:report": "404 404 403 404 404",
    "discussion:mute": ONLY_POST,
    "discussion:notice": "404 404 200 404 404",
    "discussion:decision": "404 404 200 404 404",
    "discussion:appeal": ONLY_POST,
    "discussion:pick": ONLY_POST,
    "discussion:vote": ONLY_POST,
    "discussion:favourite": ONLY_POST,
    "discussion:works": SHOWN,
    "polls:topics": SHOWN,
    "polls:suggest": ONLY_POST,
    "polls:similar": SHOWN,
    "polls:topic_vote": ONLY_POST,
    "polls:me": SHOWN,
    "polls:warning": ONLY_POST,
    "polls:unmute": ONLY_POST,
    "polls:notice": SHOWN,
    "polls:rules": SHOWN,
    "polls:ranking": SHOWN,
    "polls:moderation": f"{NOT_FOR_READERS} 200 200",
    "polls:moderation_counts": f"{NOT_FOR_READERS} 200 200",
    "polls:moderation_chosen": f"{NOT_FOR_READERS} 405 405",
    "polls:moderation_decide": f"{NOT_FOR_READERS} 405 405",
    "polls:moderation_lock": f"{NOT_FOR_READERS} 405 405",
    "polls:moderation_erase": f"{NOT_FOR_READERS} 200 200",
    "polls:moderation_around": f"{NOT_FOR_READERS} 200 200",
    "polls:moderation_undo_many": f"{NOT_FOR_READERS} 405 405",
    "polls:moderation_undo": f"{NOT_FOR_READERS} 405 405",
    "polls:moderation_appeal": f"{NOT_FOR_READERS} 405 405",
    "polls:moderation_notice": f"{NOT_FOR_READERS} 405 405",
    "polls:moderation_bursts": f"{NOT_FOR_READERS} 200 200",
    "polls:moderation_burst": f"{NOT_FOR_READERS} 405 405",
    "polls:moderation_burst_undo": f"{NOT_FOR_READERS} 405 405",
    "polls:moderation_reader": f"{NOT_FOR_READERS} 200 200",
    "polls:moderation_discussion": f"{NOT_FOR_READERS} 200 200",
    "polls:moderation_log": "404 404 404 200 200",
    "polls:fairness": f"{NOT_FOR_READERS} 200 200",
    "feed": SHOWN,
    "about": SHOWN,
    "privacy": SHOWN,
    "accessibility": SHOWN,
    "advisory_forget": ONLY_POST,
    "appearance": ONLY_POST,
    "login": SHOWN,
    "robots": SHOWN,
    "sitemap": SHOWN,
    "favicon": "301 301 301 301 301",
    "healthz": SHOWN,
    "readyz": "503 503 503 503 503",  # no worker runs beside the tests
    "metrics": "404 404 404 404 404",  # METRICS is off
    "logout": ONLY_POST,
}
OWN_ACTS = ("comment", "reply", "edit", "delete", "report", "notice", "decision")
# Where the answer depends on the state.
NOBODYS = "404 404 404 404 404"
EXCEPT = {
    "pending": {"discussion:edit": "404 404 200 404 404"},
    "withdrawn": dict.fromkeys([f"discussion:{name}" for name in OWN_ACTS], NOBODYS),
    "erased": dict.fromkeys(
        [f"discussion:{name}" for name in OWN_ACTS if name != "decision"], NOBODYS
    ),
}
# What a post is answered with by everybody who may not: as if there were nothing, or sign in first.
REFUSED = {302, 403, 404, 405}


@dataclass
class Scene:
    """One comment that is not for readers, and everything else of that kind."""

    comment: Comment
    ids: dict[str, object]


def marker(of: str) -> str:
    return f"MARKER{of}MARKER"


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, set]]:
    """Every named address with the names of what it takes; the panel has tests of its own."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                yield from routes(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{prefix}{pattern.name}", set(pattern.pattern.converters)


@pytest.fixture
def people(isekai, ann, sam, mo, ed) -> dict[str, Browser]:
    """Sam has reacted; Ann is the author."""
    for guest in (ann, sam):
        guest.post("/articles/isekai/questions/reaction/", {"answer": "sad"})
    return dict(zip(WHO, (Browser(), sam, ann, mo, ed), strict=True))


def set_scene(state: str, people: dict[str, Browser], discussion: Discussion) -> Scene:
    """A thread in which Ann's reply may not be seen, reported, appealed and given notice of."""
    top = factories.make_comment(discussion, None, "Everybody may read this.")
    comment = factories.make_comment(discussion, people["author"].reader, marker(state), parent=top)
    with transaction.atomic():
        set_state(comment, state)
    if state in GONE:
        Comment.objects.filter(pk=comment.pk).update(text="", html="", name="")
    Report.objects.create(
        comment=comment, reader=factories.make_reader(), reason="other", note=marker("report")
    )
    Comment.objects.filter(pk=comment.pk).update(report_count=1)
    appeal = Appeal.objects.create(comment=comment, text=marker("appeal"))
    notice = Notice.objects.create(comment=comment, name="N", explanation=marker("notice"))
    entry = ModerationEntry.objects.create(
        actor=people["moderator"].user, act="hide_comment", comment=comment, reason="unkind"
    )
    topic = Topic.objects.filter(title__contains=marker("topic")).first()
    topic = topic or factories.make_topic(marker("topic"), status="pending")
    return Scene(
        comment,
        {
            "moderation_appeal": appeal.pk,
            "moderation_notice": notice.pk,
            "moderation_undo": entry.pk,
            "moderation_reader": comment.reader_id,
            "moderation_discussion": discussion.pk,
            "topic_vote": topic.pk,
            "unmute": comment.reader_id,
            "notice": notice.key,
        },
    )


@pytest.fixture
def scenes(people, discussion) -> dict[str, Scene]:
    """One of each state, side by side: what is asked once is looked through for all of them."""
    return {state: set_scene(state, people, discussion) for state in (*STATES, *GONE)}


def address(name: str, takes: set, scene: Scene) -> str:
    """Where that is, for the rows of the scene."""
    space, _colon, short = name.rpartition(":")
    kwargs = {"question": "reaction", "slug": "isekai"}
    kwargs["pk"] = scene.comment.pk if space == "discussion" else scene.ids.get(short, 0)
    kwargs["pk"] = kwargs["pk"] or scene.comment.pk
    kwargs["key"] = "isekai" if space == "discussion" else scene.ids["notice"]
    wanted = takes | ({"key"} if space == "discussion" else set())
    return reverse(name, kwargs={key: kwargs[key] for key in wanted})


def answer(response) -> str:
    """The status; "login" for the way to the sign-in page."""
    is_login = response.status_code == 302 and "/accounts/login/" in response["Location"]
    return "login" if is_login else str(response.status_code)


def may_see(name: str, who: str, of: str) -> bool:
    """Whether what is marked may stand in an answer. What is erased stands nowhere."""
    if of in GONE:
        return False
    if name == "polls:notice" and of == "notice":  # a receipt, for whoever sent it
        return True
    for_staff = name.startswith(("polls:moderation", "polls:fairness"))
    if who in {"moderator", "admin"}:
        return for_staff
    return who == "author" and of in {*STATES, "appeal"}


def leaks(name: str, who: str, body: str) -> list[str]:
    marked = (*STATES, *GONE, "report", "appeal", "notice", "topic")
    seen = [of for of in marked if marker(of) in body and not may_see(name, who, of)]
    return [f"{name} shows {who}: {of}" for of in seen]


def test_every_address_has_a_line():
    assert {name for name, _takes in routes()} == TABLE.keys()


@pytest.mark.parametrize("who", WHO)
def test_looking(who, people, scenes):
    answers, problems = {}, []
    for state, scene in scenes.items():
        said = {}
        for name, takes in routes():
            path = address(name, takes, scene)
            if path not in answers:
                response = people[who].get(path)
                answers[path] = answer(response)
                problems += leaks(name, who, response.content.decode(errors="replace"))
            said[name] = answers[path]
        table = TABLE | EXCEPT.get(state, {})
        assert said == {name: line.split()[WHO.index(who)] for name, line in table.items()}
    assert problems == []


QUERIES = (
    "?order=best",
    "?order=newest",
    "?order=oldest",
    "?view=reaction",
    "?camp=sad",
    "?page=2",
)


@pytest.mark.parametrize("who", ["anonymous", "reader", "moderator", "admin"])
def test_the_talk_in_every_order(who, people, scenes):
    pks = [scene.comment.pk for scene in scenes.values()]
    opened = [f"?{how}={pk}" for how in ("comment", "reply") for pk in pks]
    problems = []
    for query in (*QUERIES, *opened, "?results=1"):
        for path in ("/articles/isekai/", "/articles/isekai/comments/"):
            body = people[who].get(path + query, htmx="comments" in path).content.decode()
            problems += leaks(path + query, who, body)
    assert problems == []


@pytest.mark.parametrize("state", [*STATES, *GONE])
def test_acting_on_it(state, people, discussion):
    """A post to a comment that is not for readers is answered as if there were none."""
    scene = set_scene(state, people, discussion)
    acts = [(name, takes) for name, takes in routes() if name.startswith("discussion:")]
    staff = [(name, takes) for name, takes in routes() if name.startswith("polls:moderation")]
    wrong = []
    before = everything_but_readers()
    for name, takes in [*acts, *staff]:
        if "pk" not in takes:
            continue
        for who in ("anonymous", "reader"):
            typed = {"body": "x" * 20, "vote": "good", "reason": "unkind", "do": "publish"}
            response = people[who].post(address(name, takes, scene), typed)
            if response.status_code not in REFUSED:
                wrong.append(f"{name} answers {who} {response.status_code}")
    assert wrong == []
    assert everything_but_readers() == before


def everything_but_readers() -> dict:
    stored = factories.everything_stored()
    return {table: rows for table, rows in stored.items() if "reader" not in table.lower()}


def test_articles_that_are_not_public(people, mo):
    """Drafts, scheduled articles and what hangs below them are there for nobody but the panel."""
    later = timezone.now() + timedelta(days=2)
    draft = factories.make_article(marker("draft"), slug="draft", status=Article.Status.DRAFT)
    planned = factories.make_article(marker("planned"), slug="planned", published_at=later)
    problems = []
    for article in (draft, planned):
        for who, browser in people.items():
            for tail in ("", "advisory/", "results/", "comments/", "comments/new/"):
                response = browser.get(f"/articles/{article.slug}/{tail}")
                if response.status_code != 404:
                    problems.append(f"{article.slug}/{tail} {who} {response.status_code}")
    for path in ("/", "/feed/", "/sitemap.xml", "/topics/", "/me/", "/articles/isekai/"):
        body = people["reader"].get(path).content.decode()
        problems += [path for of in ("draft", "planned") if marker(of) in body]
    assert problems == []


def test_a_hidden_discussion(people, discussion):
    factories.make_comment(discussion, None, marker("below"))
    Discussion.objects.update(state=Discussion.State.HIDDEN)
    for path in ("/articles/isekai/", "/", "/feed/"):
        for browser in people.values():
            response = browser.get(path)
            assert response.status_code == 200
            assert marker("below") not in response.content.decode()
    assert people["reader"].get("/articles/isekai/comments/").status_code == 404


def test_the_table_would_notice(people, discussion, mo):
    """A comment that is published is seen: the sweep looks in the right places."""
    comment = factories.make_comment(discussion, people["author"].reader, marker("pending"))
    body = people["anonymous"].get("/articles/isekai/").content.decode()
    assert leaks("article", "anonymous", body)
    with transaction.atomic():
        hide_comment(comment=comment, actor=mo.user, reason="unkind")
    body = people["anonymous"].get("/articles/isekai/").content.decode()
    assert leaks("article", "anonymous", body) == []
