"""What stands in front of every page: whom to believe, how much to take, what is always said."""

import ipaddress

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.client import MULTIPART_CONTENT

from explainer.middleware import (
    READER_BODY,
    STAFF_BODY,
    ForwardedMiddleware,
    client_address,
)
from polls.actions.limits import address_hash
from polls.models import Discussion
from tests.factories import make_comment
from tests.reading import words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
COMMENTS = f"{PAGE}comments/"
FORM = "application/x-www-form-urlencoded"


class TestForwarded:
    @pytest.fixture(autouse=True)
    def proxies(self, settings):
        settings.TRUSTED_PROXIES = [
            ipaddress.ip_network("10.0.0.0/8"),
            ipaddress.ip_network("2001:db8::/32"),
        ]

    @pytest.mark.parametrize(
        ("peer", "said", "believed"),
        [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", " , ", "10.0.0.1"),
            ("10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.1"),
            ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("2001:db8::1", "2001:dead::1", "2001:dead::1"),
            ("10.0.0.1", "203.0.113.9:5555", "203.0.113.9"),
            ("10.0.0.1", "[2001:dead::1]:443", "2001:dead::1"),
            ("10.0.0.1", "[2001:dead::1]", "2001:dead::1"),
            ("10.0.0.1", "198.51.100.1, 10.9.9.9:4321", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, [2001:db8::9]:4321", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, ::ffff:10.9.9.9", "198.51.100.1"),
            ("10.0.0.1", "::ffff:198.51.100.1", "::ffff:198.51.100.1"),
            ("10.0.0.1", "[::ffff:198.51.100.1]:80", "::ffff:198.51.100.1"),
            ("10.0.0.1", "fe80::1%eth0", "fe80::1"),
            ("10.0.0.1", "[fe80::1%25eth0]:443", "fe80::1"),
            ("10.0.0.1", ", ".join(["1.2.3.4"] * 100), "1.2.3.4"),
            ("10.0.0.1", ", ".join(["198.51.100.1", *["10.0.0.2:80"] * 99]), "198.51.100.1"),
            # What is no address is nobody's: all who come so are counted together.
            ("10.0.0.1", "198.51.100.1, unknown", "unknown"),
            ("10.0.0.1", "198.51.100.1, _hidden", "_hidden"),
            ("10.0.0.1", "198.51.100.1, <script>", "<script>"),
            ("10.0.0.1", "198.51.100.1, []:80, :80, ,", "198.51.100.1"),
            ("", "198.51.100.1", ""),
            ("unix:", "198.51.100.1", "unix:"),
        ],
    )
    def test_only_a_trusted_proxy_is_believed(self, peer, said, believed):
        request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": said})
        ForwardedMiddleware(lambda request: HttpResponse())(request)
        assert request.META["REMOTE_ADDR"] == believed

    @pytest.mark.parametrize(
        "said", ["203.0.113.9", "203.0.113.9:5555", "::ffff:203.0.113.9", "[::ffff:203.0.113.9]:1"]
    )
    def test_one_reader_is_counted_as_one_however_it_is_written(self, said):
        meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": said}
        assert address_hash(client_address(meta)) == address_hash("203.0.113.9")

    def test_what_anybody_else_says_of_the_address_is_not_even_kept(self):
        said = {
            "X-Forwarded-For": "198.51.100.1",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "evil.example",
            "X-Real-IP": "198.51.100.1",
            "Forwarded": "for=198.51.100.1",
        }
        request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", headers=said)
        ForwardedMiddleware(lambda request: HttpResponse())(request)
        assert not [name for name in said if name in request.headers]
        assert not request.is_secure()

    def test_nobody_is_trusted_unless_the_operator_says_so(self, settings):
        settings.TRUSTED_PROXIES = []
        request = RequestFactory().get(
            "/", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "198.51.100.1"}
        )
        ForwardedMiddleware(lambda request: HttpResponse())(request)
        assert request.META["REMOTE_ADDR"] == "127.0.0.1"

    def test_the_rightmost_stranger_is_the_client(self):
        meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.9,1.1.1.1,10.0.0.8"}
        assert client_address(meta) == "1.1.1.1"


