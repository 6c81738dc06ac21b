"""Comments below the article where everything is measured, until there are so many.

Run as a program, with the site's settings in the environment:
`python -m explainer.bench.peers.fill 100000`.
"""

import sys

SEED = 5


def fill(comments: int) -> None:
    """Adds those that are missing, and lets the database learn how its rows are spread."""
    from django.db import connection

    from explainer.bench.crowd import SLUG
    from explainer.demo import cast
    from explainer.demo.filling import ALL, Filling

    filling = Filling(SEED)
    discussion = filling.discussions[SLUG]
    filling.discussions = {SLUG: discussion}
    missing = comments - discussion.comments.published().count()
    if missing > 0:
        filling.chat(cast.comments().count() + missing, ALL, lambda _done, _of: None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    import django

    django.setup()
    fill(int(sys.argv[1]))
