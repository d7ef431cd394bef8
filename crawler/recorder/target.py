"""What a URL asks for: read once, by one reader, so that what is checked is what is connected to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.words import Failure
from crawler.recorder.address import ascii_host, parse_literal
from crawler.recorder.failed import ExchangeFailed

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)")
_HOST_AND_PORT = re.compile(r"(\[[^\[\]@]*\]|[^:@\[\]]*)(?::(\d*))?", re.ASCII)
_NAME = re.compile(r"[a-z0-9_.-]{1,253}")
_SENDABLE = re.compile(r"[\x21-\x7e]+")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where a request goes: ``host`` as it goes into DNS, ``authority`` as it stands in Host.

    ``path`` is the request target in origin form (RFC 9112, section 3.2.1), the query included.
    """

    secure: bool
    host: str
    port: int
    authority: str
    path: str
    literal: bool


def without_secrets(url: str) -> str:
    """Drop user names, passwords and the fragment of a URL: they are never written anywhere."""
    match = _URL.match(url)
    if match is None:
        return url.partition("#")[0]
    scheme, authority, rest = match.groups()
    return f"{scheme}://{authority.rpartition('@')[2]}{rest}"


def read_target(url: str) -> Target:
    """Read an http or https URL; raises ExchangeFailed(UNSAFE) for what must not be asked."""
    match = _URL.match(url)
    scheme = match[1].lower() if match else ""
    if match is None or scheme not in _PORTS:
        raise _unsafe(url, "is not a web address")
    if "@" in match[2]:
        raise _unsafe(url, "carries a user name or password, which is never sent")
    host, port_text = _split(url, match[2])
    port = int(port_text or _PORTS[scheme])
    if not 1 <= port <= 65_535:
        raise _unsafe(url, "names a port that does not exist")
    bracketed = f"[{host}]" if ":" in host else host
    return Target(
        secure=scheme == "https",
        host=host,
        port=port,
        authority=bracketed if port == _PORTS[scheme] else f"{bracketed}:{port}",
        path=_path(url, match[3]),
        literal=_is_literal(url, host),
    )


def _split(url: str, authority: str) -> tuple[str, str]:
    match = _HOST_AND_PORT.fullmatch(authority)
    if match is None or len(match[2] or "") > 5:
        raise _unsafe(url, "has no readable host and port")
    try:
        host = ascii_host(match[1])
    except ValueError as error:
        raise _unsafe(url, "has a host that cannot be written in DNS") from error
    if not match[1].startswith("[") and _NAME.fullmatch(host) is None:
        raise _unsafe(url, "has no host that DNS could know")
    return host, match[2] or ""


def _path(url: str, rest: str) -> str:
    path = rest if rest.startswith("/") else f"/{rest}"
    if _SENDABLE.fullmatch(path) is None:
        raise _unsafe(url, "holds characters that may not be sent")
    return path


def _is_literal(url: str, host: str) -> bool:
    try:
        return parse_literal(host) is not None
    except ValueError as error:
        raise _unsafe(url, "has a host that looks like an address and is none") from error


def _unsafe(url: str, why: str) -> ExchangeFailed:
    return ExchangeFailed(Failure.UNSAFE, f"The address {without_secrets(url)} {why}.")
