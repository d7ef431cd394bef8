"""What is seen of one exchange while it goes on: filled by the protocol, read by the handler."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from archive.exchange import Peer, TlsFacts
from archive.words import Failure, Truncation

SPOOL_BYTES = 1 << 20
"""Bytes of one direction that are held in memory; 97 of 100 pages are smaller."""


def _spool() -> BinaryIO:
    return cast("BinaryIO", SpooledTemporaryFile(max_size=SPOOL_BYTES))


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The status line and the header fields of the final response, as received, in their order."""

    status: int
    version: str
    fields: tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Where an exchange is cut: moments on the reactor's clock, bytes of body (0 for no limit).

    A body may be longer than ``body_bytes`` by what the last read brought.
    """

    connect_by: float
    answer_by: float
    body_bytes: int


@dataclass(kw_only=True, slots=True)
class Recording:
    """The bytes of both directions and what they came to.

    ``received_bytes`` counts what is in ``received``; ``body`` is the message body with chunked
    transfer coding removed and content coding left as it is. ``asked_at`` is when the request was
    sent, in seconds of the system's monotonic clock; None where it never was.
    """

    sent: BinaryIO = field(default_factory=_spool)
    received: BinaryIO = field(default_factory=_spool)
    received_bytes: int = 0
    interim_bytes: int = 0
    surplus_bytes: int = 0
    head: Head | None = None
    head_at: float = 0.0
    asked_at: float | None = None
    body: BytesIO = field(default_factory=BytesIO)
    peer: Peer | None = None
    tls: TlsFacts | None = None
    truncated: Truncation | None = None
    failure: Failure | None = None
    message: str | None = None

    def write_received(self, data: bytes) -> None:
        """Keep what one read brought."""
        self.received.write(data)
        self.received_bytes += len(data)

    def fail(self, failure: Failure, message: str) -> None:
        """Say why no answer can be read."""
        self.failure, self.message = failure, message

    def cut(self, truncated: Truncation, failure: Failure, message: str) -> None:
        """Say that the answer ends early: ``failure`` counts only where not even the head is whole."""
        self.message = message
        if self.received_bytes:
            self.truncated = truncated
        if self.head is None:
            self.failure = failure

    def close(self) -> None:
        """Let go of the streams; only where nobody will receive them."""
        self.sent.close()
        self.received.close()
