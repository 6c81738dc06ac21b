"""Whose comment an answer hands over, when many post at once.

Whoever holds the answer may edit that comment: elsewhere by what the answer carries, with us by
being the reader it is stored for.
"""

import json
import socket
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException, HTTPResponse
from urllib.parse import parse_qs
from uuid import UUID

from explainer.bench import NotMeasuredError
from explainer.bench.peers.peer import Peer
from explainer.bench.sides import CONNECTIONS
from explainer.bench.site import Site

ACTS = 480  # comments, each of whose answers is read
PATIENCE = 30  # seconds until one is missing
OWNERS = (
    "SELECT text, polls_reader.key FROM polls_comment JOIN polls_reader "
    "ON polls_reader.id = polls_comment.reader_id WHERE polls_comment.id > ?"
)


def handed_over(peer: Peer) -> int:
    """Of ACTS answers of a peer, how many hold another comment than the one that was posted."""
    requests = peer.comments(ACTS)
    answers = answered(peer.program.address, requests)
    return sum(
        json.loads(_body(request))[peer.words] not in peer.said(answer)
        for request, answer in zip(requests, answers, strict=True)
    )


def stored_for_another(site: Site) -> int:
    """Of ACTS comments on the site, how many are not stored for the reader who posted them."""
    requests = site.comments(ACTS)
    with closing(sqlite3.connect(site.file)) as connection:
        (before,) = connection.execute("SELECT max(id) FROM polls_comment").fetchone()
        answered(site.program.address, requests)
        rows = connection.execute(OWNERS, [before]).fetchall()
    return sum(owners_of(request, rows) != [True] for request in requests)


def owners_of(request: str, rows: Sequence[tuple[str, str]]) -> list[bool]:
    """For each comment of these words among rows of (words, key of the reader): whether it is
    stored for the reader of the cookie that came with the request."""
    (said,) = parse_qs(_body(request))["body"]
    return [str(UUID(key)) in request for text, key in rows if text == said]


def answered(address: str, requests: Sequence[str]) -> list[bytes]:
    """Sends them, as many at once as a load does; returns the bodies of the answers.

    Raises NotMeasuredError when one is refused or missing.
    """
    with ThreadPoolExecutor(CONNECTIONS) as senders:
        return list(senders.map(lambda request: _answer(address, request), requests))


def _answer(address: str, request: str) -> bytes:
    host, _colon, port = address.partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as wire:
            wire.sendall(request.encode("ascii"))
            response = HTTPResponse(wire)
            response.begin()
            body = response.read()
    except (OSError, HTTPException) as error:
        raise NotMeasuredError(f"A comment was not answered ({type(error).__name__}).") from None
    if response.status >= 400:
        raise NotMeasuredError(f"A comment was answered with {response.status}.")
    return body


def _body(request: str) -> str:
    return request.partition("\r\n\r\n")[2]
