"""What stands on the cards of a discussion's questions, for one reader."""

from dataclasses import dataclass, field

from polls.queries.aside import Aside


@dataclass(frozen=True)
class Choice:
    """One button. `count` and `percent` are None where this reader may not see them, or too few.

    `together` counts what is set aside, too, where anything is.
    """

    key: str
    label: str
    hint: str
    mine: bool
    count: int | None = None
    percent: int | None = None
    together: int | None = None


@dataclass(frozen=True)
class Asked:
    """A question with its buttons."""

    key: str
    question_key: str
    prompt: str
    choices: list[Choice]
    total: int
    shown: bool
    open: bool
    asides: tuple[Aside, ...] = ()

    @property
    def mine(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.mine), None)


@dataclass(frozen=True)
class Before(Asked):
    """The chips above the article. `changing` shows them again to who has pressed one."""

    changing: bool = False


@dataclass(frozen=True)
class Intent(Asked):
    sentence: str = ""


@dataclass(frozen=True)
class Card(Asked):
    """The reaction, and what follows it once it is given.

    What is answered stays there to be taken back, also when the reaction is withdrawn.
    """

    heading: str = ""
    status: str = ""
    saved: bool = False
    nothing: Choice | None = None
    reasons: Asked | None = None
    intent: Intent | None = None
    more: list[Asked] = field(default_factory=list)

    @property
    def mine(self) -> Choice | None:
        every = [*self.choices, self.nothing] if self.nothing else self.choices
        return next((choice for choice in every if choice.mine), None)

    @property
    def say_why(self) -> bool:
        return self.open and self.mine is not None

    @property
    def left(self) -> bool:
        """Whether something is answered beside a reaction that is not given, or not any more."""
        answers = [self.reasons, self.intent, *self.more]
        return self.mine is None and any(asked and asked.mine for asked in answers)
