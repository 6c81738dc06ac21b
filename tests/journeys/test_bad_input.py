"""Whatever somebody sends: a clear refusal with the right status, the typed text kept, nothing
stored, and never a 500."""

from urllib.parse import quote

import pytest
from django.conf import settings

from polls.models import Comment, Discussion, LimitCount
from tests.factories import make_article, make_comment, make_reader, make_topic, make_work
from tests.reading import tree

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
FORM = "application/x-www-form-urlencoded"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    '"><svg/onload=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "{{ 7*7 }}{% debug %}",
    "[spoiler: <b onclick=alert(1)>]x[/spoiler]",
    "![x](https://evil.example/pixel.gif)",
    "\u202egnp.exe",
]


@pytest.fixture
def stage(ann, isekai):
    """Ann has reacted and commented; there is a topic, a work, and another article."""
    make_work()
    make_article("What is tsundere?", slug="tsundere", subject="tsundere")
    ann.post(f"{PAGE}questions/reaction/", {"answer": "enraged"})
    ann.post(f"{PAGE}comments/", {"body": "It is an escape.", "name": "Ann"})
    mine = isekai.discussion.comments.get()
    removed = make_comment(isekai.discussion, ann.reader, "You are all wrong.", state="rejected")
    theirs = make_comment(isekai.discussion, make_reader("Priya"))
    about = f"{PAGE}comments/{theirs.pk}"
    return {
        "react": f"{PAGE}questions/reaction/",
        "intend": f"{PAGE}questions/intent/",
        "comment": f"{PAGE}comments/",
        "edit": f"{PAGE}comments/{mine.pk}/edit/",
        "delete": f"{PAGE}comments/{mine.pk}/delete/",
        "report": f"{about}/report/",
        "mute": f"{about}/mute/",
        "notice": f"{about}/notice/",
        "appeal": f"{PAGE}comments/{removed.pk}/appeal/",
        "unmute": f"/me/muted/{theirs.reader_id}/",
        "warning": "/me/warning/",
        "reason": f"{PAGE}questions/reason/",
        "favourite": f"{PAGE}favourite/",
        "suggest": "/topics/suggest/",
        "vote": f"/topics/{make_topic('a heist story').pk}/vote/",
        "advisory": f"{PAGE}advisory/",
        "forget": "/privacy/advisories/",
        "appearance": "/appearance/",
        "login": "/accounts/login/",
        "logout": "/accounts/logout/",
    }


SOUND = {
    "react": {"answer": "sad"},
    "intend": {"answer": "try"},
    "comment": {"body": "Another thought.", "name": "Ann"},
    "edit": {"body": "Another thought."},
    "delete": {},
    "report": {"reason": "spam", "note": "I wonder."},
    "mute": {},
    "notice": {"explanation": "This threatens a person.", "name": "Nora", "good_faith": "on"},
    "appeal": {"text": "It was a quotation."},
    "unmute": {},
    "warning": {},
    "reason": {"answer": "genre"},
    "favourite": {"title": "The Twelve Kingdoms"},
    "suggest": {"title": "cottagecore", "note": "I wonder."},
    "vote": {"wanted": "1"},
    "advisory": {},
    "forget": {},
    "appearance": {"theme": "dark"},
    "login": {"username": "mo", "password": "a long password"},
    "logout": {},
}
# (route, field, longest): each text that somebody can type.
TEXTS = [
    ("comment", "body", 3000),
    ("comment", "name", 60),
    ("edit", "body", 3000),
    ("report", "note", 300),
    ("notice", "explanation", 3000),
    ("notice", "name", 100),
    ("appeal", "text", 1000),
    ("favourite", "title", 120),
    ("suggest", "title", 120),
    ("suggest", "note", 300),
]
OPTIONAL = {("report", "note"), ("notice", "name"), ("suggest", "note")}
ROUTES = list(SOUND)


def typed_text_is_kept(response, text):
    """The text as it can be shown: in a field, or in a box of the refusal."""
    shown = ["".join(field.itertext()).strip() for field in tree(response).iter("textarea")]
    shown += [field.get("value", "") for field in tree(response).iter("input")]
    return text.strip() in shown


class TestAnswers:
    @pytest.mark.parametrize("htmx", [False, True])
    def test_a_choice_that_is_not_offered(self, ann, stage, htmx, nothing_stored):
        unknown = ["furious", "SAD", " sad", "sad\0", "1", "0", "isekai", "é", "x" * 5000, "'--"]
        with nothing_stored():
            for route, of_the_other in (("react", "try"), ("intend", "sad")):
                for answer in (*unknown, of_the_other):
                    response = ann.post(stage[route], {"answer": answer}, htmx=htmx)
                    assert response.status_code == 422, (route, answer)

    def test_a_choice_of_another_articles_question(self, ann, stage, isekai, nothing_stored):
        other = Discussion.objects.get(key="tsundere").questions.create(key="own", prompt="Own?")
        other.choices.create(key="only-here", label="Only here")
        with nothing_stored():
            assert ann.post(stage["react"], {"answer": "only-here"}).status_code == 422
            assert ann.post(f"{PAGE}questions/own/", {"answer": "only-here"}).status_code == 404

    def test_an_unknown_stage(self, ann, stage, nothing_stored):
        with nothing_stored():
            for asked in ("", "during", "AFTER", "before\0", "x" * 5000):
                sent = {"answer": "sad", "stage": asked}
                assert ann.post(stage["react"], sent).status_code == 422, asked

    def test_an_unknown_question(self, ann, stage, nothing_stored):
        with nothing_stored():
            for key in ("nothing", "REACTION", "reaction%00", "%ff", "a" * 300, ".."):
                path = f"{PAGE}questions/{key}/"
                assert ann.post(path, {"answer": "sad"}).status_code == 404, key


