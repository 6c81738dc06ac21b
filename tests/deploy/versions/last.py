"""The code of `later`, with a migration more."""

from tests.deploy.versions.later import *  # noqa: F403

MIGRATION_MODULES = {"polls": "tests.deploy.versions.migrations.last"}
