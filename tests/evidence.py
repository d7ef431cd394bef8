"""Makes evidence for the tests: exchanges, jobs, closing records, sealed captures and reports.

Everything is made of real bytes and nothing is random: the same call gives the same file, so that
captures can be compared byte for byte. `number` tells one piece of evidence from another.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from archive.catalogue.catalogue import Catalogue
from archive.closing import ClockFacts, ClosingRecord, ExchangeFacts, Judgement
from archive.exchange import Exchange, Peer, TlsFacts
from archive.folder import Folder
from archive.ids import CaptureId, RecordId, RecordIds, SourceKey, new_capture_id, started_at
from archive.job import CitedBy, Job
from archive.ledger import Ledger
from archive.recovery import adopt
from archive.report import Citation, Claim, Footnote, Report
from archive.settings import Settings
from archive.times import Clock
from archive.warc.members import Inventory
from archive.warc.writer import CaptureFile, Sealed
from archive.words import FootnoteKind, Means, Outcome, Role, TlsVerdict

MOMENT = datetime(2026, 11, 22, 10, 15, 30, 123456, tzinfo=UTC)
"""When the evidence of the tests begins."""

URL = "https://example.org/page"
BODY = b"<html lang='ru'><title>A page</title><body><p>Something was said.</p></body></html>"
SOFTWARE = {"saqta": "0.1.0", "python": "3.11"}
PEER = Peer(address="192.0.2.7", port=443)
TLS = TlsFacts(
    version="TLSv1.3",
    cipher="TLS_AES_256_GCM_SHA384",
    chain=("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",),
    chain_sha256=(hashlib.sha256(b"\x00").hexdigest(),),
    verdict=TlsVerdict.VALID,
)


def a_clock(start: datetime = MOMENT, step: timedelta = timedelta(seconds=1)) -> Clock:
    """Make a clock that goes on by one step each time it is read."""
    ticks = itertools.count()
    return lambda: start + next(ticks) * step


def a_capture_id(number: int = 0) -> CaptureId:
    """Name a capture; the one with the next number starts a second later."""
    stamp = new_capture_id(MOMENT + timedelta(seconds=number)).partition("-")[0]
    letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:08d}")
    return CaptureId(f"{stamp}-{letters}")


def record_ids(number: int = 0) -> RecordIds:
    """Make record ids that count up, apart from those of every other capture."""
    counter = itertools.count(number << 32)
    return lambda: RecordId(f"<urn:uuid:00000000-0000-4000-8000-{next(counter):012x}>")


def a_job(url: str = URL, number: int = 0, **changes: Any) -> Job:
    """Make the job of a first attempt at `url`; `changes` are fields of `Job`."""
    fields: dict[str, Any] = {
        "job": f"job{number}",
        "visit": f"run-{number}",
        "attempt": 1,
        "previous": None,
        "source_key": a_key(url),
        "url": url,
        "means": Means.WIRE,
        "not_before": None,
        "cited": (CitedBy(report_sha256="ab" * 32, label="1", printed=url),),
        "known": None,
        "settings_sha256": Settings().sha256,
    }
    return Job(**fields | changes)


def a_key(url: str) -> SourceKey:
    """Name a source by its host and path, as the key of a URL does."""
    parts = urlsplit(url)
    return SourceKey(f"{(parts.hostname or '').removeprefix('www.')}{parts.path}")


def an_answer(body: bytes = BODY, *fields: str, status: str = "200 OK", html: bool = True) -> bytes:
    """Make the bytes of a response; `fields` are further header lines."""
    lines = [f"HTTP/1.1 {status}", *(["Content-Type: text/html"] if html else []), *fields]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n" + body


def in_chunks(pieces: Iterable[bytes], extension: bytes = b"", trailer: bytes = b"") -> bytes:
    """Put a body into chunks (RFC 9112, section 7.1)."""
    chunks = (b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces if piece)
    return b"".join(chunks) + b"0" + extension + b"\r\n" + trailer + b"\r\n"


def an_exchange(received: bytes | None = None, url: str = URL, **changes: Any) -> Exchange:
    """Make an exchange that brought `received`; `changes` are fields of `Exchange`."""
    parts = urlsplit(url)
    request = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.hostname}\r\n\r\n".encode()
    exchange = Exchange(
        url=url,
        method="GET",
        role=Role.PAGE,
        started_at=MOMENT,
        ended_at=MOMENT + timedelta(milliseconds=250),
        sent=BytesIO(request),
        received=BytesIO(an_answer() if received is None else received),
        status=200,
        peer=PEER,
        tls=TLS if parts.scheme == "https" else None,
    )
    return replace(exchange, **changes)


def a_closing(
    capture: CaptureId, job: Job, exchanges: Iterable[ExchangeFacts] = (), **changes: Any
) -> ClosingRecord:
    """Make the closing record of a capture; `changes` are fields of `ClosingRecord` or an ``outcome``."""
    facts = tuple(exchanges)
    final = facts[-1] if facts else None
    judgement = Judgement(
        outcome=changes.pop("outcome", Outcome.CAPTURED),
        rule="document",
        reason="It is there.",
        rules_version=1,
    )
    fields: dict[str, Any] = {
        "capture": capture,
        "job": job,
        "kind": job.kind,
        "judgement": judgement,
        "started_at": started_at(capture),
        "ended_at": started_at(capture) + timedelta(seconds=1),
        "final_url": final.url if final else job.url,
        "status": final.status if final else None,
        "title": "A page",
        "retry_after": None,
        "exchanges": facts,
        "certificates": {},
        "redirects": (),
        "requisites": (),
        "robots": None,
        "proxy": None,
        "logged_in": False,
        "resolve": (),
        "ca_file": None,
        "settings": Settings(),
        "software": SOFTWARE,
        "clock": ClockFacts(server_date=None, difference_seconds=None, synchronised=True),
    }
    return ClosingRecord(**fields | changes)


def a_capture_file(
    folder: Folder, number: int = 0, job: Job | None = None, settings: Settings | None = None
) -> CaptureFile:
    """Open a capture file; the caller seals or closes it."""
    return CaptureFile(
        folder,
        a_capture_id(number),
        job or a_job(number=number),
        settings or Settings(),
        SOFTWARE,
        record_ids=record_ids(number),
    )


def a_capture(
    folder: Folder,
    *exchanges: Exchange,
    number: int = 0,
    job: Job | None = None,
    settings: Settings | None = None,
    **changes: Any,
) -> Sealed:
    """Write and seal a whole capture, of one ordinary page where no exchange is given."""
    job = job or a_job(number=number)
    file = a_capture_file(folder, number, job, settings)
    given = exchanges or (an_exchange(url=job.url),)
    facts = [file.add(exchange).facts for exchange in given]
    changes = {"certificates": file.certificates, "settings": settings or Settings()} | changes
    return file.seal(a_closing(file.capture, job, facts, **changes))


def an_open_capture(folder: Folder, number: int = 0, *, whole: bool) -> Path:
    """Leave a capture as a crash leaves it: with its closing record, or cut within it."""
    sealed = a_capture(folder, number=number)
    path = sealed.path.with_name(sealed.path.name + ".open")
    sealed.path.rename(path)
    if not whole:
        path.write_bytes(path.read_bytes()[:-20])
    return path


def a_report(name: str = "report.html", *urls: str, **changes: Any) -> Report:
    """Make a report whose notes 1, 2, … cite these addresses, each under a claim of its own."""
    notes = tuple(
        Footnote(
            label=str(number),
            kind=FootnoteKind.NOTE,
            printed=url,
            citations=(Citation(printed=url, url=url, key=a_key(url)),),
        )
        for number, url in enumerate(urls or (URL,), 1)
    )
    claims = tuple(
        Claim(position=number, text=f"Claim {number}.", footnotes=(note.label,))
        for number, note in enumerate(notes, 1)
    )
    fields: dict[str, Any] = {
        "file": name,
        "sha256": hashlib.sha256(name.encode()).hexdigest(),
        "format": "html",
        "title": name,
        "claims": claims,
        "footnotes": notes,
    }
    return Report(**fields | changes)


def enter(folder: Folder, catalogue: Catalogue, *captures: Sealed) -> list[Inventory]:
    """Enter sealed captures into ledger and catalogue."""
    ledger = Ledger(folder.ledger, a_clock())
    return [adopt(folder, ledger, catalogue, sealed.path) for sealed in captures]


def changed(record: Any, **changes: Any) -> Any:
    """Give a frozen record with other values in some fields."""
    return msgspec.structs.replace(record, **changes)
