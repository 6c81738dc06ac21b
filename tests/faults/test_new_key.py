"""The key that signs cookies and forms is changed: the old one is kept for a while, or not."""

from collections.abc import Callable

from tests.faults import stored
from tests.faults.asking import Browser
from tests.faults.sites import KEY, Site, running

SECOND, THIRD = (f"{KEY}-{word}" for word in ("second", "third"))
HELD = "SELECT name, held_reason FROM polls_comment WHERE name IN ('First', 'Second', 'Third')"


def answers(site: Site) -> list[str]:
    """What everybody says now, in the order of the alphabet."""
    return sorted(said for _key, said in stored.rows(site.database, stored.ANSWERS))


def test_a_new_key_forgets_nobody_as_long_as_the_old_one_is_kept(
    site: Site, note: Callable[..., None]
) -> None:
    ann, *others = (Browser(site, address=f"203.0.113.{number}") for number in range(7, 11))
    with running(site):
        assert ann.answer("happy").status == 303
        assert others[0].comment("First").status == 303

    site.env |= {"SECRET_KEY": SECOND, "SECRET_KEY_FALLBACKS": KEY}
    with running(site):
        assert ann.answer("sad").status == 303
        assert answers(site) == ["sad"]
        assert others[1].comment("Second").status == 303  # its form was drawn under the old key

    site.env |= {"SECRET_KEY": THIRD, "SECRET_KEY_FALLBACKS": ""}
    with running(site):
        assert ann.answer("enraged").status == 303
        assert answers(site) == ["enraged", "sad"]  # a stranger; what Ann said before stands
        assert others[2].comment("Third").status == 303
        assert site.manage("recount", "--check").returncode == 0
    held = dict(stored.rows(site.database, HELD))
    assert held["First"] == held["Second"] != "speed"
    assert held["Third"] == "speed"  # a form that nobody knows is read first
    note("a new key, twice", times=2, acknowledged=6, lost=0, doubled=0)
