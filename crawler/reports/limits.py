"""What the reading process may use, and what it says when it ends; imports no parser."""

from __future__ import annotations

import os
from pathlib import Path

from archive.record import Record

DONE = 0
REFUSED = 3
"""Exit code: the output is one sentence for the user, not a report."""
NO_MEMORY = 4


class Limits(Record, frozen=True, kw_only=True):
    """What reading one report may use: bytes, seconds, open files."""

    file_bytes: int = 64 << 20
    """A report of the size of a book with pictures; text alone never comes near."""
    memory_bytes: int = 1500 << 20
    """A tree of 64 MB of HTML takes about fifteen times its size."""
    cpu_seconds: int = 60
    wall_seconds: float = 120
    open_files: int = 64


def name_of(path: Path) -> str:
    """Give a file's name as text, whatever bytes the file system has."""
    return os.fsencode(path.name).decode("utf-8", "replace")
