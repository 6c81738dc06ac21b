"""Where a moderator is: in which queue, and by which rule it is narrowed."""

from typing import NamedTuple, Self

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from polls.queries.moderation import QUEUES, RULES


class Where(NamedTuple):
    """A queue and a rule, each "" for none."""

    key: str = ""
    rule: str = ""

    @classmethod
    def asked(cls, said: QueryDict) -> Self:
        """What an address or a form says; nonsense says nothing."""
        key, rule = said.get("queue", ""), said.get("rule", "")
        if key not in QUEUES:
            return cls()
        return cls(key, rule if key == "waiting" and rule in RULES else "")

    @property
    def query(self) -> str:
        """The question mark and what follows it in an address that keeps the place."""
        return _query(queue=self.key, rule=self.rule)

    def link(self, **more: object) -> str:
        """The address of the queue here."""
        return reverse("polls:moderation") + _query(queue=self.key, rule=self.rule, **more)


def _query(**asked: object) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"?{query}" if query else ""
