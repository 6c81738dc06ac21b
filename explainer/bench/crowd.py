"""The readers of a load, made beforehand in a site of its own.

Run as a program, with the site's settings in the environment:
`python -m explainer.bench.crowd 30000 15000` makes so many readers who may answer and so many whose
comments appear at once, and prints what `Crowd` holds, as JSON.
"""

import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle
from typing import NamedTuple

# Where everything is measured: an article without an advisory, so that a page is one request.
SLUG = "isekai"
ELSEWHERE = "tsundere"  # where those whose comments appear at once have shown that they may
OWN = 200  # readers with answers and votes of their own
VOTES = 5  # of each of them, on the comments of the first page
SHOWN = 40  # comments of theirs at the top level of SLUG, so that its first page is a full one
SEED = 4


class Crowd(NamedTuple):
    """Cookies, as a browser sends them: of readers who `own` something on the page, of `readers`
    who have done nothing yet, and of those who are `trusted`. `stamp` is that of an old form."""

    own: list[str]
    readers: list[str]
    trusted: list[str]
    stamp: str


def make(readers: int, trusted: int) -> Crowd:
    """Makes them. What they do goes through the site's own acts, what they did before does not."""
    from django.db import transaction
    from django.utils import timezone

    from explainer.demo import cast
    from polls.actions.stamps import make_stamp

    now, trusted = timezone.now(), max(trusted, SHOWN)
    with transaction.atomic():
        number = OWN + readers + trusted
        people = cast.more_readers(number, seed=SEED, since=now - timedelta(days=2))
        _earn_trust(people[OWN + readers :], now - timedelta(days=1))
    cookies, shown = _cookies(people), _first_page(people[0].pk)
    with transaction.atomic():
        _take_part(people[:OWN], shown)
    return Crowd(
        own=cookies[:OWN],
        readers=cookies[OWN : OWN + readers],
        trusted=cookies[OWN + readers :],
        stamp=make_stamp(now - timedelta(minutes=1)),
    )


def _earn_trust(people: Sequence, at: object) -> None:
    """Gives each as many published comments as it takes to be trusted."""
    from explainer.demo.bulk import take_ids
    from explainer.demo.said import Said
    from explainer.demo.scripts import Line, script
    from explainer.demo.storing import store_comments
    from polls.models import Comment, Discussion
    from polls.rules.moderation import APPROVALS_FOR_TRUST

    here, elsewhere = (Discussion.objects.get(key=slug).pk for slug in (SLUG, ELSEWHERE))
    texts = cycle(line.text for thread in script(SLUG).threads for line in thread)
    authors = [person for person in people for _ in range(APPROVALS_FOR_TRUST)]
    ids = take_ids(Comment, len(authors))
    said = [
        Said(pk, here if number < SHOWN else elsewhere, Line(next(texts), ""), author, at, None)
        for number, (pk, author) in enumerate(zip(ids, authors, strict=True))
    ]
    store_comments(said, [], None)


def _cookies(people: Sequence) -> list[str]:
    from django.conf import settings

    from explainer.bench.asking import cookie_of
    from explainer.demo import cast

    rows = cast.invented().filter(pk__gte=people[0].pk).order_by("pk")
    keys = rows.values_list("key", flat=True)
    return [f"{settings.READER_COOKIE_NAME}={cookie_of(key)}" for key in keys]


def _first_page(pk: int) -> list[int]:
    """Comments of the first page, as that reader sees it."""
    from explainer.bench.asking import DRAWN, Asker
    from polls.models import Discussion, Reader

    page = Asker(Reader.objects.get(pk=pk)).get(Discussion.objects.get(key=SLUG).url)
    return [int(number) for number in DRAWN.findall(page.content)][:VOTES]


def _take_part(people: Sequence, shown: Sequence[int]) -> None:
    """Lets each answer both questions and judge the comments that are shown."""
    from polls.actions.questions import answer_question
    from polls.actions.votes import vote_comment
    from polls.models import Comment, Discussion, Reader
    from polls.models.questions import INTENT, REACTION, Stage
    from polls.rules.voting import CAMPS

    discussion = Discussion.objects.get(key=SLUG)
    asked = {row.key: row for row in discussion.questions.filter(key__in=[REACTION, INTENT])}
    readers = Reader.objects.in_bulk([person.pk for person in people])
    comments = Comment.objects.in_bulk(shown)
    for number, reader in enumerate(readers.values()):
        for key, choice in ((REACTION, CAMPS[number % len(CAMPS)]), (INTENT, "try")):
            answer_question(
                question=asked[key],
                choice_key=choice,
                stage=Stage.AFTER,
                reader=reader,
                address=f"2001:db8:{number:x}::1",
            )
        for comment in comments.values():
            vote_comment(comment=comment, reader=reader, vote="good")


if __name__ == "__main__":
    import django

    django.setup()
    json.dump(make(*map(int, sys.argv[1:3]))._asdict(), sys.stdout)
