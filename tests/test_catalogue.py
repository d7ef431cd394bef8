"""The catalogue says the words of the code, describes itself, and is the same in any order of entering."""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.catalogue import schema
from archive.catalogue.catalogue import EXTRACTION, Catalogue
from archive.catalogue.descriptions import DESCRIPTIONS
from archive.catalogue.queue import JobQueue
from archive.catalogue.reading import open_for_reading, writable
from archive.closing import Authority
from archive.errors import ArchiveError
from archive.folder import Folder
from archive.ids import CaptureId, SourceKey
from archive.ledger import Event, Ledger
from archive.report import Citation, Report
from archive.text.model import PageText
from archive.warc.members import Inventory, inventory
from archive.words import AttemptKind, EventType, Failure, Outcome, Truncation
from tests.dumps import dump
from tests.evidence import (
    MOMENT,
    URL,
    a_capture,
    a_capture_file,
    a_capture_id,
    a_clock,
    a_closing,
    a_job,
    a_report,
    an_answer,
    an_exchange,
    changed,
    enter,
)

READER = "0.1.0"
IN_CHECK = re.compile(r"check \((\w+) in \(('[^)]*)\)\)")


@pytest.fixture
def folder(tmp_path) -> Folder:
    """Make an empty archive."""
    folder = Folder(tmp_path)
    folder.create()
    return folder


@pytest.fixture
def catalogue(folder) -> Iterator[Catalogue]:
    """Make an empty catalogue."""
    with Catalogue(folder.catalogue) as catalogue:
        yield catalogue


def ask(catalogue: Catalogue, sql: str, *values: object) -> list[tuple]:
    return catalogue.connection.execute(sql, values).fetchall()


def a_text(text: str = "Слово было сказано.", number: int = 0, **changes) -> PageText:
    fields = {
        "capture": a_capture_id(number),
        "extractor": "trafilatura",
        "extractor_version": "2.3",
        "settings_sha256": "cd" * 32,
        "title": "A title",
        "author": None,
        "published_at": None,
        "language": "ru",
        "text": text,
        "text_sha256": "ef" * 32,
    }
    return PageText(**fields | changes)


def fill(folder: Folder, catalogue: Catalogue) -> None:
    """Put a row into every table."""
    catalogue.add_report(a_report(), MOMENT, READER)
    cut = an_exchange(truncated=Truncation.TIME, failure=Failure.TIMEOUT)
    enter(folder, catalogue, a_capture(folder, cut))
    catalogue.add_text(a_text())
    catalogue.add_text(a_text("Anew.", extractor_version="2.4"))
    catalogue.add_doubt(a_capture_id(), "Nothing is there.")
    JobQueue(catalogue, 2).add([a_job()])


# The words


def checks(catalogue: Catalogue) -> dict[tuple[str, str], set[str]]:
    """Read the words of every CHECK off the database itself."""
    found = {}
    for table, sql in ask(catalogue, "select name, sql from sqlite_master where type = 'table'"):
        for column, words in IN_CHECK.findall(sql):
            found[table, column] = set(re.findall(r"'([^']*)'", words))
    return found


def enumerations() -> dict[tuple[str, str], set[str]]:
    """Give the words that the code uses, for every column that has an enumeration."""
    found = {}
    for table, (_, columns) in DESCRIPTIONS.items():
        for column in columns:
            try:
                found[table, column] = {str(word) for word in schema.checked_words(table, column)}
            except KeyError:
                continue
    return found


def test_the_database_knows_the_words_of_the_code(catalogue):
    """Every CHECK has the words of its enumeration, and every enumeration has its CHECK."""
    assert checks(catalogue) == enumerations()
    assert len(checks(catalogue)) > 10


def test_every_word_and_no_other_can_be_entered(folder, catalogue):
    """In a real row, each word of the enumeration is accepted, and each other word is refused."""
    fill(folder, catalogue)
    catalogue.connection.execute("pragma foreign_keys = off")
    for (table, column), words in enumerations().items():
        for word in words:
            assert catalogue.connection.execute(f"update {table} set {column} = ?", (word,)).rowcount > 0
        for lie in ("", "success", words.copy().pop().upper(), words.copy().pop() + " "):
            with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
                catalogue.connection.execute(f"update {table} set {column} = ?", (lie,))


