"""The panels below an article as pieces: kept for who shares them, drawn for who does not."""

from collections.abc import Iterable
from dataclasses import replace

from django.http import HttpRequest
from django.utils.html import conditional_escape

from polls.actions.stamps import make_stamp
from polls.forms import FavouriteForm, TopicForm
from polls.models import Reader, Work
from polls.pieces.frames import Frame, digest, draw, kept, kept_frame, mark
from polls.queries import topics, works
from polls.queries.afterwords import Afterword
from polls.queries.comments import Talk
from polls.queries.discussions import kept_words
from polls.queries.nodes import Node
from polls.queries.questions import Poll
from polls.queries.traces import Traces
from polls.views._talk import TALK, composer

CARD = "polls/questions/_card.html"
COMPOSER = "polls/comments/_composer.html"
FAVOURITE = "polls/works/_favourite.html"
SUGGEST = "polls/topics/_suggest.html"
WARNING = "polls/_warning.html"


def drawn(template: str, **context: object) -> bytes:
    """A piece under everything that it shows."""
    return kept((template, digest(context)), lambda: draw(template, context))


def card(poll: Poll) -> bytes:
    """The questions at the close."""
    return drawn(CARD, card=poll.card())


def favourite(afterword: Afterword, mine: Work | None) -> bytes:
    """“Name a favourite”, with what a reader named."""
    discussion = afterword.discussion
    panel = works.FavouriteCard(
        key=discussion.key, open=discussion.is_open, top=afterword.works, mine=mine, mine_count=0
    )
    shown = panel.key, panel.open, [(work.title, count) for work, count in panel.top]
    key = FAVOURITE, digest(shown, mine and mine.title)

    def draws() -> bytes:
        return draw(FAVOURITE, {"favourite": replace(panel, form=FavouriteForm())})

    # What only its reader has named so far is nobody else's to be shown.
    return kept(key, draws) if mine is None or mine.is_approved else draws()


def suggest(request: HttpRequest, afterword: Afterword, traces: Traces, reader: Reader) -> bytes:
    """“What should we explain next?”, with a reader's votes, and what waits of theirs."""
    panel = topics.Suggest(
        key=afterword.discussion.key,
        top=afterword.topics_for(traces),
        waiting=topics.own_waiting(reader) if traces.has_asked else [],
    )
    key = SUGGEST, request.path, digest(panel)

    def draws() -> bytes:
        shown = replace(panel, form=TopicForm())
        return draw(SUGGEST, {"suggest": shown, "request": request})

    return draws() if panel.waiting else kept(key, draws)


def talk_frame(request: HttpRequest, talk: Talk) -> Frame:
    """What is around the comments: the orders, the filters, the ways on."""
    sections = [vars(part) | {"nodes": _ids(part.nodes)} for part in talk.sections]
    shown = vars(talk) | {"nodes": _ids(talk.nodes), "sections": sections}
    key = TALK, request.path, digest(shown)
    return kept_frame(key, TALK, lambda: {"talk": talk, "request": request})


def _ids(nodes: Iterable[Node]) -> list[int]:
    return [node.id for node in nodes]


def write(request: HttpRequest, afterword: Afterword, traces: Traces, reader: Reader) -> bytes:
    """The form for a comment, with the reader's name and the second in which it was drawn."""
    discussion, said = afterword.discussion, afterword.stance(traces)
    context = {"key": discussion.key, "request": request}
    if reader.user_id:
        form = composer(discussion, reader, said=said)
        return draw(COMPOSER, context | {"form": form})

    def with_places() -> dict:
        form = composer(discussion, Reader(name=mark("name") if reader.name else ""), said=said)
        form.initial["stamp"] = mark("stamp")
        return context | {"form": form}

    shown = [(choice.key, choice.label) if choice else None for choice in said]
    key = COMPOSER, discussion.key, bool(reader.name), digest(shown, kept_words(discussion))
    frame = kept_frame(key, COMPOSER, with_places)
    name = conditional_escape(reader.name)
    return frame.filled(name=name.encode(), stamp=make_stamp().encode())


def warning(request: HttpRequest, reader: Reader) -> bytes:
    """What a moderator has to tell this reader: that they are stopped, a word not yet read."""

    def draws() -> bytes:
        return draw(WARNING, {"request": request, "next": request.path})

    is_told = reader.warning or reader.blocked_at or reader.is_suspended
    return draws() if is_told else kept((WARNING,), draws)
