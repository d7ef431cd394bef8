"""Comparing catalogues: every table without the numbers that SQLite gives out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from archive.catalogue.schema import NOT_REBUILT

_NATURAL = {
    "report_id": "(select sha256 from reports x where x.id = {0})",
    "claim_id": "(select r.sha256 || x.position from claims x join reports r on r.id = x.report_id"
    " where x.id = {0})",
    "footnote_id": "(select r.sha256 || x.position from footnotes x join reports r on r.id = x.report_id"
    " where x.id = {0})",
    "source_id": "(select key from sources x where x.id = {0})",
    "capture_id": "(select capture from captures x where x.id = {0})",
}


def dump(catalogue: Path) -> dict[str, list[str]]:
    """Give the sorted rows of every table that a rebuild makes, references by their natural names."""
    with closing(sqlite3.connect(catalogue)) as connection:
        names = connection.execute(
            "select name from sqlite_master where type = 'table' and name not like '%_fts%'"
            " and name not like 'sqlite_%' order by name"
        ).fetchall()
        return {name: _rows(connection, name) for (name,) in names if name not in NOT_REBUILT}


def _rows(connection: sqlite3.Connection, table: str) -> list[str]:
    columns = [row[1] for row in connection.execute(f"pragma table_info({table})") if row[1] != "id"]
    shown = ", ".join(_NATURAL.get(column, "{0}").format(f"{table}.{column}") for column in columns)
    return sorted(map(repr, connection.execute(f"select {shown} from {table}")))
