"""What is measured and what it is compared with: each started when it is first asked for."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from explainer.bench import NotMeasuredError, machine, nginx, yardsticks
from explainer.bench.asking import DRAWN
from explainer.bench.plan import POSTGRES, SQLITE, Plan
from explainer.bench.processes import Program, end_all_but
from explainer.bench.site import ANSWERS, COMMENTS, Site, scratch_database

STARTS = 3  # times the site is started to see how long that takes
LEAST_DRAWN = 20  # comments of a first page


class Stage:
    """A scratch folder and what runs in it. Everything ends with the block."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.stack = plan, ExitStack()
        self.made: dict[str, Any] = {}

    def __enter__(self) -> Self:
        made = self.stack.enter_context(TemporaryDirectory(prefix="afterword-bench-"))
        self.folder = Path(made)
        self.stack.callback(end_all_but, machine.tree(os.getpid()))
        return self

    def __exit__(self, *error: Any) -> None:
        self.stack.__exit__(*error)

    def site(self, kind: str = SQLITE) -> Site:
        """The site on SQLite or on PostgreSQL, filled and running."""
        return self._once(kind, lambda: self._make_site(kind))

    def nginx_before(self) -> Program:
        """nginx before the site, with the configuration that the site prints."""
        site = self.site()
        return self._once("before", lambda: self._up(nginx.before(site, self._room("before"))))

    def granian(self) -> yardsticks.Yardstick:
        """granian serving the bytes of the page."""
        page = self.site().program.page
        return self._yardstick("granian", lambda room: yardsticks.granian_bytes(room, page()))

    def nginx(self) -> yardsticks.Yardstick:
        """nginx serving the bytes of the page."""
        page = self.site().program.page
        return self._yardstick(
            "nginx", lambda room: yardsticks.Yardstick(nginx.serving_a_file(room, page()))
        )

    def django_view(self) -> yardsticks.Yardstick:
        """Y."""
        return self._yardstick("y", yardsticks.django_view)

    def starts(self) -> list[tuple[float, float]]:
        """The site started anew, several times: the seconds it took, and its MB once at rest."""
        return self._once("starts", self._start_again)

    def _start_again(self) -> list[tuple[float, float]]:
        program, found = self.site().program, []
        for _time in range(STARTS):
            program.stop()
            seconds = program.start()
            found.append((seconds, machine.memory_at_rest(program.pid)))
        return found

    def _make_site(self, kind: str) -> Site:
        if kind == POSTGRES and not self.plan.postgres:
            raise NotMeasuredError("No PostgreSQL is named (DATABASE_URL or --postgres).")
        base = self.plan.postgres if kind == POSTGRES else ""
        url = self.stack.enter_context(scratch_database(base)) if base else ""
        site = Site(self._room(kind), url)
        site.prepare(self.plan.readers(kind, ANSWERS), self.plan.readers(kind, COMMENTS))
        self._up(site.program)
        drawn = len(DRAWN.findall(site.program.page()))
        if drawn < LEAST_DRAWN:
            raise NotMeasuredError(f"The page shows {drawn} comments only.")
        return site

    def _yardstick(
        self, name: str, make: Callable[[Path], yardsticks.Yardstick]
    ) -> yardsticks.Yardstick:
        def started() -> yardsticks.Yardstick:
            one = make(self._room(name))
            self._up(one.program)
            return one

        return self._once(name, started)

    def _up(self, program: Program) -> Program:
        return self.stack.enter_context(program)

    def _room(self, name: str) -> Path:
        (room := self.folder / name).mkdir()
        return room

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` returns, or the reason why it could not: it is tried only once."""
        if name not in self.made:
            try:
                self.made[name] = make()
            except NotMeasuredError as error:
                self.made[name] = error
        if isinstance(self.made[name], NotMeasuredError):
            raise self.made[name]
        return self.made[name]
