"""Reading an HTTP/1.x message as it was on the wire, as leniently as browsers do, changing nothing."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_STEP = 65_536
_MAX_CHUNK_LINE = 16_384
MAX_HEAD = 4 << 20
"""Bytes of a header section that are looked at; the recorder stops far below."""


@dataclass(frozen=True, slots=True)
class Head:
    """The start line and the header fields of a message; names and values as sent.

    ``length`` is the number of bytes up to and with the empty line.
    """

    start_line: bytes
    fields: tuple[tuple[bytes, bytes], ...]
    length: int

    def get(self, name: str) -> str | None:
        """Give the first value of a field, its name in any case; None where it was not sent."""
        wanted = name.lower().encode("ascii")
        for field, value in self.fields:
            if field.lower() == wanted:
                return value.decode("latin-1")
        return None

    @property
    def status(self) -> int | None:
        """The status code of a response; None where the start line has none."""
        words = self.start_line.split(None, 2)
        if len(words) > 1 and words[0].startswith(b"HTTP/") and words[1].isdigit():
            return int(words[1])
        return None

    @property
    def chunked(self) -> bool:
        """Say whether the body is in chunks (RFC 9112, section 6.1)."""
        return "chunked" in (self.get("Transfer-Encoding") or "").lower()

    @property
    def encodings(self) -> tuple[str, ...]:
        """The content codings in the order they were applied, in lower case."""
        names = (self.get("Content-Encoding") or "").lower().split(",")
        return tuple(name.strip() for name in names if name.strip() not in ("", "identity"))

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case; empty where none was sent."""
        return (self.get("Content-Type") or "").partition(";")[0].strip().lower()


def parse_head(data: bytes) -> Head | None:
    """Read the head at the beginning of a message; None where it has no end.

    Line ends may be CR LF or LF alone, folded lines join the line before (RFC 9112, 2.2 and 5.2);
    lines without a colon are skipped.
    """
    skipped = len(data) - len(data.lstrip(b"\r\n"))
    lines: list[bytes] = []
    at = skipped
    while True:
        end = data.find(b"\n", at)
        if end < 0:
            return None
        line, at = data[at:end].removesuffix(b"\r"), end + 1
        if not line:
            break
        if line[:1] in b" \t" and len(lines) > 1:
            lines[-1] += b" " + line.strip()
        else:
            lines.append(line)
    pairs = (line.partition(b":") for line in lines[1:] if b":" in line)
    fields = tuple((name.strip(), value.strip()) for name, _, value in pairs)
    return Head(lines[0] if lines else b"", fields, at)


class NotDecodableError(ValueError):
    """The body does not unpack as its header says; the sentence says why."""


def decoded_body(pieces: Iterable[bytes], head: Head, limit: int) -> Iterator[bytes]:
    """Take chunks and codings off a body that comes in pieces, and yield what is in them.

    A body that was cut off yields what it has. Raises NotDecodableError for an unknown coding, for damage,
    and as soon as more than `limit` bytes would come out (a decompression bomb).
    """
    plain: Iterator[bytes] = _unchunked(iter(pieces)) if head.chunked else iter(pieces)
    for coding in reversed(head.encodings):
        if coding not in ("gzip", "x-gzip", "deflate"):
            raise NotDecodableError(f"the content coding {coding!r} is not known here")
        plain = _inflated(plain)
    size = 0
    for piece in plain:
        size += len(piece)
        if size > limit:
            raise NotDecodableError(f"it unpacks to more than {limit} bytes")
        yield piece


class _Buffer:
    """Pieces read as lines and as counted bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = bytearray()

    def more(self) -> bool:
        piece = next(self._pieces, b"")
        self._held += piece
        return bool(piece)

    def line(self) -> bytes | None:
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > _MAX_CHUNK_LINE:
                raise NotDecodableError("its chunks are damaged (a size line without end)")
            if not self.more():
                return None
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        return line

    def take(self, size: int) -> Iterator[bytes]:
        while size and (self._held or self.more()):
            piece = bytes(self._held[:size])
            del self._held[: len(piece)]
            size -= len(piece)
            yield piece


def _unchunked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Undo the chunked transfer coding (RFC 9112, section 7.1); extensions and trailers are dropped.

    warcio's reader is not used: it takes trailers and long extensions for part of the body.
    """
    buffer = _Buffer(pieces)
    while (line := buffer.line()) is not None:
        try:
            size = int(line.partition(b";")[0].strip(), 16)
        except ValueError as error:
            raise NotDecodableError(f"its chunks are damaged (a size of {line[:20]!r})") from error
        if size <= 0:
            return
        yield from buffer.take(size)
        buffer.line()  # the line end behind the chunk


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = None
    for piece in pieces:
        if unpacker is None:
            unpacker = zlib.decompressobj(_window_bits(piece))
        data = piece
        while data:
            try:
                out = unpacker.decompress(data, _STEP)
            except zlib.error as error:
                raise NotDecodableError(f"its compressed data is damaged ({error})") from error
            if out:
                yield out
            if unpacker.eof:
                data = unpacker.unused_data
                if data[:2] != b"\x1f\x8b":
                    return  # padding after the end, as browsers ignore it
                unpacker = zlib.decompressobj(31)
            else:
                data = unpacker.unconsumed_tail
    if unpacker is not None and not unpacker.eof:
        yield unpacker.flush(_STEP)


def _window_bits(first: bytes) -> int:
    """Tell gzip, zlib and raw deflate by their first bytes: servers mix up the three names."""
    if first[:2] == b"\x1f\x8b":
        return 31
    if len(first) > 1 and first[0] & 0x0F == 8 and (first[0] << 8 | first[1]) % 31 == 0:
        return 15
    return -15
