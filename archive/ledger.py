"""The ledger: one canonical JSON line per event, each with the hash of the line before.

``{"n": 0, "prev": "000…", "at": "…Z", "type": "…", …}``; ``prev`` is the SHA-256 of the whole
previous line without its line end, in hexadecimal; the first line's is 64 zeros.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from archive.errors import ArchiveError
from archive.folder import cannot_write, sync_folder, write_all, write_whole
from archive.record import Record, to_json, to_plain
from archive.times import Clock, now
from archive.words import EventType

GENESIS = "0" * 64


class Event(Record, frozen=True, kw_only=True):
    """What is to be written: a type and its own fields."""

    type: EventType
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


class LedgerLine(Record, frozen=True, kw_only=True):
    """One line as it stands in the file; ``sha256`` is the hash that the next line names."""

    n: int
    prev: str
    at: datetime
    type: EventType
    fields: dict[str, Any]
    sha256: str


def parse_line(line: bytes) -> LedgerLine:
    """Read one line without its line end; raises ValueError where it is none."""
    value = json.loads(line)
    if not isinstance(value, dict):
        raise ValueError("a ledger line is a JSON object")  # noqa: TRY004
    known = {name: value.pop(name) for name in ("n", "prev", "at", "type")}
    line_hash = hashlib.sha256(line).hexdigest()
    return msgspec.convert({**known, "fields": value, "sha256": line_hash}, LedgerLine)


def read_ledger(path: Path) -> Iterator[LedgerLine]:
    """Read the ledger and check its chain; raises ArchiveError at the first line that does not fit."""
    if not path.exists():
        return
    number, previous = 0, GENESIS
    with path.open("rb") as file:
        for raw in file:
            if not raw.endswith(b"\n"):
                return  # a torn last line is no event; Ledger sets it aside
            try:
                line = parse_line(raw[:-1])
            except (ValueError, KeyError, msgspec.ValidationError) as error:
                raise ArchiveError(f"{path}, line {number + 1}: this is no ledger line ({error}).") from error
            if line.n != number or line.prev != previous:
                raise ArchiveError(
                    f"{path}, line {number + 1}: the chain of hashes is broken here; "
                    "the ledger was changed after it was written. Restore it from a copy."
                )
            yield line
            number, previous = number + 1, line.sha256


class Ledger:
    """Appends events; only the command that holds the archive's lock makes one."""

    def __init__(self, path: Path, clock: Clock = now) -> None:
        self._path = path
        self._clock = clock
        self.torn = set_torn_tail_aside(path, clock)
        self._next, self._previous = _last(path)

    def append(self, events: Iterable[Event]) -> list[LedgerLine]:
        """Write events and return when they are on the disk (one fsync for all of them).

        Raises ArchiveError where the disk is full or gone; none of these events stands in the file then.
        """
        lines, raw = [], bytearray()
        number, previous = self._next, self._previous
        for event in events:
            values: Mapping[str, Any] = {
                **event.fields,
                "n": number,
                "prev": previous,
                "at": self._clock(),
                "type": event.type,
            }
            line = to_json(to_plain(values))
            raw += line + b"\n"
            lines.append(parse_line(line))
            number, previous = number + 1, lines[-1].sha256
        if lines:
            self._write(bytes(raw))
        self._next, self._previous = number, previous
        return lines

    def _write(self, raw: bytes) -> None:
        new = not self._path.exists()
        try:
            with self._path.open("ab", buffering=0) as file:
                size = file.tell()
                try:
                    write_all(file, raw)
                    os.fsync(file.fileno())
                except BaseException:  # a Ctrl-C here must not leave what nobody counted
                    file.truncate(size)  # half a line, or a line nobody knows of, would break the chain
                    raise
            if new:
                sync_folder(self._path.parent)
        except OSError as error:
            raise cannot_write(self._path, error) from error


def set_torn_tail_aside(path: Path, clock: Clock = now) -> Path | None:
    """Move the piece of a line that a crash left at the end into a file of its own; give that file."""
    if not path.exists():
        return None
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        whole = _end_of_last_line(file.fileno(), size)
        if whole == size:
            return None
        file.seek(whole)
        aside = path.with_name(f"ledger.torn-{clock():%Y%m%dT%H%M%S%fZ}")
        write_whole(aside, file.read())
        file.truncate(whole)
        os.fsync(file.fileno())
    return aside


def _end_of_last_line(descriptor: int, size: int, step: int = 65_536) -> int:
    end = size
    while end:
        start = max(0, end - step)
        at = os.pread(descriptor, end - start, start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0


def _last(path: Path) -> tuple[int, str]:
    number, previous = 0, GENESIS
    for line in read_ledger(path):
        number, previous = line.n + 1, line.sha256
    return number, previous
