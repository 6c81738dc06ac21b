"""Editors' picks in the panel: who chose what, and taking one back."""

from django.contrib.auth.models import Group

from polls.actions.picks import pick_comment
from polls.actions.roles import EDITORS
from polls.models import Comment, Pick
from tests import factories
from tests.conftest import Browser
from tests.polls.admin.conftest import listed, messages, page_of, press_in_list


def test_an_editor_takes_a_pick_back(comment: Comment, nothing_stored) -> None:
    user = factories.make_user("ida", is_staff=True)
    user.groups.add(Group.objects.get(name=EDITORS))
    ida = Browser(user=user)
    pick = pick_comment(comment=comment, actor=user, pinned=True)
    assert "ida" in ida.get(listed(Pick)).content.decode()
    assert ida.get(page_of(pick)).status_code == 200
    with nothing_stored():
        assert ida.post(page_of(pick, "delete"), {"post": "yes"}).status_code == 403
        assert ida.post(page_of(pick), {"is_pinned": ""}).status_code == 403
    assert messages(press_in_list(ida, "unpick", pick)) == ["1 pick taken back."]
    assert not Pick.objects.exists()


def test_who_may_not_pick_sees_no_picks(mo: Browser) -> None:
    assert mo.get(listed(Pick)).status_code == 403
