"""Time as evidence has it: aware, in UTC, to the microsecond."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""The seam through which everything that stamps a time gets it; tests hand in their own."""


def now() -> datetime:
    """Give the present moment in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """Write a moment as ``2026-11-22T10:15:30.123456Z`` (RFC 3339, WARC 1.1 section 5.4).

    Raises ValueError for a naive moment: evidence without a time zone is six hours wrong somewhere.
    """
    return in_utc(moment).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def in_utc(moment: datetime) -> datetime:
    """Convert an aware moment to UTC; raises ValueError for a naive one."""
    if moment.utcoffset() is None:
        raise ValueError(f"a time without a zone is not evidence: {moment!r}")
    return moment.astimezone(UTC)


def parse_iso(text: str) -> datetime:
    """Read what `iso` wrote; raises ValueError where the text is no aware time."""
    return in_utc(datetime.fromisoformat(text))
