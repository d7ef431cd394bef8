"""Making the catalogue anew from reports/, captures/ and ledger/ alone. It never judges again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import msgspec

from archive.catalogue.catalogue import Catalogue
from archive.errors import ArchiveError
from archive.folder import SEALED, Folder
from archive.ledger import Ledger, LedgerLine, read_ledger
from archive.record import from_json
from archive.recovery import adopt
from archive.reports import Reading, readings
from archive.warc.members import DamagedFileError
from archive.words import EventType

TakeTexts = Callable[[Catalogue], None]
"""Takes the missing texts out of the captures that a catalogue lists."""


def rebuild(folder: Folder, ledger: Ledger, take_texts: TakeTexts) -> list[str]:
    """Build a new catalogue beside the old one and copy it in; gives sentences on what is damaged.

    The old file is neither renamed nor unlinked, so that a Datasette that has it open goes on with
    the new contents. The caller holds the archive's lock.
    """
    new = folder.run / "rebuild.db"
    for leftover in folder.run.glob("rebuild.db*"):
        leftover.unlink()
    with Catalogue(new) as catalogue:
        problems = _fill(folder, ledger, catalogue)
        take_texts(catalogue)
        _carry_over(folder.catalogue, catalogue)
        _copy_in(catalogue, folder.catalogue)
    for leftover in folder.run.glob("rebuild.db*"):
        leftover.unlink()
    return problems


def _fill(folder: Folder, ledger: Ledger, catalogue: Catalogue) -> list[str]:
    problems: list[str] = []
    for path in readings(folder):
        try:
            reading = from_json(path.read_bytes(), Reading)
        except msgspec.DecodeError as error:
            problems.append(f"{path} cannot be read ({error}); give its report to 'saqta archive' again.")
        else:
            catalogue.add_report(reading.report, reading.received_at, reading.reader_version)
    entered: set[str] = set()
    for line in read_ledger(folder.ledger):
        catalogue.add_events([line])
        if line.type == EventType.CAPTURE_SEALED:
            entered.add(line.fields["id"])
            problems.extend(_enter(folder, ledger, catalogue, folder.inside(line.fields["path"]), line))
    for path in folder.files(SEALED):
        if path.name.removesuffix(SEALED) not in entered:
            problems.extend(_enter(folder, ledger, catalogue, path, None))
    return problems


def _enter(
    folder: Folder, ledger: Ledger, catalogue: Catalogue, path: Path, line: LedgerLine | None
) -> Iterable[str]:
    try:
        adopt(folder, ledger, catalogue, path, line)
    except FileNotFoundError:
        return [f"{path} is named in the ledger and is not there; restore it from a copy."]
    except DamagedFileError as error:
        return [str(error)]
    return []


def _carry_over(old: Path, catalogue: Catalogue) -> None:
    """Keep the texts of earlier extractors, which nothing but the old catalogue has, where it can be read."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(old))}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                "select capture, extractor, extractor_version, settings_sha256, text_sha256, text"
                " from older_texts"
            ).fetchall()
    except sqlite3.Error:
        return
    catalogue.add_older_texts(rows)


def _copy_in(source: Catalogue, target: Path) -> None:
    """Write the new contents into the old file; one that is no database any more is emptied first."""
    try:
        _backup(source, target)
    except sqlite3.Error as error:
        raise ArchiveError(
            f"{target} cannot be written ({error}); stop what uses it and try again."
        ) from error


def _backup(source: Catalogue, target: Path) -> None:
    with closing(sqlite3.connect(target, timeout=30)) as connection:
        try:
            source.connection.backup(connection)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
                raise
        else:
            return
    os.truncate(target, 0)
    with closing(sqlite3.connect(target, timeout=30)) as connection:
        source.connection.backup(connection)
