"""Templates without their indentation."""

from django.conf import settings
from django.template import Context, Engine
from django.template.loader import render_to_string

LOCAL = "django.template.loaders.locmem.Loader"


def rendered(source: str, name: str = "page.html", **context: object) -> str:
    loaders = [("explainer.template_loaders.Loader", [(LOCAL, {name: source})])]
    libraries = {"i18n": "django.templatetags.i18n"}
    engine = Engine(loaders=loaders, libraries=libraries)
    return engine.get_template(name).render(Context(context))


def test_a_line_ends_where_it_ended_and_begins_at_once():
    assert (
        rendered("<ul>\n  <li>\n\n    A  b\n  </li>  \n</ul>\n")
        == "<ul>\n<li>\nA  b\n</li>\n</ul>\n"
    )


def test_so_it_is_in_every_block():
    inner = "\n    {% for x in y %}\n      {{ x }}\n    {% endfor %}\n  "
    source = "{% if yes %}\n  <i>" + inner + "</i>\n{% endif %}"
    assert rendered(source, yes=True, y="ab") == "\n<i>\n\na\n\nb\n\n</i>\n"


def test_what_is_put_in_stays_as_it_is():
    assert rendered("<b>\n  {{ said }}</b>", said="one\n    two") == "<b>\none\n    two</b>"


def test_what_is_translated_keeps_the_name_it_is_translated_by():
    source = "{% load i18n %}{% blocktranslate %}\n  one\n    two\n{% endblocktranslate %}"
    assert rendered(source) == "\n  one\n    two\n"


def test_a_space_that_no_line_ends_at_is_somebodys_word():
    assert rendered("a\n\N{NO-BREAK SPACE}b") == "a\n\N{NO-BREAK SPACE}b"


def test_what_shows_every_space_is_left_alone():
    for source in ("<pre>\n  a\n</pre>", "<textarea\n  id='a'>\n  b</textarea>"):
        assert rendered(source) == source
    assert rendered("a\n  b\n", name="mail.txt") == "a\n  b\n"


def test_the_site_uses_it():
    ((loader, _inner),) = settings.TEMPLATES[0]["OPTIONS"]["loaders"]
    assert loader == "explainer.template_loaders.Loader"
    assert "\n " not in render_to_string("_icons.html")
