"""Ed writes, previews, schedules, publishes and takes back; nobody's answer is lost by it."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from explainer.models import Article
from polls.actions.recount import differences
from polls.models import Discussion, ModerationEntry, Topic
from tests import factories
from tests.conftest import Browser

ADD = "/admin/explainer/article/add/"
LIST = "/admin/explainer/article/"
NEW_PREVIEW = "/admin/explainer/article/preview/"
DAY = timedelta(days=1)


def change(article: Article) -> str:
    return reverse("admin:explainer_article_change", args=[article.pk])


def preview(article: Article) -> str:
    return reverse("admin:explainer_article_preview", args=[article.pk])


def delete(article: Article) -> str:
    return reverse("admin:explainer_article_delete", args=[article.pk])


def written(**changes: object) -> dict[str, object]:
    """What Ed types into the form."""
    return {
        "title": "What is kishōtenketsu?",
        "slug": "kishotenketsu",
        "standfirst": "A story in four turns.",
        "short_answer": "",
        "body": "It has *four* parts.\n\n## The turn\n\nThen something else happens.",
        "kicker": "",
        "advisory": "",
        "byline": "Ed",
        "author": "",
        "answers_topic": "",
        "status": "draft",
        "published_at_0": "",
        "published_at_1": "",
        "subject": "kishōtenketsu",
        "intent_prompt": "Will you read any?",
        "discussion_state": "open",
        "examples-TOTAL_FORMS": 0,
        "examples-INITIAL_FORMS": 0,
    } | changes


def at(moment) -> dict[str, str]:
    """A publication time as the form's two fields."""
    return {"published_at_0": f"{moment:%Y-%m-%d}", "published_at_1": f"{moment:%H:%M:%S}"}


def card(work, n: int = 0, **more: object) -> dict[str, object]:
    """A new example card in the form."""
    row = {"work": work.pk, "sentence": "The plainest one.", "facts": "Short", "position": n}
    return {f"examples-{n}-{name}": value for name, value in (row | more).items()}


def only() -> Article:
    return Article.objects.select_related("discussion").get()


def act(who: Browser, name: str, *articles: Article):
    data = {"action": name, "_selected_action": [article.pk for article in articles]}
    return who.post(LIST, data, follow=True)


def test_ed_writes_a_draft_with_its_discussion_and_cards(ed: Browser, ann: Browser) -> None:
    work = factories.make_work("Yojimbo")
    response = ed.post(ADD, written(**{"examples-TOTAL_FORMS": 1}, **card(work)))

    assert response.status_code == 302
    article = only()
    assert "<em>four</em>" in article.html
    assert article.toc == [["the-turn", "The turn"]]
    assert article.examples.get().work == work
    prompts = {row.key: row.prompt for row in article.discussion.questions.all()}
    assert prompts["reaction"] == "How does kishōtenketsu leave you?"
    assert prompts["intent"] == "Will you read any?"
    assert ann.get(article.get_absolute_url()).status_code == 404


def test_save_and_publish_now_puts_it_on_the_site(ed: Browser, ann: Browser) -> None:
    ed.post(ADD, written(_publish="1"))
    article = only()
    assert article.is_public
    assert ann.get(article.get_absolute_url()).status_code == 200


def test_publishing_without_a_time_is_publishing_now(ed: Browser) -> None:
    ed.post(ADD, written(status="published"))
    assert only().is_public


def test_a_time_to_come_schedules_it(ed: Browser, ann: Browser) -> None:
    ed.post(ADD, written(status="published", **at(timezone.now() + DAY)))
    article = only()
    assert not article.is_public
    assert ann.get(article.get_absolute_url()).status_code == 404
    assert "Scheduled" in ed.get(LIST).content.decode()
    assert list(ed.get(f"{LIST}?stage=scheduled").context["cl"].result_list) == [article]
    assert not list(ed.get(f"{LIST}?stage=published").context["cl"].result_list)


def test_publish_now_and_back_to_draft_in_the_list(
    ed: Browser, ann: Browser, isekai: Article
) -> None:
    reader = factories.make_reader("Ann")
    factories.answer(isekai.discussion, reader, "enraged")

    act(ed, "draft", isekai)
    assert ann.get(isekai.get_absolute_url()).status_code == 404
    assert not Discussion.objects.visible().exists()
    act(ed, "publish", isekai)
    assert ann.get(isekai.get_absolute_url()).status_code == 200
    assert reader.ballots.get().choice.key == "enraged"
    assert differences() == []

    history = ed.get(reverse("admin:explainer_article_history", args=[isekai.pk]))
    assert "Back to draft" in history.content.decode()
    again = act(ed, "publish", isekai)
    assert "It is published already." in again.content.decode()


