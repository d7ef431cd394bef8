"""The archive on disk: where everything lies, and who holds it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from archive.errors import ArchiveError, InputError
from archive.ids import CaptureId, capture_folder, is_capture_id

DEFAULT_ARCHIVE = "saqta-archive"
"""The folder that is used where none is named."""

SEALED = ".warc.gz"
OPEN = ".warc.gz.open"
TORN = ".warc.gz.torn"


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths of one archive; see docs/design.md for what each holds."""

    root: Path

    @property
    def settings(self) -> Path:
        """``saqta.toml``: the settings of this archive."""
        return self.root / "saqta.toml"

    @property
    def reports(self) -> Path:
        """Every report as it was given, and what was read out of it."""
        return self.root / "reports"

    @property
    def captures(self) -> Path:
        """The sealed WARC files, by day."""
        return self.root / "captures"

    @property
    def ledger(self) -> Path:
        """The hash-chained list of events."""
        return self.root / "ledger" / "ledger.jsonl"

    @property
    def catalogue(self) -> Path:
        """The SQLite index; can always be rebuilt."""
        return self.root / "catalog.db"

    @property
    def run(self) -> Path:
        """What is in hand; may be deleted when nothing runs."""
        return self.root / "run"

    @property
    def exists(self) -> bool:
        """Say whether an archive lies here."""
        return self.ledger.exists() or self.catalogue.exists() or self.captures.is_dir()

    def create(self) -> None:
        """Make the folders; raises ArchiveError where the place cannot be written."""
        try:
            for path in (self.reports, self.captures, self.ledger.parent, self.run):
                path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(
                f"{self.root} cannot be written ({error.strerror}); choose another folder with --archive."
            ) from error

    def require(self) -> None:
        """Raise InputError where no archive lies here."""
        if not self.exists:
            raise InputError(
                f"no archive at {self.root}; make one with 'saqta archive', or name it with --archive."
            )

    def warc(self, capture: CaptureId) -> Path:
        """Give the place of a sealed capture."""
        return self.captures / capture_folder(capture) / f"{capture}{SEALED}"

    def relative(self, path: Path) -> str:
        """Name a file inside the archive the same way on every machine."""
        return path.relative_to(self.root).as_posix()

    def inside(self, relative: str) -> Path:
        """Find a named file; raises ArchiveError for a name that leads out of the archive."""
        path = self.root / relative
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise ArchiveError(f"the name {relative!r} leads out of the archive at {self.root}.")
        return path

    def files(self, suffix: str) -> Iterator[Path]:
        """List the captures with this ending, day by day, sorted; what has no capture's name is not ours."""
        for day in sorted(self.captures.glob("*/*/*")):
            for path in sorted(day.glob(f"*{suffix}")):
                if is_capture_id(path.name.removesuffix(suffix)) and path.is_file() and not path.is_symlink():
                    yield path

    @contextmanager
    def locked(self, command: str) -> Iterator[int]:
        """Hold the archive for one command; gives the descriptor, which workers inherit.

        The lock stays with the last process that has the descriptor, so a killed command's workers
        are gone before the next command starts. Raises ArchiveError that says who holds it.
        """
        self.create()
        try:
            descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise cannot_write(self.root / "lock", error) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ArchiveError(self._held_by(descriptor)) from error
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "command": command}).encode(), 0)
            yield descriptor
        finally:
            os.close(descriptor)

    def _held_by(self, descriptor: int) -> str:
        try:
            holder = json.loads(os.pread(descriptor, 4096, 0))
            who = f"'saqta {holder['command']}' (process {holder['pid']})"
        except (ValueError, KeyError, TypeError):
            who = "another command"
        return f"the archive at {self.root} is held by {who}; wait until it ends, or stop it first."


def cannot_write(path: Path, error: OSError) -> ArchiveError:
    """Make the sentence for a disk that is full, read-only or gone."""
    return ArchiveError(
        f"{path} cannot be written ({error.strerror}); make room or mend the disk, and run the command again."
    )


def write_all(file: FileIO, data: bytes) -> None:
    """Write every byte to a file without a buffer, which may take them in parts."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) or 0 :]


def sync_folder(path: Path) -> None:
    """Make a rename or a new file in this folder survive a power cut."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def sync_file(path: Path) -> None:
    """Make what another process wrote into this file survive a power cut."""
    _sync(path, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that after a crash it is whole or absent; an existing file is replaced.

    Raises ArchiveError where the disk is full or gone; nothing of the new file stays then.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb", buffering=0) as file:
            write_all(file, data)
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise cannot_write(path, error) from error