def test_a_check_that_was_loosened_would_be_seen(tmp_path):
    """The comparison reads the database: a table with a word more is found."""
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("create table reviews (outcome text check (outcome in ('captured', 'fine')))")

    class Other:
        def __init__(self) -> None:
            self.connection = connection

    assert checks(Other()) == {("reviews", "outcome"): {"captured", "fine"}}
    connection.close()


# The description


def test_every_table_and_column_is_described(catalogue):
    """What stands in the database stands in the descriptions, and nothing more, in the same order."""
    tables = {
        name: [column for _, column, *_ in ask(catalogue, f"pragma table_info({name})")]
        for (name,) in ask(catalogue, "select name from sqlite_master where type = 'table'")
        if not name.startswith(("page_text_fts", "sqlite_"))
    }
    assert tables == {name: list(columns) for name, (_, columns) in DESCRIPTIONS.items()}
    for text, columns in DESCRIPTIONS.values():
        assert text.endswith(".")
        assert all(columns.values())


def test_every_table_is_strict(catalogue):
    """No table takes a value of another type than its column's."""
    strict = {row[1]: row[5] for row in ask(catalogue, "pragma table_list") if row[2] == "table"}
    assert {name for name in DESCRIPTIONS if not strict[name]} == set()


def test_no_text_in_a_number(folder, catalogue):
    """A status that is no number is refused by the database itself."""
    fill(folder, catalogue)
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
        catalogue.connection.execute("update captures set status = 'fine'")


def test_lists_are_json(folder, catalogue):
    """A column that holds a list takes nothing but JSON."""
    fill(folder, catalogue)
    with pytest.raises(sqlite3.IntegrityError, match="json_valid"):
        catalogue.connection.execute("update citations set candidates = 'a, b'")


# Opening


def test_a_catalogue_is_made_once(folder, catalogue):
    """Opening it again finds what is there."""
    fill(folder, catalogue)
    with Catalogue(folder.catalogue) as again:
        assert ask(again, "select count(*) from captures") == [(1,)]
        assert ask(again, "pragma journal_mode") == [("wal",)]
        assert ask(again, "pragma synchronous") == [(2,)]
        assert ask(again, "pragma page_size") == [(16_384,)]


@pytest.mark.parametrize("step", ["VIEWS", "VERSION"])
def test_a_catalogue_that_was_half_made_is_made_whole(folder, monkeypatch, step):
    """Where the making was broken off at any step, the next start makes it from the beginning."""
    with monkeypatch.context() as broken:
        broken.setattr(schema, step, "no such statement;")
        with pytest.raises(ArchiveError, match="cannot be opened"):
            Catalogue(folder.catalogue)
    with Catalogue(folder.catalogue) as whole:
        fill(folder, whole)
        assert ask(whole, "select count(*) from page_text_fts where page_text_fts match 'anew'") == [(1,)]


def test_a_file_that_is_no_database_is_named(folder):
    """A damaged catalogue is an error that says how to make it anew."""
    folder.catalogue.write_bytes(b"not a database" * 100)
    for opening in (Catalogue, lambda path: open_for_reading(path).__enter__()):
        with pytest.raises(ArchiveError, match="'saqta rebuild' makes it anew"):
            opening(folder.catalogue)


def test_a_folder_is_no_catalogue(tmp_path):
    """What cannot be opened at all is an error in a sentence."""
    with pytest.raises(ArchiveError, match="cannot be opened"):
        Catalogue(tmp_path)


def test_a_catalogue_of_another_version_is_refused(folder, catalogue):
    """Tables of another version are neither written nor read."""
    catalogue.connection.execute("pragma user_version = 99")
    for opening in (Catalogue, lambda path: open_for_reading(path).__enter__()):
        with pytest.raises(ArchiveError, match="another version of saqta; run 'saqta rebuild'"):
            opening(folder.catalogue)


def test_a_reader_sees_what_is_entered_and_writes_nothing(folder, catalogue):
    """Reading goes on beside the writer, and cannot change anything."""
    with open_for_reading(folder.catalogue) as connection:
        assert connection.execute("select count(*) from reports").fetchone() == (0,)
        catalogue.add_report(a_report(), MOMENT, READER)
        assert connection.execute("select count(*) from reports").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("delete from reports")


