"""What happens at the start of every command that writes: what a crash left is brought in order.

Files that were whole are sealed and entered, files that were torn are set aside. Nothing is deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container
from pathlib import Path

from archive.catalogue.catalogue import Catalogue
from archive.errors import ArchiveError
from archive.folder import OPEN, SEALED, TORN, Folder, sync_file, sync_folder
from archive.ledger import Event, Ledger, LedgerLine, read_ledger
from archive.record import Record
from archive.warc.members import DamagedFileError, Inventory, inventory, walk
from archive.words import EventType


class Recovered(Record, frozen=True, kw_only=True):
    """What was found at the start; ``problems`` are sentences for the user."""

    adopted: int = 0
    set_aside: int = 0
    problems: tuple[str, ...] = ()


def sealed_event(found: Inventory, path: str) -> Event:
    """Make the ledger's event for a sealed capture (contract, version 1)."""
    return Event(
        type=EventType.CAPTURE_SEALED,
        fields={
            "id": found.closing.capture,
            "path": path,
            "size": found.size,
            "sha256": found.sha256,
            "records_root": found.records_root,
        },
    )


def recover(folder: Folder, ledger: Ledger, catalogue: Catalogue) -> Recovered:
    """Seal or set aside every ``.open`` file, then enter every sealed capture that is not entered.

    A capture that is damaged is reported and left where it lies; it stops nothing.
    """
    problems = set_open_files_aside(folder, ledger)
    set_aside = len(problems)
    missing = {
        path.name.removesuffix(SEALED): path
        for path in folder.files(SEALED)
        if not catalogue.has_capture(path.name.removesuffix(SEALED))
    }
    known = enter_events(folder, catalogue, missing)
    adopted = 0
    for capture, path in missing.items():
        try:
            adopt(folder, ledger, catalogue, path, known.get(capture))
        except DamagedFileError as error:
            problems.append(f"{error} It was left as it is; restore it from a copy.")
        else:
            adopted += 1
    if ledger.torn:
        problems.append(f"The ledger ended in half a line; the piece lies in {ledger.torn.name}.")
    return Recovered(adopted=adopted, set_aside=set_aside, problems=tuple(problems))


def set_open_files_aside(folder: Folder, ledger: Ledger) -> list[str]:
    """Seal every ``.open`` file that is whole, set the others aside; gives a sentence for each of these."""
    return [set_aside(folder, ledger, path) for path in folder.files(OPEN) if not _seal(path)]


def adopt(
    folder: Folder, ledger: Ledger, catalogue: Catalogue, path: Path, line: LedgerLine | None = None
) -> Inventory:
    """Enter one sealed file: the ledger first (fsynced), then the catalogue.

    Raises DamagedFileError for a file that does not read back, or that is not what the ledger says.
    """
    found, name = inventory(path), folder.relative(path)
    if line is None:
        line = ledger.append([sealed_event(found, name)])[0]
        catalogue.add_events([line])
    elif line.fields.get("sha256") != found.sha256:
        raise DamagedFileError(f"{path}: it is not the file that line {line.n + 1} of the ledger names.")
    catalogue.add_capture(name, found, line.n)
    return found


def enter_events(folder: Folder, catalogue: Catalogue, captures: Container[str]) -> dict[str, LedgerLine]:
    """Enter ledger lines that the catalogue lacks, and give those that seal one of `captures`."""
    last = catalogue.last_event()
    wanted: dict[str, LedgerLine] = {}
    number = -1
    with catalogue.batch():
        for line in read_ledger(folder.ledger):
            number = line.n
            if line.n > last:
                catalogue.add_events([line])
            elif line.n == last and not catalogue.has_event(line):
                raise _other_ledger(folder, line.n)
            if line.type == EventType.CAPTURE_SEALED and line.fields["id"] in captures:
                wanted[line.fields["id"]] = line
    if number < last:
        raise _other_ledger(folder, number + 1)
    return wanted


def _other_ledger(folder: Folder, number: int) -> ArchiveError:
    return ArchiveError(
        f"{folder.ledger} is not the ledger that the catalogue knows: from line {number + 1} on it is "
        "missing or different. Restore it from a copy; 'saqta rebuild' would hide what is gone."
    )


def _seal(path: Path) -> bool:
    """Finish a file that lacks nothing but its name: the command ended between two steps."""
    final = path.with_name(path.name.removesuffix(OPEN) + SEALED)
    if final.exists():
        return False  # what is sealed is never written over
    try:
        inventory(path)
    except DamagedFileError:
        return False
    sync_file(path)
    path.rename(final)
    sync_folder(final.parent)
    return True


def set_aside(folder: Folder, ledger: Ledger, path: Path) -> str:
    """Give a file that cannot be entered the ending ``.torn``, note that in the ledger, and say so."""
    capture = path.name.removesuffix(OPEN).removesuffix(SEALED)
    torn = path.with_name(capture + TORN)
    if torn.exists():
        raise ArchiveError(f"{torn} exists already beside {path.name}; move one of the two away.")
    path.rename(torn)
    sync_folder(torn.parent)
    whole = sum(1 for _ in walk(torn))
    fields = {
        "id": capture,
        "path": folder.relative(torn),
        "size": torn.stat().st_size,
        "sha256": _sha256(torn),
        "whole_records": whole,
    }
    ledger.append([Event(type=EventType.CAPTURE_SALVAGED, fields=fields)])
    return (
        f"A capture was interrupted; its {whole} whole records are set aside in "
        f"{folder.relative(torn)} and its source is fetched again."
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
