"""One request and whatever came back: what the recorder hands to the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from archive.record import Record
from archive.words import Failure, Role, TlsVerdict, Truncation


class Peer(Record, frozen=True, kw_only=True):
    """The end of the connection as the operating system names it."""

    address: str
    port: int


class TlsFacts(Record, frozen=True, kw_only=True):
    """What the TLS handshake of this very connection showed.

    ``chain`` holds the certificates as the server sent them, leaf first, each as PEM;
    ``chain_sha256`` their DER fingerprints in hexadecimal. ``reason`` says why a chain is not valid.
    """

    version: str
    cipher: str
    chain: tuple[str, ...]
    chain_sha256: tuple[str, ...]
    verdict: TlsVerdict
    reason: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """The bytes of both directions, complete and unchanged, and what was seen of the connection.

    ``sent`` and ``received`` are seekable streams that the receiver closes. The response block is
    ``received`` without its first ``interim_bytes`` (1xx responses) and its last ``surplus_bytes``
    (bytes after the end of the message). ``truncated`` is None where the message is whole;
    ``failure`` is None where an answer could be read. ``peer`` is None behind a proxy.
    """

    url: str
    method: str
    role: Role
    started_at: datetime
    ended_at: datetime
    sent: BinaryIO
    received: BinaryIO
    interim_bytes: int = 0
    surplus_bytes: int = 0
    status: int | None = None
    truncated: Truncation | None = None
    failure: Failure | None = None
    message: str | None = None
    peer: Peer | None = None
    proxy: str | None = None
    tls: TlsFacts | None = None
    rehearsal: bool = False
