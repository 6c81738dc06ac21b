"""Spoilers: a block under a label, and hidden whenever there is a doubt."""

import pytest

from polls.rules.markdown import LABEL_LENGTH, excerpt, render_comment
from tests.oracle import parse


def shown(text):
    return render_comment(text).replace("\n", "")


def spoiler(inside, label=""):
    what = f" {label}" if label else ""
    summary = f'<summary><span class="label"><b>Spoiler</b>{what}</span></summary>'
    return f'<details class="spoiler">{summary}{inside}</details>'


def test_a_spoiler_is_a_block_with_a_label():
    assert shown("Well, [spoiler: volume 1] she *stops*. [/spoiler] So.") == (
        "<p>Well,</p>" + spoiler("<p>she <em>stops</em>.</p>", "volume 1") + "<p>So.</p>"
    )


def test_a_spoiler_needs_no_label():
    assert shown("[spoiler]x[/spoiler]") == spoiler("<p>x</p>")
    assert shown("[SPOILER : ]\n\n- x\n\n[/Spoiler]") == spoiler("<ul><li>x</li></ul>")


def test_an_unclosed_spoiler_hides_the_rest():
    assert shown("a [spoiler: b] c\n\nd") == "<p>a</p>" + spoiler("<p>c</p><p>d</p>", "b")


def test_a_spoiler_in_a_spoiler_changes_nothing():
    source = "[spoiler: a]b [spoiler: c]d[/spoiler] e[/spoiler] f"
    assert shown(source) == spoiler("<p>b d e</p>", "a") + "<p>f</p>"


def test_a_stray_closing_tag_is_text():
    assert shown("a [/spoiler] b") == "<p>a [/spoiler] b</p>"


def test_a_label_is_text_and_short():
    assert shown("[spoiler: <b>*x*</b> & y]z") == spoiler(
        "<p>z</p>", "&lt;b&gt;*x*&lt;/b&gt; &amp; y"
    )
    fits, long = "l" * LABEL_LENGTH, "l" * (LABEL_LENGTH + 1)
    assert fits in shown(f"[spoiler: {fits}]z")
    assert shown(f"[spoiler: {long}]z") == spoiler("<p>z</p>", "l" * (LABEL_LENGTH - 1) + "…")


@pytest.mark.parametrize(
    "source",
    [
        "To hide it, put it between `[spoiler]` and `[/spoiler]`.",
        "like `[spoiler: what] … [/spoiler]`",
        "or \\[spoiler] so",
        "```\n[spoiler]x[/spoiler]\n```",
    ],
)
def test_the_tags_can_be_explained(source):
    assert "<details" not in render_comment(source)
    assert "[spoiler" in render_comment(source)


@pytest.mark.parametrize(
    "source",
    [
        "don`t [spoiler]SECRET it`s[/spoiler]",
        "`x`[spoiler]SECRET[/spoiler]`y`",
        "``` [spoiler]SECRET\n```[/spoiler]",
        "```\n[spoiler]\nSECRET",
        "> [spoiler]\n> SECRET\n> [/spoiler]",
        "- a\n- [spoiler: b] **SECRET**\n\n  SECRET[/spoiler]\n- c",
        "[spoiler](SECRET)[/spoiler]",
        "*[spoiler]SECRET*[/spoiler]",
        "[spoiler]" + "> " * 30 + "SECRET[/spoiler]",
        "[spoiler]" + "&" * 9_000 + "SECRET",
    ],
)
def test_a_spoiler_never_leaks(source):
    visible = parse(render_comment(source))
    for details in visible.findall(".//{*}details"):
        details.clear()
    assert "SECRET" not in "".join(visible.itertext())
    assert "SECRET" not in excerpt(source)
