"""The closing record: what one capture file says about itself (contract, version 1).

It is the last record of the WARC: type metadata, Target-URI ``urn:saqta:capture:<id>``,
application/json. Every field of a capture certificate that concerns the fetch stands here.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from archive.exchange import Peer
from archive.ids import CaptureId, RecordId
from archive.job import Job
from archive.record import Record
from archive.settings import Settings
from archive.words import Failure, Kind, Outcome, RobotsPolicy, Role, TlsVerdict, Truncation

CONTENT_TYPE = "application/json"


def capture_uri(capture: str) -> str:
    """Name a capture as the Target-URI of its closing record."""
    return f"urn:saqta:capture:{capture}"


class Judgement(Record, frozen=True, kw_only=True):
    """What a capture came to, by which rule, and what the rule saw.

    ``reason`` is a sentence for people; ``evidence`` names what was found (``title``, ``header``…);
    ``rules_version`` says which set of rules judged.
    """

    outcome: Outcome
    rule: str
    reason: str
    evidence: dict[str, str] = msgspec.field(default_factory=dict)
    rules_version: int


class TlsSummary(Record, frozen=True, kw_only=True):
    """The handshake of one exchange; the certificates themselves stand in ``certificates``."""

    version: str
    cipher: str
    chain_sha256: tuple[str, ...]
    verdict: TlsVerdict
    reason: str | None


class ExchangeFacts(Record, frozen=True, kw_only=True):
    """One exchange as it is kept.

    ``request_record`` and ``response_record`` are null where no byte was written or came back.
    Sizes are bytes of the blocks; ``wire_sha256`` is the hash of the response block,
    ``decoded_sha256`` that of the body without chunks and content coding (null with
    ``not_decoded`` saying why). ``rehearsal`` says that the address was given by --resolve.
    """

    role: Role
    url: str
    method: str
    request_record: RecordId | None
    response_record: RecordId | None
    started_at: datetime
    ended_at: datetime
    status: int | None
    content_type: str | None
    peer: Peer | None
    proxy: str | None
    tls: TlsSummary | None
    complete: bool
    truncated: Truncation | None
    failure: Failure | None
    message: str | None
    sent_bytes: int
    received_bytes: int
    interim_bytes: int
    surplus_bytes: int
    wire_sha256: str | None
    decoded_bytes: int | None
    decoded_sha256: str | None
    not_decoded: str | None
    rehearsal: bool


class Redirect(Record, frozen=True, kw_only=True):
    """One step of the chain, as the server gave it; ``to`` is absolute."""

    url: str
    status: int
    to: str


class Requisite(Record, frozen=True, kw_only=True):
    """One part of a page (image, style, font, script) and what became of it."""

    url: str
    fate: str


class RobotsAnswer(Record, frozen=True, kw_only=True):
    """What robots.txt of the final host says of the page, and what was made of it.

    ``allowed`` is null where no answer could be had; ``capture`` holds the answer itself.
    """

    policy: RobotsPolicy
    url: str | None
    capture: CaptureId | None
    status: int | None
    allowed: bool | None


class Authority(Record, frozen=True, kw_only=True):
    """A --ca-file in force: its name without folder, and the hash of its bytes."""

    name: str
    sha256: str


class ClockFacts(Record, frozen=True, kw_only=True):
    """How far the times can be trusted.

    ``server_date`` is the Date field of the final answer; ``difference_seconds`` is that minus our
    time at the end of the exchange; ``synchronised`` is what the system says of its own clock.
    """

    server_date: str | None
    difference_seconds: float | None
    synchronised: bool | None


class ClosingRecord(Record, frozen=True, kw_only=True):
    """Everything that is known of one capture when it is sealed."""

    v: int = 1
    capture: CaptureId
    job: Job
    kind: Kind
    judgement: Judgement
    started_at: datetime
    ended_at: datetime
    final_url: str
    status: int | None
    title: str | None
    retry_after: float | None
    exchanges: tuple[ExchangeFacts, ...]
    certificates: dict[str, str]
    redirects: tuple[Redirect, ...]
    requisites: tuple[Requisite, ...]
    robots: RobotsAnswer | None
    proxy: str | None
    logged_in: bool
    resolve: tuple[str, ...]
    ca_file: Authority | None
    settings: Settings
    software: dict[str, str]
    clock: ClockFacts


class WorkerLine(Record, frozen=True, kw_only=True):
    """What a worker tells the command after a capture is sealed (contract, version 1).

    ``path`` is relative to the archive; ``retry_after`` is in seconds.
    """

    v: int = 1
    job: str
    capture: CaptureId
    path: str
    size: int
    sha256: str
    outcome: Outcome
    rule: str
    status: int | None
    final_url: str
    started_at: datetime
    ended_at: datetime
    retry_after: float | None
