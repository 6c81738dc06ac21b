#!/usr/bin/env python
"""Django's command line. `uv run manage.py quickstart` starts the site."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs.exceptions import EnvError


def main() -> None:
    """Runs one command; a setting that makes no sense is one sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "explainer.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EnvError) as error:
        sys.exit(f"A setting is wrong. {error}")


if __name__ == "__main__":
    main()
