"""When a form was drawn, as the form itself carries it: who fills it in at once is no person."""

from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.utils import timezone

# A page may stay open for days; a stamp that is kept and used for ever is a script's.
KEPT = timedelta(days=7)

_signer = Signer(salt="polls.stamp")


def make_stamp(at: datetime | None = None) -> str:
    """The signed second of `at`, or of now. It says nothing of who asks: a page may be shared."""
    return _signer.sign(str(int((at or timezone.now()).timestamp())))


def age_of(stamp: str) -> float | None:
    """How many seconds ago a stamp was made; None for one that is not ours, too old, or to come."""
    try:
        made = int(_signer.unsign(stamp))
    except (BadSignature, ValueError):
        return None
    age = timezone.now().timestamp() - made
    return age if 0 <= age <= KEPT.total_seconds() else None
