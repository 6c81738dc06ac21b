"""How each row beside a peer is measured."""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from http.client import HTTPConnection, HTTPException
from time import perf_counter

from explainer.bench import NotMeasuredError, load
from explainer.bench.asking import DRAWN
from explainer.bench.peers import acks
from explainer.bench.peers.peer import FEW, MANY, Peer
from explainer.bench.peers.plan import PeersPlan
from explainer.bench.peers.rows import COMMENTS, LONG, OWN, READS, VOTES, sides
from explainer.bench.peers.stage import PeersStage
from explainer.bench.plan import pace
from explainer.bench.processes import HOST, Program
from explainer.bench.rows import Row
from explainer.bench.runs import Run, prove
from explainer.bench.sides import Side
from explainer.bench.site import ANSWERS, PAGE
from explainer.bench.site import COMMENTS as POSTING
from explainer.demo.filling import Progress

Count = Callable[[], int]
PATIENCE = 30  # seconds after which one request counts as not answered


def measure(rows: Sequence[Row], plan: PeersPlan, progress: Progress) -> None:
    """Fills the rows. One that cannot be measured says why, and the others go on."""
    with PeersStage(plan) as stage:
        run = PeersRun(stage, plan, progress)
        for row in rows:
            try:
                run.measure(row)
            except (NotMeasuredError, sqlite3.Error) as error:
                row.reason = str(error)


class PeersRun(Run):
    """Measures rows beside peers."""

    stage: PeersStage

    def measure(self, row: Row) -> None:
        """Measures one. Raises NotMeasuredError when it cannot be."""
        if row.reason:
            return
        name, what = sides(row.name)
        peer = self.stage.peer(name)
        MEASURES[what](self, row, peer)

    def reads(self, row: Row, peer: Peer) -> None:
        """The article for somebody without a cookie, beside what the peer's script asks for."""
        site = self.stage.site(FEW)
        self._reads(row, site.looks, peer, peer.path(FEW))

    def own_reads(self, row: Row, peer: Peer) -> None:
        """The page that costs us most, beside what costs the peer least."""
        site = self.stage.site(FEW)
        self._reads(row, site.own_looks, peer, peer.short_path(FEW))

    def posts(self, row: Row, peer: Peer) -> None:
        """Comments into one discussion."""
        site = self.stage.site(FEW)
        ours = _acting(site.program, site.comments, pace(POSTING))
        theirs = _acting(peer.program, peer.comments, peer.wanted_comments)
        self._acts(row, ours, theirs, partial(site.stored, POSTING), peer.stored_comments)
        wrong = acks.stored_for_another(site)
        (row.faults if wrong else row.notes).append(
            f"{acks.ACTS} more: {wrong} stored for another reader; "
            f"{peer.title} answered {acks.handed_over(peer)} with another's comment"
        )

    def votes(self, row: Row, peer: Peer) -> None:
        """Votes on one comment."""
        site = self.stage.site(FEW)
        ours = _acting(site.program, site.votes, pace(ANSWERS))
        theirs = _acting(peer.program, peer.votes, peer.wanted_votes)
        self._acts(row, ours, theirs, partial(site.stored, VOTES), peer.stored_votes)

    def _acts(
        self, row: Row, ours: Side, theirs: Side, ours_stored: Count, theirs_stored: Count
    ) -> None:
        """Loads both, and says what became of what they acknowledged."""
        before, there = ours_stored(), theirs_stored()
        self._beside(row, ours, theirs)
        prove(row, self.stage.site(FEW), [ours], ours_stored() - before)
        row.notes.append(account(row.against, theirs, theirs_stored() - there))

    def long(self, row: Row, peer: Peer) -> None:
        """One request at a time for a long discussion: our page for a reader with votes, which is
        not kept ready, beside the least the peer can show."""
        site, peer = self.stage.site(MANY), self.stage.long_thread(peer.name)
        cookies = iter(site.crowd.own)
        for _round in range(self.plan.rounds + 1):  # the first is to warm up
            row.ours.append(asked(site.program, PAGE, next(cookies))[0])
            row.theirs.append(asked(peer.program, peer.short_path(MANY))[0])
        row.ours, row.theirs = row.ours[1:], row.theirs[1:]
        body = asked(peer.program, peer.short_path(MANY))[1]
        row.notes.append(f"{peer.title} shows {peer.shown(body):,} of them, {len(body):,} bytes")
        if peer.path(MANY) != peer.short_path(MANY):
            row.notes.append(f"{peer.title}, {self._as_it_comes(peer)}")

    def _as_it_comes(self, peer: Peer) -> str:
        """What comes of asking for the long thread as the peer's script does by default."""
        try:
            spent, body = asked(peer.program, peer.path(MANY))
        except NotMeasuredError as error:
            return f"with its settings as they come: {error}"
        return f"with its settings as they come: {spent:,.0f} ms, {len(body):,} bytes"

    def _reads(self, row: Row, looks: Callable[[int], list[str]], peer: Peer, path: str) -> None:
        site = self.stage.site(FEW)
        body, theirs = site.program.page(), asked(peer.program, path)[1]
        if not peer.shown(theirs):
            raise NotMeasuredError(f"{peer.title} shows none of the comments.")
        request = load.get(peer.program.called, path)
        self._beside(
            row,
            Side(site.program.address, looks, servers=[site.program.pid]),
            Side(peer.program.address, lambda _number: [request], servers=[peer.program.pid]),
        )
        row.notes.append(
            f"{len(DRAWN.findall(body))} comments in {len(body):,} bytes; "
            f"{peer.title}: {peer.shown(theirs)} in {len(theirs):,}"
        )

    def _beside(self, row: Row, ours: Side, theirs: Side) -> None:
        """Loads both in turn. What fails of ours is a fault of the row, of theirs only said."""
        self._play(row, ours, theirs)
        if not all(row.theirs):
            seconds = self.plan.seconds
            row.notes.append(f"{row.against} answered nothing in {seconds} s; taken for one answer")
            row.theirs = [rate or 1 / seconds for rate in row.theirs]
        if ours.faults:
            row.faults.append(f"{ours.faults:,} requests failed (site).")
        if theirs.faults:
            row.notes.append(f"{theirs.faults:,} requests failed ({row.against}).")