def test_subject_prompt_and_state_reach_the_discussion(ed: Browser, isekai: Article) -> None:
    data = written(
        title=isekai.title,
        slug=isekai.slug,
        status="published",
        subject="portal fantasy",
        intent_prompt="Will you watch any?",
        discussion_state="read_first",
        **at(isekai.published_at),
    )
    assert ed.post(change(isekai), data).status_code == 302
    discussion = only().discussion
    assert (discussion.subject, discussion.state) == ("portal fantasy", "read_first")
    prompts = {row.key: row.prompt for row in discussion.questions.all()}
    assert prompts["reaction"] == "How does portal fantasy leave you?"
    assert prompts["intent"] == "Will you watch any?"
    assert ModerationEntry.objects.get().act == "discussion_read_first"


def test_a_prompt_that_ed_worded_survives_another_subject(ed: Browser, isekai: Article) -> None:
    isekai.discussion.questions.filter(key="reaction").update(prompt="And you?")
    ed.post(change(isekai), written(slug="isekai", subject="portal fantasy", intent_prompt=""))
    prompts = {row.key: row.prompt for row in isekai.discussion.questions.all()}
    assert (prompts["reaction"], prompts["intent"]) == ("And you?", "Will you try it?")


def test_a_topic_is_answered_and_given_back(ed: Browser) -> None:
    topic = factories.make_topic("kishōtenketsu")
    ed.post(ADD, written(answers_topic=topic.pk, _publish="1"))
    topic.refresh_from_db()
    assert (topic.status, topic.url) == (Topic.Status.PUBLISHED, "/articles/kishotenketsu/")
    article = only()
    ed.post(change(article), written(status="published", **at(article.published_at)))
    topic.refresh_from_db()
    assert (topic.status, topic.url) == (Topic.Status.WRITING, "")


def test_a_rejected_topic_cannot_be_answered(ed: Browser) -> None:
    topic = factories.make_topic(status=Topic.Status.REJECTED)
    assert ed.post(ADD, written(answers_topic=topic.pk)).status_code == 200
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"subject": ""},
        {"slug": "isekai"},
        {"slug": "two words"},
        {"title": "What \x07?"},
        {"discussion_state": "ajar"},
        {"status": "published", "published_at_0": "soon", "published_at_1": "now"},
    ],
    ids=["no title", "no subject", "taken", "no slug", "control", "state", "time"],
)
def test_what_makes_no_sense_is_refused_and_kept_in_the_form(
    ed: Browser, isekai: Article, changes: dict, nothing_stored
) -> None:
    with nothing_stored():
        response = ed.post(ADD, written(**changes))
    assert response.status_code == 200
    assert response.context["errors"]
    assert "Then something else happens." in response.content.decode()


def test_the_address_changes_until_somebody_answered(ed: Browser, isekai: Article) -> None:
    ed.post(change(isekai), written(slug="portal-fantasy"))
    article = only()
    assert (article.slug, article.discussion.key) == ("portal-fantasy", "portal-fantasy")

    factories.answer(article.discussion, factories.make_reader(), "sad")
    ed.post(change(article), written(slug="yet-another"))
    assert only().slug == "portal-fantasy"
    assert 'name="slug"' not in ed.get(change(article)).content.decode()


def test_an_unused_article_is_deleted_with_its_discussion(ed: Browser, isekai: Article) -> None:
    factories.make_example(isekai, factories.make_work())
    assert "Discussion: What is isekai?" in ed.get(delete(isekai)).content.decode()
    assert ed.post(delete(isekai), {"post": "yes"}).status_code == 302
    assert not Article.objects.exists()
    assert not Discussion.objects.exists()


@pytest.mark.parametrize("what", ["ballot", "withdrawn ballot", "comment", "favourite"])
def test_an_article_that_readers_used_cannot_be_deleted(
    ed: Browser, isekai: Article, what: str, nothing_stored
) -> None:
    discussion, reader = isekai.discussion, factories.make_reader()
    if what == "comment":
        factories.make_comment(discussion, state="pending")
    elif what == "favourite":
        discussion.favourites.create(reader=reader, work=factories.make_work())
    else:
        factories.answer(discussion, reader, "sad")
        if what == "withdrawn ballot":
            factories.answer(discussion, reader, "")
    with nothing_stored():
        assert ed.post(delete(isekai), {"post": "yes"}).status_code == 403
        act(ed, "delete_selected", isekai)
    assert delete(isekai) not in ed.get(change(isekai)).content.decode()


def test_deleting_gives_the_topic_back(ed: Browser) -> None:
    topic = factories.make_topic("kishōtenketsu")
    ed.post(ADD, written(answers_topic=topic.pk, _publish="1"))
    ed.post(delete(only()), {"post": "yes"})
    topic.refresh_from_db()
    assert (topic.status, topic.url) == (Topic.Status.WRITING, "")


def test_a_new_article_is_previewed_by_the_sites_own_page(ed: Browser, nothing_stored) -> None:
    work = factories.make_work("Yojimbo")
    data = written(**{"examples-TOTAL_FORMS": 1}, **card(work))
    with nothing_stored():
        response = ed.post(NEW_PREVIEW, data)
    assert response.status_code == 200
    assert "explainer/article.html" in [template.name for template in response.templates]
    shown = response.content.decode()
    assert "It has <em>four</em> parts." in shown
    assert "How does kishōtenketsu leave you?" in shown
    assert "Yojimbo" in shown


