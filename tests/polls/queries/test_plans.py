"""A page of a discussion of a million comments costs what one of a thousand costs.

Shown without a clock: by the plans of the very queries a page asks, and by the work they do for a
few hundred comments and for five times as many.
"""

import json
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polls.models import Comment, Reader
from polls.queries.comments import Wanted, more_replies, news, talk
from tests.factories import answer, make_article, make_crowded, make_reader

pytestmark = pytest.mark.django_db
IS_SQLITE = connection.vendor == "sqlite"
TABLE = "polls_comment"
FEW = 60  # rows


class Crowd:
    """A discussion with so many threads, the first with as many replies, and a reader in it."""

    def __init__(self, size: int) -> None:
        self.discussion = make_article(f"What is {size}?", slug=f"crowd-{size}").discussion
        made = make_crowded(self.discussion, size, size)
        self.root, self.middle = made[0], made[size // 2]
        self.deep, self.last = made[size + size // 2], made[-1]
        self.sam = make_reader("Sam")
        answer(self.discussion, self.sam, "sad")
        analyse()

    def pages(self) -> dict[str, Callable[[], object]]:
        """Every kind of page, by its name."""

        def page(reader: Reader | None = None, **wanted: object) -> Callable[[], object]:
            return lambda: talk(self.discussion, reader or Reader(), Wanted(**wanted))

        found = {f"{order}": page(order=order) for order in ("best", "newest", "oldest")}
        for order in ("best", "newest", "oldest"):
            found |= {
                f"{order} of one camp": page(order=order, camp="sad"),
                f"{order} after one": page(order=order, after=self.middle.pk),
                f"{order} before one": page(order=order, before=self.middle.pk),
                f"{order} at one": page(order=order, open=self.middle.pk),
                f"{order} of one camp after one": page(
                    order=order, camp="happy", after=self.middle.pk
                ),
            }
        return found | {
            "best with reserved places": page(self.sam, order="best"),
            "a later page with reserved places": page(self.sam, order="best", after=self.middle.pk),
            "by reaction": page(view="reaction"),
            "in the middle of a long thread": page(open=self.deep.pk),
            "at the end of a long thread": page(self.sam, open=self.last.pk),
            "more replies": lambda: more_replies(self.root, self.deep, Reader(), Wanted()),
            "news": lambda: news(self.discussion),
        }


def analyse() -> None:
    """What a database that has been in use for a while knows of its tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def asked_by(page: Callable[[], object]) -> list[str]:
    """The queries of a page that read comments."""
    with CaptureQueriesContext(connection) as captured:
        page()
    return [query["sql"] for query in captured if TABLE in query["sql"]]


def plan(sql: str) -> list[str]:
    """How the database goes about a query, a line a step; PostgreSQL with the rows of each."""
    if IS_SQLITE:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return [row[3] for row in cursor.fetchall()]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return [
        f"{node['Node Type']} on {node.get('Relation Name', '')} by {node.get('Index Name', '')}"
        f" of {node['Actual Rows'] * node['Actual Loops']:.0f}"
        for node in walked(explained(sql))
    ]


def explained(sql: str) -> dict:
    """PostgreSQL's plan, as it was carried out."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        ((found,),) = cursor.fetchall()
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def walked(node: dict) -> Iterator[dict]:
    """A step of a plan, and all below it."""
    yield node
    for child in node.get("Plans", []):
        yield from walked(child)


def is_bad(step: str) -> bool:
    """Reading the table from its beginning, or sorting what an index holds in order.

    PostgreSQL may sort the few replies of a short thread: that is as good as an index.
    """
    if IS_SQLITE:
        return step == f"SCAN {TABLE}" or "TEMP B-TREE" in step
    kind, _, rows = step.partition(" on ")
    is_long = int(rows.rpartition(" of ")[2]) > FEW
    return step.startswith(f"Seq Scan on {TABLE} ") or ("Sort" in kind and is_long)


def work(sql: str) -> int:
    """How much the database does for a query: steps of SQLite's machine, PostgreSQL's rows."""
    if IS_SQLITE:
        steps = [0]

        def count() -> None:
            steps[0] += 1

        connection.ensure_connection()
        connection.connection.set_progress_handler(count, 10)
        with connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.fetchall()
        connection.connection.set_progress_handler(None, 0)
        return steps[0] * 10
    return sum(
        int(node["Actual Loops"] * (node["Actual Rows"] + removed(node)))
        for node in walked(explained(sql))
    )


def removed(node: dict) -> int:
    """The rows that a step has read for nothing."""
    return sum(rows for name, rows in node.items() if name.startswith("Rows Removed"))


NAMES = [
    *(
        f"{order}{what}"
        for order in ("best", "newest", "oldest")
        for what in ("", " of one camp", " after one", " before one", " at one")
    ),
    *(f"{order} of one camp after one" for order in ("best", "newest", "oldest")),
    "best with reserved places",
    "a later page with reserved places",
    "by reaction",
    "in the middle of a long thread",
    "at the end of a long thread",
    "more replies",
    "news",
]


def test_nothing_is_scanned_and_nothing_sorted():
    crowd = Crowd(2000)
    pages = crowd.pages()
    assert sorted(pages) == sorted(NAMES)
    plans = {f"{name}: {sql}": plan(sql) for name, page in pages.items() for sql in asked_by(page)}
    assert {sql: steps for sql, steps in plans.items() if any(map(is_bad, steps))} == {}


def test_five_times_the_comments_are_not_more_work():
    few, many = Crowd(600), Crowd(3000)
    for name in NAMES:
        (small, at_small), (large, at_large) = (
            (sum(work(sql) for sql in asked), len(asked))
            for asked in (asked_by(crowd.pages()[name]) for crowd in (few, many))
        )
        assert at_small == at_large, name
        assert large <= 1.5 * small, (name, small, large)


def test_a_page_by_its_number_walks_the_index():
    crowd = Crowd(2000)
    asked = asked_by(lambda: talk(crowd.discussion, Reader(), Wanted(order="best", page=50)))
    (far,) = (sql for sql in asked if "OFFSET 979" in sql)
    steps = " ".join(plan(far))
    assert "comment_best" in steps
    assert not any(is_bad(step) for step in plan(far))


def test_the_check_would_see_a_scan_and_a_sort():
    Crowd(50)
    assert is_bad_somewhere(f"SELECT id FROM {TABLE} WHERE html LIKE '%Said%'")
    assert is_bad_somewhere(f"SELECT id FROM {TABLE} WHERE discussion_id > 0 ORDER BY html")
    assert work(f"SELECT id FROM {TABLE} WHERE html LIKE 'a%'") > 50


def is_bad_somewhere(sql: str) -> bool:
    return any(is_bad(step) for step in plan(sql))


def test_the_crowd_is_there():
    crowd = Crowd(60)
    assert Comment.objects.filter(discussion=crowd.discussion).listed().count() == 60
    assert Comment.objects.filter(root=crowd.root).count() == 60
