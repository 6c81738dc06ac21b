"""What is measured beside each peer: the site is to be ahead in every row."""

from collections.abc import Collection, Mapping

from explainer.bench.rows import Row

READS, OWN, COMMENTS, VOTES, LONG = "reads", "own", "comments", "votes", "long"
TITLES = {
    READS: "page of a discussion of {small:,}, no cookie",
    OWN: "the same for a reader with votes; its shortest",
    COMMENTS: "comments in one discussion",
    VOTES: "votes on one comment",
    LONG: "a reader's page of {comments:,}, one at a time; its shortest",
}
AHEAD = 1  # times as fast, or as long, as the peer
REMARK42 = "Remark42"
NOT_TO_BE_HAD = "It is not here: neither PyPI nor npm nor Debian has it."


def rows(
    peers: Mapping[str, str], measures: Collection[str], small: int, comments: int
) -> list[Row]:
    """The rows beside these (name: title), nothing measured yet, in the order of the table."""
    found = [
        _row(f"{name}-{measure}", text.format(small=small, comments=comments), against, measure)
        for name, against in peers.items()
        for measure, text in TITLES.items()
        if measure in measures
    ]
    missing = Row("remark42", f"beside {REMARK42}", AHEAD, against=REMARK42, reason=NOT_TO_BE_HAD)
    return [*found, missing]


def _row(name: str, title: str, against: str, measure: str) -> Row:
    is_time = measure == LONG
    return Row(name, title, AHEAD, not is_time, "ms" if is_time else "/s", against)


def sides(name: str) -> tuple[str, str]:
    """The peer and the measure of a row."""
    peer, _dash, measure = name.partition("-")
    return peer, measure
