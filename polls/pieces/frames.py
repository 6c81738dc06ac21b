"""Templates drawn with places left free: what is the same for many, and where the rest goes.

In a template `{% slot name %}…{% endslot %}` marks what differs from reader to reader. Drawn as a
frame, it leaves a mark that no text can hold; drawn as usual, it is not there at all.
"""

import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date
from hashlib import blake2b

from django.template import Context
from django.template.loader import get_template
from django.utils.functional import Promise

from polls.pieces import store

# The database takes no NUL, and no form lets one through: no text of anybody holds a mark.
MARK = "\0"
IN_FRAME = "drawn_as_frame"


def mark(name: str) -> str:
    """What a slot leaves in a frame."""
    return f"{MARK}{name}{MARK}"


def draw(template: str, context: Mapping[str, object]) -> bytes:
    """A template as it stands in a slot, with this context and nothing else."""
    return get_template(template).template.render(Context(dict(context))).strip().encode()


def digest(*values: object) -> bytes:
    """A short key for values of any size. TypeError for one that does not tell all of itself."""
    told = json.dumps(values, default=_told, ensure_ascii=False, sort_keys=True)
    return blake2b(told.encode(), digest_size=16).digest()


def _told(value: object) -> object:
    """What JSON does not know, in words that it does."""
    if is_dataclass(value):
        return vars(value)
    if isinstance(value, date | Promise):
        return str(value)
    raise TypeError(type(value).__name__)


class Frame:
    """A drawn template: `parts` of bytes, with an empty part where each slot stands.

    `slots` says which part it is, {name: index}.
    """

    __slots__ = ("parts", "size", "slots")

    def __init__(self, drawn: bytes) -> None:
        # Text and names of slots by turns, as they stand between the marks.
        pieces = drawn.split(MARK.encode())
        self.slots = {name.decode(): 2 * n + 1 for n, name in enumerate(pieces[1::2])}
        self.parts = [b"" if n % 2 else piece for n, piece in enumerate(pieces)]
        self.size = len(drawn)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Each part with the name of its slot; "" for what is drawn already."""
        names = {index: name for name, index in self.slots.items()}
        for index, part in enumerate(self.parts):
            yield names.get(index, ""), part

    def filled(self, **slots: bytes) -> bytes:
        """The whole, with something in each slot that is named; the others stay empty."""
        parts = self.parts.copy()
        for name, piece in slots.items():
            if name in self.slots:
                parts[self.slots[name]] = piece
        return b"".join(parts)


def kept(key: Hashable, draws: Callable[[], bytes]) -> bytes:
    """The piece under a key that names every value it shows; drawn when it is not there."""
    found = store.get(key)
    if found is None:
        found = draws()
        store.put(key, found, len(found))
    return found


def kept_frame(key: Hashable, template: str, context: Callable[[], Mapping[str, object]]) -> Frame:
    """The same for a frame."""
    found = store.get(key)
    if found is None:
        found = Frame(draw(template, {IN_FRAME: True, **context()}))
        store.put(key, found, found.size)
    return found
