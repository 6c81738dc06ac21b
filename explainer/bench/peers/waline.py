"""Waline, from npm: one process of Node, as its documents start it."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from urllib.parse import quote

from explainer.bench import nginx
from explainer.bench.peers.peer import POSTED, VOTED, Peer, Up, fetch, parsed, tool
from explainer.bench.peers.seed import Line, text
from explainer.bench.processes import HOST, Program, environment, free_port

VERSION = "1.39.3"
# What it is given for the list of services to log in by, which it asks a third party for each time
# it is asked for anything.
NO_SERVICES = b'{"services": []}'
LOCAL = f'module.exports = {{ host: "{HOST}" }};\n'  # or it listens on every address
ROBIN = {"nick": "Robin", "mail": "robin@example.com", "link": "", "ua": "bench"}
# Its documents have the owner make the tables beforehand. No index but that of the key, as in the
# file that it offers for that.
TABLES = """
CREATE TABLE wl_Comment (
  id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER, pid INTEGER, rid INTEGER, sticky NUMERIC,
  "like" INTEGER, status VARCHAR(50) NOT NULL DEFAULT '', url VARCHAR(255), comment TEXT,
  nick VARCHAR(255), mail VARCHAR(255), link VARCHAR(255), ip VARCHAR(100) DEFAULT '', ua TEXT,
  insertedAt TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  createdAt TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updatedAt TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE wl_Users (
  id INTEGER PRIMARY KEY AUTOINCREMENT, display_name VARCHAR(255), email VARCHAR(255), type
  VARCHAR(50)
);
"""


class Waline(Peer):
    """It shows ten comments at the top level, with all their replies."""

    name, title = "waline", f"Waline {VERSION}"
    wanted_votes, wanted_comments = 1_500, 500
    words = "comment"
    table = "wl_Comment"
    insert = (
        "INSERT INTO wl_Comment (id, pid, rid, status, url, comment, nick, mail, ip, ua) "
        "VALUES (?, ?, ?, 'approved', ?, ?, ?, ?, '2001:db8::1', 'bench')"
    )

    def install(self) -> None:
        npm = tool("npm", self.title)
        tool("node", self.title)
        self.package = self.installed / "node_modules" / "@waline" / "vercel"
        if not (self.package / "config.js").exists():
            self.installed.mkdir(parents=True, exist_ok=True)
            # The prefix must have a package of its own, or npm looks for one further up.
            (self.installed / "package.json").write_text('{"private": true}\n')
            wanted = f"@waline/vercel@{VERSION}"
            options = ("--no-audit", "--no-fund", "--no-save")
            fetch([npm, "install", "--prefix", str(self.installed), *options, wanted], self.title)
            (self.package / "config.js").write_text(LOCAL)

    def start(self, up: Up) -> None:
        (room := self.folder / "services").mkdir()
        services = nginx.serving_a_file(room, NO_SERVICES)
        up(services)
        self.database = self.folder / "waline.sqlite"
        with closing(sqlite3.connect(self.database)) as connection:
            connection.executescript(TABLES)
        port = free_port()
        env = environment(
            SQLITE_PATH=str(self.folder),
            JWT_TOKEN="bench",  # noqa: S106 - of a site that is gone in a minute
            OAUTH_URL=f"http://{services.address}{services.path}",
            AKISMET_KEY="false",  # it would ask a third party about each comment
            IPQPS="0",
        )
        command = [tool("node", self.title), str(self.package / "vanilla.js"), str(port)]
        log = self.folder / "waline.log"
        self.program = Program(command, port, self.path("/none/"), env=env, log=log)
        up(self.program)

    def path(self, thread: str) -> str:
        return f"/api/comment?path={quote(thread, safe='')}&pageSize=10&page=1"

    def shown(self, body: bytes) -> int:
        roots = parsed(body, self.title, "data", "data")
        return len(roots) + sum(len(root["children"]) for root in roots)

    def comments(self, number: int) -> list[str]:
        return [
            self.send("/api/comment", ROBIN | {"comment": text(self.chance), "url": POSTED})
            for _ in range(number)
        ]

    def said(self, answer: bytes) -> str:
        return parsed(answer, self.title, "data", "comment")

    def votes(self, number: int) -> list[str]:
        if not hasattr(self, "voted_on"):
            (self.voted_on,) = self.fill(VOTED, 1)
        path = f"/api/comment/{self.voted_on}"
        return [self.send(path, {"like": True}, "PUT") for _ in range(number)]

    def stored_comments(self) -> int:
        return self.number("SELECT count(*) FROM wl_Comment WHERE url = ?", POSTED)

    def stored_votes(self) -> int:
        return self.number('SELECT sum("like") FROM wl_Comment WHERE url = ?', VOTED)

    def rows(self, key: str, lines: Iterable[Line], first: int) -> Iterator[tuple]:
        for number, parent, author, said in lines:
            above = parent and first + parent
            mail = f"{author.replace(' ', '')}@example.com"
            yield first + number, above, above, key, said, author, mail
