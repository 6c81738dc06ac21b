"""The settings of the site, with the few lines that make a test run fast and leave no trace."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
if "VAR_DIR" not in os.environ:
    # One folder a run: the workers inherit the name, and whoever made it takes it away.
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="afterword-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)

from explainer.settings import *  # noqa: F403
from explainer.settings import DATABASES, STORAGES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# A connection that a server thread keeps open is in the way when the test database is dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A file, not :memory:, so that the browser tests' server threads meet the real locks.
DATABASES["default"].setdefault("TEST", {})
# What a test stores need not outlive a power cut: waiting for the disk is most of a small test.
if DATABASES["default"]["ENGINE"] == "explainer.sqlite":
    DATABASES["default"]["TEST"]["NAME"] = str(VAR_DIR / "test.sqlite3")
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"
