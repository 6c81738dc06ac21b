"""Who goes through the whole site."""

import pytest

from tests.conftest import Browser


@pytest.fixture
def everybody(isekai, ann, sam, mo, ed) -> dict[str, Browser]:
    """Sam has reacted, Ann writes, Mo moderates, Ed may do everything."""
    for guest in (ann, sam):
        guest.post("/articles/isekai/questions/reaction/", {"answer": "sad"})
    return {"anonymous": Browser(), "reader": sam, "author": ann, "moderator": mo, "admin": ed}
