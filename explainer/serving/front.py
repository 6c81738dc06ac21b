"""What every request meets first: the ready-made pages, then its body, then a thread of Django."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import lru_cache

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from explainer.middleware import is_trusted
from explainer.serving import bridge
from explainer.serving.bodies import Bodies, Room
from explainer.serving.bridge import Answer, Application, environ_of
from explainer.serving.pages import answer_for
from explainer.serving.refusals import refusal
from explainer.serving.spool import Spool
from explainer.serving.store import Store
from explainer.serving.threads import BusyError, Threads
from explainer.stored import Key, key

Receive = Callable[[], Awaitable[dict]]
Send = Callable[[dict], Awaitable[None]]

# Whoever sends one of these asks for something of their own, or for a piece of a page. The body
# of a GET means nothing, but what carries one is no plain look.
OWN = frozenset(
    {b"cookie", b"authorization", b"hx-request", b"content-length", b"transfer-encoding"}
)
SAFE = {"GET", "HEAD"}
BODY_SECONDS = 30  # in which a whole body must arrive
CLOSE = (b"connection", b"close")
KEPT_URL = 1024  # bytes; no page that is kept has a longer address
KEPT_WORD = 255  # bytes of a host name, or of a header with one word


class TooLongError(Exception):
    """The body is longer than its address takes; the argument is the length, in bytes."""


class GoneError(Exception):
    """The client left before it had sent everything."""


class Front:
    """The ASGI application around Django's WSGI handler."""

    def __init__(self, application: Application, threads: Threads, store: Store) -> None:
        self.application, self.threads, self.store = application, threads, store
        self.bodies = Bodies()

    def at_once(
        self, method: str, url: bytes, headers: dict[bytes, bytes], client: str
    ) -> Answer | None:
        """A ready-made page, if that is what is asked for and it needs no waiting."""
        wanted = page_of(method, url, headers, client)
        page = self.store.ready(wanted) if wanted else None
        return answer_for(page, headers, self.store.now()) if page else None

    async def __call__(self, scope: dict, receive: Receive, send: Send) -> None:
        with scope["state"]["room"]:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: dict, receive: Receive, send: Send) -> None:
        headers, client = dict(scope["headers"]), scope["client"]
        url = scope["raw_path"] + b"?" + scope["query_string"]
        wanted = page_of(scope["method"], url, headers, client[0] if client else "")
        page = await self.store.find(wanted) if wanted else None
        if page:
            await deliver(answer_for(page, headers, self.store.now()), send)
            return
        try:
            answer = await self._answer(scope, headers, receive)
        except GoneError:
            return
        if isinstance(answer.body, Spool):
            await deliver_pieces(answer, scope["http_version"], receive, send)
        else:
            await deliver(answer, send)

    async def _answer(self, scope: dict, headers: dict, receive: Receive) -> Answer:
        try:
            environ = environ_of(scope, await read_body(scope["state"]["room"], headers, receive))
        except TimeoutError:
            return closing(refusal(408))
        except TooLongError as error:
            # Django has a page that says so, and does not read what it refuses.
            environ = environ_of(scope, length=error.args[0])
            return closing(await self._django(environ))
        return await self._django(environ)

    async def _django(self, environ: dict) -> Answer:
        try:
            return await bridge.answer(self.threads, self.application, environ)
        except BusyError:
            return refusal(503)
        except Exception:  # it is in the log by now
            return refusal(500)


def page_of(method: str, url: bytes, headers: dict[bytes, bytes], client: str) -> Key | None:
    """The ready-made page that a request asks for; None when it is Django's to answer."""
    if method not in SAFE or not OWN.isdisjoint(headers):
        return None
    host, scheme = headers.get(b"host", b""), headers.get(b"x-forwarded-proto")
    # What is remembered below is bounded by number alone: nothing long is asked for.
    if len(url) > KEPT_URL or len(host) > KEPT_WORD or len(scheme or b"") > KEPT_WORD:
        return None
    return key_of(url) if is_ours(host) and is_right_scheme(scheme, client) else None


@lru_cache(maxsize=4096)
def key_of(url: bytes) -> Key | None:
    """`stored.key` of an address as it came over the wire."""
    try:
        path, _mark, query = url.decode("ascii").partition("?")
    except UnicodeDecodeError:
        return None
    return key(path, query)


@lru_cache(maxsize=256)
def is_ours(host: bytes) -> bool:
    """Whether Django would answer to this Host."""
    domain, _port = split_domain_port(host.decode("latin-1"))
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


@lru_cache(maxsize=256)
def is_right_scheme(forwarded: bytes | None, client: str) -> bool:
    """Whether a request came as the site is called, over TLS or not; the rest is redirected."""
    is_https = forwarded == b"https" and is_trusted(client)
    return is_https if settings.HTTPS else forwarded in {None, b"http"}


async def read_body(room: Room, headers: dict[bytes, bytes], receive: Receive) -> bytes:
    """The whole body; raises TooLongError as soon as it is known to be, TimeoutError, GoneError."""
    if not room.declared and b"transfer-encoding" not in headers:
        return b""
    if room.is_too_small:
        raise TooLongError(room.declared)
    async with asyncio.timeout(BODY_SECONDS):
        return await _gather(receive, room.most)


async def _gather(receive: Receive, most: int) -> bytes:
    pieces, length, has_more = [], 0, True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        pieces.append(message["body"])
        length += len(message["body"])
        if length > most:
            raise TooLongError(length)
        has_more = message["more_body"]
    return b"".join(pieces)


def closing(answer: Answer) -> Answer:
    """The same, as the last on its connection: what was not read stands in the way of the next."""
    return Answer(answer.status, [*answer.headers, CLOSE], answer.body)


async def deliver(answer: Answer, send: Send) -> None:
    """Sends an answer that is whole."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def deliver_pieces(answer: Answer, version: str, receive: Receive, send: Send) -> None:
    """Sends an answer that is still being made; it ends early when the client goes."""
    if version == "1.0" and not answer.header(b"content-length"):  # it knows no chunks
        body = b"".join([piece async for piece in answer.body.pieces()])
        headers = [*answer.headers, (b"content-length", str(len(body)).encode())]
        await deliver(Answer(answer.status, headers, body), send)
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    leaving = asyncio.ensure_future(_until_gone(receive))
    try:
        async with aclosing(answer.body.pieces()) as pieces:
            async for piece in pieces:
                if leaving.done():
                    return
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        leaving.cancel()
