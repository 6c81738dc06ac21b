"""Lines of the log: whole, readable by programs, and silent about readers."""

import io
import json
import logging
import logging.config
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings as site
from django.db import IntegrityError, OperationalError, connection
from django.test import RequestFactory
from redis.exceptions import ResponseError

from explainer.caching import Breaker
from explainer.observability.logs import Discreet, JsonFormatter, LineFormatter, failure
from polls.models import Comment, Reader

Lines = Callable[[], list[str]]


@contextmanager
def log(formatter: logging.Formatter, level: int = logging.DEBUG) -> Iterator[Lines]:
    """Everything that is logged in the block, as the site's handler would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    handler.addFilter(Discreet())
    root = logging.getLogger()
    names = ["", "django", "django.request", "explainer.requests"]
    before = {name: logging.getLogger(name).level for name in names}
    root.addHandler(handler)
    for name in names:
        logging.getLogger(name).setLevel(level)
    try:
        yield lambda: stream.getvalue().splitlines()
    finally:
        root.removeHandler(handler)
        for name, was in before.items():
            logging.getLogger(name).setLevel(was)


def say(*args: object, **more: object) -> None:
    logging.getLogger("tests.voice").warning(*args, **more)


FORGED = "first\nsecond\r\x1b[31m\x00\u2028 end"


def test_json_is_one_object_a_line():
    with log(JsonFormatter()) as lines:
        say("Said %s", FORGED)
    (line,) = lines()
    said = json.loads(line)
    assert said["message"] == f"Said {FORGED}"
    assert (said["level"], said["logger"]) == ("warning", "tests.voice")
    assert said["time"].endswith("+00:00")
    assert line.isprintable()


def test_nobody_forges_a_line_for_people():
    with log(LineFormatter()) as lines:
        say("Said %s", FORGED)
    (line,) = lines()
    assert line.endswith(r"WARNING tests.voice: Said first\nsecond\r\x1b[31m\x00\u2028 end")


def test_facts_stand_beside_the_message():
    with log(JsonFormatter()) as lines:
        say("answered", extra={"facts": {"status": 200, "ms": 1.5}})
    assert json.loads(lines()[0])["status"] == 200
    with log(LineFormatter()) as lines:
        say("answered", extra={"facts": {"status": 200, "ms": 1.5}})
    assert lines()[0].endswith("answered status=200 ms=1.5")


def test_a_failure_is_told_by_kind_and_place_and_none_of_its_words():
    def fail() -> None:
        try:
            int("SECRET")
        except ValueError as error:
            raise RuntimeError("SECRET, too") from error

    for formatter in (JsonFormatter(), LineFormatter()):
        with log(formatter) as lines:
            try:
                fail()
            except RuntimeError:
                logging.getLogger("tests.voice").exception("It failed")
        told = "\n".join(lines())
        assert "SECRET" not in told
        assert "RuntimeError from ValueError" in told
        assert "tests/explainer/observability/test_logs.py" in told
        assert " fail" in told


@pytest.mark.django_db(transaction=True)
def test_a_database_error_keeps_its_code():
    reader = Reader.objects.create()
    with pytest.raises(IntegrityError) as caught:
        Reader.objects.create(key=reader.key)
    code = "SQLITE_CONSTRAINT_UNIQUE" if connection.vendor == "sqlite" else "23505"
    assert code in failure(caught.value).kind
    assert str(reader.key) not in failure(caught.value).kind


def test_an_error_that_is_its_own_cause_ends():
    error = ValueError()
    error.__cause__ = error
    assert failure(error).kind == "ValueError"


def test_paths_of_djangos_own_lines_are_left_out():
    request = RequestFactory().get("/SECRET/?q=SECRET")
    with log(JsonFormatter()) as lines:
        for name in ("django.request", "django.security.DisallowedHost", "django.security.csrf"):
            logging.getLogger(name).error(
                "Refused: %s",
                request.path,
                extra={"request": request, "status_code": 400},
                exc_info=ValueError("SECRET"),
            )
    assert "SECRET" not in "".join(lines())
    assert [json.loads(line)["status"] for line in lines()] == [400, 400, 400]


@pytest.mark.django_db
class TestAWrongHost:
    """What anybody can cause as often as they like is one line and no failure."""

    @pytest.mark.parametrize("formatter", [JsonFormatter, LineFormatter])
    def test_is_one_warning_without_a_trace(self, ann, formatter):
        with log(formatter(), logging.WARNING) as lines:
            assert ann.get("/", headers={"Host": "SECREThost.example"}).status_code == 400
        (line,) = lines()
        assert "WARNING" in line.upper()
        assert "request refused" in line
        assert "failure" not in line
        assert "SECRET" not in line

    def test_is_not_told_to_who_wants_errors_only(self, ann):
        with log(LineFormatter(), logging.ERROR) as lines:
            assert ann.get("/", headers={"Host": "SECREThost.example"}).status_code == 400
        assert lines() == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/articles/isekai/"])
def test_a_database_that_fails_is_told_by_the_kind_of_its_failure(ann, isekai, path):
    def fail(*_given: object) -> None:
        raise OperationalError("could not store SECRET")

    with log(LineFormatter()) as lines, connection.execute_wrapper(fail):
        ann.get(path)
    told = "\n".join(lines())
    assert "The database did not do this: OperationalError" in told
    assert "SECRET" not in told


def test_a_cache_that_fails_is_told_by_the_kind_of_its_failure():
    for act in (Breaker().trip, Breaker().refuse):
        with log(LineFormatter()) as lines:
            act(ResponseError("could not store SECRET"))
        (line,) = lines()
        assert "ResponseError" in line
        assert "SECRET" not in line


def test_a_probe_that_finds_the_site_unready_fills_no_log(ann):
    with log(LineFormatter(), logging.WARNING) as lines:
        assert ann.get("/readyz").status_code == 503
    assert lines() == []


def test_the_settings_make_these_handlers():
    logging.config.DictConfigurator(site.LOGGING).configure_formatter(
        dict(site.LOGGING["formatters"]["json"])
    )
    console = site.LOGGING["handlers"]["console"]
    assert console["filters"] == ["discreet"]
    assert site.LOGGING["filters"]["discreet"]["()"].endswith("logs.Discreet")


SECRETS = {
    "password": "SECRETpassword",
    "comment": "SECRETcomment text of a reader",
    "name": "SECRETname",
    "search": "SECRETsearch",
    "path": "SECRETpath",
    "cookie": "SECRETcookie",
    "token": "SECRETtoken",
    "referer": "SECRETreferer",
    "agent": "SECRETagent",
}
ADDRESS = "203.0.113.11"  # Ann's
PAGE = "/articles/isekai/"


class TestSecrets:
    """Whatever readers send, at the most talkative level, in both forms."""

    @pytest.fixture
    def broken_comments(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Posting a comment fails, and the exception quotes it."""

        def fail(**said: object) -> Comment:
            raise RuntimeError(f"cannot store {said}")

        monkeypatch.setattr("polls.actions.comments.post_comment", fail)

    @staticmethod
    def send(ann, mo) -> list[int]:
        headers = {
            "Cookie": f"sessionid={SECRETS['cookie']}; reader={SECRETS['cookie']}",
            "Authorization": f"Bearer {SECRETS['token']}",
            "Referer": f"https://example.org/{SECRETS['referer']}",
            "User-Agent": SECRETS["agent"],
        }
        comment = {"body": SECRETS["comment"], "name": SECRETS["name"]}
        ann.raise_request_exception = False
        answers = [
            ann.get(f"{PAGE}?q={SECRETS['search']}", headers=headers),
            ann.get(f"/topics/similar/?topic={SECRETS['search']}"),
            ann.get(f"/{SECRETS['path']}/"),
            ann.get(f"/articles/{SECRETS['path']}/"),
            ann.get("/", headers={"Host": "SECREThost.example"}),
            ann.post("/accounts/login/", {"username": "mo", "password": SECRETS["password"]}),
            ann.post(f"{PAGE}comments/", comment),
            ann.post(f"{PAGE}comments/", comment, headers={"Sec-Fetch-Site": "cross-site"}),
            ann.post(f"{PAGE}questions/reaction/", {"answer": SECRETS["comment"]}),
            mo.get(f"/moderation/?q={SECRETS['search']}"),
        ]
        return [answer.status_code for answer in answers]

    @pytest.mark.usefixtures("broken_comments", "isekai")
    @pytest.mark.parametrize("formatter", [JsonFormatter, LineFormatter])
    def test_nothing_that_a_reader_sends_is_logged(self, ann, mo, formatter):
        with log(formatter()) as lines:
            statuses = self.send(ann, mo)
        told = "\n".join(lines())
        assert {200, 400, 403, 404, 500} <= set(statuses)
        assert "answered" in told
        assert "RuntimeError" in told
        assert "SECRET" not in told
        assert ADDRESS not in told
