"""Every route, grouped by noun, in the order of the page.

`discussion` is what hangs below one page: whoever owns the page mounts it at an address that holds
the discussion's `key`. `site` is what stands once.
"""

from django.urls import path, register_converter

from polls.views import (
    appeals,
    bursts,
    comments,
    moderation,
    moderation_answers,
    moderation_log,
    moderation_many,
    moderation_more,
    mutes,
    notices,
    picks,
    questions,
    ranking,
    readers,
    reports,
    threads,
    topics,
    votes,
    warnings,
    works,
)


class IdConverter:
    """A row's number: no sign, no leading zero, small enough for every database."""

    regex = "[1-9][0-9]{0,17}"
    to_python = int
    to_url = str


register_converter(IdConverter, "id")

discussion = (
    [
        path("questions/before/", questions.before, name="before"),
        path("questions/<slug:question>/", questions.answer, name="answer"),
        path("results/", questions.results, name="results"),
        path("comments/", comments.comments, name="comments"),
        path("comments/more/", threads.more, name="more"),
        path("comments/new/", threads.news, name="news"),
        path("comments/newest/", threads.newest, name="newest"),
        path("comments/<id:pk>/", comments.comment, name="comment"),
        path("comments/<id:pk>/replies/", threads.replies, name="replies"),
        path("comments/<id:pk>/reply/", comments.reply, name="reply"),
        path("comments/<id:pk>/edit/", comments.edit, name="edit"),
        path("comments/<id:pk>/delete/", comments.delete, name="delete"),
        path("comments/<id:pk>/report/", reports.report, name="report"),
        path("comments/<id:pk>/mute/", mutes.mute, name="mute"),
        path("comments/<id:pk>/notice/", notices.notice, name="notice"),
        path("comments/<id:pk>/decision/", appeals.statement, name="decision"),
        path("comments/<id:pk>/appeal/", appeals.appeal, name="appeal"),
        path("comments/<id:pk>/pick/", picks.pick, name="pick"),
        path("comments/<id:pk>/vote/", votes.vote, name="vote"),
        path("favourite/", works.favourite, name="favourite"),
        path("works/", works.known, name="works"),
    ],
    "discussion",
)

moderators = [
    path("moderation/", moderation.queue, name="moderation"),
    path("moderation/counts/", moderation.counts, name="moderation_counts"),
    path("moderation/chosen/", moderation_many.chosen, name="moderation_chosen"),
    path("moderation/cases/<id:pk>/", moderation.decide, name="moderation_decide"),
    path("moderation/cases/<id:pk>/lock/", moderation.lock, name="moderation_lock"),
    path("moderation/cases/<id:pk>/erase/", moderation.erase, name="moderation_erase"),
    path("moderation/cases/<id:pk>/around/", moderation.surroundings, name="moderation_around"),
    path("moderation/undo/", moderation_many.undo, name="moderation_undo_many"),
    path("moderation/undo/<id:pk>/", moderation.undo, name="moderation_undo"),
    path("moderation/appeals/<id:pk>/", moderation_answers.appeal, name="moderation_appeal"),
    path("moderation/notices/<id:pk>/", moderation_answers.notice, name="moderation_notice"),
    path("moderation/bursts/", bursts.bursts, name="moderation_bursts"),
    path("moderation/bursts/<id:pk>/", bursts.decide, name="moderation_burst"),
    path("moderation/bursts/<id:pk>/undo/", bursts.undo, name="moderation_burst_undo"),
    path("moderation/readers/<id:pk>/", moderation_more.reader, name="moderation_reader"),
    path(
        "moderation/discussions/<id:pk>/",
        moderation_more.discussion,
        name="moderation_discussion",
    ),
    path("moderation/log/", moderation_log.log, name="moderation_log"),
    path("moderation/fairness/", moderation_log.fairness, name="fairness"),
]

site = (
    [
        path("topics/", topics.listing, name="topics"),
        path("topics/suggest/", topics.suggest, name="suggest"),
        path("topics/similar/", topics.similar, name="similar"),
        path("topics/<id:pk>/vote/", topics.vote, name="topic_vote"),
        path("me/", readers.me, name="me"),
        path("me/warning/", warnings.acknowledge, name="warning"),
        path("me/muted/<id:pk>/", mutes.unmute, name="unmute"),
        path("notices/<uuid:key>/", notices.state, name="notice"),
        path("rules/", readers.rules, name="rules"),
        path("how-ranking-works/", ranking.ranking, name="ranking"),
        *moderators,
    ],
    "polls",
)
