"""Entering what was read of a report: its claims, footnotes, citations and the sources they name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from archive.addresses import host_of
from archive.catalogue import schema
from archive.record import to_json
from archive.report import Citation, Footnote, Report
from archive.times import iso


def enter_report(database: Database, report: Report, received_at: datetime, reader_version: str) -> None:
    """Enter a report inside the caller's transaction; an earlier reading of the same file is replaced."""
    row = {
        "sha256": report.sha256,
        "file": report.file,
        "format": report.format,
        "title": report.title,
        "received_at": iso(received_at),
        "reader_version": reader_version,
        "problems": _json(report.problems),
    }
    _forget_reading(database, report.sha256)
    database.conn.execute(
        "insert into reports (sha256, file, format, title, received_at, reader_version, problems)"
        " values (:sha256, :file, :format, :title, :received_at, :reader_version, :problems)"
        " on conflict (sha256) do update set file = excluded.file, format = excluded.format,"
        " title = excluded.title, received_at = excluded.received_at,"
        " reader_version = excluded.reader_version, problems = excluded.problems",
        row,
    )
    found = database.conn.execute("select id from reports where sha256 = ?", (report.sha256,)).fetchone()
    report_id = int(found[0])
    notes = _add_footnotes(database, report_id, report.footnotes)
    _add_claims(database, report_id, report, notes)
    _join_sources(database)


def _forget_reading(database: Database, sha256: str) -> None:
    for table, where in (
        ("claim_footnotes", "claim_id in (select c.id from claims c join r on r.id = c.report_id)"),
        ("claims", "report_id in (select id from r)"),
        ("citations", "footnote_id in (select f.id from footnotes f join r on r.id = f.report_id)"),
        ("footnotes", "report_id in (select id from r)"),
    ):
        database.conn.execute(
            f"with r as (select id from reports where sha256 = ?) delete from {table} where {where}",
            (sha256,),
        )


def _join_sources(database: Database) -> None:
    """Let exactly the cited sources stand, each with the address of its first citation."""
    for statement in schema.JOIN_SOURCES:
        database.conn.execute(statement)


def _add_footnotes(database: Database, report_id: int, footnotes: Sequence[Footnote]) -> dict[str, int]:
    database.table("footnotes").insert_all(
        (
            {
                "report_id": report_id,
                "position": position,
                "label": note.label,
                "kind": note.kind,
                "printed": note.printed,
                "repairs": _json(note.repairs),
                "flags": _json(note.flags),
            }
            for position, note in enumerate(footnotes, 1)
        ),
    )
    numbers: dict[int, int] = dict(
        database.conn.execute("select position, id from footnotes where report_id = ?", (report_id,))
    )
    database.table("citations").insert_all(
        (
            _citation(database, numbers[position], order, citation)
            for position, note in enumerate(footnotes, 1)
            for order, citation in enumerate(note.citations, 1)
        ),
    )
    labels: dict[str, int] = {}
    for position, note in enumerate(footnotes, 1):
        labels.setdefault(note.label, numbers[position])
    return labels


def _citation(database: Database, footnote_id: int, position: int, citation: Citation) -> dict[str, Any]:
    return {
        "footnote_id": footnote_id,
        "position": position,
        "source_id": _source(database, citation.key, citation.url),
        "printed": citation.printed,
        "url": citation.url,
        "confidence": citation.confidence,
        "repairs": _json(citation.repairs),
        "candidates": _json(citation.candidates),
        "flags": _json(citation.flags),
    }


def _source(database: Database, key: str, url: str) -> int:
    database.conn.execute(
        "insert into sources (key, host, url) values (?, ?, ?) on conflict (key) do nothing",
        (key, host_of(url), url),
    )
    return int(database.conn.execute("select id from sources where key = ?", (key,)).fetchone()[0])


def _add_claims(database: Database, report_id: int, report: Report, notes: dict[str, int]) -> None:
    database.table("claims").insert_all(
        (
            {
                "report_id": report_id,
                "position": claim.position,
                "text": claim.text,
                "date": claim.date,
                "date_end": claim.date_end,
                "place": claim.place,
                "footnotes": _json(claim.footnotes),
            }
            for claim in report.claims
        ),
    )
    numbers: dict[int, int] = dict(
        database.conn.execute("select position, id from claims where report_id = ?", (report_id,))
    )
    database.conn.executemany(
        "insert or ignore into claim_footnotes (claim_id, footnote_id) values (?, ?)",
        [
            (numbers[claim.position], notes[label])
            for claim in report.claims
            for label in claim.footnotes
            if label in notes
        ],
    )


def _json(value: object) -> str:
    return to_json(value).decode("utf-8")
