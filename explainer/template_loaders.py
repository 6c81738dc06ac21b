"""Templates without their indentation: it is for who reads them, and a fifth of a long page."""

import re

from django.template import Template
from django.template.base import TextNode
from django.template.loaders import base, cached

INDENT = re.compile(r"[ \t]*\n[ \t\n]*")
# Where every space is shown.
PREFORMATTED = re.compile(r"<(?:pre|textarea)\b")


class _Lean(base.Loader):
    def get_template(self, template_name: str, skip: list | None = None) -> Template:
        template = super().get_template(template_name, skip)
        if template_name.endswith(".html") and not PREFORMATTED.search(template.source):
            for node in template.nodelist.get_nodes_by_type(TextNode):
                # A line's end stays: between words it is the space that a browser shows.
                node.s = INDENT.sub("\n", node.s)
        return template


class Loader(cached.Loader, _Lean):
    """Django's own, which keeps what is compiled; HTML comes without the indentation of its lines.

    What is put into a page, and what is translated, stays as it is: only the template's own text
    changes.
    """
