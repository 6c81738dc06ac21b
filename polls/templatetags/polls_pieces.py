"""What a template leaves free for a reader's own, and threads put together from pieces."""

from django import template
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.utils.safestring import SafeString, mark_safe

from polls.pieces.comments import Place, thread_of
from polls.pieces.frames import IN_FRAME, mark
from polls.queries.nodes import Node as Comment

register = template.Library()


class Slot(Node):
    """Its content; in a frame the mark of the place where that belongs."""

    def __init__(self, name: str, content: NodeList) -> None:
        self.name, self.nodelist = name, content

    def render(self, context: Context) -> str:
        """The content, without the space that a template's layout puts around it, or the mark."""
        if context.get(IN_FRAME):
            return mark(self.name)
        return mark_safe(self.nodelist.render(context).strip())  # noqa: S308


@register.tag
def slot(parser: Parser, token: Token) -> Slot:
    """`{% slot name %}…{% endslot %}`: what differs from reader to reader."""
    _tag, name = token.split_contents()
    content = parser.parse(("endslot",))
    parser.delete_first_token()
    return Slot(name, content)


@register.simple_tag(takes_context=True)
def thread(context: Context, node: Comment) -> SafeString:
    """A comment with the replies drawn below it."""
    if context.get(IN_FRAME):
        return mark_safe(mark(node.anchor))  # noqa: S308
    place = Place.of(context["key"], context.get("perms"))
    return mark_safe(thread_of(node, place, context.get("request")).decode())  # noqa: S308
