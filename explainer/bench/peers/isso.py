"""Isso, from PyPI: two workers of gunicorn, as its documents start it."""

import sys
from collections.abc import Iterable, Iterator
from time import time

from explainer.bench.peers.peer import POSTED, VOTED, Peer, Up, fetch, parsed, tool
from explainer.bench.peers.seed import Line, text
from explainer.bench.processes import HOST, Program, environment, free_port
from explainer.bench.yardsticks import WORKERS

VERSION, GUNICORN = "0.14.0", "27.0.1"
NO_VOTERS = bytes(256)  # its record of who has voted, empty
A_PAGE, REPLIES = 20, 5  # comments, and replies to each of them, of the shortest page
# It takes no more than 142 votes on a comment. Fewer, for its record of them is not exact.
OF_ONE = 100
CONF = """
[general]
dbpath = {database}
host = http://{address}/
[guard]
enabled = false
[server]
trusted-proxies = {host}
"""


class Isso(Peer):
    """It shows the whole thread by default, and can be set to show the first comments only."""

    name, title = "isso", f"Isso {VERSION}"
    wanted_votes = wanted_comments = 1_000
    words = "text"
    table = "comments"
    insert = (
        "INSERT INTO comments (tid, id, parent, created, mode, remote_addr, text, author, voters) "
        "VALUES (?, ?, ?, ?, 1, '127.0.0.0', ?, ?, ?)"
    )

    def install(self) -> None:
        python, uv = self.installed / "bin" / "python", tool("uv", self.title)
        if not (self.installed / "bin" / "gunicorn").exists():
            fetch(
                [uv, "venv", "--clear", "--python", sys.executable, str(self.installed)], self.title
            )
            wanted = (f"isso=={VERSION}", f"gunicorn=={GUNICORN}")
            fetch([uv, "pip", "install", "--python", str(python), *wanted], self.title)

    def start(self, up: Up) -> None:
        port, conf = free_port(), self.folder / "isso.cfg"
        self.database = self.folder / "isso.sqlite3"
        conf.write_text(CONF.format(database=self.database, address=f"{HOST}:{port}", host=HOST))
        command = [
            *(str(self.installed / "bin" / "gunicorn"), "--bind", f"{HOST}:{port}"),
            *("--workers", str(WORKERS), "--preload", "isso.run"),
        ]
        env, log = environment(ISSO_SETTINGS=str(conf)), self.folder / "isso.log"
        self.program = Program(command, port, self.path("/none/"), env=env, log=log)
        up(self.program)
        self.key(POSTED)

    def path(self, thread: str) -> str:
        return f"/?uri={thread}"

    def short_path(self, thread: str) -> str:
        return f"{self.path(thread)}&limit={A_PAGE}&nested_limit={REPLIES}"

    def shown(self, body: bytes) -> int:
        roots = parsed(body, self.title, "replies")
        return len(roots) + sum(len(root["replies"]) for root in roots)

    def comments(self, number: int) -> list[str]:
        return [
            self.send(f"/new?uri={POSTED}", {"text": text(self.chance), "author": "Robin"})
            for _ in range(number)
        ]

    def said(self, answer: bytes) -> str:
        return parsed(answer, self.title, "text")

    def votes(self, number: int) -> list[str]:
        """One comment after the other: each takes so many votes only."""
        ids = self.fill(VOTED, -(-number // OF_ONE))
        return [self.send(f"/id/{ids[at // OF_ONE]}/like", {}) for at in range(number)]

    def stored_comments(self) -> int:
        return self._sum("count(*)", POSTED)

    def stored_votes(self) -> int:
        return self._sum("sum(likes)", VOTED)

    def key(self, thread: str) -> int:
        """The number of a thread, which is made if it is missing."""
        self.execute("INSERT OR IGNORE INTO threads (uri, title) VALUES (?, ?)", thread, thread)
        return self.number("SELECT id FROM threads WHERE uri = ?", thread)

    def rows(self, key: int, lines: Iterable[Line], first: int) -> Iterator[tuple]:
        now = time()
        for number, parent, author, said in lines:
            above = parent and first + parent
            yield key, first + number, above, now, said, author, NO_VOTERS

    def _sum(self, what: str, uri: str) -> int:
        query = f"SELECT {what} FROM comments JOIN threads ON threads.id = tid WHERE uri = ?"  # noqa: S608
        return self.number(query, uri)
