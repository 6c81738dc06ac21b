"""The log is only ever added to, whoever tries, and survives what it names."""

from contextlib import suppress

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from polls import append_only
from polls.actions.discussions import delete_discussion
from polls.actions.topics import merge_topics, set_topic_status
from polls.actions.works import approve_work, merge_works
from polls.models import ModerationEntry
from tests.factories import make_article, make_topic, make_user, make_work
from tests.polls.admin.conftest import listed, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(comment):
    return ModerationEntry.objects.create(act="hide_comment", comment=comment, reason="unkind")


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: ModerationEntry.objects.update(reason="nothing"),
        lambda entry: ModerationEntry.objects.all().delete(),
        lambda entry: entry.delete(),
        lambda entry: entry.save(),
        lambda entry: connection.cursor().execute("DELETE FROM polls_moderationentry"),
        lambda entry: connection.cursor().execute("UPDATE polls_moderationentry SET act = ''"),
    ],
)
def test_the_database_refuses_every_change(entry, change, nothing_stored):
    refused = pytest.raises(IntegrityError, match="append-only")
    with nothing_stored(), refused, transaction.atomic():
        change(entry)


def test_more_is_always_added(entry):
    ModerationEntry.objects.bulk_create([ModerationEntry(act="undo", undoes=entry)])
    assert ModerationEntry.objects.count() == 2


def test_the_guard_can_be_lifted_for_a_moment_and_comes_back(entry):
    with suppress(KeyError), append_only.released(connection):
        ModerationEntry.objects.update(reason="other")
        raise KeyError
    with pytest.raises(IntegrityError), transaction.atomic():
        ModerationEntry.objects.update(reason="nothing")
    assert ModerationEntry.objects.get().reason == "other"


def test_protecting_twice_is_protecting_once(entry):
    append_only.protect(connection)
    append_only.protect(connection)
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.delete()


def test_what_an_entry_names_can_be_deleted_and_the_log_is_still_read(mo, ed):
    actor = make_user("gone", is_staff=True)
    source, target = make_topic("heist film"), make_topic("heist")
    set_topic_status(topic=source, status="writing", actor=actor)
    merge_topics(source=source, target=target, actor=actor)
    work, other = make_work("Yojimbo", approved=False), make_work("Sanjuro")
    approve_work(work=work, actor=actor)
    merge_works(source=work, target=other, actor=actor)
    discussion = make_article(slug="unread").discussion
    ModerationEntry.objects.create(act="slow_mode", discussion=discussion, actor=actor)
    discussion.article.delete()
    delete_discussion(discussion=discussion)
    get_user_model().objects.filter(pk=actor.pk).delete()
    written = list(ModerationEntry.objects.all())
    assert ed.get(listed(ModerationEntry)).status_code == 200
    for entry in written:
        assert ed.get(page_of(entry)).status_code == 200
    assert list(ModerationEntry.objects.all()) == written


def columns(entry: ModerationEntry, **changed: object) -> tuple[str, list]:
    """What stores an entry once more, as it is but for what is `changed`."""
    fields = ModerationEntry._meta.concrete_fields
    values = {field.column: getattr(entry, field.attname) for field in fields} | changed
    names = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    return f"INTO polls_moderationentry ({names}) VALUES ({marks})", list(values.values())


@pytest.mark.parametrize("over", ["the same number", "the same act taken back"])
def test_no_entry_takes_the_place_of_another(entry, over, nothing_stored):
    undo = ModerationEntry.objects.create(act="undo", undoes=entry)
    changed = {"id": undo.pk} if over == "the same number" else {"id": undo.pk + 1}
    into, values = columns(undo, reason="nothing", **changed)
    if connection.vendor == "sqlite":
        statements = [f"REPLACE {into}", f"INSERT OR REPLACE {into}"]
    else:
        column = "id" if over == "the same number" else "undoes_id"
        statements = [f"INSERT {into} ON CONFLICT ({column}) DO UPDATE SET reason = 'nothing'"]
    for statement in statements:
        refused = pytest.raises(IntegrityError, match="append-only")
        with nothing_stored(), refused, transaction.atomic():
            connection.cursor().execute(statement, values)
