"""A comment on its way out: the Markdown subset, links, bounds and excerpts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polls.rules.markdown import OUTPUT_LIMIT, SANITISER, count_links, excerpt, render_comment
from tests.oracle import COMMENT, parse, problems
from tests.strategies import hostile_texts

REL = 'rel="ugc nofollow noopener noreferrer"'


def shown(text):
    return render_comment(text).replace("\n", "")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        (
            "*a* **b** ~~c~~ `d <i>`",
            "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d &lt;i&gt;</code></p>",
        ),
        ("> q", "<blockquote><p>q</p></blockquote>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("```js\n<b>\n```", "<pre><code>&lt;b&gt;</code></pre>"),
        ("    code", "<pre><code>code</code></pre>"),
        ("# No heading", "<p># No heading</p>"),
        ("no\n===", "<p>no<br>===</p>"),
        ("---", "<p>---</p>"),
        ("|a|\n|-|", "<p>|a|<br>|-|</p>"),
        ("<b>x</b><!-- y -->", "<p>&lt;b&gt;x&lt;/b&gt;&lt;!-- y --&gt;</p>"),
        (
            "[a]: https://x.example",
            f'<p>[a]: <a href="https://x.example" {REL}>https://x.example</a></p>',
        ),
    ],
)
def test_the_subset(source, html):
    assert shown(source) == html


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("[x](https://x.example/a?b=c&d 'title')", "https://x.example/a?b=c&amp;d"),
        ("see https://x.example/a, there", "https://x.example/a"),
        ("<http://x.example>", "http://x.example"),
        ("[mail](mailto:ann@x.example)", "mailto:ann@x.example"),
        ("[x](https://пример.рф)", "https://xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_a_link_leads_to_a_whole_address(source, address):
    assert f'<a href="{address}" {REL}>' in render_comment(source)
    assert count_links(source) == 1


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "data:text/html,x", "vbscript:x", "ftp://x.example", "tel:1"),
        *("//evil.example", "/\\evil.example", "/admin/", "#c1", "https:evil.example", "https://"),
        *("https://example.com@evil.example/", "https:///x", "mailto:", "mailto:ann"),
        *("https://a.example:99999/", "http://999.1.1.1/", "http://xn--ib9b.example/", ""),
    ],
)
def test_other_addresses_stay_text(address):
    assert "<a " not in render_comment(f"[x]({address})")
    assert count_links(f"[x]({address})") == 0


def test_what_hangs_on_an_address_is_not_linked():
    assert 'href="https://a.example"' in render_comment("[x](https://a.example\\@evil.example)")
    for more in ("?cc=c@d.example", "?body=x", ",c@d.example"):
        html = render_comment(f"[x](mailto:a@b.example{more})")
        assert f'<a href="mailto:a@b.example" {REL}>mailto:a@b.example</a>' in html


def test_a_missing_space_makes_no_link():
    assert "<a " not in render_comment("It was bad.It was www.example.org and ann@x.example")


def test_a_link_says_where_it_leads_when_its_name_could_deceive():
    assert ">https://xn--exmple-4nf.com/</a>" in render_comment("https://exаmple.com/")
    assert ">https://кино.рф</a>" in render_comment("https://кино.рф")
    assert ">https://café.fr</a>" in render_comment("https://café.fr")
    assert ">https://xn--com-c-" not in render_comment("https://com-ç.example")


def test_an_empty_link_shows_its_address():
    assert ">https://x.example/</a>" in render_comment("[](https://x.example/)")
    assert ">https://x.example/ </a>" in render_comment("[ ](https://x.example/)")
    assert render_comment("[x]()") == "<p>x</p>\n"


def test_a_link_cannot_have_more_than_an_address():
    assert render_comment('[x](https://x.example "onclick=1"){title=y}').count("=") == 3


def test_what_is_too_deep_is_shown_as_typed():
    assert shown("> " * 30 + "deep *down*") == "<p>" + "&gt; " * 30 + "deep *down*</p>"
    assert excerpt("> " * 30 + "deep").endswith("> deep")


def test_html_has_a_largest_size():
    for source in ("https://é.example/" * 4_000, "&" * 100_000, "[spoiler]&[/spoiler]" * 5_000):
        assert len(render_comment(source).encode()) <= OUTPUT_LIMIT


def test_nothing_comes_of_nothing():
    assert (render_comment(""), excerpt(""), count_links("")) == ("", "", 0)


def test_an_excerpt_is_plain_and_leaves_spoilers_out():
    source = "# I *wept* at [this](https://x.example)\nand `that`.\n\n"
    source += "> [spoiler: end]he dies[/spoiler] & so on"
    assert excerpt(source) == "# I wept at this and that. … & so on"


def test_an_excerpt_ends_at_a_word():
    assert excerpt("one two three", length=13) == "one two three"
    assert excerpt("one two three", length=12) == "one two…"
    assert excerpt("one two, three", length=10) == "one two…"
    assert excerpt("日本語" * 20, length=10) == "日本語日本語日本語…"


@settings(deadline=None)
@given(hostile_texts)
def test_any_text_renders_safely_and_the_same_each_time(text):
    html = render_comment(text)
    assert problems(html, COMMENT) == []
    assert html == SANITISER.clean(html) == render_comment(text)
    assert len(parse(html).findall(".//{*}a")) == count_links(text)
    assert len(html.encode()) <= OUTPUT_LIMIT


@settings(deadline=None)
@given(hostile_texts, st.integers(10, 200))
def test_any_excerpt_is_one_short_line(text, length):
    short = excerpt(text, length)
    assert len(short) <= length
    assert short == " ".join(short.split())
