"""From rows to nodes: the threads of a page as one viewer is shown them."""

from collections.abc import Collection, Iterable, Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from polls.models import Comment, Discussion, Pick
from polls.queries import intent
from polls.queries.ages import age
from polls.queries.nodes import Node, few_judged, judge, pick_name, tombstone, waiting_note
from polls.queries.threads import Stretch
from polls.queries.viewers import Viewer, reported_by
from polls.queries.votes import badge_from, badge_line, votes_of, voting_of
from polls.queries.wanted import Wanted, link
from polls.rules import moderation, threads


def rows_of(ids: Collection[int], viewer: Viewer) -> list[Comment]:
    """The comments with those ids that this viewer is shown, with all a node needs of them."""
    rows = Comment.objects.filter(pk__in=ids).drawn_for(viewer.reader)
    return list(rows.select_related("camp", "intent", "reader__user"))


class Drawing:
    """Turns rows into nodes for one viewer, in three queries at most.

    `labels` names the camps, `picks` are the editors', `reserved` the ids that stand in a reserved
    place.
    """

    def __init__(
        self,
        discussion: Discussion,
        viewer: Viewer,
        wanted: Wanted,
        rows: Iterable[Comment],
        *,
        labels: Mapping[str, str],
        picks: Mapping[int, Pick] | None = None,
        reserved: Collection[int] = (),
    ) -> None:
        self.discussion, self.viewer, self.wanted = discussion, viewer, wanted
        self.labels, self.picks, self.reserved = labels, picks or {}, reserved
        self.rows = {row.pk: row for row in rows}
        self.names = self._names()
        self.votes = votes_of(viewer.reader, list(self.rows))
        self.reported = reported_by(viewer.reader, list(self.rows))
        self.counts_shown = bool(viewer.reaction) or wanted.results
        self.now = timezone.now()

    def nodes(self, ids: Iterable[int], stretches: Mapping[int, Stretch]) -> list[Node]:
        """The threads with those ids, in that order, each with the replies drawn of it."""
        branches = {branch.id: branch for branch in self._branches()}
        nodes = [self._node(branches[pk], None) for pk in ids if pk in branches]
        for node in nodes:
            self._put_rest(node, stretches.get(node.id, Stretch()))
        return nodes

    def replies(self, root_id: int, shown: Collection[int]) -> list[Node]:
        """What is loaded later of a thread, below the part of it that is `shown` already.

        Nothing of it is folded: it is what somebody has just asked for.
        """
        branches = self._branches(fold_over=len(self.rows))
        (root,) = (branch for branch in branches if branch.id == root_id)
        return [self._later(one, root_id, shown) for one in threads.going_on(root, shown)]

    def _later(self, branch: threads.Branch, root_id: int, shown: Collection[int]) -> Node:
        node = self._node(branch, root_id)
        if node.id in shown:
            node.goes_on, node.child_count, node.drawn_count = True, branch.count, 0
        return node

    def _branches(self, fold_over: int = threads.FOLD_OVER) -> list[threads.Branch]:
        flat = [
            # A root is here because it is to be drawn, whatever is drawn of its thread.
            threads.Row(
                row.pk,
                row.parent_id,
                row.root_id or row.pk,
                row.parent_id is None or not self._is_gone(row),
            )
            for row in self.rows.values()
        ]
        return threads.arrange(flat, newest_first=True, fold_over=fold_over)

    def _names(self) -> dict[int, str]:
        """Whom a reply answers, also when that comment is not on the page."""
        names = {row.pk: row.name for row in self.rows.values() if not self._is_gone(row)}
        missing = {row.parent_id for row in self.rows.values()} - {None, *self.rows}
        if missing:
            others = Comment.objects.filter(pk__in=missing).published()
            names |= dict(others.values_list("pk", "name"))
        return names

    def _node(self, branch: threads.Branch, over: int | None) -> Node:
        row = self.rows[branch.id]
        node = self._gone(row) if self._is_gone(row) else self._comment(row)
        node.depth = branch.depth
        if row.parent_id != over:
            node.to = self.names.get(row.parent_id, "")
        node.children = [self._node(child, branch.id) for child in branch.children]
        node.child_count = branch.count
        if node.children and 0 < branch.count < row.reply_count:
            node.child_count, node.drawn_count = row.reply_count, branch.count
        node.folded = branch.folded and not node.holds(self.wanted.open, self.wanted.reply)
        return node

    def _put_rest(self, root: Node, stretch: Stretch) -> None:
        """How to get to the replies of a thread that are not drawn."""
        row = self.rows[root.id]
        if stretch.is_middle:
            root.start_url = link(self.discussion, open=row.pk, results=self.wanted.results)
        if stretch.after:
            root.more_query = replies_query(stretch.after, self.wanted)
            drawn = root.drawn_count or root.child_count
            root.more_count = 0 if stretch.is_middle else row.reply_count - drawn
        # The link to the others stands in the same list.
        root.child_count, root.drawn_count = max(root.child_count, row.reply_count), 0

    def _is_gone(self, row: Comment) -> bool:
        """Whether this viewer is shown the place alone."""
        if row.state == Comment.State.PENDING:
            return not self.viewer.is_author(row.reader_id)
        return row.state != Comment.State.PUBLISHED

    def _gone(self, row: Comment) -> Node:
        erased = {Comment.State.WITHDRAWN, Comment.State.ERASED}
        return Node(
            id=row.pk,
            name="",
            camp=None,
            html="",
            created_at=row.created_at,
            age="",
            edited_at=None,
            permalink=self._permalink(row.pk),
            depth=0,
            gone=tombstone(row),
            mine=self.viewer.is_author(row.reader_id) and row.state not in erased,
        )

    def _comment(self, row: Comment) -> Node:
        mine = self.viewer.is_author(row.reader_id)
        waiting = row.state == Comment.State.PENDING
        is_locked = self._is_locked(row)
        words, until = age(row.created_at, self.now)
        node = Node(
            id=row.pk,
            name=row.name,
            camp=(row.camp.key, row.camp.label) if row.camp else None,
            html=row.html,
            created_at=row.created_at,
            age=words,
            until=until,
            edited_at=row.edited_at,
            permalink=self._permalink(row.pk),
            depth=0,
            intent=intent.words(row.intent),
            waiting=waiting,
            note=waiting_note(row) if waiting else "",
            mine=mine,
            author_key=row.reader_id,
            can_edit=moderation.may_edit(
                created_at=row.created_at,
                now=self.now,
                has_reply=row.reply_count > 0,
                state=row.state,
                mine=mine,
            ),
            can_delete=moderation.may_delete(state=row.state, mine=mine),
            can_reply=moderation.may_reply(
                state=row.state, is_open=self.discussion.is_open, locked=is_locked
            ),
            locked=is_locked and row.parent_id is None,
            tags=self._tags(row),
        )
        return self._judged(node, row)

    def _judged(self, node: Node, row: Comment) -> Node:
        """What readers and editors make of a comment, this reader among them."""
        node.voting = voting_of(
            row,
            self.viewer.reader,
            mine="",
            is_open=self.discussion.is_open,
            is_shown=self.counts_shown,
        )
        judge(
            node,
            vote=self.votes.get(row.pk, ""),
            is_reported=row.pk in self.reported,
            is_muted=row.reader_id in self.viewer.muted,
        )
        if self.counts_shown:
            node.badge = badge_line(row, self.now, self.labels)
            node.until = min(node.until, badge_from(row, self.now) or node.until)
        pick = self.picks.get(row.pk)
        if pick:
            node.pick, node.pinned = pick_name(pick), pick.is_pinned
        if row.pk in self.reserved:
            node.reserved_note = few_judged(self.viewer.camp)
        return node

    def _is_locked(self, row: Comment) -> bool:
        root = self.rows.get(row.root_id or row.pk)
        return root is not None and root.locked_at is not None

    def _permalink(self, pk: int) -> str:
        """For everybody: it does not carry what its reader has asked to see."""
        return link(self.discussion, open=pk)

    def _tags(self, row: Comment) -> tuple[str, ...]:
        user = row.reader.user
        if user and user.pk == self.discussion.author_id:
            return (_("Author"),)
        return (_("Moderator"),) if user and user.is_staff else ()


def replies_query(after: int, wanted: Wanted) -> str:
    """What the address of the next replies of a thread asks for."""
    return f"after={after}&results=1" if wanted.results else f"after={after}"
