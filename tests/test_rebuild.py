"""The catalogue can be made anew from what is kept, and says the same again."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

import pytest

from archive.catalogue import rebuild as module
from archive.catalogue.catalogue import Catalogue
from archive.catalogue.queue import JobQueue
from archive.catalogue.reading import open_for_reading
from archive.errors import ArchiveError
from archive.folder import Folder
from archive.ledger import Ledger, read_ledger
from archive.record import from_json
from archive.reports import Reading, keep_report, readings
from archive.words import EventType, Outcome
from tests.dumps import dump
from tests.evidence import MOMENT, URL, a_capture, a_clock, a_job, a_report, changed, enter
from tests.test_catalogue import a_text

READER = "0.1.0"


@pytest.fixture
def folder(tmp_path) -> Folder:
    """Make an archive with two reports and three captures, one of them failed."""
    folder = Folder(tmp_path)
    folder.create()
    with Catalogue(folder.catalogue) as catalogue:
        for report in (a_report("one.html", URL, "https://b.example/x"), a_report("two.html")):
            give(folder, catalogue, report)
        jobs = [a_job(number=0), a_job(number=1, visit="run-0", attempt=2), a_job("https://b.example/x", 2)]
        outcomes = [Outcome.TIMED_OUT, Outcome.CAPTURED, Outcome.NEEDS_REVIEW]
        for number, (job, outcome) in enumerate(zip(jobs, outcomes, strict=True)):
            enter(folder, catalogue, a_capture(folder, number=number, job=job, outcome=outcome))
        take_texts(catalogue)
    return folder


def give(
    folder: Folder, catalogue: Catalogue, report, data: bytes = b"<html>", version: str = READER
) -> None:
    """Give a report to the archive."""
    ledger = Ledger(folder.ledger, a_clock())
    keep_report(folder, ledger, catalogue, data, report, version, a_clock())


def take_texts(catalogue: Catalogue) -> None:
    for _, capture, *_ in catalogue.missing_texts("trafilatura", "2.3", 0, 99):
        catalogue.add_text(changed(a_text("Words."), capture=capture))


def rebuild(folder: Folder) -> list[str]:
    return module.rebuild(folder, Ledger(folder.ledger, a_clock()), take_texts)


# Rebuilding


def test_the_rebuilt_catalogue_equals_the_one_of_the_run(folder):
    """Every row of every table comes back from reports/, captures/ and ledger/ alone."""
    before = dump(folder.catalogue)
    assert rebuild(folder) == []
    assert dump(folder.catalogue) == before
    assert len(before["captures"]) == len(before["exchanges"]) == 3
    assert len(before["page_text"]) == 2


def test_a_catalogue_that_is_gone_comes_back(folder):
    """Nothing of the old file is needed."""
    before = dump(folder.catalogue)
    for file in folder.root.glob("catalog.db*"):
        file.unlink()
    assert rebuild(folder) == []
    assert dump(folder.catalogue) == before


@pytest.mark.parametrize("damage", [b"", b"no database " * 9_000, b"SQLite format 3\x00" + bytes(40_000)])
def test_a_damaged_catalogue_is_replaced(folder, damage):
    """A file that is no database any more is written over, under the same inode."""
    before, inode = dump(folder.catalogue), folder.catalogue.stat().st_ino
    folder.catalogue.write_bytes(damage)
    assert rebuild(folder) == []
    assert dump(folder.catalogue) == before
    assert folder.catalogue.stat().st_ino == inode


def test_a_reader_goes_on_with_the_new_contents(folder):
    """A Datasette that has the file open sees the rebuilt one, without opening it again."""
    with open_for_reading(folder.catalogue) as reader:
        with closing(sqlite3.connect(folder.catalogue)) as writer, writer:
            writer.execute("update captures set reason = 'a lie'")
        assert reader.execute("select distinct reason from captures").fetchall() == [("a lie",)]
        rebuild(folder)
        assert reader.execute("select distinct reason from captures").fetchall() == [("It is there.",)]


def test_the_queue_is_left_empty(folder):
    """What was in hand is not rebuilt."""
    with Catalogue(folder.catalogue) as catalogue:
        JobQueue(catalogue, 1).add([a_job()])
    rebuild(folder)
    with Catalogue(folder.catalogue) as catalogue:
        assert JobQueue(catalogue, 1).running() is None


def test_nothing_is_left_beside(folder):
    """The new file is copied in and removed, and so is what an earlier rebuild left."""
    (folder.run / "rebuild.db").write_bytes(b"from a crash")
    rebuild(folder)
    assert list(folder.run.iterdir()) == []


def test_a_capture_that_is_gone_is_named(folder):
    """A ledger line whose file is missing is a problem, and the others are entered."""
    gone = next(folder.captures.rglob("*.warc.gz"))
    gone.unlink()
    (problem,) = rebuild(folder)
    assert problem == f"{gone} is named in the ledger and is not there; restore it from a copy."
    assert len(dump(folder.catalogue)["captures"]) == 2


def test_a_damaged_capture_is_named(folder):
    """A file that does not read is a problem, and is left as it is."""
    path = next(folder.captures.rglob("*.warc.gz"))
    path.write_bytes(path.read_bytes()[:-1])
    (problem,) = rebuild(folder)
    assert problem.startswith(str(path))
    assert len(dump(folder.catalogue)["captures"]) == 2


def test_a_damaged_reading_is_named(folder):
    """What was read of a report and does not read back is a problem; the other report is there."""
    path = readings(folder)[0]
    path.write_bytes(b"{")
    (problem,) = rebuild(folder)
    assert problem.startswith(f"{path} cannot be read")
    assert len(dump(folder.catalogue)["reports"]) == 1


def test_a_sealed_capture_without_a_line_is_entered(folder):
    """A file that the ledger does not know yet gets its line."""
    a_capture(folder, number=7)
    assert rebuild(folder) == []
    assert len(dump(folder.catalogue)["captures"]) == 4
    assert list(read_ledger(folder.ledger))[-1].type == EventType.CAPTURE_SEALED


def test_a_broken_ledger_stops_the_rebuild(folder):
    """A catalogue is not made from a chain that was changed, and the old one stays."""
    before = dump(folder.catalogue)
    ledger = Ledger(folder.ledger)
    folder.ledger.write_bytes(folder.ledger.read_bytes().replace(b'"one.html"', b'"eno.html"'))
    with pytest.raises(ArchiveError, match="chain of hashes is broken"):
        module.rebuild(folder, ledger, take_texts)
    assert dump(folder.catalogue) == before


def test_a_catalogue_that_cannot_be_written_is_named(folder):
    """A folder in the place of the catalogue is told in a sentence."""
    for file in folder.root.glob("catalog.db*"):
        file.unlink()
    folder.catalogue.mkdir()
    with pytest.raises(ArchiveError, match=r"catalog\.db cannot be written"):
        rebuild(folder)


# Keeping reports


@pytest.fixture
def empty(tmp_path) -> Folder:
    """Make an empty archive."""
    folder = Folder(tmp_path / "empty")
    folder.create()
    return folder


def names(folder: Folder) -> list[str]:
    return sorted(path.suffix for path in folder.reports.iterdir())


def reports_read(folder: Folder) -> list[str]:
    return [line.fields["reader_version"] for line in read_ledger(folder.ledger)]


def test_a_report_is_kept_as_it_was_given(empty):
    """The file byte for byte under its hash, and beside it what was read of it and when."""
    data = b"<html>\x00\xff"
    report = a_report(sha256=hashlib.sha256(data).hexdigest())
    with Catalogue(empty.catalogue) as catalogue:
        give(empty, catalogue, report, data)
    summed = hashlib.sha256((empty.reports / f"{report.sha256}.html").read_bytes()).hexdigest()
    assert summed == report.sha256
    (path,) = readings(empty)
    found = from_json(path.read_bytes(), Reading)
    assert found == Reading(received_at=MOMENT, reader_version=READER, report=report)
    (line,) = read_ledger(empty.ledger)
    assert line.fields == {
        "sha256": report.sha256,
        "file": "report.html",
        "format": "html",
        "reader_version": READER,
        "claims": 1,
        "footnotes": 1,
    }


@pytest.mark.parametrize(
    ("file", "suffix"),
    [
        ("r.PDF", ".pdf"),
        ("r", ".txt"),
        ("r.json", ".txt"),
        ("-", ".txt"),
        ("r.tar.gz", ".gz"),
        ("r.../x", ".txt"),
        ("r.p/f", ".txt"),
        ("r.a b", ".txt"),
    ],
)
def test_the_ending_of_a_kept_report(empty, file, suffix):
    """The file's own ending, where it is one; never that of a reading."""
    with Catalogue(empty.catalogue) as catalogue:
        give(empty, catalogue, changed(a_report(), file=file))
    assert names(empty) == sorted([suffix, ".json"])


