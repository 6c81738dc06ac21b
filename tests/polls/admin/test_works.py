"""The list of works is kept clean: corrected, approved, merged, deleted while nobody uses it."""

from collections.abc import Callable

import pytest

from explainer.models import Article
from polls.actions.works import name_favourite
from polls.models import Discussion, ModerationEntry, Work, WorkAlias
from polls.queries.works import most_named
from tests import factories
from tests.conftest import Browser
from tests.polls.admin.conftest import (
    listed,
    messages,
    page_of,
    press,
    press_in_list,
    queries_for,
)

NO_SPELLINGS = {"aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0}


def name(discussion: Discussion, title: str, who: str = "Ann") -> Work:
    reader = factories.make_reader(who)
    return name_favourite(discussion=discussion, reader=reader, title=title, replace=False).work


def spellings(work: Work) -> dict[str, object]:
    """The inline as the page sends it back."""
    rows = list(work.aliases.order_by("id"))
    data: dict[str, object] = {
        "aliases-TOTAL_FORMS": len(rows),
        "aliases-INITIAL_FORMS": len(rows),
    }
    for n, alias in enumerate(rows):
        data |= {f"aliases-{n}-id": alias.pk, f"aliases-{n}-work": work.pk}
        data |= {f"aliases-{n}-title": alias.title}
    return data


def test_a_title_that_a_reader_typed_is_approved(mo: Browser, discussion: Discussion) -> None:
    work = name(discussion, "Overlord")
    assert most_named(discussion) == []
    press_in_list(mo, "approve", work)
    assert most_named(discussion) == [(work, 1)]
    assert ModerationEntry.objects.get().act == "approve_work"


def test_merging_says_what_moves_and_moves_it(
    mo: Browser, isekai: Article, discussion: Discussion
) -> None:
    target = factories.make_work("The Twelve Kingdoms")
    source = name(discussion, "Twelve Kingdom")
    name(discussion, "The Twelve Kingdoms", "Sam")
    factories.make_example(isekai, source)

    asked = press_in_list(mo, "merge", source).content.decode()
    assert "1 favourite." in asked
    assert "1 example card" in asked
    assert "“Twelve Kingdom”" in asked
    assert f'value="{target.pk}" selected' in asked

    press_in_list(mo, "merge", source, confirmed=1, target=target.pk)
    assert most_named(discussion) == [(target, 2)]
    assert isekai.examples.get().work == target
    assert target.aliases.count() == 2
    assert not Work.objects.filter(pk=source.pk).exists()


def test_ed_adds_a_work_which_needs_no_approval(ed: Browser) -> None:
    data = {"title": "Mushishi", "native_title": "蟲師", "native_lang": "ja"} | NO_SPELLINGS
    response = ed.post("/admin/polls/work/add/", data, follow=True)
    work = Work.objects.get()
    assert response.status_code == 200
    assert (work.title, work.slug, work.is_approved) == ("Mushishi", None, True)
    assert {alias.title for alias in work.aliases.all()} == {"Mushishi", "蟲師"}


def test_a_title_that_another_work_has_is_refused(ed: Browser) -> None:
    factories.make_work("Mushishi")
    response = ed.post("/admin/polls/work/add/", {"title": "mushishi!"} | NO_SPELLINGS)
    assert "merge the two works" in response.content.decode()
    assert Work.objects.count() == 1


def test_a_corrected_title_is_found_under_both_spellings(ed: Browser) -> None:
    work = factories.make_work("Mushisi", form="Manga")
    data = {"title": "Mushishi", "form": "Manga"} | spellings(work)
    assert ed.post(page_of(work), data).status_code == 302
    work.refresh_from_db()
    assert (work.title, work.form) == ("Mushishi", "Manga")
    assert {alias.title for alias in work.aliases.all()} == {"Mushisi", "Mushishi"}


def test_spellings_are_added_and_taken_away(ed: Browser) -> None:
    work = factories.make_work("Mushishi")
    data = {"title": "Mushishi"} | spellings(work) | {"aliases-TOTAL_FORMS": 2}
    data |= {"aliases-1-title": "Bugmaster", "aliases-1-work": work.pk}
    assert ed.post(page_of(work), data).status_code == 302
    assert set(work.aliases.values_list("key", flat=True)) == {"mushishi", "bugmaster"}

    data = {"title": "Mushishi"} | spellings(work)
    data |= {"aliases-0-DELETE": "on", "aliases-1-DELETE": "on"}
    assert ed.post(page_of(work), data).status_code == 302
    # Its own title is always a spelling.
    assert list(work.aliases.values_list("key", flat=True)) == ["mushishi"]


def test_a_spelling_that_another_work_has_is_refused(ed: Browser) -> None:
    work, other = factories.make_work("Mushishi"), factories.make_work("Bugmaster")
    data = {"title": "Mushishi"} | spellings(work) | {"aliases-TOTAL_FORMS": 2}
    for typed in ("bugmaster", "?!", "Mushishi!"):
        data |= {"aliases-1-title": typed, "aliases-1-work": work.pk}
        response = ed.post(page_of(work), data)
        if typed != "?!":  # signs alone are a title of their own
            assert response.status_code == 200, typed
    assert other.aliases.count() == 1
    assert WorkAlias.objects.filter(key="mushishi").count() == 1


def test_saving_a_form_opened_long_ago_keeps_an_approval(ed: Browser, mo: Browser) -> None:
    work = factories.make_work("Mushishi", approved=False)
    data = {"title": "Mushishi", "maker": "Yuki Urushibara"} | spellings(work)
    press(mo, "approve", work)
    ed.post(page_of(work), data)
    work.refresh_from_db()
    assert (work.is_approved, work.maker) == (True, "Yuki Urushibara")


def test_only_a_work_that_nobody_uses_can_be_deleted(
    ed: Browser, isekai: Article, discussion: Discussion
) -> None:
    named, shown = name(discussion, "Overlord"), factories.make_work("Alice")
    factories.make_example(isekai, shown)
    unused = factories.make_work("Nobody reads this")
    for work in (named, shown):
        assert page_of(work, "delete") not in ed.get(page_of(work)).content.decode()
        assert ed.post(page_of(work, "delete"), {"post": "yes"}).status_code == 403
    assert ed.post(page_of(unused, "delete"), {"post": "yes"}).status_code == 302
    assert set(Work.objects.all()) == {named, shown}


def test_bulk_delete_is_no_act(ed: Browser) -> None:
    work = factories.make_work()
    press_in_list(ed, "delete_selected", work, post="yes")
    assert Work.objects.filter(pk=work.pk).exists()


@pytest.mark.parametrize("query", ["", "?is_approved__exact=0", "?q=work"])
def test_the_list_costs_the_same_for_5_and_for_50(
    mo: Browser, queries_of: Callable, query: str
) -> None:
    few, many = queries_for(
        queries_of,
        mo,
        listed(Work, query),
        lambda n: [
            factories.make_work(f"Work {factories.number()}", approved=False) for _ in range(n)
        ],
    )
    assert few == many


def test_merging_two_chosen_works_keeps_the_target(mo: Browser) -> None:
    rows = [factories.make_work("Mushishi"), factories.make_work("Mushi-shi no")]
    response = press_in_list(mo, "merge", *rows, confirmed=1, target=rows[0].pk)
    assert messages(response) == ["1 work merged."]
    assert list(Work.objects.all()) == [rows[0]]
