"""Keeping reports: the file as it was given, and beside it what was read out of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from archive.catalogue.catalogue import Catalogue
from archive.folder import Folder, write_whole
from archive.ledger import Event, Ledger
from archive.record import Record, from_json, to_json
from archive.report import Report
from archive.times import Clock, now
from archive.words import EventType


class Reading(Record, frozen=True, kw_only=True):
    """``reports/<sha256>.json``: what one version of the reader found in one report."""

    v: int = 1
    received_at: datetime
    reader_version: str
    report: Report


def keep_report(
    folder: Folder,
    ledger: Ledger,
    catalogue: Catalogue,
    data: bytes,
    report: Report,
    reader_version: str,
    clock: Clock = now,
) -> None:
    """Store a report and what was read: file, ledger line, catalogue rows.

    The same report given again is stored once; a newer reader replaces what was read, not the file.
    """
    original = folder.reports / f"{report.sha256}{_suffix(report)}"
    reading_path = folder.reports / f"{report.sha256}.json"
    received_at = clock()
    if reading_path.exists():
        before = from_json(reading_path.read_bytes(), Reading)
        if (before.report, before.reader_version) == (report, reader_version):
            catalogue.add_report(report, before.received_at, reader_version)
            return
        received_at = before.received_at
    if not original.exists():
        write_whole(original, data)
    reading = Reading(received_at=received_at, reader_version=reader_version, report=report)
    write_whole(reading_path, to_json(reading))
    fields = {
        "sha256": report.sha256,
        "file": report.file,
        "format": report.format,
        "reader_version": reader_version,
        "claims": len(report.claims),
        "footnotes": len(report.footnotes),
    }
    catalogue.add_events(ledger.append([Event(type=EventType.REPORT_READ, fields=fields)]))
    catalogue.add_report(report, received_at, reader_version)


def readings(folder: Folder) -> list[Path]:
    """List what was read of every report, in a fixed order."""
    return sorted(folder.reports.glob("*.json"))


def _suffix(report: Report) -> str:
    suffix = Path(report.file).suffix.lower()
    return suffix if suffix and suffix != ".json" and suffix[1:].isalnum() else ".txt"