def test_the_same_report_again_is_stored_once(empty):
    """Neither a second file nor a second event, also after the catalogue was lost."""
    for _ in range(2):
        with Catalogue(empty.catalogue) as catalogue:
            give(empty, catalogue, a_report())
            give(empty, catalogue, a_report())
        empty.catalogue.unlink()
    assert names(empty) == [".html", ".json"]
    assert reports_read(empty) == [READER]


def test_the_same_report_under_another_name_is_stored_once(empty):
    """The bytes are kept once, whatever the file is called; the new name is read and said."""
    with Catalogue(empty.catalogue) as catalogue:
        give(empty, catalogue, a_report())
        give(empty, catalogue, changed(a_report(), file="other.htm"))
    assert names(empty) == [".html", ".json"]
    assert [line.fields["file"] for line in read_ledger(empty.ledger)] == ["report.html", "other.htm"]


def test_a_newer_reader_replaces_what_was_read(empty):
    """The file and the day on which it was given stay; what was read is replaced and said."""
    with Catalogue(empty.catalogue) as catalogue:
        give(empty, catalogue, a_report())
        keep_report(
            empty,
            Ledger(empty.ledger),
            catalogue,
            b"<html>",
            changed(a_report(), title="Read better"),
            "0.2.0",
        )
        assert catalogue.connection.execute("select title, received_at from reports").fetchall() == [
            ("Read better", "2026-11-22T10:15:30.123456Z")
        ]
    (path,) = readings(empty)
    found = from_json(path.read_bytes(), Reading)
    assert (found.report.title, found.received_at, found.reader_version) == ("Read better", MOMENT, "0.2.0")
    assert reports_read(empty) == [READER, "0.2.0"]


def test_a_crash_before_the_ledger_line_loses_no_event(empty, monkeypatch):
    """A report that was given when the ledger could not be written is an event when it is given again."""

    def full(*_: object) -> None:
        raise ArchiveError("full")

    with Catalogue(empty.catalogue) as catalogue:
        with monkeypatch.context() as broken:
            broken.setattr(Ledger, "append", full)
            with pytest.raises(ArchiveError, match="full"):
                give(empty, catalogue, a_report())
        give(empty, catalogue, a_report())
    assert reports_read(empty) == [READER]
    assert names(empty) == [".html", ".json"]


def test_a_damaged_reading_is_read_anew(empty):
    """What was read before and is damaged does not stand in the way of reading it again."""
    with Catalogue(empty.catalogue) as catalogue:
        give(empty, catalogue, a_report())
        (path,) = readings(empty)
        path.write_bytes(b"{")
        give(empty, catalogue, a_report())
    assert from_json(path.read_bytes(), Reading).report == a_report()
