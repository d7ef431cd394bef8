"""After a crash everything is either whole and entered, or set aside and said; nothing is deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.catalogue.catalogue import Catalogue
from archive.errors import ArchiveError
from archive.folder import OPEN, SEALED, TORN, Folder
from archive.ledger import Event, Ledger, LedgerLine, read_ledger
from archive.recovery import Recovered, adopt, recover, sealed_event
from archive.warc.members import DamagedFileError, inventory
from archive.words import EventType
from tests.evidence import (
    MOMENT,
    a_capture,
    a_capture_id,
    a_clock,
    an_open_capture,
    enter,
)


@dataclass
class Start:
    """An archive as a command finds it when it starts."""

    folder: Folder
    catalogue: Catalogue

    def recover(self) -> Recovered:
        """Bring the archive in order, as every command does that writes."""
        return recover(self.folder, Ledger(self.folder.ledger, a_clock()), self.catalogue)

    def lines(self) -> list[LedgerLine]:
        """Read the ledger."""
        return list(read_ledger(self.folder.ledger))

    def entered(self) -> list[tuple[str, int]]:
        """Give the captures of the catalogue with the number of their ledger line."""
        return self.catalogue.connection.execute(
            "select capture, ledger_line from captures order by capture"
        ).fetchall()

    def events(self) -> list[int]:
        """Give the numbers of the ledger lines that the catalogue has."""
        return [n for (n,) in self.catalogue.connection.execute("select n from events order by n")]


@pytest.fixture
def start(tmp_path) -> Iterator[Start]:
    """Make an empty archive."""
    folder = Folder(tmp_path)
    folder.create()
    with Catalogue(folder.catalogue) as catalogue:
        yield Start(folder, catalogue)


def files(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "captures").rglob("*") if path.is_file()}


def test_an_archive_in_order_is_left_alone(start):
    """Where nothing is missing nothing is written, however often a command starts."""
    enter(start.folder, start.catalogue, a_capture(start.folder), a_capture(start.folder, number=1))
    before = files(start.folder.root), start.lines(), start.entered()
    for _ in range(2):
        assert start.recover() == Recovered()
    assert (files(start.folder.root), start.lines(), start.entered()) == before


def test_a_torn_file_is_set_aside_with_all_its_bytes(start):
    """A capture cut off within a record keeps every byte, under a name that no reader takes for a capture."""
    path = an_open_capture(start.folder, whole=False)
    data = path.read_bytes()
    found = start.recover()
    assert files(start.folder.root) == {f"{a_capture_id()}{TORN}": data}
    assert (found.adopted, found.set_aside) == (0, 1)
    assert "its 3 whole records are set aside in captures/2026/11/22/" in found.problems[0]
    (line,) = start.lines()
    assert line.type == EventType.CAPTURE_SALVAGED
    assert line.fields == {
        "id": a_capture_id(),
        "path": f"captures/2026/11/22/{a_capture_id()}{TORN}",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "whole_records": 3,
    }
    assert start.entered() == []
    assert start.events() == [0]


def test_an_empty_file_is_set_aside(start):
    """A crash right after the file was made leaves a name; it is set aside too."""
    path = an_open_capture(start.folder, whole=False)
    path.write_bytes(b"")
    assert "its 0 whole records" in start.recover().problems[0]
    assert start.lines()[0].fields["whole_records"] == 0


def test_whole_records_without_a_closing_one_are_set_aside(start):
    """A capture that had not ended is not sealed, even if no record of it is torn."""
    path = an_open_capture(start.folder, whole=True)
    last = max(offset for offset, _ in inventory(path).offsets.values())
    path.write_bytes(path.read_bytes()[:last])
    assert start.recover().set_aside == 1
    assert start.lines()[0].fields["whole_records"] == 3


def test_a_torn_file_is_said_once(start):
    """The next start finds nothing to do, and the bytes stay."""
    an_open_capture(start.folder, whole=False)
    start.recover()
    before = files(start.folder.root)
    assert start.recover() == Recovered()
    assert files(start.folder.root) == before
    assert len(start.lines()) == 1


def test_a_whole_open_file_is_sealed_and_entered(start):
    """A file that lacks nothing but its name gets it: nothing is fetched again."""
    data = an_open_capture(start.folder, whole=True).read_bytes()
    found = start.recover()
    assert found == Recovered(adopted=1)
    assert files(start.folder.root) == {f"{a_capture_id()}{SEALED}": data}
    (line,) = start.lines()
    sealed = start.folder.warc(a_capture_id())
    assert line.fields == {
        "id": a_capture_id(),
        "path": start.folder.relative(sealed),
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "records_root": inventory(sealed).records_root,
    }
    assert start.entered() == [(a_capture_id(), 0)]


def test_a_sealed_file_without_a_ledger_line_is_adopted(start):
    """The worker sealed it and the command died: ledger and catalogue learn of it, in the order of time."""
    for number in (2, 0, 1):
        a_capture(start.folder, number=number)
    assert start.recover() == Recovered(adopted=3)
    assert start.entered() == [(a_capture_id(number), number) for number in range(3)]
    assert [line.type for line in start.lines()] == [EventType.CAPTURE_SEALED] * 3
    assert start.recover() == Recovered()


def test_a_ledger_line_without_a_catalogue_row_is_entered(start):
    """The command died between ledger and catalogue: the row names the line that is there."""
    a_capture(start.folder, number=9)
    sealed = a_capture(start.folder)
    found = inventory(sealed.path)
    Ledger(start.folder.ledger, a_clock()).append([sealed_event(found, start.folder.relative(sealed.path))])
    assert start.recover() == Recovered(adopted=2)
    assert start.entered() == [(a_capture_id(), 0), (a_capture_id(9), 1)]
    assert start.events() == [0, 1]


def test_a_torn_ledger_line_is_set_aside_and_said(start):
    """The capture behind half a ledger line gets a whole one, and the piece is kept."""
    enter(start.folder, start.catalogue, a_capture(start.folder))
    a_capture(start.folder, number=1)
    with start.folder.ledger.open("ab") as file:
        file.write(b'{"at":"2026')
    found = start.recover()
    (torn,) = start.folder.ledger.parent.glob("ledger.torn-*")
    assert torn.read_bytes() == b'{"at":"2026'
    assert found.problems == (f"The ledger ended in half a line; the piece lies in {torn.name}.",)
    assert torn.name == f"ledger.torn-{MOMENT:%Y%m%dT%H%M%S%fZ}"
    assert [line.fields["id"] for line in start.lines()] == [a_capture_id(), a_capture_id(1)]


def test_a_damaged_file_is_reported_and_left(start):
    """A sealed file that does not read is neither entered nor moved, and stops nothing else."""
    damaged, sound = a_capture(start.folder).path, a_capture(start.folder, number=1).path
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 0xFF
    damaged.write_bytes(data)
    found = start.recover()
    assert damaged.read_bytes() == data
    assert found.adopted == 1
    (problem,) = found.problems
    assert problem.startswith(str(damaged))
    assert problem.endswith("It was left as it is; restore it from a copy.")
    assert start.entered() == [(inventory(sound).closing.capture, 0)]


def test_a_file_that_was_exchanged_is_reported_and_left(start):
    """A whole file that is not the one that the ledger sealed is no evidence of it."""
    first = a_capture(start.folder)
    line = sealed_event(inventory(first.path), start.folder.relative(first.path))
    Ledger(start.folder.ledger, a_clock()).append([line])
    first.path.unlink()
    a_capture(start.folder, title="Another title")
    (problem,) = start.recover().problems
    assert "it is not the file that line 1 of the ledger names" in problem
    assert start.entered() == []
    assert len(start.lines()) == 1


def test_a_sealed_file_is_never_written_over(start):
    """An open file beside a sealed one of the same name is set aside, not sealed over it."""
    opened = an_open_capture(start.folder, whole=True)
    data = opened.read_bytes()
    opened.rename(opened.with_name("kept"))
    sealed = a_capture(start.folder, title="The sealed one")
    opened.with_name("kept").rename(opened)
    before = sealed.path.read_bytes()
    found = start.recover()
    assert sealed.path.read_bytes() == before
    assert sealed.path.with_name(f"{a_capture_id()}{TORN}").read_bytes() == data
    assert (found.adopted, found.set_aside) == (1, 1)


def test_what_was_set_aside_is_never_written_over(start):
    """A second torn file of one name stops the command instead of replacing the first."""
    path = an_open_capture(start.folder, whole=False)
    path.with_name(f"{a_capture_id()}{TORN}").write_bytes(b"the first")
    with pytest.raises(ArchiveError, match="move one of the two away"):
        start.recover()
    assert path.exists()
    assert path.with_name(f"{a_capture_id()}{TORN}").read_bytes() == b"the first"


def test_events_that_the_catalogue_lacks_are_entered(start):
    """The catalogue of a command that died early learns of every ledger line."""
    enter(start.folder, start.catalogue, a_capture(start.folder))
    ledger = Ledger(start.folder.ledger, a_clock())
    ledger.append([sealed_event(inventory(a_capture(start.folder, number=1).path), "captures/x")])
    start.recover()
    assert start.events() == [0, 1]
    assert start.catalogue.last_event() == 1


def test_adopting_says_what_was_found(start):
    """`adopt` gives what it entered, and refuses what does not read back."""
    sealed = a_capture(start.folder)
    (found,) = enter(start.folder, start.catalogue, sealed)
    assert found.sha256 == sealed.sha256
    torn = a_capture(start.folder, number=1).path
    torn.write_bytes(torn.read_bytes()[:-1])
    with pytest.raises(DamagedFileError):
        adopt(start.folder, Ledger(start.folder.ledger), start.catalogue, torn)
    assert len(start.lines()) == 1
    assert not any(name.endswith(OPEN) for name in files(start.folder.root))


def test_a_ledger_that_lost_lines_is_noticed(start):
    """Lines that the catalogue knows and the ledger has not: the history was cut, and nothing goes on."""
    folder, catalogue = start.folder, start.catalogue
    catalogue.add_events(
        Ledger(folder.ledger).append([Event(type=EventType.RUN_STARTED), Event(type=EventType.RUN_ENDED)])
    )
    lines = folder.ledger.read_bytes().splitlines(keepends=True)
    folder.ledger.write_bytes(lines[0])
    with pytest.raises(ArchiveError, match="from line 2 on"):
        recover(folder, Ledger(folder.ledger), catalogue)
    folder.ledger.unlink()
    with pytest.raises(ArchiveError, match="from line 1 on"):
        recover(folder, Ledger(folder.ledger), catalogue)


def test_a_ledger_of_another_history_is_noticed(start):
    """A whole chain that is not the one the catalogue knows is no continuation."""
    folder, catalogue = start.folder, start.catalogue
    catalogue.add_events(Ledger(folder.ledger).append([Event(type=EventType.RUN_STARTED)]))
    folder.ledger.unlink()
    Ledger(folder.ledger).append([Event(type=EventType.RUN_STARTED, fields={"run": "another"})])
    with pytest.raises(ArchiveError, match="Restore it"):
        recover(folder, Ledger(folder.ledger), catalogue)
