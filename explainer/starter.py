"""The starter articles: loaded once, and never over an editor's work."""

import tomllib
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from explainer.models import Article, Example
from explainer.publishing import save_article
from polls.actions.works import find_or_make_work
from polls.models import Work, WorkAlias
from polls.rules import works

CONTENT = Path(__file__).parent / "content"
FENCE = "+++\n"
WORK_FACTS = ("native_title", "native_lang", "year", "maker", "form")


def load_starter_articles() -> list[Article]:
    """Adds each article of content/ whose address is not taken. Returns those added."""
    files = [read(path) for path in sorted(CONTENT.glob("*.md"))]
    files.sort(key=lambda file: file[0]["published"])
    # On a machine whose clock is behind the newest date, all move back together: none waits.
    late = max(files[-1][0]["published"] - timezone.now(), timedelta())
    for facts, _body in files:
        facts["published"] -= late
    return [
        load(facts, body)
        for facts, body in files
        if not Article.objects.filter(slug=facts["slug"]).exists()
    ]


def read(path: Path) -> tuple[dict, str]:
    """The TOML front matter and the Markdown body of one file."""
    _before, front, body = path.read_text(encoding="utf-8").split(FENCE, 2)
    return tomllib.loads(front), body.strip()


@transaction.atomic
def load(facts: dict, body: str) -> Article:
    """Stores one starter article with its works and example cards, published."""
    article = save_article(
        Article(
            title=facts["title"],
            slug=facts["slug"],
            kicker=facts["kicker"],
            standfirst=facts["standfirst"],
            short_answer=facts["short_answer"],
            byline=facts["byline"],
            body=body,
            advisory="\n".join(facts["advisory"]),
            status=Article.Status.PUBLISHED,
            published_at=facts["published"],
        ),
        subject=facts["subject"],
        intent_prompt=facts["intent_prompt"],
    )
    for position, card in enumerate(facts["examples"]):
        Example.objects.create(
            article=article,
            work=load_work(card),
            sentence=card["sentence"],
            facts="\n".join(card.get("facts", [])),
            position=position,
        )
    return article


def load_work(card: dict) -> Work:
    """The work of an example card, known by its title and by its native title."""
    facts = {name: card[name] for name in WORK_FACTS if name in card}
    work = find_or_make_work(card["title"], approved=True, slug=card["work"], **facts)
    if not work.slug:  # a reader had named it before: the card still finds it by its slug
        Work.objects.filter(pk=work.pk).update(slug=card["work"], is_approved=True, **facts)
    if native := card.get("native_title"):
        WorkAlias.objects.get_or_create(
            key=works.key(native), defaults={"title": native, "work": work}
        )
    return work
