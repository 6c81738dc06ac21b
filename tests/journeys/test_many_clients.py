"""Many clients at one question, one comment, one discussion: nothing lost, doubled or broken."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.server import Site, running_site

CLIENTS = 16
READERS = 5  # behind each client, so that nobody answers more than ten times a minute
ACTS = 50
CHOICES = ["enraged", "sad", "happy", "none", ""]  # "" withdraws
PATH = "/articles/isekai/questions/reaction/"
COUNTED = """
from polls.models import Ballot
for key in Ballot.objects.counted().values_list("choice__key", flat=True):
    print(key)
"""


class Client:
    """One connection from one address, with several readers' cookies behind it."""

    def __init__(self, site: Site, number: int) -> None:
        self.connection = HTTPConnection(urlsplit(site.url).netloc, timeout=60)
        self.address = f"198.51.100.{number + 1}"
        self.cookies = [""] * READERS
        self.last = [""] * READERS
        self.chance = random.Random(number)

    def act(self) -> Iterator[int]:
        """Fifty acts: changes of mind, withdrawals, the same answer twice. Yields the statuses."""
        readers = [reader for reader in range(READERS) for _ in range(ACTS // READERS)]
        self.chance.shuffle(readers)
        for reader in readers:
            yield self.answer(reader, self.chance.choice(CHOICES))
        self.connection.close()

    def answer(self, reader: int, choice: str) -> int:
        """Posts one answer; notes it as this reader's last when the server acknowledged it."""
        status = self.post(reader, PATH, {"answer": choice})
        if status == 303:
            self.last[reader] = choice
        return status

    def post(self, reader: int, path: str, fields: dict[str, str]) -> int:
        """Posts a form as one of the readers, whose cookie is kept."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": self.address,
        }
        if self.cookies[reader]:
            headers["Cookie"] = self.cookies[reader]
        self.connection.request("POST", path, urlencode(fields), headers)
        response = self.connection.getresponse()
        response.read()
        for value in response.headers.get_all("Set-Cookie") or []:
            self.cookies[reader] = value.partition(";")[0]
        return response.status


@pytest.mark.load
def test_every_acknowledged_answer_is_stored_once(tmp_path: Path) -> None:
    with running_site(tmp_path, TRUSTED_PROXIES="127.0.0.1") as site:
        clients = [Client(site, number) for number in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            statuses = list(pool.map(lambda client: list(client.act()), clients))
        check = site.manage("recount", "--check")
        counted = site.manage("shell", "--no-imports", "-c", COUNTED)
    assert [status for each in statuses for status in each] == [303] * (CLIENTS * ACTS)
    assert check.returncode == 0, check.stdout + check.stderr
    given = sorted(choice for client in clients for choice in client.last if choice)
    assert given
    assert sorted(counted.stdout.split()) == given


WRITERS = 64
COMMENTS = "/articles/isekai/comments/"
SET_UP = """
from datetime import timedelta
from django.utils import timezone
from polls.actions.moderation import publish_comment
from polls.actions.stamps import make_stamp
from polls.models import Comment, Discussion, Reader
from polls.rules.threads import path
priya = Reader.objects.create(name="Priya")
discussion = Discussion.objects.get(key="isekai")
comment = Comment.objects.create(
    discussion=discussion, reader=priya, name="Priya", text="x", html="x"
)
Comment.objects.filter(pk=comment.pk).update(path=path("", comment.pk))
publish_comment(comment=Comment.objects.get(pk=comment.pk), actor=None)
print(comment.pk, make_stamp(timezone.now() - timedelta(minutes=1)))
"""
STORED = """
from polls.models import Comment, CommentVote, Reader
print(Comment.objects.filter(text__startswith="Thought").count())
print(Comment.objects.filter(text__startswith="Thought").values("text").distinct().count())
print(CommentVote.objects.counted().filter(is_good=True).count())
print(Comment.objects.get(name="Priya").good_count)
"""


def once(client: Client, number: int, comment: str, stamp: str) -> list[int]:
    """One reader answers, likes the comment, and writes a reply and a thought of their own."""
    thought = {"body": f"Thought {number}, of which nobody else thinks.", "name": "Ann"}
    said = [
        client.answer(0, "sad"),
        client.post(0, f"{COMMENTS}{comment}/vote/", {"vote": "good"}),
        client.post(0, COMMENTS, thought | {"stamp": stamp, "parent": comment}),
    ]
    client.connection.close()
    return said


@pytest.mark.load
def test_sixty_four_writers_at_one_question_one_comment_and_one_thread(tmp_path: Path) -> None:
    with running_site(tmp_path, TRUSTED_PROXIES="127.0.0.1") as site:
        made = site.manage("shell", "--no-imports", "-c", SET_UP)
        comment, stamp = made.stdout.split()
        clients = [Client(site, number) for number in range(WRITERS)]
        with ThreadPoolExecutor(WRITERS) as pool:
            acts = [
                pool.submit(once, client, n, comment, stamp) for n, client in enumerate(clients)
            ]
            statuses = [act.result() for act in acts]
        check = site.manage("recount", "--check")
        stored = site.manage("shell", "--no-imports", "-c", STORED)
    assert statuses == [[303] * 3] * WRITERS
    assert check.returncode == 0, check.stdout + check.stderr
    assert stored.stdout.split() == [str(WRITERS)] * 4
