"""Writing one capture: ``<id>.warc.gz.open``, fsynced after every exchange, then sealed by a rename."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from archive.closing import CONTENT_TYPE, ClosingRecord, ExchangeFacts, TlsSummary, capture_uri
from archive.exchange import Exchange
from archive.folder import OPEN, Folder, cannot_write, sync_folder, write_all
from archive.http import MAX_HEAD, Head, NotDecodableError, decoded_body, parse_head
from archive.ids import CaptureId, RecordId, RecordIds, new_record_id, started_at
from archive.job import Job
from archive.merkle import tree_root
from archive.record import to_json
from archive.settings import Settings
from archive.warc.record import REQUEST, RESPONSE, Block, WarcRecord, compressed

JUDGED_BYTES = 4 << 20
"""Bytes of a decoded body that are handed on for judging; the longest real article had 3.1 MB."""

_COMMON_HEAD = 32_000
"""Bytes of a head that every reader takes in; fastwarc ends with an error above 32 KiB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """An exchange that is on the disk: its facts, its head, and the beginning of its decoded body."""

    facts: ExchangeFacts
    head: Head | None
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """A whole capture file; ``records_root`` is the RFC 9162 root over its gzip members in order."""

    path: Path
    size: int
    sha256: str
    records_root: str


class CaptureFile:
    """One WARC file while it is being written.

    `add` and `seal` return when all is on the disk. Each is also there in two halves: the first
    (`write`, `conclude`) computes and hands the bytes to the system, the second (`sync`, `settle`) waits
    for the disk and does nothing else, so that an event loop can leave it to a thread.
    """

    def __init__(
        self,
        folder: Folder,
        capture: CaptureId,
        job: Job,
        settings: Settings,
        software: dict[str, str],
        *,
        record_ids: RecordIds = new_record_id,
    ) -> None:
        self._final = folder.warc(capture)
        self._path = self._final.with_name(f"{capture}{OPEN}")
        self._capture = capture
        self._level = settings.store.compression
        self._max_decoded = settings.fetch.max_decoded_bytes
        self._record_ids = record_ids
        self._warcinfo = record_ids()
        self._digest = hashlib.sha256()
        self._leaves: list[bytes] = []
        self._size = 0
        self._certificates: dict[str, str] = {}
        self._started = started_at(capture)
        try:
            self._file = self._create(folder)
        except OSError as error:
            raise cannot_write(self._path, error) from error
        try:
            self._append(self._warcinfo_record(job, software))
            if operator := _people(settings):
                self._append(self._metadata(f"urn:saqta:operator:{capture}", operator))
        except BaseException:
            self._file.close()
            raise

    @property
    def capture(self) -> CaptureId:
        """The name of the capture."""
        return self._capture

    @property
    def certificates(self) -> dict[str, str]:
        """The certificates that the servers of this capture sent, as PEM, by SHA-256 of their DER."""
        return dict(self._certificates)

    def add(self, exchange: Exchange) -> Kept:
        """Write the records of one exchange and return when they are on the disk.

        A request record is written only if bytes were sent. Raises ArchiveError where the disk is
        full or gone; the file then ends with its last whole record.
        """
        kept = self.write(exchange)
        self.sync()
        return kept

    def write(self, exchange: Exchange) -> Kept:
        """Do the first half of `add`: what is given is on the disk after `sync`; use it no sooner."""
        request_id = self._record_ids() if _length(exchange.sent) else None
        received = Block(
            stream=exchange.received,
            start=exchange.interim_bytes,
            length=_length(exchange.received) - exchange.interim_bytes - exchange.surplus_bytes,
        )
        response_id = self._record_ids() if received.length else None
        answer = _Answer.read(received, self._max_decoded)
        if request_id:
            self._append(self._request(exchange, request_id, response_id))
        if response_id:
            self._append(self._response(exchange, received, answer, response_id, request_id))
        if exchange.tls:
            self._certificates.update(zip(exchange.tls.chain_sha256, exchange.tls.chain, strict=True))
        return Kept(
            facts=_facts(exchange, request_id, response_id, received.length, answer),
            head=answer.head,
            body=answer.body,
        )

    def seal(self, closing: ClosingRecord) -> Sealed:
        """Write the closing record and give the file its final name, so that a crash cannot undo it.

        The settings stand in it without the people, who have a record of their own. Raises ArchiveError
        where the disk is full or gone; the file then stays ``.open``.
        """
        sealed = self.conclude(closing)
        self.settle()
        return sealed

    def conclude(self, closing: ClosingRecord) -> Sealed:
        """Do the first half of `seal`: write the closing record. What is given is true after `settle`."""
        closing = replace(closing, settings=closing.settings.without_people)
        self._append(self._metadata(capture_uri(self._capture), to_json(closing)))
        return Sealed(
            path=self._final,
            size=self._size,
            sha256=self._digest.hexdigest(),
            records_root=tree_root(self._leaves).hex(),
        )

    def sync(self) -> None:
        """Return when everything that was written is on the disk."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise cannot_write(self._path, error) from error

    def settle(self) -> None:
        """Do the second half of `seal`: return when the file has its final name, also after a crash."""
        self.sync()
        self._file.close()
        try:
            self._path.rename(self._final)
            sync_folder(self._final.parent)
        except OSError as error:
            raise cannot_write(self._final, error) from error

    def close(self) -> None:
        """Let go of a file that will not be sealed; it stays as ``.open`` for the next start."""
        self._file.close()

    def _create(self, folder: Folder) -> FileIO:
        try:
            return self._path.open("xb", buffering=0)
        except FileNotFoundError:
            day = self._path.parent
            day.mkdir(parents=True, exist_ok=True)
            for above in itertools.takewhile(lambda parent: parent != folder.root, day.parents):
                sync_folder(above)  # a day that is not on the disk takes its captures with it
            return self._path.open("xb", buffering=0)

    def _append(self, record: WarcRecord) -> None:
        digest, size = self._digest.copy(), self._size
        member = hashlib.sha256(b"\x00")
        try:
            for piece in compressed(record, self._level):
                write_all(self._file, piece)
                digest.update(piece)
                member.update(piece)
                size += len(piece)
        except OSError as error:
            self._roll_back()
            raise cannot_write(self._path, error) from error
        self._digest, self._size = digest, size
        self._leaves.append(member.digest())

    def _roll_back(self) -> None:
        """Cut a half-written record off. Without a buffer, all that came before it is in the file."""
        with suppress(OSError):  # on a disk that is gone, the next start sets the torn file aside
            self._file.truncate(self._size)
            self._file.seek(self._size)

    def _warcinfo_record(self, job: Job, software: dict[str, str]) -> WarcRecord:
        fields = {
            "software": "saqta/" + software.get("saqta", ""),
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "isPartOf": capture_uri(self._capture),
            "saqta-job": to_json(job).decode("utf-8"),
        }
        data = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode("utf-8")
        return WarcRecord(
            type="warcinfo",
            id=self._warcinfo,
            date=self._started,
            target_uri=None,
            content_type="application/warc-fields",
            block=Block.of(data),
            block_sha256=hashlib.sha256(data).hexdigest(),
            extra=(("WARC-Filename", self._final.name),),
        )

    def _metadata(self, uri: str, data: bytes) -> WarcRecord:
        return WarcRecord(
            type="metadata",
            id=self._record_ids(),
            date=self._started,
            target_uri=uri,
            content_type=CONTENT_TYPE,
            block=Block.of(data),
            block_sha256=hashlib.sha256(data).hexdigest(),
            extra=(("WARC-Warcinfo-ID", self._warcinfo),),
        )

    def _request(self, exchange: Exchange, own: RecordId, response: RecordId | None) -> WarcRecord:
        block = Block(stream=exchange.sent, length=_length(exchange.sent))
        return WarcRecord(
            type="request",
            id=own,
            date=exchange.started_at,
            target_uri=exchange.url,
            content_type=REQUEST,
            block=block,
            block_sha256=block.sha256(),
            extra=tuple(self._common(exchange, response)),
        )

    def _response(
        self, exchange: Exchange, block: Block, answer: _Answer, own: RecordId, request: RecordId | None
    ) -> WarcRecord:
        extra = list(self._common(exchange, request))
        if answer.payload_sha256:
            extra.append(("WARC-Payload-Digest", f"sha256:{answer.payload_sha256}"))
        if exchange.truncated:
            extra.append(("WARC-Truncated", exchange.truncated.value))
        return WarcRecord(
            type="response" if answer.is_http else "resource",
            id=own,
            date=exchange.started_at,
            target_uri=exchange.url if answer.is_http else f"urn:saqta:bytes:{own[10:-1]}",
            content_type=RESPONSE if answer.is_http else "application/octet-stream",
            block=block,
            block_sha256=answer.wire_sha256,
            extra=tuple(extra),
        )

    def _common(self, exchange: Exchange, concurrent: RecordId | None) -> Iterator[tuple[str, str]]:
        yield "WARC-Warcinfo-ID", self._warcinfo
        if concurrent:
            yield "WARC-Concurrent-To", concurrent
        if exchange.peer:
            yield "WARC-IP-Address", exchange.peer.address


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    """What one look at a response block shows."""

    head: Head | None
    is_http: bool
    wire_sha256: str
    payload_sha256: str | None
    decoded_bytes: int | None
    decoded_sha256: str | None
    not_decoded: str | None
    body: bytes

    @classmethod
    def read(cls, block: Block, limit: int) -> _Answer:
        block.stream.seek(block.start)
        first = block.stream.read(min(block.length, 65_536))
        is_http = first.lstrip(b"\r\n")[:5] == b"HTTP/"
        head = parse_head(first) if is_http else None
        if is_http and head is None and block.length > len(first):
            first += block.stream.read(min(block.length, MAX_HEAD) - len(first))
            head = parse_head(first)
        size, decoded, refusal, body = _decode(block, head, limit)
        payload = None
        if head and not head.chunked and _has_plain_end(first, head):
            payload = block.sha256(head.length) if head.encodings or decoded is None else decoded
        return cls(
            head=head,
            is_http=is_http,
            wire_sha256=block.sha256(),
            payload_sha256=payload,
            decoded_bytes=size,
            decoded_sha256=decoded,
            not_decoded=refusal,
            body=body,
        )


def _has_plain_end(first: bytes, head: Head) -> bool:
    """Say whether every reader finds the same payload: some know CR LF only, some skip no empty lines."""
    ends_alike = first.find(b"\r\n\r\n") + 4 == head.length and first[:1] not in b"\r\n"
    return ends_alike and head.length <= _COMMON_HEAD


def _decode(block: Block, head: Head | None, limit: int) -> tuple[int | None, str | None, str | None, bytes]:
    if head is None:
        return None, None, None, b""
    digest, size, kept = hashlib.sha256(), 0, bytearray()
    try:
        for piece in decoded_body(block.pieces(head.length), head, limit):
            digest.update(piece)
            size += len(piece)
            if len(kept) < JUDGED_BYTES:
                kept += piece[: JUDGED_BYTES - len(kept)]
    except NotDecodableError as error:
        return None, None, str(error), bytes(kept)
    return size, digest.hexdigest(), None, bytes(kept)


def _facts(
    exchange: Exchange, request: RecordId | None, response: RecordId | None, length: int, answer: _Answer
) -> ExchangeFacts:
    tls = exchange.tls
    return ExchangeFacts(
        role=exchange.role,
        url=exchange.url,
        method=exchange.method,
        request_record=request,
        response_record=response,
        started_at=exchange.started_at,
        ended_at=exchange.ended_at,
        status=answer.head.status if answer.head else exchange.status,
        content_type=answer.head.content_type if answer.head else None,
        peer=exchange.peer,
        proxy=exchange.proxy,
        tls=TlsSummary(
            version=tls.version,
            cipher=tls.cipher,
            chain_sha256=tls.chain_sha256,
            verdict=tls.verdict,
            reason=tls.reason,
        )
        if tls
        else None,
        complete=exchange.failure is None and exchange.truncated is None,
        truncated=exchange.truncated,
        failure=exchange.failure,
        message=exchange.message,
        sent_bytes=_length(exchange.sent),
        received_bytes=length,
        interim_bytes=exchange.interim_bytes,
        surplus_bytes=exchange.surplus_bytes,
        wire_sha256=answer.wire_sha256 if response else None,
        decoded_bytes=answer.decoded_bytes,
        decoded_sha256=answer.decoded_sha256,
        not_decoded=answer.not_decoded,
        rehearsal=exchange.rehearsal,
    )


def _people(settings: Settings) -> bytes | None:
    people = settings.people
    return to_json(people) if people.operator or people.organisation else None


def _length(stream: BinaryIO) -> int:
    return stream.seek(0, os.SEEK_END)