class TestBodies:
    @pytest.mark.parametrize(
        ("status", "body", "content_type"),
        [
            (413, "body=" + "x" * (64 * 1024), FORM),
            (413, b"x" * (10 * 1024 * 1024), FORM),
            (413, b"x" * (10 * 1024 * 1024), "multipart/form-data; boundary=x"),
            (413, b"x" * (10 * 1024 * 1024), "application/json"),
            (415, '{"body": "An escape."}', "application/json"),
            (415, "body=An+escape.", "text/plain"),
            (415, "body=An+escape.", ""),
            (415, "body=An+escape.", "application/x-www-form-urlencoded; charset=utf-16"),
            (415, "body=An+escape.", "application/x-www-form-urlencoded; charset=latin-1"),
            (415, b"body=An+escape.", "application/x-www-form-urlencoded; charset=nonsense"),
            (400, "body=%ff", FORM),
            (400, "body=%ed%a0%80", FORM),
            (400, "body=%c0%ae", FORM),
            (400, b"body=\xff\xfe", FORM),
            (400, "%ff=x", FORM),
            (
                400,
                b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\n\xff\xfe!\r\n--x--\r\n',
                "multipart/form-data; boundary=x",
            ),
            (400, b"--x\r\n", "multipart/form-data"),
            (400, "&".join(f"a{n}=1" for n in range(600)), FORM),
        ],
    )
    def test_what_is_no_form_is_refused_before_any_page(
        self, ann, isekai, status, body, content_type, nothing_stored
    ):
        with nothing_stored():
            response = ann.post(COMMENTS, body, content_type=content_type)
        assert response.status_code == status
        assert "nothing was done" in words(response) or "Nothing was changed" in words(response)
        assert not response.cookies

    @pytest.mark.parametrize(
        "content_type", [FORM, f"{FORM}; charset=utf-8", f"{FORM};charset=UTF-8"]
    )
    def test_every_form_in_utf_8_passes(self, ann, isekai, content_type):
        response = ann.post(
            COMMENTS, "body=%E7%95%B0%E4%B8%96%E7%95%8C&name=Ann", content_type=content_type
        )
        assert response.status_code == 303
        assert isekai.discussion.comments.get().text == "異世界"

    def test_multipart_in_utf_8_passes(self, ann, isekai):
        typed = {"body": "異世界", "name": "Ann"}
        assert ann.post(COMMENTS, typed, content_type=MULTIPART_CONTENT).status_code == 303
        assert isekai.discussion.comments.get().text == "異世界"

    def test_a_cut_off_form_changes_no_answer(self, ann, isekai, nothing_stored):
        ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
        for body in (b"not multipart at all", b"--x\r\nContent-Disposition: form-data; name="):
            with nothing_stored():
                response = ann.post(
                    f"{PAGE}questions/reaction/",
                    body,
                    content_type="multipart/form-data; boundary=x",
                )
            assert response.status_code == 422

    @pytest.mark.parametrize("length", ["x", "-1", "²", "1e3", "9" * 400])
    def test_no_content_length_breaks_it(self, ann, isekai, length):
        response = ann.post(COMMENTS, {"body": "An escape."}, CONTENT_LENGTH=length)
        assert response.status_code in {400, 413}

    def test_an_editor_may_send_a_long_article(self, ed):
        response = ed.post("/admin/login/", {"next": "x" * (100 * 1024)})
        assert response.status_code not in {400, 413, 415}

    def test_the_longest_comment_passes_in_the_widest_script(self, ann, isekai):
        response = ann.post(COMMENTS, {"body": "\U0001f600" * 3000, "name": "\U0001f600" * 60})
        assert response.status_code == 303


class TestHeaders:
    """The same on every answer, whoever makes it."""

    @pytest.fixture
    def answers(self, ann, isekai):
        comment = make_comment(isekai.discussion)
        found = {
            200: ann.get(PAGE),
            302: ann.get(f"{COMMENTS}{comment.pk}/"),
            303: ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"}),
            400: ann.post(COMMENTS, "body=%ff"),
            403: ann.post(COMMENTS, {"body": "x"}, headers={"Sec-Fetch-Site": "cross-site"}),
            404: ann.get("/nowhere/"),
            405: ann.get("/appearance/"),
            413: ann.post(COMMENTS, "x" * 70_000),
            415: ann.post(COMMENTS, "{}", content_type="application/json"),
            422: ann.post(COMMENTS, {"body": ""}),
        }
        Discussion.objects.update(state=Discussion.State.READ_ONLY)
        found[409] = ann.post(f"{PAGE}questions/reaction/", {"answer": "happy"})
        assert {status: r.status_code for status, r in found.items()} == {s: s for s in found}
        return found

    def test_nothing_may_be_loaded_from_elsewhere_or_run_inline(self, answers):
        for status, response in answers.items():
            policy = dict(
                rule.split(maxsplit=1) for rule in response["Content-Security-Policy"].split("; ")
            )
            assert policy["default-src"] == "'none'", status
            assert policy["frame-ancestors"] == "'none'", status
            assert policy["base-uri"] == "'none'", status
            for rule in ("script-src", "style-src", "connect-src", "form-action", "font-src"):
                assert policy[rule] == "'self'", (status, rule)
            assert "unsafe" not in response["Content-Security-Policy"]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "strict-origin-when-cross-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ],
    )
    def test_every_answer_carries_it(self, answers, name, value):
        assert {status: r.get(name) for status, r in answers.items()} == dict.fromkeys(
            answers, value
        )

    def test_no_sensor_is_asked_for(self, answers):
        for response in answers.values():
            assert "camera=()" in response["Permissions-Policy"]
            assert "geolocation=()" in response["Permissions-Policy"]

    def test_pages_hold_no_inline_script_or_style(self, answers):
        for status, response in answers.items():
            html = response.content.decode()
            assert "<style" not in html, status
            assert " style=" not in html, status
            assert " onclick=" not in html, status
            assert "javascript:" not in html, status

    def test_over_https_a_browser_is_told_to_stay_there(self, settings, ann, isekai):
        settings.SECURE_PROXY_SSL_HEADER = None
        response = ann.get(PAGE, secure=True)
        assert int(response["Strict-Transport-Security"].split("=")[1].split(";")[0]) >= 31_536_000


def test_the_longest_form_is_kept_by_the_smallest_limit():
    """The two limits on a body agree: nothing that BodyMiddleware lets in is refused later."""
    assert READER_BODY < STAFF_BODY <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
