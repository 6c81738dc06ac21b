"""The page of an article, put together from pieces.

What readers of one camp share is laid out once and kept with its edition: a `Sheet`. To show it to
somebody costs three look-ups (who is it, what have they said, what did they make of these
comments) and the few pieces in which they differ.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import count
from typing import NamedTuple

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from explainer import pages
from explainer.article_slots import Own
from explainer.context import site
from explainer.editions import Edition
from polls.pieces import store
from polls.pieces.comments import Place, Sheet, comment
from polls.pieces.frames import Frame, digest, kept, kept_frame
from polls.queries import comments as queries
from polls.queries.comments import Talk, Wanted
from polls.queries.moods import mood_of
from polls.queries.nodes import Node, judge
from polls.queries.traces import NONE, MarksOn, Traces
from polls.views import _panels as panels
from polls.views._asked import wanted_by
from polls.views._talk import put_reply_form

ARTICLE = "explainer/article.html"
# A rough weight for the store: the pieces themselves weigh there already.
WEIGHT_OF_COMMENT = 4_000  # bytes

_numbers = count(1)


class Mark(NamedTuple):
    """What one reader made of one comment and its author; as `judge` takes it."""

    vote: str
    is_reported: bool
    is_muted: bool


@dataclass(frozen=True)
class Laid:
    """A sheet for everybody who sees the same, good `until` a moment, of the edition `serial`.

    No two have the same `number`.
    """

    number: int
    sheet: Sheet
    marks: MarksOn
    until: datetime
    serial: int


def article_page(request: HttpRequest, edition: Edition) -> bytes:
    """The page as this reader may see it."""
    reader, asked = request.reader, wanted_by(request)
    traces = NONE if reader.is_new else edition.afterword.traces.read(reader.pk)
    place = Place.of(edition.afterword.discussion.key, _perms(request))
    if traces.has_said or asked.reply:
        sheet = _own_sheet(request, edition, traces, asked, place)
        parts = sheet.parts
    else:
        laid = _laid(request, edition, traces, asked, place)
        sheet = laid.sheet
        parts = sheet.parts.copy()
        if not reader.is_new:
            _mark(parts, laid, reader.pk, place)
    own = Own(request, edition, traces)
    for name, index in sheet.slots.items():
        parts[index] = getattr(own, name)()
    return b"".join(parts)


def _own_sheet(
    request: HttpRequest, edition: Edition, traces: Traces, asked: Wanted, place: Place
) -> Sheet:
    """For who has comments of their own here, or is about to answer one: never kept."""
    discussion, reader = edition.afterword.discussion, request.reader
    talk = queries.talk(discussion, reader, asked)
    talk.composer = discussion.is_open
    if talk.composer:
        put_reply_form(talk.nodes, asked.reply, discussion, reader)
    return _lay(request, edition, traces, talk, place)


def _perms(request: HttpRequest) -> dict | None:
    """What an account may do; a guest may nothing, and needs no asking."""
    if not request.user.is_authenticated:
        return None
    names = "pick", "moderate", "analyse"
    return {"polls": {name: request.user.has_perm(f"polls.{name}") for name in names}}


def _laid(
    request: HttpRequest, edition: Edition, traces: Traces, asked: Wanted, place: Place
) -> Laid:
    """What everybody sees who is in the same camp and has said nothing here."""
    viewer = edition.afterword.onlooker(traces)
    theme = site(request)["theme"]
    key = ("sheet", edition.article.pk, theme, asked, viewer.reaction, place)
    found = store.get(key)
    if found is not None and found.serial == edition.serial:
        return found
    discussion = edition.afterword.discussion
    talk = queries.talk_seen_by(viewer, discussion, asked)
    talk.composer = discussion.is_open
    sheet = _lay(request, edition, traces, talk, place)
    until = min([edition.until, *(node.until for node in sheet.nodes.values() if node.until)])
    found = Laid(next(_numbers), sheet, MarksOn(sheet.nodes), until, edition.serial)
    # A place deep in the talk is looked at by few: it would only push out what many share.
    if not asked.is_somewhere:
        store.put(key, found, WEIGHT_OF_COMMENT * len(sheet.nodes), until.timestamp())
    return found


def _lay(request: HttpRequest, edition: Edition, traces: Traces, talk: Talk, place: Place) -> Sheet:
    sheet = Sheet()
    every = [*talk.nodes, *(node for section in talk.sections for node in section.nodes)]
    threads = {node.anchor: partial(sheet.put, node, place, request) for node in every}

    def lay_talk() -> None:
        sheet.lay(panels.talk_frame(request, talk), threads)

    sheet.lay(_article_frame(request, edition, traces, talk), {"talk": lay_talk})
    return sheet


def _article_frame(request: HttpRequest, edition: Edition, traces: Traces, talk: Talk) -> Frame:
    article, poll = edition.article, edition.afterword.poll(traces)
    about = site(request)
    printed = mood_of(poll) if poll.has_reacted() else None
    key = (
        ARTICLE,
        digest(
            about,
            request.path,
            timezone.localdate(),
            columns(article),
            [(columns(example), columns(example.work)) for example in edition.examples],
            columns(edition.next),
            talk.total,
            printed,
            article.discussion.state,
        ),
    )

    def context() -> dict:
        shown = pages.shell_context(article, edition.examples, edition.next, talk.total)
        return {**about, **shown, "printed": printed, "request": request}

    return kept_frame(key, ARTICLE, context)


def columns(row: Model | None) -> dict[str, object]:
    """All that is stored of a row."""
    fields = row._meta.concrete_fields if row else ()
    return {field.attname: getattr(row, field.attname) for field in fields}


def _mark(parts: list[bytes], laid: Laid, reader_id: int, place: Place) -> None:
    """Puts in place of each comment that a reader has marked the same with their marks."""
    marks, nodes = laid.marks.read(reader_id), laid.sheet.nodes
    marked = {*marks.votes, *marks.reported}
    if marks.muted:
        marked |= {pk for pk, node in nodes.items() if node.author_key in marks.muted}
    for pk in marked:
        node = nodes[pk]
        if node.gone:
            continue
        mark = Mark(
            vote=marks.votes.get(pk, ""),
            is_reported=pk in marks.reported,
            is_muted=node.author_key in marks.muted,
        )
        key = "marked", laid.number, pk, mark
        parts[laid.sheet.at[pk]] = kept(key, partial(_marked, node, place, mark))


def _marked(node: Node, place: Place, mark: Mark) -> bytes:
    """A comment with a reader's marks, up to its replies."""
    node = replace(node)
    judge(node, **mark._asdict())
    return comment(node, place).parts[0]
