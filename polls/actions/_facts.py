"""What the rules ask before they say whether a comment waits for a moderator."""

from django.utils import timezone
from django.utils.translation import gettext as _

from polls.errors import Refused
from polls.models import Comment, Discussion, ListedWord, Reader
from polls.rules import repeats, text, wordlists
from polls.rules.moderation import Facts

BANNED = ListedWord.Kind.BANNED


def facts_of(
    discussion: Discussion, reader: Reader, *, body: str, name: str = "", but: Comment | None = None
) -> Facts:
    """The facts about a text of a reader; `name` is looked at too, `but` is no repetition.

    Raises Refused for a text with a banned word, but not of the staff: they may quote it.
    """
    if reader.is_staff:
        return Facts(is_staff=True)
    return Facts(
        approvals=approvals(reader),
        read_first=discussion.state == Discussion.State.READ_FIRST,
        reader_read_first=reader.is_read_first,
        links=text.count_links(body),
        word=_suspect_word(body, name),
        is_repeat=_is_repeat(body, but),
    )


def approvals(reader: Reader) -> int:
    """How many comments of this reader were fit to be read: what a newcomer is trusted by."""
    unfit = [Comment.State.HIDDEN, Comment.State.REJECTED, Comment.State.SPAM]
    return reader.comments.filter(published_at__isnull=False).exclude(state__in=unfit).count()


def _suspect_word(body: str, name: str) -> str:
    rows = {row.folded: row for row in ListedWord.objects.all()}
    banned = {folded for folded, row in rows.items() if row.kind == BANNED}
    fields = {"body": [body, text.readable(body)], "name": [name]}
    for field, texts in fields.items():
        if found := wordlists.find(texts, banned):
            sentence = _("Leave out “{word}”: comments with it are not taken here.")
            raise Refused(sentence, field=field, word=rows[found].word)
    found = wordlists.find([*fields["body"], name], rows.keys() - banned)
    return rows[found].word if found else ""


def _is_repeat(body: str, but: Comment | None) -> bool:
    fingerprint = repeats.fingerprint(body)
    if not fingerprint:
        return False
    since = timezone.now() - repeats.WINDOW
    # `exclude` says nothing new, but the partial index is found by it.
    same = Comment.objects.filter(fingerprint=fingerprint, created_at__gt=since)
    return same.exclude(fingerprint="").exclude(pk=but.pk if but else None).exists()
