"""What the state machines share: a discussion with its readers and a moderator, and the proof."""

from collections.abc import Callable
from contextlib import suppress
from unittest.mock import patch

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from polls.actions import limits
from polls.actions.recount import differences
from polls.actions.sanctions import block_reader, unblock_reader
from polls.errors import Refused
from polls.models import Discussion, Reader
from tests import factories


class Moderated(RuleBasedStateMachine):
    """A discussion of `readers`, whom a moderator blocks and lets in again while they act."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        slug = f"machine-{factories.number()}"
        self.discussion = factories.make_article(slug=slug).discussion
        self.readers = self.gather(self.discussion)
        self.mo = factories.make_user(f"mo-{factories.number()}", is_staff=True)

    def gather(self, discussion: Discussion) -> list[Reader]:
        """Those who are there when it begins."""
        raise NotImplementedError

    def teardown(self) -> None:
        """The next run begins with nothing."""
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def do(self, act: Callable[..., object], *args: object, **facts: object) -> None:
        """An act that the rules may refuse, though not for speed; then nothing has happened."""
        with suppress(Refused), patch.object(limits, "refuse"):
            act(*args, **facts)

    @rule(who=st.integers(0, 13), votes=st.sampled_from(["keep", "hold", "withdraw", ""]))
    def block(self, who: int, votes: str) -> None:
        reader = self.readers[who % len(self.readers)]
        if votes:
            self.do(block_reader, reader=reader, actor=self.mo, reason="spam", votes=votes)
        else:
            self.do(unblock_reader, reader=reader, actor=self.mo)

    @invariant()
    def every_count_is_proved(self) -> None:
        assert differences() == []
