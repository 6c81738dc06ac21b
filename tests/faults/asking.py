"""One browser that looks, answers, votes and comments while something is broken."""

import secrets
from dataclasses import dataclass

from tests.faults.processes import frozen
from tests.faults.sites import Site
from tests.faults.wire import Answer, LostError, Wire
from tests.faults.writers import PAGE, is_honest_refusal
from tests.loops import run as in_a_loop

SENTENCE = b"could not be saved"
PAGES = ("/", PAGE, "/topics/", "/rules/")


@dataclass
class Browser:
    """Asks a site one thing after the other, on a connection of its own each time."""

    site: Site
    address: str = "203.0.113.7"
    cookie: str = ""
    first: str = ""

    def look(self, path: str = PAGE) -> Answer:
        """A page as somebody without a cookie sees it."""
        return self._ask("", "get", path)

    def look_at_own(self, path: str = PAGE) -> Answer:
        """A page with what this reader has said; there must be such a thing."""
        assert self.cookie
        return self._ask(self.cookie, "get", path)

    def look_everywhere(self) -> None:
        """Looks at the pages that a site keeps ready, so that each of its processes keeps them."""
        everybody = self.site.web_processes()
        for one in everybody:
            with frozen(set(everybody) - {one}):
                for path in PAGES:
                    assert self.look(path).status == 200

    def answer(self, reaction: str) -> Answer:
        return self._act(f"{PAGE}questions/reaction/", {"answer": reaction})

    def vote(self) -> Answer:
        return self._act(f"{PAGE}comments/{self.site.seed['comment']}/vote/", {"vote": "good"})

    def comment(self, name: str = "Ann") -> Answer:
        body = f"Something new: {secrets.token_hex(16)}"
        fields = {"body": body, "name": name, "stamp": self.site.seed["stamp"]}
        return self._act(f"{PAGE}comments/", fields)

    def assert_refused_for_now(self, *, unless_done: bool = False) -> None:
        """An act is refused, with a sentence and the time to try again."""
        answer = self.answer("sad")
        if unless_done and answer.status == 303:
            return
        assert is_honest_refusal(answer), answer
        assert SENTENCE in answer.body, answer.body.decode()

    def _act(self, path: str, fields: dict[str, str]) -> Answer:
        self.first = self.first or secrets.token_hex(16)
        answer = self._ask(self.cookie, "post", path, fields | {"first": self.first})
        self.cookie = answer.cookie or self.cookie
        return answer

    def _ask(self, cookie: str, method: str, *what: object) -> Answer:
        try:
            return in_a_loop(_once(self.site.port, method, what, self.address, cookie))
        except LostError as error:
            raise AssertionError(f"No answer: {error}. {self.site.log[-2000:]}") from error


async def _once(port: int, method: str, what: tuple, address: str, cookie: str) -> Answer:
    async with Wire(port) as wire:
        return await getattr(wire, method)(*what, X_Forwarded_For=address, Cookie=cookie)
