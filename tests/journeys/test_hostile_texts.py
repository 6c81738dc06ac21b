"""Hostile and odd texts through every door a text can come in by, and out on every page."""

import re
from collections.abc import Iterator

import pytest
from django.db import transaction

from polls.actions.moderation import publish_comment
from polls.models import Comment, Topic, Work
from tests.conftest import Browser
from tests.corpora import ALL
from tests.factories import addresses
from tests.oracle import COMMENT, XHTML, parse, problems

pytestmark = pytest.mark.django_db

PAGE = "/articles/isekai/"
MOST = 60  # texts of a corpus that are also edited and seen by a moderator; all of them are posted
# What no page of ours has, whoever wrote what stands on it.
NEVER = {"iframe", "object", "embed", "base", "frame", "frameset", "applet", "math", "marquee"}
DANGEROUS = re.compile(r"^[\s\x00-\x20]*(javascript|vbscript|data|file|blob):", re.IGNORECASE)
OWN = ("/static/", "/admin/jsi18n/")
ADDRESSES = {"href", "src", "action", "formaction", "poster", "cite", "background", "srcdoc"}


def faults(markup: str) -> list[str]:
    """What a whole page must not hold: a script that is not ours, a handler, a hostile address."""
    elements = [element for element in parse(markup).iter() if isinstance(element.tag, str)]
    return [fault for element in elements for fault in _faults_of(element)]


def _faults_of(element) -> Iterator[str]:
    name = element.tag.removeprefix(XHTML)
    is_script = name == "script" and not _is_ours(element)
    if is_script or name in NEVER or "refresh" in element.get("http-equiv", "").lower():
        yield f"<{name} {element.attrib}>"
    for attribute, value in element.attrib.items():
        leads = attribute in ADDRESSES and DANGEROUS.match(value) and name != "link"
        if leads or attribute == "style" or attribute.startswith("on"):
            yield f"<{name} {attribute}={value!r}>"


def _is_ours(script) -> bool:
    kind = script.get("type", "")
    return script.get("src", "").startswith(OWN) or kind.endswith("json")


def post(text: str, discussion_page: str, address: str) -> tuple[Browser, int]:
    """Somebody new posts a text, under a name that is the same text if that is a name at all."""
    somebody = Browser(address=address)
    for name in (text[:60], "Ann"):
        response = somebody.post(f"{discussion_page}comments/", {"body": text, "name": name})
        if response.status_code != 422:
            break
    return somebody, response.status_code


@pytest.mark.parametrize("corpus", ALL)
def test_comments_by_post_edit_and_publication(corpus, isekai, ed, mo):
    texts, where = list(ALL[corpus]().values()), addresses()
    statuses = set()
    authors = []
    for text in texts:
        author, status = post(text, PAGE, next(where))
        statuses.add(status)
        if status == 303:
            authors.append(author)
    assert statuses <= {303, 422}
    assert authors
    for author, text in zip(authors[:MOST], texts[::-1], strict=False):
        comment = Comment.objects.get(reader=author.reader)
        response = author.post(f"{PAGE}comments/{comment.pk}/edit/", {"body": text})
        assert response.status_code in {303, 422}
    with transaction.atomic():
        for comment in Comment.objects.filter(state="pending"):
            publish_comment(comment=comment, actor=mo.user)
    unsafe = {
        comment.pk: found
        for comment in Comment.objects.all()
        if (found := problems(comment.html, COMMENT))
    }
    assert unsafe == {}
    pages = [f"{PAGE}?order=oldest&page={number}" for number in range(1, len(authors) // 20 + 2)]
    last = Comment.objects.latest("pk").pk
    staff = ["/admin/polls/comment/?o=-1", f"/admin/polls/comment/{last}/change/"]
    seen = {path: faults(ed.get(path).content.decode()) for path in [*pages, *staff, "/me/"]}
    seen["/moderation/"] = faults(mo.get("/moderation/?queue=everything").content.decode())
    assert {path: found for path, found in seen.items() if found} == {}


@pytest.mark.parametrize("corpus", ["owasp", "markdown vectors", "naughty strings"])
def test_works_topics_and_names(corpus, isekai, ed):
    """What is typed into a line comes out as text on the lists of the site and of the panel."""
    where = addresses()
    for text in list(ALL[corpus]().values())[:150]:
        somebody = Browser(address=next(where))
        typed = {"title": text[:120], "note": text[:300], "anyway": "1"}
        assert somebody.post(f"{PAGE}favourite/", {"title": text[:120]}).status_code in {303, 422}
        assert somebody.post("/topics/suggest/", typed).status_code in {303, 422}
    Topic.objects.update(status=Topic.Status.OPEN)
    Work.objects.update(is_approved=True)
    paths = ["/topics/", PAGE, f"{PAGE}results/", "/", f"{PAGE}works/?title=script"]
    paths += ["/admin/polls/topic/", "/admin/polls/work/", "/admin/polls/reader/"]
    seen = {path: faults(ed.get(path).content.decode()) for path in paths}
    assert {path: found for path, found in seen.items() if found} == {}


def test_a_planted_fault_is_found():
    planted = (
        "<img src=x onerror=alert(1)>",
        "<a href=' JAVAscript:alert(1)'>x</a>",
        "<script>alert(1)</script>",
        "<iframe src=/></iframe>",
        "<p style='x'>",
        "<meta http-equiv=refresh content=0>",
    )
    assert [markup for markup in planted if not faults(markup)] == []