class TestTexts:
    @pytest.mark.parametrize("htmx", [False, True])
    def test_too_long(self, ann, stage, htmx, nothing_stored):
        for route, field, longest in TEXTS:
            text = "é" * (longest + 1)
            with nothing_stored():
                response = ann.post(stage[route], SOUND[route] | {field: text}, htmx=htmx)
            assert response.status_code == 422, (route, field)
            assert typed_text_is_kept(response, text), (route, field)

    @pytest.mark.parametrize("text", ["", "   ", "\n\t\n", "\u200b\u200d", "\u3164"])
    def test_empty(self, ann, stage, text, nothing_stored):
        for route, field, _longest in TEXTS:
            if (route, field) in OPTIONAL:
                continue
            with nothing_stored():
                response = ann.post(stage[route], SOUND[route] | {field: text})
            assert response.status_code == 422, (route, field)
            for other, value in SOUND[route].items():
                is_typed = other not in {field, "good_faith"}
                assert not is_typed or typed_text_is_kept(response, value), (route, other)

    @pytest.mark.parametrize("character", ["\0", "\x1b", "\x07", "\x7f", "\x9f", "\ufdd0"])
    def test_control_characters(self, ann, stage, character, nothing_stored):
        for route, field, _longest in TEXTS:
            with nothing_stored():
                sent = SOUND[route] | {field: f"An{character}escape."}
                response = ann.post(stage[route], sent)
            assert response.status_code == 422, (route, field)
            assert "it cannot be shown, so it is not kept" in response.content.decode()

    @pytest.mark.parametrize("broken", ["%ff", "%ed%a0%80", "%c3", "%e7%95", "%f4%90%80%80"])
    def test_a_broken_encoding(self, ann, stage, broken, nothing_stored):
        for route, field, _longest in TEXTS:
            sent = "&".join(f"{name}={quote(value)}" for name, value in SOUND[route].items())
            with nothing_stored():
                response = ann.post(stage[route], f"{sent}&{field}=a{broken}b")
            assert response.status_code == 400, (route, field)

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_markup_is_shown_as_it_was_typed(self, ann, mo, stage, isekai, text):
        stranger = mo  # staff: seen at once, by everybody
        stranger.post(stage["comment"], {"body": text})
        stranger.post(stage["favourite"], {"title": text[:100]})
        stranger.post(stage["suggest"], {"title": f"the {text[:100]}", "anyway": "1"})
        for path in (PAGE, f"{PAGE}results/", "/topics/", "/", f"{PAGE}works/?title=x"):
            response = ann.get(path)
            assert response.status_code == 200
            elements = list(tree(response).iter())
            assert not [e.tag for e in elements if e.tag in {"img", "iframe", "object", "embed"}]
            assert not [s for s in elements if s.tag == "script" and "alert" in (s.text or "")]
            assert not [n for e in elements for n in e.attrib if n.lower().startswith("on")]
            links = [e.get("href", "") for e in elements]
            assert not [link for link in links if link.lower().startswith("javascript:")]

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_markup_in_a_refusal_is_shown_as_it_was_typed(self, ann, stage, text):
        for route, field, longest in TEXTS:
            long = text + "x" * longest
            response = ann.post(stage[route], SOUND[route] | {field: long})
            assert response.status_code == 422
            assert text not in response.content.decode() or not set("<>\"'") & set(text)

    def test_any_name_in_any_script_is_fine(self, ann, stage, isekai):
        ann.post(f"{PAGE}favourite/", {"title": "千と千尋の神隠し"})
        assert "千と千尋の神隠し" in ann.get(PAGE).content.decode()


