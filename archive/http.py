"""Reading an HTTP/1.x message as it was on the wire, as leniently as browsers do, changing nothing."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_STEP = 65_536
_SMALL = 16_384  # zlib copies what stands behind each gzip member; many small ones must not cost a square
_MAX_CHUNK_LINE = 16_384
_MAX_CODINGS = 5  # curl's limit; each is a generator more
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")
_GZIP = b"\x1f\x8b"
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

    def get_list(self, name: str) -> tuple[str, ...]:
        """Give the members of a list in lower case, from all lines of its field (RFC 9110, 5.3 and 5.6.1)."""
        wanted = name.lower().encode("ascii")
        lines = (value.decode("latin-1").lower() for field, value in self.fields if field.lower() == wanted)
        return tuple(item.strip() for line in lines for item in line.split(",") if item.strip())

    @property
    def status(self) -> int | None:
        """The status code of a response, three digits (RFC 9112, section 4); None where there is none."""
        words = self.start_line.split(None, 2)
        if len(words) > 1 and words[0].startswith(b"HTTP/") and len(words[1]) == 3 and words[1].isdigit():
            return int(words[1])
        return None

    @property
    def chunked(self) -> bool:
        """Say whether the body is in chunks (RFC 9112, section 6.1)."""
        return any("chunked" in coding for coding in self.get_list("Transfer-Encoding"))

    @property
    def encodings(self) -> tuple[str, ...]:
        """The content codings in the order they were applied, in lower case."""
        return tuple(name for name in self.get_list("Content-Encoding") if name != "identity")

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
    lines: list[bytearray] = []  # a folded line may go on for as long as the head
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
            lines.append(bytearray(line))
    pairs = (bytes(line).partition(b":") for line in lines[1:] if b":" in line)
    fields = tuple((name.strip(), value.strip()) for name, _, value in pairs)
    return Head(bytes(lines[0]) if lines else b"", fields, at)


class NotDecodableError(ValueError):
    """The body does not unpack as its header says; the sentence says why."""


def decoded_body(pieces: Iterable[bytes], head: Head, limit: int) -> Iterator[bytes]:
    """Take chunks and codings off a body that comes in pieces, and yield what is in them.

    A body that was cut off yields what it has. Raises NotDecodableError for an unknown coding, for damage,
    and as soon as more than `limit` bytes would come out of any of its codings (a decompression bomb).
    """
    plain: Iterator[bytes] = _unchunked(iter(pieces)) if head.chunked else iter(pieces)
    if len(head.encodings) > _MAX_CODINGS:
        raise NotDecodableError(f"it has {len(head.encodings)} content codings, more than {_MAX_CODINGS}")
    for coding in reversed(head.encodings):
        if coding not in ("gzip", "x-gzip", "deflate"):
            raise NotDecodableError(f"the content coding {coding!r} is not known here")
        plain = _inflated(_bounded(plain, limit))
    yield from _bounded(plain, limit)


def _bounded(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise NotDecodableError(f"it unpacks to more than {limit} bytes")
        if piece:
            yield piece


class _Buffer:
    """Pieces read as lines and as counted bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = bytearray()

    def more(self) -> bool:
        piece = next((piece for piece in self._pieces if piece), b"")
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
        digits = line.partition(b";")[0].strip()
        if not _CHUNK_SIZE.fullmatch(digits):
            raise NotDecodableError(f"its chunks are damaged (a size of {line[:20]!r})")
        size = int(digits, 16)
        if size == 0:
            return
        yield from buffer.take(size)
        if buffer.line() not in (b"\r", b"", None):
            raise NotDecodableError("its chunks are damaged (one is longer than its size says)")


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Undo gzip (of one or more members), zlib or raw deflate; padding behind the end is dropped."""
    unpacker: zlib._Decompress | None = None
    data, members = b"", 0
    for piece in _small(pieces):
        data += piece
        while len(data) > 1 or (unpacker and data):
            if unpacker is None:
                if members and not data.startswith(_GZIP):
                    return  # as browsers do
                unpacker = zlib.decompressobj(_window_bits(data))
                members += 1
            yield _unpacked(unpacker, data)
            if unpacker.eof:
                data, unpacker = unpacker.unused_data, None
            else:
                data = unpacker.unconsumed_tail
    if unpacker is not None:
        yield _unpacked(unpacker, b"")


def _small(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), _SMALL):
            yield piece[start : start + _SMALL]


def _unpacked(unpacker: zlib._Decompress, data: bytes) -> bytes:
    try:
        return unpacker.decompress(data, _STEP) if data else unpacker.flush()
    except zlib.error as error:
        raise NotDecodableError(f"its compressed data is damaged ({error})") from error


def _window_bits(first: bytes) -> int:
    """Tell gzip, zlib and raw deflate by their first bytes: servers mix up the three names."""
    if first.startswith(_GZIP):
        return 31
    if first[0] & 0x0F == 8 and (first[0] << 8 | first[1]) % 31 == 0:
        return 15
    return -15
