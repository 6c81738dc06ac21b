"""`manage.py bench peers`: what is asked of other comment systems, and what is made of it."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from explainer.bench import NotMeasuredError, load
from explainer.bench.load import Played
from explainer.bench.peers import acks, peer, runs, seed
from explainer.bench.peers.isso import Isso
from explainer.bench.peers.peer import FEW, POSTED, VOTED
from explainer.bench.peers.plan import PeersPlan
from explainer.bench.peers.rows import TITLES, rows, sides
from explainer.bench.peers.stage import PEERS
from explainer.bench.peers.waline import TABLES, Waline
from explainer.bench.processes import Program
from explainer.bench.sides import Side

ISSO = {"isso": "Isso 0.14.0"}
KEY = "6f1c2b1e-0000-4000-8000-000000000001"


def bench(*arguments: str) -> str:
    """Runs the command; returns what it printed."""
    out = StringIO()
    call_command("bench", "peers", *arguments, stdout=out)
    return out.getvalue()


class TestRows:
    def test_every_measure_beside_every_peer_has_a_way_to_be_measured(self):
        found = rows({name: made.title for name, made in PEERS.items()}, TITLES, 100, 100_000)
        *measured, missing = found
        assert len(measured) == len(PEERS) * len(TITLES)
        assert {sides(row.name) for row in measured} == {
            (name, what) for name in PEERS for what in runs.MEASURES
        }
        assert missing.verdict == "not measured"
        assert "neither PyPI nor npm nor Debian" in missing.reason

    @pytest.mark.parametrize(
        ("measure", "ours", "theirs", "verdict"),
        [
            ("reads", 200.0, 100.0, "ok"),
            ("reads", 99.0, 100.0, "MISSED"),
            ("long", 50.0, 100.0, "ok"),
            ("long", 101.0, 100.0, "MISSED"),
        ],
    )
    def test_the_site_is_to_be_ahead(self, measure, ours, theirs, verdict):
        row, _missing = rows(ISSO, [measure], 100, 5_000)
        row.ours, row.theirs = [ours], [theirs]
        assert row.against == "Isso 0.14.0"
        assert row.verdict == verdict

    def test_the_titles_say_how_long_the_discussions_are(self):
        reads, long, _missing = rows(ISSO, ["reads", "long"], 100, 5_000)
        assert "100" in reads.title
        assert "5,000" in long.title


class TestPlan:
    def test_there_are_readers_for_each_row_that_writes(self):
        names = [f"{name}-{what}" for name in ("isso", "waline") for what in TITLES]
        plan = PeersPlan(names, seconds=2, rounds=3, postgres="", comments=1000, small=100)
        one = 3 * (1 + 2)
        assert plan.load == 2 * one * 2 * 4  # two sides of four rows beside two peers
        assert plan.acts("votes") == 2 * one * 2500 * max(1, (os.cpu_count() or 1) // 2)
        assert plan.acts("comments") > 2 * acks.ACTS
        assert PeersPlan([], 2, 3, "", 1000, 100).acts("votes") == 0


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (100, "Isso: 100 acknowledged, 100 stored"),
        (116, "Isso: 100 acknowledged, 116 stored"),
        (7, "Isso: 100 acknowledged, 7 stored, 93 lost (93%)"),
    ],
)
def test_what_a_peer_loses_is_said(stored, said):
    side = Side("", lambda _n: [])
    side.played.append(Played(110, 1_000_000, 1, 1, 0, 10))
    assert runs.account("Isso", side, stored) == said


class TestSeed:
    def test_a_thread_is_the_same_each_time_and_as_deep_in_every_system(self):
        lines = list(seed.lines(100))
        assert lines == list(seed.lines(100))
        roots = {line.number for line in lines if line.parent is None}
        assert len(roots) == 60
        assert {line.parent for line in lines} - {None} <= roots
        assert len({line.text for line in lines}) == 100
        assert 10 < len({line.author for line in lines}) <= 20


class TestInstalling:
    @pytest.mark.parametrize(("made", "tool"), [(Isso, "uv"), (Waline, "npm")])
    def test_without_its_tool_it_is_not_here(self, made, tool, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", "")
        with pytest.raises(NotMeasuredError) as said:
            made(tmp_path / "installed", tmp_path).install()
        assert str(said.value) == (
            f"{made.title} is not here: it comes by {tool}, which is not installed."
        )

    def test_a_tool_that_fails_is_quoted(self):
        with pytest.raises(NotMeasuredError, match=r"Isso is not here: .*No such package"):
            peer.fetch(["sh", "-c", "echo No such package; exit 1"], "Isso")

    def test_a_tool_that_hangs_is_given_up(self, monkeypatch):
        monkeypatch.setattr(peer, "INSTALLING", 0.2)
        with pytest.raises(
            NotMeasuredError, match=r"Isso is not here: sleep took more than 0\.2 s"
        ):
            peer.fetch(["sleep", "60"], "Isso")


@pytest.fixture
def waline(tmp_path) -> Waline:
    """One that does not run, with an empty database."""
    made = Waline(tmp_path / "installed", tmp_path)
    made.database = tmp_path / "waline.sqlite"
    with closing(sqlite3.connect(made.database)) as connection:
        connection.executescript(TABLES)
    made.program = Program([], 1, "/", env={}, log=tmp_path / "log")
    return made


class TestWaline:
    def test_it_is_filled_straight_and_counted_by_thread(self, waline):
        ids = waline.fill(FEW, 10)
        assert waline.fill(POSTED, 5)[0] == ids[-1] + 1
        assert waline.stored_comments() == 5
        query = "SELECT count(*) FROM wl_Comment WHERE url = ? AND rid IS NULL AND pid IS NULL"
        assert waline.number(query, FEW) == 6

    def test_votes_are_all_on_one_comment(self, waline):
        requests = [*waline.votes(3), *waline.votes(2)]
        assert len({request.splitlines()[0] for request in requests}) == 1
        assert waline.stored_votes() == 0
        waline.execute('UPDATE wl_Comment SET "like" = 4 WHERE url = ?', VOTED)
        assert waline.stored_votes() == 4

    def test_no_two_comments_are_the_same(self, waline):
        bodies = [json.loads(one.partition("\r\n\r\n")[2]) for one in waline.comments(50)]
        assert len({body["comment"] for body in bodies}) == 50
        assert {body["url"] for body in bodies} == {POSTED}

    def test_what_is_shown_is_counted_with_its_replies(self, waline):
        root = {"children": [{}, {}]}
        body = json.dumps({"data": {"data": [root, {"children": []}]}}).encode()
        assert waline.shown(body) == 4

    @pytest.mark.parametrize("answer", [b"<h1>Bad gateway</h1>", b'{"errno": 1000}', b"[]"])
    def test_an_answer_without_comments_is_said_to_be_one(self, waline, answer):
        with pytest.raises(NotMeasuredError, match=r"Waline .* otherwise than with comments"):
            waline.shown(answer)


class TestOwners:
    """A comment of ours belongs to the reader whose cookie came with it."""

    REQUEST = load.post("x", "/", "body=so+it+is", cookie=f"reader={KEY}:sig", address="::1")

    @pytest.mark.parametrize(("key", "found"), [(KEY, [True]), (KEY.replace("1e", "2f"), [False])])
    def test_it_is_theirs_or_somebody_elses(self, key, found):
        rows = [("so it is", key.replace("-", "")), ("not so", KEY.replace("-", ""))]
        assert acks.owners_of(self.REQUEST, rows) == found

    def test_one_that_is_missing_belongs_to_nobody(self):
        assert acks.owners_of(self.REQUEST, []) == []


def test_a_peer_that_is_none_is_refused():
    with pytest.raises(CommandError, match="invalid choice: 'disqus'"):
        bench("--beside", "disqus")


@pytest.mark.load
@pytest.mark.xdist_group("bench")
@pytest.mark.skipif(
    not os.environ.get("REQUIRE_PEERS"), reason="REQUIRE_PEERS=1 installs Isso and loads it"
)
def test_isso_is_installed_loaded_and_gone(tmp_path, settings):
    settings.VAR_DIR = tmp_path / "var"
    assert shutil.which("wrk")
    path = tmp_path / "found.json"
    short = ("--seconds", "1", "--rounds", "1", "--small", "50", "--comments", "500")
    printed = bench("--beside", "isso", *short, "--json", str(path))

    found = {row["name"]: row for row in json.loads(path.read_text())["rows"]}
    assert found.pop("remark42")["verdict"] == "not measured"
    assert list(found) == [f"isso-{what}" for what in TITLES]
    for row in found.values():
        assert row["verdict"] in {"ok", "MISSED"}, row
        assert row["title"] in printed
    for name in ("isso-comments", "isso-votes"):
        said = [note for note in found[name]["notes"] if note.startswith("Isso 0.14.0: ")]
        assert all(" acknowledged, " in note for note in said)
        assert said
    assert not settings.VAR_DIR.exists()
