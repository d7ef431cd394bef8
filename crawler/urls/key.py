"""From an address as printed to the address to fetch and to the key of its source.

Three things are kept apart: the printed form is evidence and never changed; the fetch address is what
goes out on the wire (redirectors unwrapped, tracking parameters dropped, order and encoding kept); the
key says which addresses are one source. Parsing is the WHATWG URL standard's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

import can_ada

from archive.ids import SourceKey
from archive.site import KeyRule
from crawler.urls.tracking import is_tracking, wrapped_in

MAX_URL = 4096
"""Longer addresses are cut: no browser or server of note takes more, and parsers crawl on them."""

WEB = ("http:", "https:")
_HOST_PREFIX = re.compile(r"^(?:www\d?|m)\.(?=[^.]+\.)")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")


def parse(text: str) -> can_ada.URL | None:
    """Parse an absolute URL as the WHATWG URL standard does; None where the standard says failure."""
    try:
        return can_ada.parse(text)
    except (ValueError, TypeError):  # TypeError: can_ada takes no lone surrogates
        return None


def host_of(url: str) -> str:
    """Give the host in lower case without a final dot; empty where there is none."""
    parsed = parse(url)
    return parsed.hostname.rstrip(".") if parsed is not None else ""


def is_web(url: str) -> bool:
    """Say whether a text is an absolute http or https address."""
    parsed = parse(url)
    return parsed is not None and parsed.protocol in WEB


def fetch_url(printed_url: str) -> str:
    """Give the address to fetch: unwrapped, without tracking parameters, credentials and fragment.

    The order and the encoding of what remains are kept; a ``#!`` fragment stays, it names a document.
    What is no web address comes back stripped. Applying it twice changes nothing more.
    """
    text = printed_url.strip()
    parsed = parse(text)
    if parsed is None:
        return text
    if parsed.protocol not in WEB:
        return str(parsed.href)
    clean = _clean(parsed)
    while (inner := _unwrapped(clean)) is not None and len(inner.href) < len(clean.href):
        clean = inner
    return str(clean.href)


def _clean(url: can_ada.URL) -> can_ada.URL:
    query = url.search.removeprefix("?")
    host = url.hostname.rstrip(".")
    kept = [part for part in query.split("&") if not is_tracking(host, unquote(part.split("=", 1)[0]))]
    if query and len(kept) < query.count("&") + 1:
        url.search = "&".join(kept)
    if not url.hash.startswith("#!"):
        url.hash = ""
    url.username = ""
    url.password = ""
    return url


def _unwrapped(url: can_ada.URL) -> can_ada.URL | None:
    names = wrapped_in(url.hostname.rstrip("."), url.pathname)
    if not names:
        return None
    for name, value in parse_qsl(url.search.removeprefix("?")):
        inner = parse(value.strip()) if name in names else None
        if inner is not None and inner.protocol in WEB:
            return _clean(inner)
    return None


def source_key(url: str, rules: Sequence[KeyRule] = ()) -> SourceKey:
    """Give the key of the source that an address names.

    Generic form: ``host/path?query``. Scheme, port default, ``www.`` and ``m.``, a trailing slash, the
    order of the query, the case of percent escapes and fragments other than ``#!`` make no other source;
    the root keeps its slash (``example.org/``). The first of `rules` that matches this form replaces it.
    An address that is not of the web has the key ``url:…``, a text that is no address ``text:…``.
    """
    generic = _generic_key(url)
    for rule in rules:
        match = _compiled(rule.pattern).match(generic)
        if match is not None:
            groups = {name: value or "" for name, value in match.groupdict().items()}
            return SourceKey(rule.key.format(match[0], *(value or "" for value in match.groups()), **groups))
    return SourceKey(generic)


def _generic_key(url: str) -> str:
    fetched = fetch_url(url)
    parsed = parse(fetched)
    if parsed is None:
        return f"text:{fetched}"
    if parsed.protocol not in WEB:
        return f"url:{parsed.href}"
    host = _HOST_PREFIX.sub("", parsed.hostname.rstrip("."))
    port = f":{parsed.port}" if parsed.port else ""
    path = parsed.pathname.rstrip("/") or "/"
    query = "&".join(sorted(part for part in parsed.search.removeprefix("?").split("&") if part))
    form = host + port + path + (f"?{query}" if query else "") + parsed.hash
    return _PERCENT.sub(lambda escape: escape[0].upper(), form)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
