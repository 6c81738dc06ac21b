"""What a rule, an action or a look-up raises when it says no.

Each refusal carries a sentence for the reader and the HTTP status that fits it; the
middleware turns it into a page, a fragment or JSON. No Django here: the rules raise these too.
"""

from collections.abc import Callable


def gettext_noop(sentence: str) -> str:
    """Return the sentence as it is; its name lets makemessages find it for translation."""
    return sentence


class Refused(Exception):  # noqa: N818 - it reads as a sentence: raise Refused(…)
    """A rule said no; nothing was stored.

    `sentence` is shown to the reader. With keyword values it is a template for `str.format`
    ("It has {length:,}."); without any it is taken word for word, braces and all.
    `field` is the form field the sentence belongs to, "" for the whole form.
    """

    status = 422

    def __init__(self, sentence: str, *, field: str = "", **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.values = values

    @property
    def message(self) -> str:
        """The sentence, in the language it was written in."""
        return self.translated(gettext_noop)

    def translated(self, translate: Callable[[str], str]) -> str:
        """Return the sentence put through `translate` (gettext), then filled with its values."""
        sentence = str(translate(self.sentence))
        return sentence.format(**self.values) if self.values else sentence

    def __str__(self) -> str:
        return self.message


class TooSoon(Refused):
    """A speed limit said no; `retry_after` is in seconds, at least 1."""

    status = 429

    def __init__(
        self, sentence: str, *, retry_after: float, field: str = "", **values: object
    ) -> None:
        super().__init__(sentence, field=field, **values)
        self.retry_after = max(1, -int(-retry_after // 1))


class NotAllowed(Refused):
    """This reader may not do this, whatever the input."""

    status = 403


class Closed(Refused):
    """The discussion takes no more of this, from anybody."""

    status = 409
