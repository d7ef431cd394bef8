"""Walking the gzip members of a WARC file: the one way in which this project reads evidence back."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import msgspec
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser, StatusAndHeadersParserException

from archive.closing import ClosingRecord, capture_uri
from archive.errors import ArchiveError
from archive.merkle import tree_root
from archive.record import from_json

_STEP = 1 << 18
_HEAD = 1 << 16
_WHOLE = 64 << 20
_LF4 = b"\r\n\r\n"


class DamagedFileError(ArchiveError):
    """A WARC file that does not read as it was written; the sentence says where."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One gzip member, which holds one record: where it lies and how it begins.

    ``beginning`` is its first 64 KB unpacked (all of it where `walk` was told to keep it whole);
    ``leaf`` is the RFC 9162 leaf hash of its compressed bytes; ``end`` are its last four bytes.
    """

    offset: int
    length: int
    unpacked: int
    leaf: bytes
    beginning: bytes
    end: bytes

    @property
    def headers(self) -> StatusAndHeaders:
        """The WARC header fields; raises DamagedFileError where it does not begin as a record does."""
        try:
            return StatusAndHeadersParser(["WARC/1.1", "WARC/1.0"]).parse(BytesIO(self.beginning))
        except (StatusAndHeadersParserException, EOFError) as error:
            raise DamagedFileError(f"at byte {self.offset} there is no WARC record.") from error

    @property
    def block(self) -> bytes:
        """The block, as far as ``beginning`` reaches, without the two line ends behind it."""
        block = self.beginning.partition(_LF4)[2]
        return block.removesuffix(_LF4) if len(self.beginning) == self.unpacked else block


@dataclass(frozen=True, kw_only=True, slots=True)
class Inventory:
    """A sealed capture as it lies on the disk; ``offsets`` maps record ids to (offset, length)."""

    closing: ClosingRecord
    size: int
    sha256: str
    records_root: str
    offsets: dict[str, tuple[int, int]]


def walk(
    path: Path, *, start: int = 0, whole: int = _HEAD, digest: hashlib._Hash | None = None
) -> Iterator[Member]:
    """Give the members of a file in order from byte `start`, keeping up to `whole` unpacked bytes of each.

    Stops quietly at the end of the file or at a torn tail; the caller compares where the last member
    ends with the size of the file.
    """
    with path.open("rb") as file:
        offset, data = file.seek(start), b""
        while True:
            unpacker = zlib.decompressobj(31)
            leaf = hashlib.sha256(b"\x00")
            beginning, end, unpacked, length = bytearray(), b"", 0, 0
            while not unpacker.eof:
                if not data:
                    data = file.read(_STEP)
                    if digest is not None:
                        digest.update(data)
                    if not data:
                        return
                try:
                    out = unpacker.decompress(data, _STEP)
                except zlib.error:
                    return
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
                used = data[: len(data) - len(rest)]
                leaf.update(used)
                length += len(used)
                data = rest
                unpacked += len(out)
                end = (end + out)[-4:]
                beginning += out[: max(0, whole - len(beginning))]
            yield Member(
                offset=offset,
                length=length,
                unpacked=unpacked,
                leaf=leaf.digest(),
                beginning=bytes(beginning),
                end=end,
            )
            offset += length


def inventory(path: Path) -> Inventory:
    """Read a sealed capture from end to end.

    Raises DamagedFileError where a member is torn, where bytes follow the last one, or where the file does
    not end with the closing record of the capture that its name says.
    """
    digest = hashlib.sha256()
    leaves: list[bytes] = []
    offsets: dict[str, tuple[int, int]] = {}
    last, end = None, 0
    for member in walk(path, whole=_HEAD, digest=digest):
        leaves.append(member.leaf)
        offsets[_record_id(path, member)] = (member.offset, member.length)
        last, end = member, member.offset + member.length
    size = path.stat().st_size
    if last is None or end != size:
        raise DamagedFileError(
            f"{path}: from byte {end} on it is torn or is no gzip data ({size} bytes in all)."
        )
    return Inventory(
        closing=_closing(path, last),
        size=size,
        sha256=digest.hexdigest(),
        records_root=tree_root(leaves).hex(),
        offsets=offsets,
    )


def read_member(path: Path, offset: int) -> Member:
    """Read the one member at `offset`, whole up to 64 MB unpacked; raises DamagedFileError."""
    member = next(walk(path, start=offset, whole=_WHOLE), None)
    if member is None or member.end != _LF4:
        raise DamagedFileError(f"{path}: there is no whole record at byte {offset}.")
    return member


def _record_id(path: Path, member: Member) -> str:
    """Give the name of a record that begins and ends as one does; raises DamagedFileError."""
    if member.end != _LF4:
        raise DamagedFileError(
            f"{path}: the record at byte {member.offset} does not end as a WARC record does."
        )
    try:
        name = member.headers.get_header("WARC-Record-ID")
    except DamagedFileError as error:
        raise DamagedFileError(f"{path}: {error}") from error
    if name is None:
        raise DamagedFileError(f"{path}: the record at byte {member.offset} has no WARC-Record-ID.")
    return str(name)


def _closing(path: Path, member: Member) -> ClosingRecord:
    name = path.name.partition(".")[0]
    if member.headers.get_header("WARC-Target-URI") != capture_uri(name):
        raise DamagedFileError(f"{path}: its last record is not the closing record of {name}.")
    if member.unpacked > len(member.beginning):
        member = read_member(path, member.offset)
    try:
        closing = from_json(member.block, ClosingRecord)
    except msgspec.DecodeError as error:
        raise DamagedFileError(f"{path}: its closing record cannot be read ({error}).") from error
    if closing.capture != name:
        raise DamagedFileError(f"{path}: its closing record speaks of {closing.capture}.")
    return closing
