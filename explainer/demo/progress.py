"""How far a long run is, on a terminal or in a file."""

from typing import TextIO

WIDTH = 40  # characters of the bar
SHORT = 10_000  # what needs no bar


class Bar:
    """A bar on a terminal, else a line for each tenth."""

    def __init__(self, out: TextIO, words: str = "comments") -> None:
        self.out, self.words, self.tenth = out, words, 0

    def __call__(self, done: int, of: int) -> None:
        if of <= SHORT:
            return
        if self.out.isatty():
            full = WIDTH * done // of
            bar = "#" * full + "." * (WIDTH - full)
            self.out.write(f"\r[{bar}] {done:,} of {of:,} {self.words}" + "\n" * (done >= of))
        elif 10 * done // of > self.tenth:
            self.tenth = 10 * done // of
            self.out.write(f"{done:,} of {of:,} {self.words}\n")
        self.out.flush()