def test_a_half_written_article_is_previewed_too(ed: Browser, nothing_stored) -> None:
    data = written(title="", slug="", standfirst="", subject="")
    with nothing_stored():
        response = ed.post(NEW_PREVIEW, data)
    assert response.status_code == 200
    assert "It has <em>four</em> parts." in response.content.decode()


def test_changes_are_previewed_and_not_stored(
    ed: Browser, ann: Browser, isekai: Article, nothing_stored
) -> None:
    factories.answers(isekai.discussion, sad=2)
    with nothing_stored():
        response = ed.post(preview(isekai), written(body="Entirely new words."))
    assert "Entirely new words." in response.content.decode()
    assert "Entirely new words." not in ann.get(isekai.get_absolute_url()).content.decode()


def test_a_preview_that_cannot_be_drawn_says_why(ed: Browser, nothing_stored) -> None:
    with nothing_stored():
        response = ed.post(NEW_PREVIEW, written(discussion_state="ajar"))
    assert response.status_code == 422
    assert "Nothing was stored" in response.content.decode()


def test_the_saved_draft_is_previewed_behind_no_advisory(ed: Browser, nothing_stored) -> None:
    article = factories.make_article(status="draft", advisory="Loss", body="SECRET words.")
    assert preview(article) in ed.get(LIST).content.decode()
    with nothing_stored():
        assert "SECRET words." in ed.get(preview(article)).content.decode()


def test_a_preview_is_for_staff_who_may_see_articles(ann: Browser, mo: Browser) -> None:
    article = factories.make_article(status="draft", body="SECRET words.")
    for who, status in ((ann, 302), (mo, 403)):
        assert who.get(preview(article)).status_code == status
        assert who.post(preview(article), written()).status_code == status
        assert who.post(NEW_PREVIEW, written()).status_code == status


def test_who_may_look_but_not_change_sees_the_stored_text_only(mo: Browser) -> None:
    mo.user.user_permissions.add(Permission.objects.get(codename="view_article"))
    article = factories.make_article(status="draft")
    assert mo.get(preview(article)).status_code == 200
    assert mo.post(preview(article), written()).status_code == 403


def test_previews_of_nothing_are_not_found(ed: Browser) -> None:
    assert ed.get(NEW_PREVIEW).status_code == 404
    assert ed.get("/admin/explainer/article/999/preview/").status_code == 404
    assert ed.post("/admin/explainer/article/999/preview/", written()).status_code == 404


def test_hostile_markup_in_an_article_is_drawn_as_text(ed: Browser) -> None:
    hostile = "<script>alert(1)</script>"
    response = ed.post(NEW_PREVIEW, written(title=hostile, body=hostile, standfirst=hostile))
    assert hostile not in response.content.decode()


def test_the_list_is_searched_and_filtered(ed: Browser, isekai: Article, netorare: Article) -> None:
    def found(query: str) -> set[str]:
        return {row.slug for row in ed.get(LIST + query).context["cl"].result_list}

    assert found("?q=netorare") == {"netorare"}
    assert found("?q=portal") == set()
    assert found("?stage=published") == {"isekai", "netorare"}
    assert found(f"?published_at__year={isekai.published_at.year}") == {"isekai", "netorare"}
    assert found("?discussion__state=hidden") == set()


@pytest.mark.parametrize("query", ["", "?q=isekai", "?stage=published"])
def test_the_list_costs_the_same_for_5_and_for_50(ed: Browser, queries_of, query: str) -> None:
    def make(how_many: int) -> None:
        for _ in range(how_many):
            factories.make_article(slug=f"isekai-{factories.number()}")

    make(5)
    assert ed.get(LIST + query).status_code == 200
    few = len(queries_of(lambda: ed.get(LIST + query)))
    make(45)
    assert len(queries_of(lambda: ed.get(LIST + query))) == few


def test_the_panel_wears_the_sites_name_and_order(ed: Browser, settings) -> None:
    response = ed.get("/admin/")
    assert settings.SITE_NAME in response.content.decode()
    apps = response.context["app_list"]
    assert [app["app_label"] for app in apps] == ["explainer", "polls", "auth"]
    names = [row["object_name"] for row in apps[1]["models"]]
    assert names[:6] == ["Comment", "Appeal", "Notice", "Report", "Topic", "Work"]


def test_every_page_of_the_panel_keeps_the_strict_policy(ed: Browser, isekai: Article) -> None:
    for address in ("/admin/", LIST, ADD, change(isekai), "/admin/login/"):
        response = ed.get(address)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        page = response.content.decode()
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page


def test_no_list_is_edited_in_place() -> None:
    for row_admin in admin.site._registry.values():
        assert not row_admin.list_editable


def test_a_card_names_a_work_found_by_typing(ed: Browser) -> None:
    work = factories.make_work("Yojimbo")
    asked = {"term": "yoj", "app_label": "explainer", "model_name": "example", "field_name": "work"}
    found = ed.get(f"/admin/autocomplete/?{urlencode(asked)}").json()["results"]
    assert found == [{"id": str(work.pk), "text": "Yojimbo"}]
