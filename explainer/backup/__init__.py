"""One file that holds the site, and the way back from it.

taking.py makes it, restoring.py proves it and puts it in place, archive.py is the file, and
engines.py what SQLite and PostgreSQL do differently.
"""

REPLACED = "replaced-"  # how the ending begins under which a restore keeps what was there


class BackupError(Exception):
    """It was not done; the text is a sentence for the operator."""
