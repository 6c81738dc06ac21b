"""Today's settings, with the app of this version."""

from explainer.settings import *  # noqa: F403
from explainer.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.deploy.versions.apps.next"]
MIGRATION_MODULES = {"polls": "tests.deploy.versions.migrations.next"}
