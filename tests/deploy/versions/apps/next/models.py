"""Languages, quotations, the seconds an answer took, translations."""

from tests.deploy.versions.apps import columns

columns.add_language()
columns.add_quotation()
columns.add_seconds()
