"""Small drawing helpers of the templates. None of them asks the database."""

import json
from datetime import datetime
from urllib.parse import urlsplit

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from polls.queries.ages import age

register = template.Library()

# As Django's json_script: nothing in the text can end the script element.
JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the page's sprite. Decoration: the word beside it carries the meaning."""
    return format_html(
        '<svg class="i {}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<use href="#i-{}"/></svg>',
        css,
        name,
    )


@register.simple_tag
def ago(moment: datetime, url: str = "", words: str = "") -> SafeString:
    """How long ago, with the exact time in the title; a link to `url` when there is one.

    `words` says it where somebody has put it in words already.
    """
    text = words or age(moment, timezone.now())[0]
    exact = formats.date_format(timezone.localtime(moment), "j F Y, H:i")
    inner = format_html('<a href="{}">{}</a>', url, text) if url else text
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, inner)


@register.simple_tag
def ld_json(data: dict) -> SafeString:
    """Structured data for crawlers; never executed, so the content policy lets it stand."""
    text = json.dumps(data, ensure_ascii=False).translate(JSON_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


@register.filter
def percent(number: int) -> str:
    """An SVG length in percent."""
    return f"{number}%"


@register.filter
def query(url: str) -> str:
    """The question mark of an address and what follows it, without the fragment; "" if none."""
    asked = urlsplit(url).query
    return f"?{asked}" if asked else ""


@register.filter
def in_group(number: int) -> str:
    """3000 as 3,000."""
    return f"{number:,}"
