"""nginx keeps what everybody sees for half a second, and never anything of anybody's."""

import random
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.deploy.clients import PAGE, REACTION, Answer, Person, raw
from tests.deploy.conftest import Proxied

TRIES = 200
PROMISE = 2  # seconds after which no look shows what was before an act
SHOWN_FROM = 20  # answers, from which on the home page tells how many
COUNTED = """
from polls.models import Ballot
asked = {"question__discussion__key": "isekai", "question__key": "reaction", "stage": "after"}
print(Ballot.objects.counted().filter(**asked).count())
"""


def most_of(answer) -> int:
    """The largest number of readers that a page names."""
    return max(map(int, re.findall(r"(\d+) readers", answer.text)), default=0)


def until(look, wanted, tries: int = TRIES):
    """Looks again and again until the answer is as wanted."""
    for _ in range(tries):
        answer = look()
        if wanted(answer):
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not in {tries} tries: {answer.status} {dict(answer.headers)}")


def was_kept(answer: Answer) -> bool:
    return answer.headers["X-Cache"] == "HIT"


def kept(proxied: Proxied, path: str = PAGE, **headers: str) -> Answer:
    """A page as nginx had kept it."""
    person = proxied.person()
    return until(lambda: person.get(path, **headers), was_kept)


def never_kept(person: Person, path: str = PAGE, **headers: str) -> Answer:
    """Asked often, it comes from the site each time."""
    answers = [person.get(path, **headers) for _ in range(8)]
    assert {answer.headers["X-Cache"] for answer in answers} == {None}
    return answers[-1]


class TestWhatIsKept:
    @pytest.mark.parametrize("path", ["/", PAGE, "/topics/", "/feed/"])
    def test_a_page_that_is_the_same_for_everybody(self, proxied, path):
        answer = kept(proxied, path)
        assert answer.status == 200
        assert answer.headers["Content-Security-Policy"]
        assert len(answer.headers.get_all("X-Frame-Options")) == 1

    def test_it_is_kept_as_each_browser_takes_it(self, proxied):
        plain = kept(proxied)
        packed = kept(proxied, accept_encoding="gzip, deflate, br, zstd")
        assert not plain.headers["Content-Encoding"]
        assert packed.headers["Content-Encoding"] == "gzip"
        assert len(packed.body) < len(plain.body)

    def test_who_has_it_already_is_told_so(self, proxied):
        tag = kept(proxied).headers["ETag"]
        answer = until(lambda: proxied.person().get(if_none_match=tag), was_kept)
        assert answer.status in {200, 304}
        assert (answer.status == 304) == (answer.headers["ETag"].removeprefix("W/") == tag)

    def test_the_marks_of_a_campaign_are_no_other_page(self, proxied):
        assert kept(proxied, f"{PAGE}?utm_source=mail&fbclid=1").status == 200
        answer = kept(proxied, f"{PAGE}?fbclid=SECRETMARK")
        assert "SECRETMARK" not in answer.text

    def test_a_vote_is_seen_by_others_within_two_seconds(self, proxied):
        for number in range(SHOWN_FROM):
            assert proxied.person(f"127.0.0.{100 + number}").post().status == 303
        before = int(proxied.ask(COUNTED))  # other tests of this site may have answered, too
        watcher = proxied.person()
        until(lambda: watcher.get("/"), lambda answer: most_of(answer) == before)
        kept(proxied, "/")
        assert proxied.person("127.0.0.99").post().status == 303
        acknowledged = last = began = time.monotonic()
        while most_of(watcher.get("/")) == before:
            last, began = began, time.monotonic()
            assert last < acknowledged + PROMISE
        assert most_of(watcher.get("/")) == before + 1


class TestWhatIsNot:
    @pytest.mark.parametrize(
        "headers",
        [
            {"cookie": "theme=dark"},
            {"authorization": "Basic YTpi"},
            {"hx_request": "true"},
            {"accept_encoding": "br;q=0.1, made-up"},
            {"content_length": "0"},
        ],
        ids=str,
    )
    def test_what_somebody_in_particular_asks(self, proxied, headers):
        never_kept(proxied.person(), **headers)

    @pytest.mark.parametrize(
        "path",
        [
            f"{PAGE}?page=2",
            f"{PAGE}?x=1",
            f"{PAGE}?utm_source=a&page=2",
            "/articles/%69sekai/",
            "//articles/isekai/",
            "/articles//isekai/",
            "/articles/./isekai/",
            "/articles/x/../isekai/",
            "/articles%2fisekai/",
            "/articles/isekai%2f",
            "/articles/isekai/;x.css",
        ],
    )
    def test_an_address_that_is_spelled_otherwise(self, proxied, path):
        never_kept(proxied.person(), path)

    @pytest.mark.parametrize(
        "path",
        [
            f"{PAGE}x.css",
            f"{PAGE}results/x.css",
            "/me/x.css",
            "/me/.css",
            "/me/%2e%2e/static/x.css",
            "/me;x.css",
            "/me%0a.css",
            "/me/%00.css",
            "/me%3fx.css",
            "/static/../me/",
            "/static/%2e%2e/me/",
            "/static/..%2fme/",
        ],
    )
    def test_nobodys_own_page_under_the_name_of_a_file(self, proxied, path):
        """Web cache deception: a link that makes a reader's own page look like a style sheet."""
        reader = proxied.person("127.0.0.50")
        reader.post()
        answer = never_kept(reader, path)
        assert answer.status in {301, 400, 404} or "no-store" in answer.headers["Cache-Control"]
        assert proxied.person().get(path).headers["X-Cache"] is None

    def test_what_is_nowhere_fills_no_disk(self, proxied):
        for number in range(20):
            never = proxied.person().get(f"/nowhere-{number}/")
            assert (never.status, never.headers["X-Cache"]) == (404, "MISS")
        assert proxied.person().get("/nowhere-1/").headers["X-Cache"] == "MISS"

    def test_an_act(self, proxied):
        assert proxied.person().post().headers["X-Cache"] is None


