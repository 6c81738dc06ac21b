"""Sixteen clients answer one question at the same time: nothing lost, doubled or broken."""

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
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": self.address,
        }
        if self.cookies[reader]:
            headers["Cookie"] = self.cookies[reader]
        self.connection.request("POST", PATH, urlencode({"answer": choice}), headers)
        response = self.connection.getresponse()
        response.read()
        for value in response.headers.get_all("Set-Cookie") or []:
            self.cookies[reader] = value.partition(";")[0]
        if response.status == 303:
            self.last[reader] = choice
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
