"""Keeping reports: the file as it was given, and beside it what was read out of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

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
    """Store a report and what was read: file, ledger line, what was read, catalogue rows.

    The same report given again is stored once; a newer reader replaces what was read, not the file.
    A crash between two steps can only repeat the ledger line, never lose it.
    """
    reading_path = folder.reports / f"{report.sha256}.json"
    received_at = clock()
    before = _before(reading_path)
    if before is not None:
        received_at = before.received_at
        if (before.report, before.reader_version) == (report, reader_version):
            catalogue.add_report(report, received_at, reader_version)
            return
    if not _is_kept(folder, report.sha256):
        write_whole(folder.reports / f"{report.sha256}{_suffix(report)}", data)
    fields = {
        "sha256": report.sha256,
        "file": report.file,
        "format": report.format,
        "reader_version": reader_version,
        "claims": len(report.claims),
        "footnotes": len(report.footnotes),
    }
    catalogue.add_events(ledger.append([Event(type=EventType.REPORT_READ, fields=fields)]))
    reading = Reading(received_at=received_at, reader_version=reader_version, report=report)
    write_whole(reading_path, to_json(reading))
    catalogue.add_report(report, received_at, reader_version)


def readings(folder: Folder) -> list[Path]:
    """List what was read of every report, in a fixed order."""
    return sorted(folder.reports.glob("*.json"))


def _before(path: Path) -> Reading | None:
    """Give what was read of this report before; a damaged or foreign file is none and is replaced."""
    try:
        return from_json(path.read_bytes(), Reading)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _is_kept(folder: Folder, sha256: str) -> bool:
    """Say whether the file lies here already, under whatever name it was given."""
    return any(path.suffix not in (".json", ".part") for path in folder.reports.glob(f"{sha256}.*"))


def _suffix(report: Report) -> str:
    suffix = Path(report.file).suffix.lower()
    return suffix if suffix and suffix != ".json" and suffix[1:].isalnum() else ".txt"
