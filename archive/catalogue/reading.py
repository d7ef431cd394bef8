"""Opening a catalogue to read it while others write, or where nobody can write."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from archive.catalogue import schema
from archive.errors import ArchiveError


def writable(path: Path) -> bool:
    """Say whether SQLite can make its shared memory file beside the catalogue."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


@contextmanager
def open_for_reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a catalogue read-only; on a read-only medium as immutable. Raises ArchiveError."""
    if not path.exists():
        raise ArchiveError(f"{path} is not there; 'saqta rebuild' makes it from what is kept.")
    mode = "mode=ro" if writable(path) else "immutable=1"
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?{mode}", uri=True)
    try:
        if connection.execute("pragma user_version").fetchone()[0] != schema.VERSION:
            raise ArchiveError(f"{path} was made by another version of saqta; run 'saqta rebuild' first.")
        yield connection
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"{path} cannot be read ({error}); 'saqta rebuild' makes it anew.") from error
    finally:
        connection.close()
