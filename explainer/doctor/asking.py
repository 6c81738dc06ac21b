"""How the doctor learns whom the running site takes it for, and nobody else does.

A question signed with the site's own key, not older than a minute, makes /healthz, which every
proxy passes on, say which address and scheme it believes the question came with. Whoever cannot
sign learns nothing; whoever replays a question within the minute learns their own address.
"""

from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

QUESTION, ADDRESS, SCHEME, HOPS = (
    "X-Afterword-Question",
    "X-Afterword-Address",
    "X-Afterword-Scheme",
    "X-Afterword-Hops",
)
# An address kept for documentation: nobody has it, so whoever believes it believes anything.
FORGED = "192.0.2.77"
AGE = 60  # seconds
PATIENCE = 5  # seconds
_signer = TimestampSigner(salt="explainer.doctor")


@dataclass(frozen=True)
class Seen:
    """What the site believed of the doctor's question."""

    status: int
    is_answer: bool
    address: str = ""
    scheme: str = ""
    hops: int = 0  # how many addresses X-Forwarded-For held, when its sender was believed


def ask(url: str) -> Seen:
    """Asks `url`/healthz with a forged X-Forwarded-For.

    Raises OSError when nobody answers, HTTPException when what answers speaks no HTTP, ValueError
    when the url is none of a site.
    """
    if not is_of_a_site(url):
        raise ValueError(url)
    headers = {QUESTION: _signer.sign("whom"), "X-Forwarded-For": FORGED}
    request = Request(f"{url}/healthz", headers=headers)  # noqa: S310 - http(s), as asked above
    try:
        with urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
            return _seen(response.status, response.headers)
    except HTTPError as error:
        with error:
            return _seen(error.code, error.headers)


def is_of_a_site(url: str) -> bool:
    """Whether a url is http(s), and names a host."""
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0


def _seen(status: int, headers: object) -> Seen:
    said = {name: headers.get(name, "") for name in (ADDRESS, SCHEME, HOPS)}
    is_answer = bool(said[ADDRESS] or said[SCHEME])
    hops = int(said[HOPS]) if said[HOPS].isdecimal() else 0
    return Seen(status, is_answer, said[ADDRESS], said[SCHEME], hops)


def answer(request: HttpRequest, response: HttpResponse) -> None:
    """Puts what the site believes into the headers, if the question bears its own signature."""
    try:
        _signer.unsign(request.headers.get(QUESTION, ""), max_age=AGE)
    except BadSignature:
        return
    said = request.headers.get("X-Forwarded-For", "")
    response.headers[ADDRESS] = request.META.get("REMOTE_ADDR", "")
    response.headers[SCHEME] = request.scheme or ""
    response.headers[HOPS] = str(len([hop for hop in said.split(",") if hop.strip()]))