def account(title: str, side: Side, stored: int) -> str:
    """What became of a peer's acts: those under way when a load ended may be stored, too."""
    said = f"{title}: {side.acknowledged:,} acknowledged, {stored:,} stored"
    lost = side.acknowledged - stored
    return f"{said}, {lost:,} lost ({lost / side.acknowledged:.0%})" if lost > 0 else said


def asked(program: Program, path: str, cookie: str = "") -> tuple[float, bytes]:
    """One request for a page: the ms until all of it was there, and the page.

    Raises NotMeasuredError when that is not a 200 within PATIENCE.
    """
    connection = HTTPConnection(HOST, program.port, timeout=PATIENCE)
    headers = {"Host": program.called} | ({"Cookie": cookie} if cookie else {})
    begun = perf_counter()
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
    except TimeoutError:
        raise NotMeasuredError(f"no answer within {PATIENCE} s") from None
    except (OSError, HTTPException) as error:
        raise NotMeasuredError(f"no answer ({type(error).__name__})") from None
    finally:
        connection.close()
    if response.status != 200:
        raise NotMeasuredError(f"{path} was answered with {response.status}.")
    return (perf_counter() - begun) * 1000, body


def _acting(program: Program, write: Callable[[int], list[str]], most: int) -> Side:
    return Side(program.address, write, most=most, servers=[program.pid])


MEASURES: dict[str, Callable[[PeersRun, Row, Peer], None]] = {
    READS: PeersRun.reads,
    OWN: PeersRun.own_reads,
    COMMENTS: PeersRun.posts,
    VOTES: PeersRun.votes,
    LONG: PeersRun.long,
}
