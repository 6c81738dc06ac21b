"""As `next`, without quotations."""

from tests.deploy.versions.apps import columns

columns.add_language()
columns.add_seconds()
