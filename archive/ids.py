"""Names for captures and records, made by the worker before the first byte is sent."""

from __future__ import annotations

import base64
import re
import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NewType

from archive.times import in_utc

CaptureId = NewType("CaptureId", str)
SourceKey = NewType("SourceKey", str)
RecordId = NewType("RecordId", str)

RecordIds = Callable[[], RecordId]
"""The seam through which record ids are made; tests hand in their own for byte-exact files."""

_CAPTURE_ID = re.compile(r"(\d{4})(\d{2})(\d{2})T\d{12}Z-[a-z2-7]{8}", re.ASCII)


def new_capture_id(moment: datetime) -> CaptureId:
    """Make an id like ``20261122T101530123456Z-abcdefgh``: sorts by start, never collides."""
    stamp = in_utc(moment).strftime("%Y%m%dT%H%M%S%fZ")
    return CaptureId(f"{stamp}-{_letters(5)}")


def parse_capture_id(text: str) -> CaptureId:
    """Check a capture id that came from outside; raises ValueError where it is none."""
    capture = CaptureId(text)
    capture_folder(capture)
    try:
        started_at(capture)
    except ValueError as error:  # a 31st of February
        raise ValueError(f"not a capture id: {text!r}") from error
    return capture


def is_capture_id(text: str) -> bool:
    """Say whether a text is the name of a capture."""
    try:
        parse_capture_id(text)
    except ValueError:
        return False
    return True


def capture_folder(capture: CaptureId) -> str:
    """Give the folder of a capture, ``2026/11/22``, read off its id."""
    match = _CAPTURE_ID.fullmatch(capture)
    if match is None:
        raise ValueError(f"not a capture id: {capture!r}")
    return "/".join(match.groups())


def started_at(capture: CaptureId) -> datetime:
    """Give the moment at which a capture started, read off its id."""
    return datetime.strptime(capture.partition("-")[0], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)


def new_record_id() -> RecordId:
    """Make a WARC-Record-ID (WARC 1.1, section 5.2)."""
    return RecordId(f"<urn:uuid:{uuid.uuid4()}>")


def new_token() -> str:
    """Make the name of a run, a visit or a job: 16 random base32 letters."""
    return _letters(10)


def _letters(size: int) -> str:
    """Write random bytes as lower-case base32 (RFC 4648, section 6), eight letters for five bytes."""
    return base64.b32encode(secrets.token_bytes(size)).decode("ascii").lower()
