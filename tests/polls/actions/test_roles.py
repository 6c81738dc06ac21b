"""Three groups of the staff, made once; afterwards they are the operator's."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from polls.actions.roles import ANALYSTS, EDITORS, MODERATORS, make_roles
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def allowed(group: str) -> set[str]:
    """What a member of the group alone may do."""
    user = make_user(group.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user.get_all_permissions()


def test_every_group_is_there_after_migrating_with_its_own_act():
    acts = {"polls.moderate", "polls.pick", "polls.analyse"}
    assert allowed(MODERATORS) & acts == {"polls.moderate"}
    assert allowed(EDITORS) & acts == {"polls.pick"}
    assert allowed(ANALYSTS) & acts == {"polls.analyse"}


def test_editors_write_articles_and_moderators_do_not():
    write = {"explainer.add_article", "explainer.change_article", "polls.change_topic"}
    assert write <= allowed(EDITORS)
    assert not allowed(MODERATORS) & {"explainer.add_article", "explainer.change_article"}


def test_moderators_judge_comments_readers_and_words():
    assert {
        "polls.change_comment",
        "polls.change_reader",
        "polls.view_report",
        "polls.change_notice",
        "polls.add_listedword",
        "polls.view_moderationentry",
    } <= allowed(MODERATORS)


def test_analysts_only_look():
    rights = {name.partition(".")[2].partition("_")[0] for name in allowed(ANALYSTS)}
    assert rights == {"view", "analyse"}


def test_nobody_may_write_the_log():
    for group in (EDITORS, MODERATORS, ANALYSTS):
        names = {name for name in allowed(group) if name.endswith("_moderationentry")}
        assert names == {"polls.view_moderationentry"}


def test_a_group_that_is_there_stays_as_it_was_made():
    Group.objects.get(name=MODERATORS).permissions.clear()
    Group.objects.get(name=EDITORS).delete()
    assert make_roles() == [EDITORS]
    assert allowed(MODERATORS) == set()
    assert "explainer.change_article" in allowed(EDITORS)


def test_migrating_again_changes_nothing(nothing_stored):
    with nothing_stored():
        call_command("migrate", verbosity=0)
