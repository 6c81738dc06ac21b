"""The backend lets go of a server that says nothing, and leaves it alone for a second."""

import socket
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, connections

from explainer.postgresql import base
from explainer.postgresql.base import DatabaseWrapper, Silence
from explainer.wsgi import LIMITS

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's backend"),
    pytest.mark.django_db,
]
A_MOMENT = 0.2  # seconds
MUCH_LONGER = "SELECT pg_sleep(30)"


@pytest.fixture(autouse=True)
def silence(monkeypatch) -> Silence:
    """What this test finds out is not remembered in the next."""
    monkeypatch.setattr(base, "silence", Silence())
    return base.silence


def made(**settings: object) -> DatabaseWrapper:
    """A connection of the test's own, not opened."""
    fresh = connections.create_connection("default")
    fresh.settings_dict = fresh.settings_dict | settings
    return fresh


@pytest.fixture
def limited() -> Iterator[DatabaseWrapper]:
    """A connection as a request has it."""
    fresh = made(OPTIONS=connection.settings_dict["OPTIONS"] | {"options": LIMITS})
    fresh.ensure_connection()
    process = fresh.connection.info.backend_pid
    yield fresh
    fresh.close()
    # It would go on with what nobody waits for any more.
    ask(connection, f"SELECT pg_terminate_backend({process})")


@pytest.fixture
def unlimited() -> Iterator[DatabaseWrapper]:
    """A connection as a command has it."""
    fresh = made()
    yield fresh
    fresh.close()


@pytest.fixture
def mute() -> Iterator[DatabaseWrapper]:
    """A connection to a server that is called and never says a word."""
    options = connection.settings_dict["OPTIONS"] | {"connect_timeout": 2}
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield made(HOST="127.0.0.1", PORT=server.getsockname()[1], OPTIONS=options)


def ask(database: DatabaseWrapper, question: str = "SELECT 1") -> object:
    with database.cursor() as cursor:
        return cursor.execute(question).fetchone()


class TestAStatementWithoutAnAnswer:
    def test_ends_and_so_does_its_connection(self, limited, silence):
        limited.patience = A_MOMENT
        with pytest.raises(OperationalError):
            ask(limited, MUCH_LONGER)
        assert limited.connection.closed
        assert silence.is_on

    def test_is_over_with_the_next_connection(self, limited, silence):
        silence.begin()
        limited.close()
        assert ask(limited) == (1,)
        assert not silence.is_on

    def test_may_be_a_commands(self, unlimited, monkeypatch):
        monkeypatch.setattr(base, "PATIENCE", A_MOMENT)
        assert ask(unlimited, "SELECT 1 FROM pg_sleep(1)") == (1,)

    def test_is_another_thing_than_an_error(self, limited, silence):
        with limited.cursor() as cursor:
            cursor.execute("SET statement_timeout = '50ms'")
        with pytest.raises(OperationalError, match="statement timeout"):
            ask(limited, MUCH_LONGER)
        assert not limited.connection.closed
        assert not silence.is_on


class TestAKeptConnection:
    def test_is_usable_and_as_patient_as_before(self, limited):
        ask(limited)
        assert limited.is_usable()
        assert limited.patience == base.PATIENCE

    def test_is_not_even_asked_when_nobody_got_an_answer(self, limited, silence):
        ask(limited)
        silence.begin()
        assert not limited.is_usable()


class TestAServerThatIsCalledAndSaysNothing:
    def test_is_called_by_nobody_else_for_a_while(self, mute, limited):
        with pytest.raises(OperationalError, match="timeout"):
            mute.ensure_connection()
        limited.close()
        with pytest.raises(OperationalError, match="just now"):
            limited.ensure_connection()

    def test_is_called_by_one_at_a_time(self, silence):
        silence.begin()
        assert [silence.may_try() for _ in range(3)] == [True, False, False]