class TestPoison:
    """What one person sends must not be what the next one reads."""

    @pytest.mark.parametrize(
        "headers",
        [
            {"x_forwarded_host": "evil.example"},
            {"x_forwarded_proto": "https"},
            {"x_forwarded_port": "666"},
            {"x_forwarded_for": "evil.example"},
            {"forwarded": "host=evil.example;proto=https"},
            {"x_host": "evil.example"},
            {"x_original_url": "/evil.example/"},
            {"x_rewrite_url": "/evil.example/"},
            {"x_http_method_override": "POST"},
            {"x_forwarded_prefix": "/evil.example"},
            {"accept_language": "evil.example"},
            {"origin": "https://evil.example"},
            {"referer": "https://evil.example/"},
            {"user_agent": "evil.example"},
            {"range": "bytes=0-3"},
            {"x_request_id": "evil.example"},
            {"if_none_match": "*"},
            {"accept": "application/json"},
        ],
        ids=str,
    )
    def test_a_header_that_is_not_in_the_key(self, proxied, headers):
        clean = kept(proxied).body
        attacker, others = proxied.person(), proxied.person()
        for _ in range(30):
            attacker.get(**headers)
            answer = others.get()
            assert answer.status == 200
            assert b"evil.example" not in answer.body + str(answer.headers).encode()
            assert abs(len(answer.body) - len(clean)) < 100

    @pytest.mark.parametrize("port", ["", ":1", ":65535"])
    def test_another_port_or_name_is_another_page(self, proxied, port):
        answers = [proxied.person().get(host=f"127.0.0.1{port}") for _ in range(8)]
        assert {answer.headers["X-Cache"] for answer in answers} == {None}

    def test_a_made_up_name_is_refused(self, proxied):
        for _ in range(3):
            assert proxied.person().get(host="evil.example").status == 400
        assert kept(proxied).status == 200

    def test_a_body_sent_with_a_question_changes_nothing(self, proxied):
        never_kept(proxied.person(), body="results=1&page=2")

    def test_a_request_to_another_host_in_its_first_line(self, proxied):
        host = proxied.url.removeprefix("http://").encode()
        line = b"GET http://evil.example" + PAGE.encode() + b" HTTP/1.1\r\nHost: " + host
        for _ in range(8):
            assert b"evil.example" not in raw(proxied.url, line + b"\r\nConnection: close\r\n\r\n")
        assert b"evil.example" not in kept(proxied).body

    @pytest.mark.parametrize(
        "head",
        [
            b"Content-Length: 5\r\nTransfer-Encoding: chunked",
            b"Transfer-Encoding: chunked, identity",
            b"Transfer-Encoding: xchunked",
            b"Content-Length: 5\r\nContent-Length: 6",
            b"Content-Length: +5",
            b"Host: evil.example",
        ],
    )
    def test_two_ways_to_read_a_request_are_refused(self, proxied, head):
        """Smuggling: where one server sees one request and the next one two."""
        host = proxied.url.removeprefix("http://").encode()
        smuggled = b"0\r\n\r\nGET /me/ HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"
        said = raw(
            proxied.url,
            b"POST "
            + REACTION.encode()
            + b" HTTP/1.1\r\nHost: "
            + host
            + b"\r\n"
            + head
            + b"\r\n\r\n"
            + smuggled,
        )
        assert said.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501"))
        assert said.count(b"HTTP/1.1 ") == 1


def test_nobody_reads_a_byte_of_somebody_else(proxied):
    """A thousand requests of two readers and of nobody, all at once."""
    people = {"": proxied.person(), "Annabel": proxied.person(), "Samson": proxied.person()}
    for name, person in list(people.items())[1:]:
        typed = {"body": f"A thought of {name}.", "name": name}
        assert person.post(f"{PAGE}comments/", typed).status == 303
        assert person.post(typed={"answer": "happy" if name == "Annabel" else "sad"}).status == 303
    chance = random.Random(4)
    plan = [chance.choice([PAGE, "/", "/me/", "/topics/", PAGE]) for _ in range(334)]

    def read(name: str) -> list[str]:
        return [path + people[name].get(path).text for path in plan]

    with ThreadPoolExecutor(len(people)) as pool:
        pages = dict(zip(people, pool.map(read, people), strict=True))
    for name in ("Annabel", "Samson"):
        assert any(name in page for page in pages[name])
        others = [page for other, seen in pages.items() if other != name for page in seen]
        assert not any(name in page for page in others)
