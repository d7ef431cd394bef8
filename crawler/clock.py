"""How far this machine's clock can be trusted, as evidence states it."""

from __future__ import annotations

import ctypes
import sys
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from archive.closing import ClockFacts, ExchangeFacts
from archive.http import Head

_STA_UNSYNC = 0x0040  # linux/timex.h
_TIME_ERROR = 5
_TIMEX_BYTES = 512  # larger than struct timex on every architecture
_STATUS_OFFSET = 40 if sys.maxsize > 2**32 else 20  # modes, offset, freq, maxerror, esterror, status


def synchronised() -> bool | None:
    """Ask the kernel whether a time service keeps its clock; None where it cannot be asked."""
    if sys.platform != "linux":
        return None
    buffer = ctypes.create_string_buffer(_TIMEX_BYTES)
    state = ctypes.CDLL(None, use_errno=True).adjtimex(buffer)
    if state < 0:
        return None
    status = ctypes.c_int.from_buffer(buffer, _STATUS_OFFSET).value
    return state != _TIME_ERROR and not status & _STA_UNSYNC


def clock_facts(head: Head | None, final: ExchangeFacts | None, in_step: bool | None) -> ClockFacts:
    """Compare the Date field of the final answer (RFC 9110, section 6.6.1) with our clock."""
    date = head.get("Date") if head else None
    difference = None
    if date and final:
        server = http_date(date)
        if server is not None:
            difference = round((server - final.ended_at).total_seconds(), 3)
    return ClockFacts(server_date=date, difference_seconds=difference, synchronised=in_step)


def http_date(text: str) -> datetime | None:
    """Read an HTTP date (RFC 9110, section 5.6.7), in UTC; None for whatever else a server may write."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
