"""The operator's lists of words."""

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls.actions._log import REASON_MOST, note
from polls.errors import Refused
from polls.models import ListedWord
from polls.rules import text, wordlists

WORD_MOST = ListedWord._meta.get_field("word").max_length
FOLDED_MOST = ListedWord._meta.get_field("folded").max_length
# Every comment is compared with all of them.
MOST = 5_000


@transaction.atomic
def add_words(*, text: str, kind: str, actor: AbstractUser | None) -> int:
    """Puts words or phrases, one a line, on a list; returns how many were not on it yet.

    Empty lines and lines that begin with # are passed over. A word of the other list moves to this
    one. Raises Refused (field "text") for a line that is no word, and then none is added.
    """
    if kind not in ListedWord.Kind.values:
        raise Refused(_("There is no such list."), field="kind")
    words = _words(text)
    known = dict(ListedWord.objects.values_list("folded", "kind"))
    if len(known.keys() | words) > MOST:
        raise Refused(_("The lists hold {most:,} words at most."), field="text", most=MOST)
    new = [row for folded, row in words.items() if known.get(folded) != kind]
    for row in new:
        row.kind = kind
    ListedWord.objects.bulk_create(
        new, update_conflicts=True, unique_fields=["folded"], update_fields=["word", "kind"]
    )
    if new:
        note("add_words", actor=actor, reason=_told(new, kind))
    return len(new)


def _told(rows: list[ListedWord], kind: str) -> str:
    """“3 words, banned: cowslip, …”, with as many of the words as an entry holds."""
    told = ngettext("%(count)d word, %(kind)s: ", "%(count)d words, %(kind)s: ", len(rows))
    told %= {"count": len(rows), "kind": kind}
    words = ", ".join(str(row.word) for row in rows)
    if len(told + words) <= REASON_MOST:
        return told + words
    whole, _comma, _rest = words[: REASON_MOST - len(told) - 3].rpartition(", ")
    return f"{told}{whole}, …"


def _words(lines: str) -> dict[str, ListedWord]:
    """{as it is compared: a row to be stored}, one for each line."""
    found: dict[str, ListedWord] = {}
    for line in lines.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        word = text.clean_line(line, least=1, most=WORD_MOST, field="text")
        folded = wordlists.fold(word)
        if not folded or len(folded) > FOLDED_MOST:
            raise Refused(_("“{word}” cannot be looked for."), field="text", word=word)
        found.setdefault(folded, ListedWord(word=word, folded=folded))
    return found


@transaction.atomic
def remove_word(*, word: ListedWord, actor: AbstractUser | None) -> None:
    """Takes a word off its list; what it held stays held."""
    note("remove_word", actor=actor, reason=word.word)
    word.delete()
