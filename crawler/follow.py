"""Following the file that a worker appends to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.closing import WorkerLine
from archive.record import from_json


class Follower:
    """Gives each whole line once; half a line waits for its rest."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def lines(self) -> Iterator[WorkerLine]:
        """Give the lines that were written since the last call."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                new = file.read()
        except FileNotFoundError:
            return
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            yield from_json(line, WorkerLine)
