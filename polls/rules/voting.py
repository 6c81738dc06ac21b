"""Who may answer a question, and how an answer moves its counts."""

from collections.abc import Collection

from polls.errors import Closed, Refused, gettext_noop

# The reactions that form a camp, in the fixed order of every page. Stable keys: labels are the
# editor's.
CAMPS = ("enraged", "sad", "happy")

# "None of these" is recorded as an answer but forms no camp.
NONE = "none"

# The question "why" that follows a reaction: optional, one press. More choices than this are a
# questionnaire, and nobody reads them all.
REASON = "reason"
MOST_REASONS = 5


def moves(old: str | None, new: str | None) -> dict[str, int]:
    """How counts change when an answer goes from `old` to `new`, as {choice key: delta}.

    None stands for "no answer": moves(None, "sad") is a first answer, moves("sad", None) a
    withdrawal. The same answer twice moves nothing, so a repeated request is harmless.
    """
    if old == new:
        return {}
    deltas = {} if old is None else {old: -1}
    return deltas if new is None else {**deltas, new: 1}


def check_answer(
    *,
    choice: str | None,
    choices: Collection[str],
    stage: str,
    stages: Collection[str],
    is_open: bool,
) -> None:
    """Let an answer through, or raise Closed or Refused.

    `choice` is the key answered, None to withdraw; `choices` are the keys this question offers at
    this stage (with NONE, where "None of these" is offered); `stages` those the question is asked
    at. A closed discussion takes no answer, but what a reader said stays theirs to take back.
    """
    if not is_open and choice is not None:
        raise Closed(gettext_noop("This discussion is closed. You can still read it."))
    if stage not in stages:
        raise Refused(gettext_noop("This question is not asked here."))
    if choice is not None and choice not in choices:
        raise Refused(
            gettext_noop("This answer is not one of the choices. Choose one of those shown.")
        )
