"""Every text that is stored, on every page: a new field of a model joins by itself."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models
from django.urls import reverse

from explainer.models import Article
from polls import append_only
from polls.models import (
    Appeal,
    CommentVersion,
    ListedWord,
    Notice,
    Report,
    TopicAlias,
    WorkAlias,
)
from tests import factories
from tests.journeys.everywhere import panel, paths
from tests.oracle import parse

pytestmark = pytest.mark.django_db

MADE, CODE, KEY = "markup, which one place makes safe", "a word of the code's own", "a key or hash"
# Fields in which nothing that anybody types can stand; each with what stands there.
FORMED = {
    **dict.fromkeys(["polls.Comment.html", "explainer.Article.html"], MADE),
    **dict.fromkeys(
        [
            *("polls.Discussion.key", "polls.Question.key", "polls.Choice.key", "polls.Work.slug"),
            *("polls.Ballot.source", "polls.CommentVote.source", "polls.Burst.source"),
            *("polls.Comment.path", "polls.Comment.fingerprint", "polls.LimitCount.key"),
            *("polls.Heartbeat.name", "polls.Revision.name", "explainer.Article.slug"),
            *("polls.TopicAlias.key", "polls.WorkAlias.key", "polls.ListedWord.folded"),
        ],
        KEY,
    ),
    **dict.fromkeys(
        [
            *("polls.Comment.reason", "polls.Burst.reason", "polls.Report.reason"),
            *("polls.ModerationEntry.act", "polls.ModerationEntry.state_before"),
            *("polls.ModerationEntry.reason_before", "polls.ModerationEntry.camp"),
            *("polls.Pick.camp", "polls.Discussion.url", "polls.Topic.url"),
        ],
        CODE,
    ),
}
SEEN_BY = ("anonymous", "reader", "author", "moderator", "admin")
LEAST = 25  # fields whose text is seen somewhere, or the sweep does not look where it should


def texts() -> dict[str, models.Field]:
    """The fields of text that have no closed list of what they may say."""
    found = {}
    for app in ("polls", "explainer"):
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.get_fields():
                if isinstance(field, models.CharField | models.TextField) and not field.choices:
                    found[f"{model._meta.label}.{field.name}"] = field
    return found


def attack(number: int, field: models.Field) -> str:
    """What breaks out of an attribute and out of an element, as much as fits; numbered."""
    return f"'\" onmark=1 <u id=m{number}>x"[: field.max_length]


def rows_of_all() -> None:
    """What `set_scene` leaves out: a row of each model that holds a text."""
    article = Article.objects.get()
    work, topic = factories.make_work("Mushoku Tensei"), factories.make_topic("What is a heist?")
    factories.make_example(article, work)
    TopicAlias.objects.create(topic=topic, title="Heists", key="heists")
    WorkAlias.objects.create(work=work, title="Jobless", key="jobless")
    ListedWord.objects.create(word="rude", folded="rude", kind=ListedWord.Kind.values[0])
    comment = factories.make_comment(article.discussion)
    CommentVersion.objects.create(comment=comment, text="before")
    assert Report.objects.exists()
    assert Appeal.objects.exists()
    assert Notice.objects.exists()


def test_what_is_left_out_is_there():
    assert FORMED.keys() <= texts().keys()


def fields() -> Iterator[tuple[int, models.Field]]:
    attacked = {name: field for name, field in texts().items() if name not in FORMED}
    return enumerate(attacked.values())


def plant() -> None:
    """Every row of every model says the worst in every text, past all forms."""
    with append_only.released(connection):
        for number, field in fields():
            assert field.model.objects.exists(), f"no {field.model.__name__} to put a text into"
            if field.unique:
                first = field.model.objects.values_list("pk").first()
                rows = field.model.objects.filter(pk=first[0])
            else:
                rows = field.model.objects.all()
            rows.update(**{field.name: attack(number, field)})


def forms() -> Iterator[str]:
    """The panel's page of one row of each table."""
    for path in panel():
        if path.endswith("/add/"):
            app, model = path.split("/")[2:4]
            row = apps.get_model(app, model).objects.order_by("-pk").first()
            if row:
                yield reverse(f"admin:{app}_{model}_change", args=[row.pk])


def faults(body: bytes) -> list[str]:
    """Where a planted text has become something."""
    found = [f"element {mark}" for mark in re.findall(rb"<u id=m\d+", body)]
    if b"onmark" in body:
        elements = [
            element for element in parse(body.decode()).iter() if isinstance(element.tag, str)
        ]
        found += [
            f"attribute of {element.tag}" for element in elements if "onmark" in element.attrib
        ]
    return found


def test_no_text_of_any_field_becomes_markup_on_any_page(everybody, discussion):
    places = paths(everybody, discussion)
    rows_of_all()
    plant()
    visits = [(who, path) for path in places for who in SEEN_BY]
    visits += [("admin", path) for path in [*panel(), *forms(), f"{places[0]}?q=mark"]]
    wrong, seen = [], set()
    for who, path in visits:
        response = everybody[who].get(path)
        kind = response.get("Content-Type", "")
        if kind.startswith("text/plain"):  # nosniff: it is never taken for a page
            continue
        seen.update(re.findall(rb"id=m(\d+)", response.content))
        wrong += [f"{path} {who}: {fault}" for fault in faults(response.content)]
        assert response.status_code < 500, (path, who)
    assert wrong == []
    assert len(seen) >= LEAST


def test_a_planted_fault_is_found():
    assert faults(b"<p>&lt;u id=m1&gt;</p>") == []
    assert faults(b"<p><u id=m1></p>")
    assert faults(b"<p title='' onmark=1></p>")
