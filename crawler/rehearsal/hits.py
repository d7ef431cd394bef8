"""What the rehearsal web has been asked, for tests to look at and for a log that outlives a killed client."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime
from pathlib import Path

import msgspec

from archive.record import Record, to_json, to_plain


class Hit(Record, frozen=True, kw_only=True):
    """One request. ``number`` counts requests, ``connection`` counts TCP connections, both from 1.

    ``path`` has the query with it. ``started_at`` is the moment the request's head had arrived,
    ``ended_at`` the moment the last byte of the answer was handed to the system, or None while the
    answer is under way. ``body_sha256`` is that of the page before any encoding; ``request_sha256``
    and ``wire_sha256`` cover every byte that came in and went out for this request, in hexadecimal.
    """

    number: int
    connection: int
    scheme: str
    host: str
    server_name: str | None
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    request_sha256: str
    started_at: datetime
    ended_at: datetime | None = None
    status: int | None = None
    body_sha256: str | None = None
    wire_sha256: str | None = None
    wire_bytes: int = 0


class HitBook:
    """Keeps the last ``keep`` hits and, if a log is given, writes each one at its start and its end."""

    def __init__(self, log: Path | None, keep: int) -> None:
        self._lock = threading.Condition()
        self._ended = 0
        self._keep = keep
        self._hits: OrderedDict[int, Hit] = OrderedDict()
        self._log = None if log is None else log.open("ab", buffering=0)

    def start(self, hit: Hit) -> None:
        """Note a request whose head has arrived."""
        with self._lock:
            self._write("start", hit)
            self._hits[hit.number] = hit
            while len(self._hits) > self._keep:
                self._hits.popitem(last=False)

    def end(self, hit: Hit) -> None:
        """Note the same request once its answer is out, or as much of it as could be sent."""
        with self._lock:
            self._write("end", hit)
            if hit.number in self._hits:
                self._hits[hit.number] = hit
            self._ended += 1
            self._lock.notify_all()

    def wait(self, count: int, timeout: float) -> bool:
        """Wait until ``count`` requests in all have ended; False after ``timeout`` seconds."""
        with self._lock:
            return self._lock.wait_for(lambda: self._ended >= count, timeout)

    def all(self) -> list[Hit]:
        """Give the hits in the order in which they started."""
        with self._lock:
            return list(self._hits.values())

    def close(self) -> None:
        """Close the log."""
        with self._lock:
            if self._log is not None:
                self._log.close()
                self._log = None

    def _write(self, event: str, hit: Hit) -> None:
        if self._log is not None:
            # one unbuffered write per line: it is with the system before the answer goes on
            self._log.write(to_json({"event": event, **to_plain(hit)}) + b"\n")


def read_log(log: Path) -> list[Hit]:
    """Read a log back; a request without an end line stands as it was at its start."""
    hits: dict[int, Hit] = {}
    for line in log.read_bytes().splitlines():
        fields = msgspec.json.decode(line)
        fields.pop("event")
        hit = msgspec.convert(fields, Hit)
        hits[hit.number] = hit
    return list(hits.values())