def test_a_catalogue_on_a_medium_that_nobody_can_write(folder, monkeypatch):
    """On a read-only medium it is opened as immutable, without a file beside it."""
    with Catalogue(folder.catalogue) as catalogue:
        catalogue.add_report(a_report(), MOMENT, READER)
    assert writable(folder.catalogue)
    monkeypatch.setattr("archive.catalogue.reading.writable", lambda path: False)
    with open_for_reading(folder.catalogue) as connection:
        assert connection.execute("select count(*) from reports").fetchone() == (1,)
    assert list(folder.root.glob("catalog.db-*")) == []


def test_a_catalogue_that_is_not_there_is_named(tmp_path):
    """Nothing is made by reading."""
    with pytest.raises(ArchiveError, match="'saqta rebuild' makes it"), open_for_reading(tmp_path / "x.db"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_error_within_a_batch_leaves_nothing(catalogue):
    """Either everything of a batch stands or nothing."""

    def fail() -> None:
        with catalogue.batch():
            catalogue.add_report(a_report(), MOMENT, READER)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert ask(catalogue, "select count(*) from reports") == [(0,)]


def test_a_catalogue_that_cannot_be_written_is_an_archive_error(catalogue):
    """An error of the database is told in a sentence."""
    catalogue.connection.execute("pragma query_only = on")
    with pytest.raises(ArchiveError, match=r"catalog\.db cannot be written"):
        catalogue.add_report(a_report(), MOMENT, READER)


# Reports


def cite(report: Report, *citations: Citation) -> Report:
    """Let the first note of a report cite these addresses."""
    first, *others = report.footnotes
    return changed(report, footnotes=(changed(first, citations=citations), *others))


def a_citation(url: str, key: str, *candidates: str) -> Citation:
    return Citation(printed=url, url=url, key=SourceKey(key), candidates=candidates)


def test_a_report_as_it_was_read(catalogue):
    """Claims, notes and citations are joined by the labels that are printed."""
    catalogue.add_report(a_report("r.html", URL, "https://b.example/x"), MOMENT, READER)
    assert ask(
        catalogue,
        "select c.position, f.label, z.printed, s.key, s.host from claims c"
        " join claim_footnotes x on x.claim_id = c.id join footnotes f on f.id = x.footnote_id"
        " join citations z on z.footnote_id = f.id join sources s on s.id = z.source_id order by 1",
    ) == [
        (1, "1", URL, "example.org/page", "example.org"),
        (2, "2", "https://b.example/x", "b.example/x", "b.example"),
    ]


def test_a_label_that_two_notes_have_is_the_first_notes(catalogue):
    """A claim cites the first note of its label; a label that no note has is only listed."""
    report = a_report("r.html", URL, "https://b.example/x")
    first, second = report.footnotes
    claims = (changed(report.claims[0], footnotes=("1", "1", "77")),)
    catalogue.add_report(
        changed(report, footnotes=(first, changed(second, label="1")), claims=claims), MOMENT, READER
    )
    assert ask(
        catalogue, "select f.position from claim_footnotes x join footnotes f on f.id = x.footnote_id"
    ) == [(1,)]
    assert ask(catalogue, "select footnotes from claims") == [('["1","1","77"]',)]


def test_reading_a_report_again_keeps_its_captures(folder, catalogue):
    """A newer reader replaces what was read; sources that are still cited keep what was captured."""
    catalogue.add_report(a_report(), MOMENT, "1")
    enter(folder, catalogue, a_capture(folder))
    before = ask(catalogue, "select outcome, capture from source_status")
    catalogue.add_report(changed(a_report(), title="Read better"), MOMENT, "2")
    assert ask(catalogue, "select title, reader_version from reports") == [("Read better", "2")]
    assert (
        ask(catalogue, "select outcome, capture from source_status")
        == before
        == [("captured", a_capture_id())]
    )


def test_a_source_that_nothing_cites_any_more_goes_and_its_capture_stays(folder, catalogue):
    """Evidence is not forgotten with its citation, and is found again when it is cited anew."""
    catalogue.add_report(a_report(), MOMENT, "1")
    enter(folder, catalogue, a_capture(folder))
    catalogue.add_report(a_report("report.html", "https://b.example/x"), MOMENT, "2")
    assert ask(catalogue, "select key from sources") == [("b.example/x",)]
    assert ask(catalogue, "select capture, source_id from captures") == [(a_capture_id(), None)]
    catalogue.add_report(a_report("second.html"), MOMENT, "2")
    assert ("example.org/page", "captured") in ask(catalogue, "select key, outcome from source_status")


def test_a_capture_of_robots_txt_belongs_to_no_source(folder, catalogue):
    """Even where somebody cites that very address, the answer to our own question is no evidence of it."""
    key = "robots:https://example.org"
    enter(folder, catalogue, a_capture(folder, job=a_job(source_key=SourceKey(key))))
    catalogue.add_report(cite(a_report(), a_citation(URL, key)), MOMENT, READER)
    assert ask(catalogue, "select kind, source_id from captures") == [("robots", None)]


ONE = cite(a_report("one.html"), a_citation("https://www.example.org/a", "example.org/a"))
TWO = cite(
    a_report("two.html"),
    a_citation("https://m.example.org/a", "example.org/a", "https://example.org/a?x"),
    a_citation("https://b.example/x", "b.example/x"),
)


def captured(folder: Folder, key: str, number: int, **changes) -> tuple[str, Inventory]:
    job = a_job("https://www.example.org/a", number, source_key=SourceKey(key))
    sealed = a_capture(folder, number=number, job=job, **changes)
    return folder.relative(sealed.path), inventory(sealed.path)


def test_the_order_of_entering_does_not_matter(folder, tmp_path):
    """Two reports that cite one source, and captures of it, give one catalogue in any order."""
    first = captured(folder, "example.org/a", 1, outcome=Outcome.GONE)
    second = captured(folder, "example.org/a", 2)
    steps = {
        "one": lambda catalogue: catalogue.add_report(ONE, MOMENT, READER),
        "two": lambda catalogue: catalogue.add_report(TWO, MOMENT.replace(hour=1), READER),
        "first": lambda catalogue: catalogue.add_capture(*first, 1),
        "second": lambda catalogue: catalogue.add_capture(*second, 2),
    }
    dumps = {}
    for order in itertools.permutations(steps):
        path = tmp_path / f"{'-'.join(order)}.db"
        with Catalogue(path) as catalogue:
            for step in order:
                steps[step](catalogue)
        dumps[order] = dump(path)
    expected = dumps["one", "two", "first", "second"]
    assert "'example.org/a', 'm.example.org', 'https://m.example.org/a'" in str(expected["sources"])
    assert {order for order, found in dumps.items() if found != expected} == set()


def test_entering_twice_changes_nothing(folder, catalogue):
    """Reports, captures, events and texts may be entered again after a crash."""
    (found,) = enter(folder, catalogue, a_capture(folder))
    line = Ledger(folder.ledger).append([Event(type=EventType.RUN_ENDED)])
    steps = [
        lambda: catalogue.add_report(a_report(), MOMENT, READER),
        lambda: catalogue.add_capture("elsewhere.warc.gz", found, 7),
        lambda: catalogue.add_events(line),
        lambda: catalogue.add_text(a_text("")),
        lambda: catalogue.add_doubt(a_capture_id(), "Nothing is there."),
    ]
    for step in steps:
        step()
        before = dump(folder.catalogue)
        step()
        assert dump(folder.catalogue) == before


# Captures


def test_a_capture_as_its_closing_record_says(folder, catalogue):
    """Outcome, times, places and the connection of every exchange are in the row."""
    exchanges = (an_exchange(an_answer(status="301 Moved")), an_exchange())
    (found,) = enter(folder, catalogue, a_capture(folder, *exchanges, retry_after=5.0, proxy="socks5://p:1"))
    row = dict(
        zip(
            DESCRIPTIONS["captures"][1],
            ask(catalogue, "select * from captures")[0],
            strict=True,
        )
    )
    assert (
        row
        | {
            "capture": a_capture_id(),
            "method": "wire",
            "outcome": "captured",
            "rule": "document",
            "host": "example.org",
            "run": "run",
            "attempt_kind": "first",
            "tls_verdict": "valid",
            "proxy": "socks5://p:1",
            "retry_after": 5.0,
            "rehearsal": 0,
            "logged_in": 0,
            "started_at": "2026-11-22T10:15:30.123456Z",
            "ended_at": "2026-11-22T10:15:31.123456Z",
            "warc": f"captures/2026/11/22/{a_capture_id()}.warc.gz",
            "warc_sha256": found.sha256,
            "warc_size": found.size,
            "records_root": found.records_root,
            "ledger_line": 0,
        }
        == row
    )
    assert ask(catalogue, "select position, status, peer, tls_version from exchanges order by 1") == [
        (1, 301, "192.0.2.7 port 443", "TLSv1.3"),
        (2, 200, "192.0.2.7 port 443", "TLSv1.3"),
    ]


def test_the_places_of_records_lead_to_them(folder, catalogue):
    """The offset of a response is the byte at which its gzip member begins."""
    (found,) = enter(folder, catalogue, a_capture(folder))
    ((record, offset, request),) = ask(
        catalogue, "select response_record, response_offset, request_offset from exchanges"
    )
    assert found.offsets[record][0] == offset > request > 0


def test_an_exchange_that_brought_nothing_has_no_place(folder, catalogue):
    """Where no byte came back there is no record to lead to."""
    enter(
        folder, catalogue, a_capture(folder, an_exchange(b"", failure=Failure.TIMEOUT, tls=None, peer=None))
    )
    assert ask(
        catalogue,
        "select response_record, response_offset, peer, tls_version, tls_verdict, failure from exchanges",
    ) == [(None, None, None, None, "none", "timeout")]


@pytest.mark.parametrize(
    ("changes", "rehearsal"),
    [
        ({}, 0),
        ({"resolve": ("*:443:127.0.0.1",)}, 1),
        ({"ca_file": Authority(name="ca.pem", sha256="ab" * 32)}, 1),
    ],
)
def test_a_rehearsal_is_labelled(folder, catalogue, changes, rehearsal):
    """A capture under --resolve or --ca-file is never shown as one of the real web."""
    enter(folder, catalogue, a_capture(folder, **changes))
    assert ask(catalogue, "select rehearsal from captures") == [(rehearsal,)]


def test_what_an_attempt_is_within_its_visit(folder, catalogue):
    """The same address again is a retry, another one a candidate."""
    jobs = [
        a_job(URL, 1, visit="v-1"),
        a_job(URL, 2, visit="v-1", attempt=2),
        a_job("https://example.org/other", 3, visit="v-1", attempt=3),
    ]
    enter(folder, catalogue, *(a_capture(folder, number=n, job=job) for n, job in enumerate(jobs, 1)))
    kinds = [kind for (kind,) in ask(catalogue, "select attempt_kind from captures order by attempt")]
    assert kinds == [AttemptKind.FIRST, AttemptKind.RETRY, AttemptKind.CANDIDATE]


def test_a_capture_without_an_exchange_is_entered(folder, catalogue):
    """What was refused before a byte was sent is an attempt too."""
    file = a_capture_file(folder)
    refused = a_closing(file.capture, a_job(), outcome=Outcome.REFUSED_ROBOTS)
    enter(folder, catalogue, file.seal(refused))
    assert ask(catalogue, "select outcome, tls_verdict, status from captures") == [
        ("refused_robots", "none", None)
    ]


def test_an_address_that_does_not_read_has_no_host(catalogue):
    """A citation with a broken address is entered as it is, under no host."""
    catalogue.add_report(cite(a_report(), a_citation("http://[half", "half")), MOMENT, READER)
    assert ask(catalogue, "select host, url from sources") == [("", "http://[half")]


# Texts


def search(catalogue: Catalogue, words: str) -> list[str]:
    rows = ask(
        catalogue,
        "select t.capture from page_text_fts join page_text t on t.id = page_text_fts.rowid"
        " where page_text_fts match ? order by rank",
        words,
    )
    return [capture for (capture,) in rows]


def test_a_text_can_be_searched(folder, catalogue):
    """Words of text and title are found, and the title counts for more."""
    enter(folder, catalogue, a_capture(folder), a_capture(folder, number=1))
    catalogue.add_text(a_text("Говорит слово."))
    catalogue.add_text(a_text("Другой текст.", 1, title="Слово"))
    assert search(catalogue, "слово") == [a_capture_id(1), a_capture_id(0)]
    assert search(catalogue, "нигде") == []
    assert ask(catalogue, "select chars from page_text order by id") == [(14,), (13,)]


def test_a_newer_text_is_found_and_the_older_is_kept(folder, catalogue):
    """Another extractor, version or way of reading adds a text; the search knows the newest alone."""
    enter(folder, catalogue, a_capture(folder))
    catalogue.add_text(a_text("старое"))
    catalogue.add_text(a_text("новое", extractor_version="2.4"))
    catalogue.add_text(a_text("новейшее", extractor_version="2.4", settings_sha256="00" * 32))
    assert (search(catalogue, "старое"), search(catalogue, "новейшее")) == ([], [a_capture_id()])
    assert ask(catalogue, "select text from older_texts order by id") == [("старое",), ("новое",)]


def test_the_same_text_again_is_no_older_text(folder, catalogue):
    """A text that is taken out again in the same way replaces itself."""
    enter(folder, catalogue, a_capture(folder))
    for _ in range(3):
        catalogue.add_text(a_text())
    assert ask(catalogue, "select count(*) from older_texts") == [(0,)]


def test_a_page_without_a_text_is_doubted_until_it_has_one(folder, catalogue):
    """An empty text of a web page is a review beside the outcome, which never changes."""
    enter(folder, catalogue, a_capture(folder))
    catalogue.add_text(a_text(""))
    assert ask(catalogue, "select outcome, reviewed_by, at from reviews") == [
        ("needs_review", EXTRACTION, None)
    ]
    assert ask(catalogue, "select outcome from captures") == [("captured",)]
    catalogue.add_text(a_text("It is there.", extractor_version="2.4"))
    assert ask(catalogue, "select * from reviews") == []


def test_a_file_that_is_no_page_is_not_doubted(folder, catalogue):
    """A PDF or an image has no main text, and that is no disagreement."""
    picture = an_exchange(an_answer(b"\xff\xd8", "Content-Type: image/jpeg", html=False))
    enter(folder, catalogue, a_capture(folder, picture))
    catalogue.add_text(a_text("", title=None))
    assert ask(catalogue, "select * from reviews") == []


def test_the_captures_that_lack_a_text(folder, catalogue):
    """Kept pages without a text by this extractor are listed in order, some at a time."""
    for number, outcome in enumerate(
        [Outcome.CAPTURED, Outcome.GONE, Outcome.NEEDS_REVIEW, Outcome.CAPTURED]
    ):
        enter(folder, catalogue, a_capture(folder, number=number, outcome=outcome))
    nothing = an_exchange(b"", failure=Failure.TIMEOUT)
    enter(folder, catalogue, a_capture(folder, nothing, number=4))
    catalogue.add_text(a_text(number=3))

    def missing(version: str, after: int, limit: int) -> list[str]:
        rows = catalogue.missing_texts("trafilatura", version, after, limit)
        return [CaptureId(capture) for _, capture, *_ in rows]

    assert missing("2.3", 0, 9) == [a_capture_id(0), a_capture_id(2)]
    assert missing("2.4", 0, 9) == [a_capture_id(0), a_capture_id(2), a_capture_id(3)]
    assert missing("2.4", 0, 1) == [a_capture_id(0)]
    (number, _, warc, offset, url), *_ = catalogue.missing_texts("trafilatura", "2.4", 0, 1)
    assert missing("2.4", number, 9) == [a_capture_id(2), a_capture_id(3)]
    assert offset in {place for place, _ in inventory(Path(folder.inside(warc))).offsets.values()}
    assert url == URL


# Events


def test_the_settings_in_force_are_those_of_the_newest_event(folder, catalogue):
    """Only events that name settings count, and the newest of them."""
    assert (catalogue.settings_in_force(), catalogue.last_event()) == (None, -1)
    ledger = Ledger(folder.ledger, a_clock())
    for type_, sha256 in (
        (EventType.ARCHIVE_CREATED, "one"),
        (EventType.SETTINGS_CHANGED, "two"),
        (EventType.RUN_ENDED, "three"),
    ):
        catalogue.add_events(ledger.append([Event(type=type_, fields={"settings_sha256": sha256})]))
    assert (catalogue.settings_in_force(), catalogue.last_event()) == ("two", 2)
