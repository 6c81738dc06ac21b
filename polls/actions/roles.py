"""Who on the staff may do what: three groups to begin with. Afterwards they are the operator's."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

EDITORS, MODERATORS, ANALYSTS = "Editors", "Moderators", "Analysts"

_READ = ("view",)
_CHANGE = ("view", "change")
_KEEP = ("view", "add", "change", "delete")

# {group: {model: what of it}}. A model that is not installed gives nothing: polls does not know
# who owns the pages.
ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    EDITORS: {
        "article": _KEEP,
        "example": _KEEP,
        "work": _KEEP,
        "workalias": _KEEP,
        "topic": _CHANGE,
        "question": _KEEP,
        "choice": _KEEP,
        "discussion": _CHANGE,
        "comment": _READ,
        "moderationentry": _READ,
    },
    MODERATORS: {
        "comment": _CHANGE,
        "reader": _CHANGE,
        "topic": _CHANGE,
        "work": _CHANGE,
        "discussion": _CHANGE,
        "report": _READ,
        "appeal": _CHANGE,
        "notice": _CHANGE,
        "listedword": _KEEP,
        "moderationentry": _READ,
    },
    ANALYSTS: {
        "article": _READ,
        "question": _READ,
        "discussion": _READ,
        "comment": _READ,
        "topic": _READ,
        "work": _READ,
        "moderationentry": _READ,
    },
}
# What is no right to rows of one model: polls.moderate, polls.pick, polls.analyse.
ACTS = {EDITORS: "pick", MODERATORS: "moderate", ANALYSTS: "analyse"}


def make_roles() -> list[str]:
    """Makes each group that is not there yet, with its permissions; returns their names.

    A group that is there stays as the operator has made it.
    """
    return [name for name in ROLES if _make(name)]


def _make(name: str) -> bool:
    group, is_new = Group.objects.get_or_create(name=name)
    if is_new:
        group.permissions.set(_permissions(name))
    return is_new


def _permissions(name: str) -> list[Permission]:
    wanted = Q(codename=ACTS[name], content_type__app_label="polls")
    for model, rights in ROLES[name].items():
        codenames = [f"{right}_{model}" for right in rights]
        wanted |= Q(content_type__model=model, codename__in=codenames)
    return list(Permission.objects.filter(wanted))
