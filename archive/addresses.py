"""Reading the host off an address without ever failing: what is printed may be anything."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Give the host of an address in lower case; empty where it has none or cannot be read."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_web(url: str) -> bool:
    """Say whether an address can be asked for: http or https, a host and a port that can be read."""
    try:
        urlsplit(url).port  # noqa: B018 - reading it is the check
    except ValueError:
        return False
    return url.lower().startswith(("http://", "https://")) and bool(host_of(url))
