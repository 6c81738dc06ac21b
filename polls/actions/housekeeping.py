"""What is due every few minutes whether or not anybody acts: forgetting what has expired."""

from django.core.management import call_command

from polls.actions.limits import forget_expired


def tidy() -> None:
    """Deletes expired speed-limit counts, address salts and sessions. Safe to interrupt."""
    forget_expired()
    call_command("clearsessions")
