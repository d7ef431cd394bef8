"""What the rehearsal web is asked and what it can answer: ready-made HTTP or exact bytes with actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

HTML = "text/html; charset=UTF-8"
FOREVER = 86_400.0
"""Seconds that stand for "never": a day, longer than any client's patience."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request as it arrived; ``target`` is the path with its query, ``host`` in lower case, no port."""

    scheme: str
    host: str
    target: str
    method: str = "GET"
    version: str = "HTTP/1.1"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The query's first value of each name."""
        fields = parse_qs(self.target.partition("?")[2], keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}

    @property
    def url(self) -> str:
        """The address that was asked for, without a port."""
        return f"{self.scheme}://{self.host}{self.target}"

    def header(self, name: str) -> str:
        """Give a header's first value, or an empty text."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


def request_for(url: str) -> Request:
    """Make the plain GET that a client would send for a URL."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.hostname or ""
    return Request(scheme=parts.scheme, host=host, target=target, headers=(("Host", host),))


class Framing(StrEnum):
    """How the end of a body is marked (RFC 9112, section 6.3)."""

    LENGTH = "length"
    CHUNKED = "chunked"
    CLOSE = "close"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A well-formed HTTP answer.

    ``gzip`` compresses the body where the client's Accept-Encoding allows it; ``rate`` is in bytes a
    second, None for at once; ``wait`` are seconds before the first byte. Date, Server and the framing
    headers are added when it is sent.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    gzip: bool = False
    framing: Framing = Framing.LENGTH
    rate: int | None = None
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Send:
    """Write these bytes; ``rate`` is in bytes a second, None for at once."""

    data: bytes
    rate: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Write nothing for this many seconds, or until the client leaves."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection in order; without ``goodbye`` TLS's close_notify is left out."""

    goodbye: bool = True


@dataclass(frozen=True, slots=True)
class Reset:
    """End the connection with a TCP reset."""


Step = Send | Pause | Close | Reset


@dataclass(frozen=True, kw_only=True, slots=True)
class Raw:
    """Exact bytes and actions, written as they stand.

    ``status`` and ``body`` say what the author of the bytes meant; they only go into the hit. The
    connection ends after the last step unless ``keep_alive`` is set.
    """

    steps: tuple[Step, ...]
    status: int | None = None
    body: bytes | None = None
    keep_alive: bool = False


Reply = Answer | Raw
Pages = Callable[[Request], Reply]
"""What stands on the web: a pure function of the request, so that the same URL gives the same bytes."""


def html_answer(text: str, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer with an HTML page in UTF-8, compressed where the client allows it."""
    return Answer(status=status, headers=(("Content-Type", HTML), *headers), body=text.encode(), gzip=True)


def redirect(to: str, status: int = 301) -> Answer:
    """Answer with a redirect and the short page that servers send with it."""
    body = f'<html><head><title>{status}</title></head><body><a href="{to}">Moved</a></body></html>\n'
    return Answer(status=status, headers=(("Location", to), ("Content-Type", HTML)), body=body.encode())
