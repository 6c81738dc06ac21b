"""A site whose code is replaced where it lies while people come, as an operator does it."""

import asyncio
import random
import signal
import subprocess
from collections import Counter

from tests.faults import sites
from tests.faults.sites import Site
from tests.faults.sizes import WRITERS
from tests.faults.wire import LostError, Wire
from tests.faults.writers import PAGE, Crowd, Person, wait_until

TODAY = "explainer.settings"
A_SECOND = 50  # requests of all together, about, where the machine bears them
PACE = WRITERS * 2 / A_SECOND  # seconds between two acts of one of them: a look and the act
# What explainer/deploy/growing.md says before `quickstart --no-serve`.
BRIEFLY = {"PGOPTIONS": "-c lock_timeout=3s"}


class Visitors(Crowd):
    """People at the pace of a busy day: each looks at the page, acts, and goes away for a while."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.looks: Counter[int] = Counter()  # HTTP statuses

    @property
    def refusals(self) -> dict[str, int]:
        """Every answer that is not what was asked for."""
        looks = {f"{status} for a look": n for status, n in self.looks.items() if status != 200}
        acts = {"503 for an act": self.log.refused} if self.log.refused else {}
        return looks | acts | self.log.wrong

    async def _until_acknowledged(
        self, wire: Wire, person: Person, path: str, fields: dict[str, str]
    ) -> bool:
        await wire.close()
        if not self.is_over.is_set():
            await asyncio.sleep(random.uniform(0, 2 * PACE))
        await self._look(wire, person)
        return await super()._until_acknowledged(wire, person, path, fields)

    async def _look(self, wire: Wire, person: Person) -> None:
        try:
            page = await wire.get(PAGE, X_Forwarded_For=person.address, Cookie=person.cookie)
        except LostError:  # as an act: a server that stops lets nobody wait for ever
            self.log.lost += 1
        else:
            self.looks[page.status] += 1


def visitors(site: Site) -> Visitors:
    """People for a site that is about to run."""
    seed = site.seed
    return Visitors(site.port, seed["comment"], seed["stamp"], seed["cookies"])


def put_in_place(site: Site, version: str) -> None:
    """From here on whatever is started runs that code (see versions/). What runs, runs on."""
    code = site.folder / "code"
    code.mkdir(exist_ok=True)
    draft = code / "draft"
    draft.write_text(f"from {settings_of(version)} import *\n")
    draft.rename(code / "version.py")
    site.env |= {
        "DJANGO_SETTINGS_MODULE": "version",
        "PYTHONPATH": str(code),
        # A compiled one is known by its second and its length, which two versions can share.
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def settings_of(version: str) -> str:
    return TODAY if version == "today" else f"tests.deploy.versions.{version}"


def migrate(site: Site, **env: str) -> subprocess.CompletedProcess[str]:
    """The step of a rolling update that changes the database."""
    return sites.manage(site.env | env, "quickstart", "--no-serve")


def replace(site: Site) -> None:
    """SIGHUP. Returns when every process runs the code that lies there now."""
    old = set(site.processes()[1:])
    site.server.send_signal(signal.SIGHUP)

    def is_replaced() -> bool:
        assert site.server.poll() is None, site.log
        now = set(site.processes()[1:])
        return len(now) == len(old) and not now & old

    wait_until(is_replaced)
