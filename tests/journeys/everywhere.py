"""Every address of the site, asked by everybody: what the sweeps go through."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpResponse
from django.urls import reverse

from polls.models import Discussion
from tests.conftest import Browser
from tests.journeys.test_who_may_see import address, routes, set_scene

WHO = ("anonymous", "reader", "moderator", "admin")


@dataclass(frozen=True)
class Stop:
    """One address, asked by one person."""

    path: str
    who: str
    response: HttpResponse

    def __str__(self) -> str:
        return f"{self.path} {self.who} {self.response.status_code}"

    @property
    def is_html(self) -> bool:
        return self.response.get("Content-Type", "").startswith("text/html")


def paths(people: dict[str, Browser], discussion: Discussion) -> list[str]:
    """An address of every page that has a name, with a thread that has something to hide."""
    scene = set_scene("hidden", people, discussion)
    return sorted({address(name, takes, scene) for name, takes in routes()})


def panel() -> list[str]:
    """The panel's own pages: of each table the list and the form."""
    found = [reverse("admin:index"), reverse("admin:login"), "/admin/nowhere/"]
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        found += [reverse(f"admin:{name}_changelist"), reverse(f"admin:{name}_add")]
    return sorted(found)


def walk(people: dict[str, Browser], paths: list[str], method: str = "get") -> Iterator[Stop]:
    """Each address asked by each."""
    for path in paths:
        for who in WHO:
            yield Stop(path, who, getattr(people[who], method)(path))
