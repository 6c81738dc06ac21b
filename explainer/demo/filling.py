"""Filling a site: what is written out once, and as many comments as are asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from random import Random

from django.db import transaction
from django.utils import timezone

from explainer.demo import cast
from explainer.demo.answers import Answers
from explainer.demo.bulk import make_room
from explainer.demo.chatter import REPLIES, invented_threads, long_thread
from explainer.demo.desk import Desk
from explainer.demo.said import rendered
from explainer.demo.scripts import SLUGS, Thread, script
from explainer.demo.threads import Scene
from explainer.demo.topics import store_topics
from explainer.demo.votes import OF_MANY, Voters
from polls.actions.revisions import touch, touch_site
from polls.models import Discussion

READERS = 260  # who act from the start
COMMENTS = 150  # when no number is asked for
BATCH = 10_000  # comments in one transaction: real readers may be acting in between
COMMENTS_A_READER = 4
HUNDREDTH = 100  # one thread has so great a part of all the comments
ORDINARY = 15  # comments of an ordinary thread at most
SHORT = timedelta(days=14)  # how long a younger article is said to have been read
TALK, ALL = 0.6, 1.0  # how much of that time comments of chance fill when written ones follow

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Shape:
    """How threads of chance look: how many replies how often, and how long the longest is."""

    replies: Mapping[int, int] = field(default_factory=lambda: REPLIES)
    least_long: int = 0


class Filling:
    """One run: which articles are filled, until when, by which seed."""

    def __init__(self, seed: int, shape: Shape = Shape()) -> None:
        self.seed, self.shape, self.now = seed, shape, timezone.now()
        found = Discussion.objects.in_bulk(list(SLUGS), field_name="key")
        self.discussions = {slug: found[slug] for slug in SLUGS if slug in found}

    def run(self, comments: int, progress: Progress) -> int:
        """Fills what is empty, adds comments up to that number, and returns how many it added."""
        before = cast.comments().count()
        unplayed = [slug for slug in self.discussions if not self._is_played(slug)]
        written = sum(script(slug).length for slug in unplayed)
        self.answer()
        self.chat(comments - written, TALK if unplayed else ALL, progress)
        self.play(unplayed)
        self.lay_out()
        return cast.comments().count() - before

    @transaction.atomic
    def answer(self) -> None:
        """The first readers, what they answered and what they want explained."""
        there = cast.people(READERS)
        begun = self.now - 5 * SHORT
        there += cast.more_readers(READERS - len(there), seed=self.seed, since=begun)
        for slug, discussion in self.discussions.items():
            if not cast.have_answered(discussion):
                rng = self._rng("answers", slug)
                chosen = rng.sample(there, script(slug).answers)
                self._answers(slug, rng, self._begun(discussion), self.now).store(chosen)
                touch(discussion.pk)
        store_topics(there, list(self.discussions.values()), self._rng("topics"), self.now)

    def chat(self, goal: int, part: float, progress: Progress) -> None:
        """Comments put together by chance up to `goal`, in the first part of the time left.

        All below one article, the first, and one in a hundred in one thread.
        """
        make_room()
        first = there = cast.comments().count()
        slug, discussion = self._first()
        end, middle = self._at(discussion, part), (first + goal) // 2
        long = max((goal - first) // HUNDREDTH, self.shape.least_long)
        while there < goal:
            number = min(BATCH, goal - there)
            rng = self._rng("chat", str(there))
            plays: list[Thread] = []
            if long > ORDINARY and there <= middle < there + number:
                plays, number = [long_thread(script(slug), long, rng)], max(number, long)
            rest = number - sum(len(thread) for thread in plays)
            plays += invented_threads(script(slug), rest, rng, self.shape.replies)
            with transaction.atomic():
                self._chat(slug, plays, end, number / (goal - there), rng)
            there += number
            progress(there - first, goal - first)

    def _chat(
        self, slug: str, plays: list[Thread], end: datetime, share: float, rng: Random
    ) -> None:
        number = sum(len(thread) for thread in plays)
        since = self._at(self.discussions[slug], 0)
        until = since + max(end - since, timedelta()) * min(share, 1)
        readers = cast.more_readers(-(-number // COMMENTS_A_READER), seed=self.seed, since=since)
        self._answers(slug, rng, since, until).store(readers)
        rng.shuffle(plays)
        self._play(slug, plays, rng, since, until, end, roots=OF_MANY, replies=OF_MANY)

    @transaction.atomic
    def play(self, slugs: list[str]) -> None:
        """The comments that are written out, in the time that is left."""
        for slug in slugs:
            discussion = self.discussions[slug]
            since = max(self._at(discussion, 0), self._begun(discussion) + SHORT / 4)
            since, plays = min(since, self.now), script(slug).threads[::-1]
            self._play(slug, plays, self._rng("play", slug), since, self.now, self.now)
        if slugs:  # the topics came with them
            touch_site()

    @transaction.atomic
    def lay_out(self) -> None:
        """What moderators and editors find."""
        slug, discussion = self._first()
        Desk(discussion, self._rng("desk", slug)).lay_out()

    def _play(
        self,
        slug: str,
        plays: list[Thread],
        rng: Random,
        since: datetime,
        until: datetime,
        end: datetime,
        **judged: Mapping[int, int],
    ) -> None:
        touch(self.discussions[slug].pk)
        readers = cast.by_camp(self.discussions[slug], rng)
        voters = Voters([*chain(*readers.values())], rng, self.now, **judged)
        scene = Scene(self.discussions[slug], readers, rng, since, until, end)
        scene.play(plays, voters)

    def _first(self) -> tuple[str, Discussion]:
        """The article that has what is not written out."""
        return next(iter(self.discussions.items()))

    def _is_played(self, slug: str) -> bool:
        body, *_rest = rendered(script(slug).threads[0][0].text)
        return self.discussions[slug].comments.filter(text=body).exists()

    def _answers(self, slug: str, rng: Random, since: datetime, until: datetime) -> Answers:
        return Answers(self.discussions[slug], script(slug), rng, since, until)

    def _begun(self, discussion: Discussion) -> datetime:
        """Since when an article is read."""
        opened = discussion.opens_at
        is_old = opened and opened < self.now - timedelta(days=1)
        return opened if is_old else self.now - SHORT

    def _at(self, discussion: Discussion, part: float) -> datetime:
        """A moment between the last thread there is (0) and now (1)."""
        last = discussion.comments.roots().order_by("-id").first()
        begun = self._begun(discussion)
        since = min(max(last.created_at, begun), self.now) if last else begun
        return since + (self.now - since) * part

    def _rng(self, *names: str) -> Random:
        """Chance of its own for each piece of work: what one draws changes nothing elsewhere."""
        return Random(": ".join((str(self.seed), *names)))