class TestEveryRoute:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
            {"Sec-Fetch-Site": None, "Origin": "null"},
        ],
        ids=["cross-site", "evil", "null"],
    )
    def test_a_post_from_another_site(self, ann, stage, headers, nothing_stored):
        for route in ROUTES:
            with nothing_stored():
                response = ann.post(stage[route], SOUND[route], headers=headers)
            assert response.status_code == 403, route
            assert not response.cookies, route
            typed = {"body", "title", "note", "text", "explanation"}
            for field in typed & set(SOUND[route]):
                assert typed_text_is_kept(response, SOUND[route][field]), route

    @pytest.mark.parametrize(
        ("status", "body", "content_type"),
        [
            (413, b"x=" + b"x" * (10 * 1024 * 1024), FORM),
            (415, b"{}", "application/json"),
            (415, b"x=1", f"{FORM}; charset=utf-16"),
            (400, b"x=%ff", FORM),
        ],
        ids=["10 MB", "JSON", "UTF-16", "broken"],
    )
    def test_what_is_no_form(self, ann, stage, status, body, content_type, nothing_stored):
        with nothing_stored():
            for route in ROUTES:
                response = ann.post(stage[route], body, content_type=content_type)
                assert response.status_code == status, route
                assert not response.cookies, route

    @pytest.mark.parametrize("kind", ["forged", "truncated", "stale"])
    def test_a_bad_cookie_is_no_cookie(self, ann, stage, kind):
        genuine = ann.cookies[settings.READER_COOKIE_NAME].value
        value = {"forged": "x" * 80, "truncated": genuine[:-4], "stale": genuine.replace(":", ":0")}
        headers = {"Cookie": f"{settings.READER_COOKIE_NAME}={value[kind]}"}
        for route in ROUTES:
            response = ann.post(stage[route], SOUND[route], headers=headers)
            if route in {"edit", "delete", "appeal"}:
                assert response.status_code == 404, route
            else:
                assert response.status_code in {200, 302, 303}, route

    @pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
    def test_other_methods(self, ann, stage, method, nothing_stored):
        headers = {"Sec-Fetch-Site": "same-origin"}
        with nothing_stored():
            for route in ROUTES:
                response = getattr(ann, method)(stage[route], headers=headers)
                assert response.status_code in {200, 405}, route
                assert settings.READER_COOKIE_NAME not in response.cookies, route

    def test_a_closed_discussion(self, ann, stage, nothing_stored):
        Discussion.objects.update(state=Discussion.State.READ_ONLY)
        for route in ("react", "intend", "comment", "favourite"):
            with nothing_stored():
                response = ann.post(stage[route], SOUND[route])
            assert response.status_code == 409, route
            for field in {"body", "title"} & set(SOUND[route]):
                assert typed_text_is_kept(response, SOUND[route][field]), route

    def test_fields_sent_twice_or_unasked_are_nothing_special(self, ann, stage):
        extra = {"id": "1", "pk": "1", "reader": "1", "state": "published", "is_staff": "1"}
        LimitCount.objects.all().delete()
        for route in ROUTES:
            sent = {name: [value, value] for name, value in SOUND[route].items()} | extra
            assert ann.post(stage[route], sent).status_code in {200, 302, 303}, route
        assert not Comment.objects.published().filter(reader=ann.reader).exists()


class TestAddresses:
    @pytest.mark.parametrize(
        "number",
        ["0", "-1", "01", "1.0", "1e9", "９", "%00", "%ff", "9" * 18, "9" * 19, "9" * 300, "None"],
    )
    def test_no_number_in_a_path_breaks_it(self, ann, comment, number):
        acts = ("reply", "edit", "delete", "report", "mute", "notice", "decision", "appeal")
        for path in ("", *(f"{act}/" for act in acts)):
            for response in (
                ann.get(f"{PAGE}comments/{number}/{path}"),
                ann.post(f"{PAGE}comments/{number}/{path}", {"body": "An escape."}),
            ):
                assert response.status_code in {404, 405}

    @pytest.mark.parametrize(
        "query",
        [
            "page=0",
            "page=-1",
            "page=99999999999999999999999",
            "page=%00",
            "page=%ff",
            "page=1%27",
            "page=٣",
            "page=²",
            "order=%00",
            "order=random",
            "comment=0",
            "comment=99999999999999999999999",
            "comment=999999999999999999",
            "comment=%ff%00",
            "comment=1&comment=2",
            "reply=-1",
            "reply=999999999999999999",
            "reply=1&comment=2&page=3",
            "change=%00",
            "sort=%00&status=%ff&page=x",
            "status=pending",
            "title=%00",
            "title=" + "%f0%9f%98%80" * 300,
            "title[]=x",
            "%00=%00",
            "=",
            "&&&;;;",
            "x" * 4000,
        ],
    )
    def test_no_query_breaks_a_page(self, ann, isekai, comment, query):
        pieces = (f"{PAGE}comments/", f"{PAGE}works/", "/topics/similar/")
        for path in ("/", PAGE, "/topics/", *pieces):
            response = ann.get(f"{path}?{query}", htmx=path in pieces)
            assert response.status_code in {200, 404}, path

    @pytest.mark.parametrize(
        "slug", ["", "x" * 2000, "%00", "%ff", "%2e%2e", "ISEKAI", "isekai%00", "is ekai", "異世界"]
    )
    def test_no_slug_breaks_it(self, ann, isekai, slug):
        for path in ("", "advisory/", "results/", "comments/", "works/"):
            assert ann.get(f"/articles/{slug}/{path}").status_code == 404
        assert ann.post(f"/articles/{slug}/favourite/", {"title": "Dune"}).status_code == 404
