"""A flood of wrong passwords, each from another address: the others go on."""

from collections.abc import Callable

from tests.faults import stored
from tests.faults.asking import Browser
from tests.faults.beside import asking
from tests.faults.sites import Site, running
from tests.faults.test_kills import ANY_MOMENT, assert_kept
from tests.faults.wire import Answer, Wire
from tests.faults.writers import wait_until, writing

GUESSERS = 32
GUESSES = 100  # so many at least have been answered


async def guess(wire: Wire, number: int) -> Answer:
    fields = {"username": "admin", "password": f"a guess, number {number}"}
    address = f"100.{64 + number // 65536 % 64}.{number // 256 % 256}.{number % 256}"
    return await wire.post("/accounts/login/", fields, X_Forwarded_For=address)


def test_readers_read_and_write_while_passwords_are_guessed(
    site: Site, note: Callable[..., None]
) -> None:
    before, crowd = stored.readers(site.database), site.crowd()
    with running(site):
        with asking(site, GUESSERS, guess) as answered:
            with writing(crowd):
                crowd.wait_for(ANY_MOMENT)
                assert Browser(site).look().status == 200
            wait_until(lambda: answered.total() > GUESSES)
        assert set(answered) <= {200, 503}, answered  # a wrong password; too many guess at once
        kept = assert_kept(site, crowd.log, before)
    note(f"{answered.total()} wrong passwords beside", times=1, **kept)
