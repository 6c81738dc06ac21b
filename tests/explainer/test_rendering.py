"""Articles: from the Markdown dialect of the editors to the page, with the same distrust."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings

from explainer.rendering import (
    SANITISER,
    ExampleMark,
    TocEntry,
    reading_minutes,
    render_article,
    render_inline,
    split_examples,
)
from tests.corpora import ALL
from tests.oracle import ARTICLE, parse, problems
from tests.strategies import hostile_texts

STARTERS = sorted((Path(__file__).parents[2] / "explainer" / "content").glob("*.md"))


def shown(markdown):
    return render_article(markdown).html.replace("\n", "")


def heading(level, anchor, text):
    link = f'<a class="anchor" href="#{anchor}" aria-label="Link to this section">#</a>'
    return f'<h{level} id="{anchor}">{text}{link}</h{level}>'


def test_headings_are_sections_with_anchors():
    article = render_article("## The moving *parts*\n\nText.\n\n### A part\n")
    assert heading(2, "the-moving-parts", "The moving <em>parts</em>") in article.html
    assert heading(3, "a-part", "A part") in article.html
    assert article.toc == (TocEntry("the-moving-parts", "The moving parts"),)


def test_the_page_keeps_its_one_h1():
    assert shown("# A") == heading(2, "a", "A")
    assert shown("#### B") == heading(3, "b", "B")


@pytest.mark.parametrize("taken", ["respond", "comments", "before", "favourite", "next", "main"])
def test_no_heading_takes_an_id_of_the_page(taken):
    assert render_article(f"## {taken.title()}").toc[0].anchor == f"{taken}-2"


def test_anchors_are_unique_and_no_comments():
    toc = render_article("## A\n## A\n## A 2\n## C107\n## ???\n## !\n").toc
    assert [entry.anchor for entry in toc] == [
        "a",
        "a-2",
        "a-2-2",
        "c107-2",
        "section",
        "section-2",
    ]


def test_anchors_keep_every_script():
    toc = render_article("## [寝取られ]{lang=ja}, “Ça va?”\n## हिन्दी\n## It’s").toc
    assert [entry.anchor for entry in toc] == ["寝取られ-ça-va", "हिन्दी", "its"]
    assert toc[0].text == "寝取られ, “Ça va?”"


def test_a_note_begins_with_its_title():
    assert shown("::: note Say *it*\nee-seh-kye.\n:::") == (
        '<aside class="note"><b>Say <em>it</em></b> ee-seh-kye.</aside>'
    )
    assert shown("::: note\nOne.\n\nTwo.\n:::\nAfter.") == (
        '<aside class="note">One.<p>Two.</p></aside><p>After.</p>'
    )


def test_examples_cut_the_article_into_blocks():
    html = render_article("One.\n\n::: example the-work\n:::\n::: example b2\n:::\nTwo.").html
    one, work, b2, two = split_examples(html)
    assert (work, b2) == (ExampleMark("the-work"), ExampleMark("b2"))
    assert (str(one).strip(), str(two).strip()) == ("<p>One.</p>", "<p>Two.</p>")


def test_each_block_between_examples_is_whole_html():
    source = "> a\n>\n> ::: example quoted\n> :::\n\n- b\n  ::: example listed\n  :::\n\n"
    blocks = split_examples(render_article(source + "::: example top\n:::\n\nc").html)
    assert [block for block in blocks if isinstance(block, ExampleMark)] == [ExampleMark("top")]
    for block in blocks:
        if isinstance(block, str):
            assert SANITISER.clean(block) == block


@pytest.mark.parametrize("name", ["", "Capital", "a b", "../x", "a--b", '"', "é"])
def test_a_misspelt_example_is_seen_by_the_editor(name):
    html = render_article(f"::: example {name}\n:::").html
    assert split_examples(html) == [html]
    assert "::: example" in html


def test_a_mark_cannot_be_typed():
    source = '<hr data-example="x">\n\n`<hr data-example="x">` [a](/<hr%20data-example="x">)'
    assert not any(isinstance(b, ExampleMark) for b in split_examples(render_article(source).html))


@pytest.mark.parametrize("tag", ["ja", "ja-Latn", "zh-Hant-TW", "de-CH-1996", "es-419"])
def test_words_of_another_language_are_marked(tag):
    assert shown(f"[x]{{lang={tag}}}") == f'<p><span lang="{tag}">x</span></p>'


@pytest.mark.parametrize("attribute", ['lang="j"', 'lang="ja onclick"', "lang=ja_JP", 'lang=""'])
def test_what_is_no_language_tag_is_dropped(attribute):
    assert shown(f"[x]{{{attribute}}}") == "<p><span>x</span></p>"


def test_no_other_attribute_comes_through():
    html = shown('[x]{.a #b onclick="c" style="d" title="e" lang=ja} [y](/f){rel=g href=h .i}')
    assert html == '<p><span lang="ja">x</span> <a href="/f">y</a></p>'


def test_small_writing():
    assert shown("{異世界|いせかい} H~2~O 29^th^ ~~no~~") == (
        "<p><ruby>異世界<rp>(</rp><rt>いせかい</rt><rp>)</rp></ruby> "
        "H<sub>2</sub>O 29<sup>th</sup> <s>no</s></p>"
    )


def test_quotes_are_set():
    assert shown("\"It's 'so'\" -- he said...") == "<p>“It’s ‘so’” – he said…</p>"


def test_links_go_out_in_and_along():
    assert shown('[a](https://x.example "t") [b](/articles/isekai/) [c](#parts)') == (
        '<p><a href="https://x.example" rel="noopener noreferrer">a</a> '
        '<a href="/articles/isekai/">b</a> <a href="#parts">c</a></p>'
    )


@pytest.mark.parametrize("address", ["//evil.example", "javascript:x", "x", "../x"])
def test_no_other_link_is_made(address):
    assert "href" not in render_article(f"[a]({address})").html


def test_tables_and_rules():
    html = shown("|a|\n|:-:|\n|b|\n\n---")
    assert html == (
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table><hr>"
    )


def test_an_empty_article_is_empty():
    article = render_article("")
    assert (article.html, article.toc, article.words) == ("", (), 0)
    assert split_examples("") == []


def test_words_are_counted_without_markup():
    article = render_article("## Two words\n\nIt’s *three* more.\n\n::: example a-b\n:::")
    assert article.words == 5


def test_reading_time_is_230_words_a_minute():
    minutes = {0: 1, 1: 1, 344: 1, 346: 2, 1_150: 5, 1_300: 6}
    assert {words: reading_minutes(words) for words in minutes} == minutes


def test_the_short_answer_is_one_line():
    html = render_inline('*Isekai* ([異世界]{lang=ja}, "world") is <b>x</b>.\n\n# y')
    assert html.startswith('<em>Isekai</em> (<span lang="ja">異世界</span>, “world”) is &lt;b&gt;')
    assert "<h2" not in html
    assert "<p>" not in html


@pytest.mark.parametrize("corpus", ALL)
def test_every_text_comes_out_as_safe_html(corpus):
    unsafe = {}
    for name, text in ALL[corpus]().items():
        for html in (render_article(text).html, render_inline(text)):
            if found := problems(html, ARTICLE):
                unsafe[name] = found
            assert html == SANITISER.clean(html), name
    assert unsafe == {}


@settings(deadline=None)
@given(hostile_texts)
def test_any_text_renders_safely_and_the_same_each_time(text):
    article = render_article(text)
    assert problems(article.html, ARTICLE) == []
    assert article.html == SANITISER.clean(article.html) == render_article(text).html
    assert problems(render_inline(text), ARTICLE) == []
    ids = [element.get("id") for element in parse(article.html).iter() if element.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.stem)
def test_a_starter_article_uses_the_dialect_as_it_is(path):
    _, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    settings = tomllib.loads(front)
    article = render_article(body)
    assert problems(article.html, ARTICLE) == []
    assert problems(render_inline(settings["short_answer"]), ARTICLE) == []
    marks = [b.slug for b in split_examples(article.html) if isinstance(b, ExampleMark)]
    assert marks == [example["work"] for example in settings["examples"]]
    assert len(article.toc) >= 3
    for leftover in (":::", "{lang", "]{", '"', "'"):
        assert leftover not in "".join(parse(article.html).itertext())
