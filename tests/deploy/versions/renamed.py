"""Today's code, with a migration more."""

from explainer.settings import *  # noqa: F403

MIGRATION_MODULES = {"polls": "tests.deploy.versions.migrations.renamed"}
