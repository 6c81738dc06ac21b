"""The name and the password of the first account of the admin panel."""

import getpass
import secrets
from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

ADMIN = "admin"
# Without the letters and digits that are mistaken for each other when typed from a screen.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def ask(say: Callable[[str], None]) -> tuple[str, str]:
    """A name and a password from the terminal; the password is "" when one is to be made."""
    say("Make an account for the admin panel.")
    while True:
        name = input(f"  Name [{ADMIN}]: ").strip() or ADMIN
        password = getpass.getpass("  Password (nothing typed: one is made): ")
        if password and password != getpass.getpass("  The same again: "):
            say("  The two differ. Once more.")
            continue
        problems = problems_with(name, password)
        if not problems:
            return name, password
        for problem in problems:
            say(f"  {problem}")


def problems_with(name: str, password: str) -> list[str]:
    """Sentences on a name that cannot be an account's, or a password that is easily guessed."""
    user: AbstractUser = get_user_model()(username=name)
    try:
        user.full_clean(exclude=["password"])
        if password:
            validate_password(password, user)
    except ValidationError as error:
        return error.messages
    return []


def free_name() -> str:
    """ "admin", or the next name like it: an account that exists is never raised to admin."""
    users = get_user_model().objects
    name, number = ADMIN, 1
    while users.filter(username=name).exists():
        number += 1
        name = f"{ADMIN}{number}"
    return name


def make_password() -> str:
    """Sixteen random characters in groups of four: 79 bits."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)
