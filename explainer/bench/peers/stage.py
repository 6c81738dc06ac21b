"""The site, with a short and with a long discussion, and its peers: each started once."""

import sys

from django.conf import settings

from explainer.bench.peers.isso import Isso
from explainer.bench.peers.peer import FEW, MANY, Peer
from explainer.bench.peers.plan import PeersPlan
from explainer.bench.peers.rows import COMMENTS, VOTES
from explainer.bench.peers.waline import Waline
from explainer.bench.processes import run
from explainer.bench.site import Site
from explainer.bench.stage import Stage
from explainer.environment import private_dir

PEERS: dict[str, type[Peer]] = {peer.name: peer for peer in (Isso, Waline)}


class PeersStage(Stage):
    """A scratch folder and what runs in it. Everything ends with the block."""

    plan: PeersPlan

    def peer(self, name: str) -> Peer:
        """One of PEERS, installed and running, with a thread FEW. MANY is empty yet."""
        return self._once(name, lambda: self._make_peer(PEERS[name]))

    def long_thread(self, name: str) -> Peer:
        """The same, with the comments of MANY."""
        peer = self.peer(name)
        self._once(f"{name}{MANY}", lambda: peer.fill(MANY, self.plan.comments))
        return peer

    def _make_peer(self, made: type[Peer]) -> Peer:
        kept = private_dir(settings.VAR_DIR / "bench" / "peers") if self.plan.keep else self.folder
        peer = made(kept / made.title.replace(" ", "-"), self._room(made.name))
        peer.install()
        peer.start(self.stack.enter_context)
        peer.fill(FEW, self.plan.small)
        return peer

    def _make_site(self, kind: str) -> Site:
        """The site on SQLite with the discussion FEW, where readers act, or with MANY."""
        site, few = Site(self._room(kind.strip("/"))), kind == FEW
        acts = [self.plan.acts(what) if few else 0 for what in (VOTES, COMMENTS)]
        site.prepare(*acts)
        wanted = self.plan.small if few else self.plan.comments
        run([sys.executable, "-m", "explainer.bench.peers.fill", str(wanted)], site.env)
        self._up(site.program)
        return site
