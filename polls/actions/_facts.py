"""What the rules ask before they say whether a comment waits for a moderator."""

from django.utils import timezone
from django.utils.translation import gettext as _

from polls.errors import Refused
from polls.models import Comment, Discussion, ListedWord, Reader, statements
from polls.queries.removals import removed
from polls.rules import repeats, text, wordlists
from polls.rules.moderation import Facts

BANNED = ListedWord.Kind.BANNED


def facts_of(
    discussion: Discussion,
    reader: Reader,
    *,
    body: str,
    fingerprint: str,
    word: str,
    but: Comment | None = None,
) -> Facts:
    """The facts about a text of a reader; `but` is no repetition.

    `fingerprint` is that of the text, `word` what `suspect_word` found in it.
    """
    if reader.is_staff:
        return Facts(is_staff=True)
    number, is_repeat = statements.count_and_find_repeat(
        reader.pk,
        fingerprint=fingerprint,
        since=timezone.now() - repeats.WINDOW,
        but=but.pk if but else 0,
    )
    return Facts(
        approvals=number,
        read_first=discussion.state == Discussion.State.READ_FIRST,
        reader_read_first=reader.is_read_first,
        links=text.count_links(body),
        word=word,
        is_repeat=is_repeat,
    )


def approvals(reader: Reader) -> int:
    """How many comments of this reader were fit to be read: what a newcomer is trusted by."""
    read = reader.comments.filter(published_at__isnull=False)
    return read.exclude(pk__in=removed(reader.comments.all()).values("pk")).count()


def suspect_word(body: str, name: str = "") -> str:
    """The word of the list, as it stands there, that a moderator should look at; "" for none.

    Raises Refused for a text with a banned word. The staff are not asked: they may quote it.
    """
    rows = {folded: (word, kind) for folded, word, kind in statements.listed_words()}
    if not rows:
        return ""
    banned = {folded for folded, (_word, kind) in rows.items() if kind == BANNED}
    fields = {"body": [body, text.readable(body)], "name": [name]}
    for field, texts in fields.items():
        if found := wordlists.find(texts, banned):
            sentence = _("Leave out “{word}”: comments with it are not taken here.")
            raise Refused(sentence, field=field, word=rows[found][0])
    found = wordlists.find([*fields["body"], name], rows.keys() - banned)
    return rows[found][0] if found else ""
