"""All checks, one after the other; one that breaks is a finding itself."""

from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError, InterfaceError

from explainer.doctor import configuration, database, files, helpers, proxy
from explainer.doctor.findings import Finding, Level, broken

Check = Callable[[], Iterable[Finding]]

WITHOUT_DATABASE: list[Check] = [
    configuration.site_url,
    configuration.debug,
    configuration.allowed_hosts,
    configuration.trusted_proxies,
    configuration.cache_of_several,
    configuration.secret_key,
    configuration.metrics,
    files.permissions,
    files.free_disk,
    files.static_files,
    files.last_backup,
    helpers.cache_answers,
    helpers.cache_forgets,
    helpers.versions,
]
WITH_DATABASE: list[Check] = [
    database.durability,
    database.wal,
    database.connections,
    database.migrations,
    database.clock,
    helpers.worker,
]


def examine(url: str, *, recount: bool) -> Iterator[Finding]:
    """What every check finds. `url`: where the site answers; `recount` proves the counts, too."""
    for check in WITHOUT_DATABASE:
        yield from run(check)
    found = run(database.version)
    yield from found
    if all(one.level != Level.BROKEN for one in found):
        for check in WITH_DATABASE + [database.counts] * recount:
            yield from run(check)
    yield from run(lambda: proxy.headers(url))


def run(check: Check) -> list[Finding]:
    """The findings of one check."""
    try:
        return list(check())
    except (DatabaseError, InterfaceError) as error:
        words = str(error).strip().partition("\n")[0]
        return [broken("database", f"It did not do as asked. {words}", "See DATABASE_URL.")]
    except OSError as error:
        words = f"{error.filename or 'A file'}: {error.strerror}"
        return [broken("files", f"{words}.", "See VAR_DIR and who owns it.")]
