"""What is asked of a discussion, small and large, and what it comes to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median

from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone

from explainer.bench.asking import Asker, drawn
from explainer.bench.scratch import Scratch
from explainer.demo import cast
from polls.actions.stamps import make_stamp
from polls.models import Comment, LimitCount, Reader
from polls.queries.comments import PAGE
from polls.rules.moderation import APPROVALS_FOR_TRUST

LIMIT = 1.5  # times as long as the small one may the large one take
FAR = 500  # the page that nobody leafs to, or the last full one
RECENT = 5_000  # comments among which somebody to ask as is looked for
CAMP = "sad"


@dataclass
class Side:
    """One of the two discussions, and the reader who asks for it."""

    scratch: Scratch
    asker: Asker = field(init=False)
    reader: Reader = field(init=False)
    drawn: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Looks up whom to ask as, and what for. In a block that uses the scratch database."""
        discussion = self.scratch.discussion
        self.reader = somebody_trusted()
        self.asker = Asker(self.reader)
        self.url, self.comments_url = (
            discussion.url,
            reverse("discussion:comments", args=[discussion.key]),
        )
        self.asker.client.post(
            reverse("advisory", args=[discussion.key]), {"remember": "on"}, secure=self.asker.secure
        )
        threads = discussion.comments.roots()
        self.far = max(min(FAR, discussion.comments.listed().count() // PAGE), 1)
        self.root = threads.order_by("-reply_count", "pk")[0]
        middle = self.root.descendants.published().order_by("path")
        self.middle = middle[self.root.reply_count // 2]
        self.posts = 0

    def look(self, query: str) -> int:
        return drawn(self.asker.get(self.url + query))

    def post(self, parent: Comment | None) -> int:
        """Posts a comment, without a form's age or yesterday's pace in the way."""
        LimitCount.objects.all().delete()
        self.posts += 1
        at = timezone.now()
        return drawn(
            self.asker.post(
                self.comments_url,
                {
                    "body": f"Measured at {at.isoformat()}, number {self.posts}.",
                    "name": self.reader.name,
                    "show_reaction": "on",
                    "stamp": make_stamp(at - timedelta(minutes=1)),
                    "parent": parent.pk if parent else "",
                },
            )
        )


def somebody_trusted() -> Reader:
    """An invented reader of one camp whose comments appear at once."""
    latest = Comment.objects.aggregate(latest=Max("pk"))["latest"]
    said = cast.comments().published().filter(camp__key=CAMP, pk__gt=latest - RECENT)
    counted = said.values("reader").annotate(number=Count("pk"))
    trusted = counted.filter(number__gte=APPROVALS_FOR_TRUST).order_by("-number", "reader")
    return Reader.objects.get(pk=trusted[0]["reader"])


@dataclass
class Measure:
    """One thing that is asked, and how long either side took for it, in ms."""

    name: str
    ask: Callable[[Side], int]
    small: list[float] = field(default_factory=list)
    large: list[float] = field(default_factory=list)
    drawn: tuple[int, int] = (0, 0)

    @property
    def ratio(self) -> float:
        """How many times as long the large discussion took, by the medians."""
        return median(self.large) / median(self.small)

    @property
    def is_ok(self) -> bool:
        return self.ratio <= LIMIT

    def facts(self) -> dict[str, object]:
        """For the file of results."""
        return {
            "name": self.name,
            "small_ms": round(median(self.small), 2),
            "large_ms": round(median(self.large), 2),
            "small_least_ms": round(min(self.small), 2),
            "large_least_ms": round(min(self.large), 2),
            "ratio": round(self.ratio, 3),
            "limit": LIMIT,
            "ok": self.is_ok,
            "small_drawn": self.drawn[0],
            "large_drawn": self.drawn[1],
            "rounds": len(self.small),
        }


def measures() -> list[Measure]:
    """Everything that is asked, in the order of the table."""
    return [
        Measure("Best", lambda side: side.look("?order=best")),
        Measure("Newest", lambda side: side.look("?order=newest")),
        Measure("Oldest", lambda side: side.look("?order=oldest")),
        Measure("By reaction", lambda side: side.look("?view=reaction")),
        Measure("One camp", lambda side: side.look(f"?camp={CAMP}")),
        Measure(f"Page {FAR}", lambda side: side.look(f"?page={side.far}")),
        Measure(f"Page {FAR}, newest", lambda side: side.look(f"?order=newest&page={side.far}")),
        Measure("Permalink", lambda side: side.look(f"?comment={side.middle.pk}")),
        Measure("Post a comment", lambda side: side.post(None)),
        Measure("Post a reply", lambda side: side.post(side.middle)),
    ]


def measure(small: Scratch, large: Scratch, rounds: int) -> list[Measure]:
    """Asks both in turn, everything once to warm up and then `rounds` times."""
    found, sides = measures(), (Side(small), Side(large))
    for side in sides:
        with side.scratch.used():
            side.begin()
            for one in found:
                side.drawn[one.name] = one.ask(side)
    for number in range(rounds):
        for one in found:
            # Who is asked first changes with each round: neither has the warmer machine.
            for side in sides if number % 2 else sides[::-1]:
                with side.scratch.used():
                    one.ask(side)
                times = one.small if side is sides[0] else one.large
                times.append(side.asker.spent)
    for one in found:
        one.drawn = (sides[0].drawn[one.name], sides[1].drawn[one.name])
    return found
