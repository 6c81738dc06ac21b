"""The panel: ways to press what its people see, and every count proved after each test."""

from collections.abc import Callable, Iterator

import pytest
from django.db.models import Model
from django.http import HttpResponse
from django.urls import reverse

from polls.actions.recount import differences
from tests.conftest import Browser


@pytest.fixture(autouse=True)
def _every_count_is_right(db: None) -> Iterator[None]:
    """Whatever is done in the panel, every shown number can be proved right after it."""
    yield
    assert differences() == []


def listed(model: type[Model], query: str = "") -> str:
    """The address of a list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") + query


def page_of(row: Model, what: str = "change") -> str:
    """The address of one row: its page, "delete" or "history"."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{what}", args=[row.pk])


def act_of(row: Model, act: str) -> str:
    """The address of an act on one row."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_act", args=[row.pk, act])


def press_in_list(who: Browser, act: str, *rows: Model, **said: object) -> HttpResponse:
    """Ticks rows in their list and chooses an act; `said` is what its page asks."""
    data = {"action": act, "_selected_action": [row.pk for row in rows], **said}
    return who.post(listed(type(rows[0])), data, follow=True)


def press(who: Browser, act: str, row: Model, **said: object) -> HttpResponse:
    """Performs an act on one row's page."""
    return who.post(act_of(row, act), said, follow=True)


def messages(response: HttpResponse) -> list[str]:
    """What the panel says at the top of the page."""
    return [str(message) for message in response.context["messages"]]


def queries_for(
    queries_of: Callable, who: Browser, address: str, make: Callable[[int], object]
) -> tuple[int, int]:
    """How many queries an address costs with 5 rows and with 50."""
    make(5)
    assert who.get(address).status_code == 200  # fills the caches that outlive a request
    few = len(queries_of(lambda: who.get(address)))
    make(45)
    return few, len(queries_of(lambda: who.get(address)))
