"""What is loaded into the comments while somebody reads them: more threads, replies, news."""

from dataclasses import replace

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.encoding import iri_to_uri
from django.views.decorators.http import require_safe

from polls.models import Comment
from polls.queries import access
from polls.queries import comments as queries
from polls.queries.comments import Wanted
from polls.views._answer import done
from polls.views._asked import number, wanted_by
from polls.views._talk import THREADS

MORE = "polls/comments/_more.html"
REPLIES = "polls/comments/_more_replies.html"
# Seconds for which the answer is the same for everybody, here and in every cache on the way.
NEWS_AGE = 5


@require_safe
def more(request: HttpRequest, key: str) -> HttpResponse:
    """The next threads, to stand below those that are there; a page without JavaScript."""
    discussion = access.discussion(key)
    asked = wanted_by(request)

    def context() -> dict:
        talk = queries.talk(discussion, request.reader, asked)
        focus_first(talk.nodes)
        return {
            "nodes": talk.nodes,
            "key": key,
            "after_url": talk.after_url,
            "stays": "stays" in request.GET,
        }

    return done(request, MORE, context, queries.link(discussion, asked))


@require_safe
def replies(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """The next replies of a thread; without JavaScript the page opened at the first of them."""
    root = access.thread(key, pk, request.reader)
    asked = wanted_by(request)
    after = number(request.GET.get("after"))
    last = Comment.objects.filter(root=root, pk=after).only("path").first() if after else None

    def context() -> dict:
        nodes, more_after = queries.more_replies(root, last, request.reader, asked)
        focus_first(nodes)
        query = queries.replies_query(more_after, asked) if more_after else ""
        return {"nodes": nodes, "key": key, "root_id": root.pk, "more_query": query}

    first = queries.first_reply(root, last, request.reader)
    url = queries.link(root.discussion, open=first or root.pk, results=asked.results)
    return done(request, REPLIES, context, url)


@require_safe
def news(request: HttpRequest, key: str) -> HttpResponse:
    """How many comments there are by now: a tiny answer that asks nobody who they are."""
    response = JsonResponse(_news(key))
    patch_cache_control(response, public=True, max_age=NEWS_AGE)
    return response


@require_safe
def newest(request: HttpRequest, key: str) -> HttpResponse:
    """What came since a page was drawn with so many comments: the newest one, where it stands.

    Of several, the order in which they stand together; but not when the newest is a reply, which
    that order would leave below what it answers.
    """
    discussion = access.discussion(key)
    found = _news(key)
    came = found["total"] - (number(request.GET.get("since")) or 0)
    latest = Comment.objects.filter(discussion=discussion, pk=found["latest"]).first()
    asked = Wanted(results=wanted_by(request).results)
    if latest and (latest.parent_id or came == 1):
        asked = replace(asked, open=latest.pk)
    else:  # with a page, so that to follow it is not taken for a choice of the order
        asked = replace(asked, order=queries.NEWEST)
    url = queries.link(discussion, asked) if asked.open else queries.link(discussion, asked, page=1)

    def context() -> dict:
        talk = queries.talk(discussion, request.reader, asked)
        places = (node.find(asked.open) for node in talk.nodes)
        focus_first([place for place in places if place] or talk.nodes)
        return {"talk": talk, "is_answer": True}

    response = done(request, THREADS, context, url)
    if request.htmx:
        response["HX-Push-Url"] = iri_to_uri(url)
    return response


def _news(key: str) -> dict[str, int]:
    name = f"news:{key}"
    found = cache.get(name)
    if found is None:
        found = queries.news(access.discussion(key))
        cache.set(name, found, NEWS_AGE)
    return found


def focus_first(nodes: list[queries.Node]) -> None:
    """Whoever asked for more goes on reading at the first of them."""
    if nodes:
        nodes[0].focus = True
