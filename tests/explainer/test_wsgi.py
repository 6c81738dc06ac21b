"""What the application does beside being Django."""

import pytest
from django.db import connection, connections

from explainer.wsgi import application, limit_statements
from tests.conftest import Browser

SETTINGS = ("statement_timeout", "lock_timeout")


def limits() -> list[str]:
    """What the server says of a connection that is opened now."""
    fresh = connections.create_connection("default")
    with fresh.cursor() as cursor:
        found = [cursor.execute(f"SHOW {name}").fetchone()[0] for name in SETTINGS]
    fresh.close()
    return found


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such limits")
@pytest.mark.django_db
def test_a_request_ends_and_a_command_may_last(monkeypatch):
    options = connections.databases["default"]["OPTIONS"]
    monkeypatch.setitem(options, "options", "-c jit=off")
    assert limits() == ["0", "0"]
    limit_statements.cache_clear()
    environ = Browser()._base_environ(PATH_INFO="/healthz")
    assert b"".join(application(environ, lambda *_: None))
    assert limits() == ["10s", "5s"]
    assert options["options"].endswith("-c jit=off")
