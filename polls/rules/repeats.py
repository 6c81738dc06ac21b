"""When two comments are the same text: what somebody pastes everywhere."""

import hashlib
from datetime import timedelta

from polls.rules import likeness

# The same text by anybody within this time is looked at by a person.
WINDOW = timedelta(hours=24)

# Shorter texts are said twice by chance: "I think so too."
LEAST_LENGTH = 20


def fingerprint(text: str) -> str:
    """A digest that texts share which differ in case, accents, signs and spacing alone.

    "" for a text of fewer than LEAST_LENGTH letters and digits: it is like no other.
    """
    key = likeness.glue(likeness.words(text))
    if len(key) < LEAST_LENGTH:
        return ""
    return hashlib.sha256(key.encode()).hexdigest()[:32]
