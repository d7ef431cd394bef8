"""One WARC record as bytes: headers in a fixed order, digests by the rules that every validator accepts.

``WARC-Block-Digest`` is ``sha256:<hex>`` on every record. ``WARC-Payload-Digest`` stands only on
responses without chunks: for chunked bodies the standard (the body without transfer encoding) and
the common tools (the raw chunks) disagree, and one of them would always fail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from warcio.statusandheaders import StatusAndHeaders
from zlib_ng import zlib_ng

from archive.ids import RecordId
from archive.times import iso

REQUEST = "application/http;msgtype=request"
RESPONSE = "application/http;msgtype=response"
_STEP = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A part of a seekable stream: `length` bytes from `start`."""

    stream: BinaryIO
    start: int = 0
    length: int

    @classmethod
    def of(cls, data: bytes) -> Block:
        """Make a block of bytes in memory."""
        return cls(stream=BytesIO(data), length=len(data))

    def pieces(self, start: int = 0) -> Iterator[bytes]:
        """Read the block from byte `start` on, a megabyte at a time."""
        self.stream.seek(self.start + start)
        left = self.length - start
        while left > 0 and (piece := self.stream.read(min(left, _STEP))):
            left -= len(piece)
            yield piece

    def sha256(self, start: int = 0) -> str:
        """Hash the block from byte `start` on, in hexadecimal."""
        digest = hashlib.sha256()
        for piece in self.pieces(start):
            digest.update(piece)
        return digest.hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class WarcRecord:
    """What is to be written; ``extra`` are further header fields in order (WARC 1.1, section 5)."""

    type: str
    id: RecordId
    date: datetime
    target_uri: str | None
    content_type: str
    block: Block
    block_sha256: str
    extra: tuple[tuple[str, str], ...] = field(default=())


def compressed(record: WarcRecord, level: int) -> Iterator[bytes]:
    """Write a record as one gzip member (WARC 1.1, annex D.3), in one piece where it is small."""
    packer = zlib_ng.compressobj(level, zlib_ng.DEFLATED, 31)
    held = _headers(record)
    for piece in record.block.pieces():
        held += piece
        if len(held) > _STEP:
            yield packer.compress(held)
            held = b""
    yield packer.compress(held + b"\r\n\r\n") + packer.flush()


def _headers(record: WarcRecord) -> bytes:
    """Let warcio write the header section; the block follows untouched."""
    fields = [
        ("WARC-Type", record.type),
        ("WARC-Record-ID", record.id),
        ("WARC-Date", iso(record.date)),
        *([("WARC-Target-URI", record.target_uri)] if record.target_uri is not None else []),
        ("WARC-Block-Digest", f"sha256:{record.block_sha256}"),
        *record.extra,
        ("Content-Type", record.content_type),
        ("Content-Length", str(record.block.length)),
    ]
    for name, value in fields:
        if not value.isprintable():
            raise ValueError(f"a WARC header field may not hold control characters: {name}: {value!r}")
    headers = StatusAndHeaders("", fields, protocol="WARC/1.1")
    encoded: bytes = headers.to_bytes(encoding="utf-8")
    return encoded
