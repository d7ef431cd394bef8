"""Writing the catalogue. The same `add_…` calls serve the running command and a rebuild."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from sqlite_utils import Database

from archive.addresses import host_of
from archive.catalogue import schema
from archive.catalogue.entering import enter_report
from archive.closing import ClosingRecord, ExchangeFacts
from archive.errors import ArchiveError
from archive.ledger import LedgerLine
from archive.record import to_json, to_plain
from archive.report import Report
from archive.text.model import PageText
from archive.times import iso
from archive.warc.members import Inventory
from archive.words import AttemptKind, Method, Outcome, TlsVerdict

EXTRACTION = "extraction"
"""Name under which the extraction gives its second opinion in ``reviews``."""


def connect(path: Path) -> sqlite3.Connection:
    """Open a catalogue for writing, making it where it is missing; raises ArchiveError."""
    try:
        connection = sqlite3.connect(path, isolation_level=None)
    except sqlite3.Error as error:
        raise _cannot_open(path, error) from error
    try:
        connection.execute("pragma page_size = 16384")  # a 13 % smaller file than with 4096
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        connection.create_function("url_host", 1, host_of, deterministic=True)
        version = connection.execute("pragma user_version").fetchone()[0]
        if version == 0:
            _create(connection)
    except sqlite3.Error as error:
        connection.close()
        raise _cannot_open(path, error) from error
    if version not in (0, schema.VERSION):
        connection.close()
        raise ArchiveError(f"{path} was made by another version of saqta; run 'saqta rebuild' first.")
    return connection


def _cannot_open(path: Path, error: sqlite3.Error) -> ArchiveError:
    return ArchiveError(f"{path} cannot be opened ({error}); 'saqta rebuild' makes it anew.")


def _create(connection: sqlite3.Connection) -> None:
    """Make everything in one transaction: a catalogue is whole or as empty as before."""
    database = Database(connection, execute_plugins=False)
    with database.atomic():
        for statement in _statements(schema.TABLES + schema.VIEWS):
            connection.execute(statement)
        database.table("page_text").enable_fts(
            ["title", "text"], create_triggers=True, tokenize="unicode61 remove_diacritics 2"
        )
        connection.execute("insert into page_text_fts(page_text_fts, rank) values('rank', 'bm25(8.0, 1.0)')")
        connection.execute(f"pragma user_version = {schema.VERSION}")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


class Catalogue:
    """The index over reports, captures and texts; one writer, the command that holds the lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = connect(path)
        self.database = Database(self.connection, execute_plugins=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Make everything inside one transaction; on an error nothing of it stands."""
        try:
            with self.database.atomic():
                yield
        except sqlite3.OperationalError as error:
            raise ArchiveError(f"{self.path} cannot be written ({error}).") from error
        except sqlite3.DatabaseError as error:
            raise ArchiveError(f"{self.path} is damaged ({error}); 'saqta rebuild' makes it anew.") from error

    # Reports

    def add_report(self, report: Report, received_at: datetime, reader_version: str) -> None:
        """Enter a report, or what a newer reader found in it; its sources and captures stay."""
        with self.batch():
            enter_report(self.database, report, received_at, reader_version)

    # Captures

    def add_capture(self, warc: str, found: Inventory, ledger_line: int) -> None:
        """Enter a sealed capture; entering it again changes nothing."""
        closing = found.closing
        with self.batch():
            if self.has_capture(closing.capture):
                return
            row = self._capture_row(closing) | {
                "warc": warc,
                "warc_size": found.size,
                "warc_sha256": found.sha256,
                "records_root": found.records_root,
                "ledger_line": ledger_line,
            }
            self._insert("captures", [row])
            number = int(self._one("select id from captures where capture = ?", closing.capture))
            self._insert(
                "exchanges",
                (
                    _exchange_row(number, position, exchange, found.offsets)
                    for position, exchange in enumerate(closing.exchanges, 1)
                ),
            )

    def has_capture(self, capture: str) -> bool:
        """Say whether a capture is entered."""
        return bool(self._one("select count(*) from captures where capture = ?", capture))

    def _capture_row(self, closing: ClosingRecord) -> dict[str, Any]:
        job, final = closing.job, closing.exchanges[-1] if closing.exchanges else None
        source = self.connection.execute("select id from sources where key = ?", (job.source_key,)).fetchone()
        return {
            "capture": closing.capture,
            "source_id": source[0] if source else None,
            "source_key": job.source_key,
            "kind": closing.kind,
            "method": Method.WIRE,
            "url": job.url,
            "final_url": closing.final_url,
            "host": job.host,
            "outcome": closing.judgement.outcome,
            "rule": closing.judgement.rule,
            "reason": closing.judgement.reason,
            "status": closing.status,
            "title": closing.title,
            "started_at": iso(closing.started_at),
            "ended_at": iso(closing.ended_at),
            "run": job.run,
            "visit": job.visit,
            "attempt": job.attempt,
            "attempt_kind": self._attempt_kind(closing),
            "previous": job.previous,
            "job": job.job,
            "logged_in": int(closing.logged_in),
            "tls_verdict": final.tls.verdict if final and final.tls else TlsVerdict.NONE,
            "proxy": closing.proxy,
            "rehearsal": int(bool(closing.resolve) or closing.ca_file is not None),
            "retry_after": closing.retry_after,
        }

    def _attempt_kind(self, closing: ClosingRecord) -> AttemptKind:
        job = closing.job
        if job.attempt == 1:
            return AttemptKind.FIRST
        tried = self._one(
            "select count(*) from captures where visit = ? and url = ? and attempt < ?",
            job.visit,
            job.url,
            job.attempt,
        )
        return AttemptKind.RETRY if tried else AttemptKind.CANDIDATE

    # Texts, reviews, events

    def add_text(self, text: PageText) -> None:
        """Enter the text of a capture; a text by another extractor, version or settings is kept beside it."""
        with self.batch():
            number = self._one("select id from captures where capture = ?", text.capture)
            self.connection.execute(
                "insert or ignore into older_texts"
                " (capture, extractor, extractor_version, settings_sha256, text_sha256, text)"
                " select capture, extractor, extractor_version, settings_sha256, text_sha256, text"
                " from page_text where id = ?"
                " and (extractor, extractor_version, settings_sha256) is not (?, ?, ?)",
                (number, text.extractor, text.extractor_version, text.settings_sha256),
            )
            self.connection.execute(
                "delete from reviews where capture = ? and reviewed_by = ?", (text.capture, EXTRACTION)
            )
            row = to_plain(text) | {"id": number, "chars": len(text.text)}
            self.database.table("page_text").upsert(row, pk="id")
            self._review_of_text(number, text)

    def _review_of_text(self, number: int, text: PageText) -> None:
        html = self._one(
            "select content_type in ('text/html', 'application/xhtml+xml') from exchanges"
            " where capture_id = ? order by position desc limit 1",
            number,
        )
        if not text.text and html:
            self.add_doubt(text.capture, "No main text was found on the page.")

    def add_older_texts(self, rows: Iterable[tuple[str, ...]]) -> None:
        """Enter texts of earlier extractors: (capture, extractor, version, settings, hash, text)."""
        with self.batch():
            self.connection.executemany(
                "insert or ignore into older_texts"
                " (capture, extractor, extractor_version, settings_sha256, text_sha256, text)"
                " values (?, ?, ?, ?, ?, ?)",
                rows,
            )

    def add_doubt(self, capture: str, reason: str) -> None:
        """Note that the extraction disagrees with an outcome; the outcome itself never changes."""
        row = {
            "capture": capture,
            "outcome": Outcome.NEEDS_REVIEW,
            "reviewed_by": EXTRACTION,
            "reason": reason,
            "at": None,
        }
        with self.batch():
            self.connection.execute(
                "delete from reviews where capture = ? and reviewed_by = ?", (capture, EXTRACTION)
            )
            self._insert("reviews", [row])

    def add_events(self, lines: Iterable[LedgerLine]) -> None:
        """Enter lines of the ledger; a line that is there already stays."""
        self.connection.executemany(
            "insert or ignore into events (n, at, type, line) values (?, ?, ?, ?)",
            [(line.n, iso(line.at), line.type, _json(line.fields)) for line in lines],
        )

    def last_event(self) -> int:
        """Give the number of the newest line that is entered; -1 where none is."""
        return int(self._one("select coalesce(max(n), -1) from events"))

    def has_event(self, line: LedgerLine) -> bool:
        """Say whether this very line is entered."""
        row = self.connection.execute("select at, type, line from events where n = ?", (line.n,)).fetchone()
        return bool(row == (iso(line.at), line.type, _json(line.fields)))

    def last_capture(self) -> int:
        """Give the number of the newest capture; 0 where there is none."""
        return int(self._one("select coalesce(max(id), 0) from captures"))

    def settings_in_force(self) -> str | None:
        """Give the hash of the settings that the newest event names."""
        value = self._one(
            "select json_extract(line, '$.settings_sha256') from events"
            " where type in ('archive_created', 'settings_changed', 'run_started') order by n desc limit 1"
        )
        return str(value) if value is not None else None

    def missing_texts(
        self, extractor: str, version: str, after: int, limit: int
    ) -> list[tuple[int, str, str, int, str]]:
        """List captures behind number `after` that should have a text by this extractor and have none.

        Each is (number, capture, warc, offset of the response record, final URL).
        """
        return self.connection.execute(
            "select c.id, c.capture, c.warc, e.response_offset, c.final_url"
            " from captures c join exchanges e on e.capture_id = c.id"
            " where c.id > ? and c.kind = 'page' and c.outcome in ('captured', 'needs_review')"
            " and e.response_offset is not null and e.position = ("
            "   select max(position) from exchanges x"
            "   where x.capture_id = c.id and x.role in ('page', 'redirect'))"
            " and not exists (select 1 from page_text t where t.id = c.id"
            "   and t.extractor = ? and t.extractor_version = ?)"
            " order by c.id limit ?",
            (after, extractor, version, limit),
        ).fetchall()

    def _insert(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        self.database.table(table).insert_all(rows, batch_size=1_000)

    def _one(self, sql: str, *values: object) -> Any:
        row = self.connection.execute(sql, values).fetchone()
        return row[0] if row else None


def _exchange_row(
    capture_id: int, position: int, facts: ExchangeFacts, offsets: dict[str, tuple[int, int]]
) -> dict[str, Any]:
    return {
        "capture_id": capture_id,
        "position": position,
        "role": facts.role,
        "method": facts.method,
        "url": facts.url,
        "status": facts.status,
        "content_type": facts.content_type,
        "started_at": iso(facts.started_at),
        "ended_at": iso(facts.ended_at),
        "request_record": facts.request_record,
        "request_offset": _offset(facts.request_record, offsets),
        "response_record": facts.response_record,
        "response_offset": _offset(facts.response_record, offsets),
        "peer": f"{facts.peer.address} port {facts.peer.port}" if facts.peer else None,
        "tls_version": facts.tls.version if facts.tls else None,
        "tls_verdict": facts.tls.verdict if facts.tls else TlsVerdict.NONE,
        "truncated": facts.truncated,
        "failure": facts.failure,
        "message": facts.message,
        "sent_bytes": facts.sent_bytes,
        "received_bytes": facts.received_bytes,
        "wire_sha256": facts.wire_sha256,
        "decoded_sha256": facts.decoded_sha256,
    }


def _offset(record: str | None, offsets: dict[str, tuple[int, int]]) -> int | None:
    return offsets[record][0] if record is not None and record in offsets else None


def _json(value: object) -> str:
    return to_json(value).decode("utf-8")
