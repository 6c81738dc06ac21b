"""How the votes on comments are proved from their rows. For polls.actions.recount."""

from collections.abc import Iterator

from django.db import connection

from polls.actions._comments import stretches
from polls.actions._proofs import MOST, Difference, of_numbers
from polls.actions._votes import COUNTS, lock_for_votes, settle
from polls.models import Choice, Comment, CommentVote
from polls.rules import ranking
from polls.rules.voting import CAMPS

# Two ways to the same root may end in another last digit.
NEARLY = 1e-9

# What each comment's votes say, and where the comment says otherwise: each table is read once.
COMPARE = """
SELECT * FROM (
  SELECT c.id, c.score, c.own_rate, {kept}, {counted},
    POWER({product}, CAST(1 AS double precision) / {camps}) AS right_score,
    CASE own.key {rates} END AS right_rate
  FROM {comment} c
  LEFT JOIN (
    SELECT v.comment_id, {sums} FROM {vote} v LEFT JOIN {choice} camp ON camp.id = v.camp_id
    WHERE v.is_good IS NOT NULL AND NOT v.is_held AND NOT v.is_set_aside GROUP BY v.comment_id
  ) AS g ON g.comment_id = c.id
  LEFT JOIN {choice} own ON own.id = c.camp_id
) AS sides
WHERE {differs} OR ABS(score - right_score) > {nearly} OR ABS(own_rate - right_rate) > {nearly}
ORDER BY id {limit}
"""
# As rules.ranking.rate.
RATE = "(CAST({yes} + 1 AS double precision) / ({yes} + {no} + 2))"


def _words() -> dict[str, str]:
    sums = ["COUNT(*) FILTER (WHERE v.is_good) AS good_count"]
    for camp in CAMPS:
        for side, is_good in (("yes", "v.is_good"), ("no", "NOT v.is_good")):
            where = f"camp.key = '{camp}' AND {is_good}"
            sums.append(f"COUNT(*) FILTER (WHERE {where}) AS {camp}_{side}")
    rates = {camp: RATE.format(yes=f"c.{camp}_yes", no=f"c.{camp}_no") for camp in CAMPS}
    return {
        "comment": Comment._meta.db_table,
        "vote": CommentVote._meta.db_table,
        "choice": Choice._meta.db_table,
        "camps": str(len(CAMPS)),
        "nearly": str(NEARLY),
        "kept": ", ".join(f"c.{count}" for count in COUNTS),
        "counted": ", ".join(f"COALESCE(g.{count}, 0) AS right_{count}" for count in COUNTS),
        "sums": ", ".join(sums),
        "product": " * ".join(rates.values()),
        "rates": " ".join(f"WHEN '{camp}' THEN {rate}" for camp, rate in rates.items()),
        "differs": " OR ".join(f"{count} <> right_{count}" for count in COUNTS),
    }


class CommentVotes:
    """A comment's counts, and the score and rate that follow from them, against its votes.

    The rate of a comment without a camp is nowhere read, and not compared.
    """

    # Whoever votes holds the comment last.
    tables = (CommentVote, Comment)

    def differences(self) -> list[Difference]:
        names, rows = self._wrong(f"LIMIT {MOST}")
        told = [line for row in rows for line in _told(dict(zip(names, row, strict=True)))]
        return told[:MOST]

    def rebuild(self) -> None:
        names, rows = self._wrong()
        for some in stretches(rows):
            right = {row[0]: dict(zip(names, row, strict=True)) for row in some}
            for comment in lock_for_votes(right):
                before = ranking.badge(comment.votes_by_camp)
                for count in COUNTS:
                    setattr(comment, count, right[comment.pk][f"right_{count}"])
                settle(comment, before.kind if before else "")

    @staticmethod
    def _wrong(limit: str = "") -> tuple[list[str], list[tuple]]:
        with connection.cursor() as cursor:
            cursor.execute(COMPARE.format(limit=limit, **_words()))
            return [column[0] for column in cursor.description], cursor.fetchall()


def _told(row: dict) -> Iterator[Difference]:
    """What is wrong with one comment, a line for each number."""
    pk = row["id"]
    for count in COUNTS:
        if row[count] != row[f"right_{count}"]:
            yield of_numbers(f"Votes on comment {pk}: {count}", row[count], row[f"right_{count}"])
    for number, right in (("score", "right_score"), ("own_rate", "right_rate")):
        if row[right] is not None and abs(row[number] - row[right]) > NEARLY:
            problem = f"{row[number]:.6f} kept, {row[right]:.6f} by its counts"
            yield Difference(f"Votes on comment {pk}: {number}", problem)
