"""HTTP/1.1 between bytes and values (RFC 9112): reads a request's head, writes an answer's bytes."""

from __future__ import annotations

import gzip
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from http import HTTPStatus

from crawler.rehearsal.answer import Answer, Framing, Pause, Request, Send, Step

SERVER = "nginx"
_CHUNK = 4_096
_BODILESS = frozenset({204, 304})


class BadRequestError(ValueError):
    """What a client sent is not HTTP/1.1."""


def parse_head(head: bytes, scheme: str, fallback_host: str) -> Request:
    """Read a request's head up to its empty line; raises BadRequestError.

    The host is taken from an absolute request target, else from the Host header, else ``fallback_host``.
    """
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequestError(f"not a request line: {lines[0]!r}")
    method, target, version = words
    headers = tuple(_header(line) for line in lines[1:] if line)
    host = next((value for name, value in headers if name.lower() == "host"), fallback_host)
    if "://" in target:
        authority, slash, rest = target.partition("://")[2].partition("/")
        host, target = authority, slash + rest or "/"
    return Request(
        scheme=scheme,
        host=host.rpartition("@")[2].partition(":")[0].lower(),
        target=target,
        method=method,
        version=version,
        headers=headers,
    )


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or name != name.strip():
        raise BadRequestError(f"not a header line: {line!r}")
    return name, value.strip()


def wants_more(request: Request) -> bool:
    """Say whether the client keeps the connection open after this request (RFC 9112, section 9.3)."""
    connection = request.header("Connection").lower()
    return "close" not in connection and (request.version == "HTTP/1.1" or "keep-alive" in connection)


def accepts_gzip(request: Request) -> bool:
    """Say whether Accept-Encoding names gzip with a weight above zero (RFC 9110, section 12.5.3)."""
    for item in request.header("Accept-Encoding").lower().split(","):
        name, _, weight = item.partition(";")
        if name.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def to_steps(answer: Answer, request: Request, moment: datetime) -> tuple[Step, ...]:
    """Write an answer as the bytes that go out, its Date being ``moment``."""
    packed = answer.gzip and accepts_gzip(request)
    body = _gzip(answer.body) if packed else answer.body
    lines = [f"HTTP/1.1 {answer.status} {_reason(answer.status)}"]
    lines.append(f"Date: {format_datetime(moment, usegmt=True)}")
    lines.append(f"Server: {SERVER}")
    lines.extend(f"{name}: {value}" for name, value in answer.headers)
    if answer.gzip:
        lines.append("Vary: Accept-Encoding")
    if packed:
        lines.append("Content-Encoding: gzip")
    lines.extend(_framing_lines(answer, len(body)))
    lines.append("Connection: " + ("keep-alive" if keeps_alive(answer, request) else "close"))
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    if request.method == "HEAD" or answer.status in _BODILESS:
        body = b""
    elif answer.framing is Framing.CHUNKED:
        body = chunked(body)
    steps: tuple[Step, ...] = (Send(head + body, answer.rate),)
    return (Pause(answer.wait), *steps) if answer.wait else steps


def keeps_alive(answer: Answer, request: Request) -> bool:
    """Say whether another request may follow on the connection."""
    return wants_more(request) and answer.framing is not Framing.CLOSE


def chunked(body: bytes, size: int = _CHUNK) -> bytes:
    """Frame a body in chunks (RFC 9112, section 7.1)."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _framing_lines(answer: Answer, length: int) -> list[str]:
    if answer.status in _BODILESS or answer.framing is Framing.CLOSE:
        return []
    if answer.framing is Framing.CHUNKED:
        return ["Transfer-Encoding: chunked"]
    return [f"Content-Length: {length}"]


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


@lru_cache(maxsize=256)
def _gzip(body: bytes) -> bytes:
    # mtime=0: the same page must give the same bytes on every day
    return gzip.compress(body, compresslevel=6, mtime=0)
