"""What is due, what was tried and what is kept: the answers that a run and a person get."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from archive.catalogue.catalogue import Catalogue
from archive.catalogue.queue import JobQueue
from archive.catalogue.status import NOT_TRIED, Status
from archive.catalogue.visits import Attempt, Visits
from archive.folder import Folder
from archive.ids import SourceKey
from archive.job import CitedBy, robots_key
from archive.report import Citation
from archive.words import Means, Outcome, Role
from crawler.cli.status import as_contract
from tests.evidence import (
    MOMENT,
    URL,
    a_capture,
    a_capture_id,
    a_job,
    a_key,
    a_report,
    an_answer,
    an_exchange,
    changed,
    enter,
)
from tests.test_catalogue import READER, a_text, cite

OTHER = "https://b.example/x"


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


@pytest.fixture
def visits(catalogue) -> Visits:
    """Ask the catalogue as a run does."""
    return Visits(catalogue)


def keep(folder: Folder, catalogue: Catalogue, url: str, number: int, outcome: Outcome, **changes) -> None:
    """Enter a capture of `url` that came to `outcome`."""
    job = a_job(url, number, **changes)
    enter(folder, catalogue, a_capture(folder, number=number, job=job, outcome=outcome))


# Visits


def due(visits: Visits, *reports: str) -> list[str]:
    return [found.key for found in visits.due(reports)]


def test_what_is_cited_is_due_in_its_order(catalogue, visits):
    """Every cited source that has nothing kept, as the report cites it, once."""
    catalogue.add_report(a_report("one.html", OTHER, URL, OTHER), MOMENT, READER)
    assert due(visits) == [a_key(OTHER), a_key(URL)]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_is_kept_is_not_due(folder, catalogue, visits, outcome):
    """A captured source and one that a person must look at are not fetched again; all others are."""
    catalogue.add_report(a_report(), MOMENT, READER)
    keep(folder, catalogue, URL, 0, outcome)
    kept = outcome in (Outcome.CAPTURED, Outcome.NEEDS_REVIEW)
    assert due(visits) == ([] if kept else [a_key(URL)])


def test_what_is_in_the_queue_is_not_due(catalogue, visits):
    """A source with a job in this run is not asked for twice, even when the job is done."""
    catalogue.add_report(a_report("r.html", URL, OTHER), MOMENT, READER)
    queue = JobQueue(catalogue, 1)
    queue.add([a_job()])
    assert due(visits) == [a_key(OTHER)]
    queue.finish("job0")
    assert due(visits) == [a_key(OTHER)]


def test_only_what_the_named_reports_cite_is_due(catalogue, visits):
    """A run over one report leaves the sources of the others."""
    one, two = a_report("one.html", URL), a_report("two.html", OTHER)
    catalogue.add_report(one, MOMENT, READER)
    catalogue.add_report(two, MOMENT + timedelta(hours=1), READER)
    assert due(visits, two.sha256) == [a_key(OTHER)]
    assert due(visits, one.sha256, two.sha256) == due(visits) == [a_key(URL), a_key(OTHER)]
    assert due(visits, "00" * 32) == []


def test_the_oldest_report_is_first_in_whatever_order_it_was_entered(catalogue, visits):
    """The order of fetching is the order of receiving, also after a rebuild."""
    catalogue.add_report(a_report("new.html", URL), MOMENT + timedelta(days=1), READER)
    catalogue.add_report(a_report("old.html", OTHER), MOMENT, READER)
    assert due(visits) == [a_key(OTHER), a_key(URL)]


def test_a_source_with_its_readings(catalogue, visits):
    """The first citation gives the address; all other addresses and candidates follow, each once."""
    key = SourceKey("example.org/a")

    def citation(url: str, *candidates: str) -> Citation:
        return Citation(printed=f"<{url}>", url=url, key=key, candidates=candidates)

    late = cite(a_report("late.html"), citation("https://example.org/a", "https://example.org/c"))
    early = cite(
        a_report("early.html"),
        citation("http://example.org/a", "https://example.org/c", "https://example.org/d"),
    )
    catalogue.add_report(late, MOMENT + timedelta(days=1), READER)
    catalogue.add_report(early, MOMENT, READER)
    found = visits.source(key)
    assert found.url == "http://example.org/a"
    others = ("https://example.org/a", "https://example.org/c", "https://example.org/d")
    assert set(found.candidates) == set(others) == set(visits.candidates(key))
    assert len(found.candidates) == 3
    assert found.cited == (
        CitedBy(report_sha256=early.sha256, label="1", printed="<http://example.org/a>"),
        CitedBy(report_sha256=late.sha256, label="1", printed="<https://example.org/a>"),
    )


def test_a_source_that_nobody_cites(visits):
    """It has no candidates, and asking for it is an error."""
    assert visits.candidates("nowhere") == ()
    with pytest.raises(KeyError):
        visits.source("nowhere")


def test_the_attempts_of_a_visit(folder, catalogue, visits):
    """In their order, with what the next step is decided by."""
    keep(folder, catalogue, URL, 2, Outcome.CAPTURED, visit="v-1", attempt=2)
    keep(folder, catalogue, OTHER, 1, Outcome.TIMED_OUT, visit="v-1", attempt=1)
    keep(folder, catalogue, URL, 3, Outcome.GONE, visit="v-2")
    first, second = visits.attempts("v-1")
    assert first == Attempt(
        capture=a_capture_id(1),
        url=OTHER,
        means=Means.WIRE,
        outcome=Outcome.TIMED_OUT,
        rule="document",
        ended_at=MOMENT + timedelta(seconds=2),
        retry_after=None,
    )
    assert (second.capture, second.outcome) == (a_capture_id(2), Outcome.CAPTURED)
    assert visits.attempts("v-3") == []


def test_a_job_whose_capture_is_entered_is_finished(folder, catalogue, visits):
    """A command that died between catalogue and queue finds it; what is done or open is not listed."""
    queue = JobQueue(catalogue, 1)
    queue.add(a_job(number=number) for number in range(3))
    for number in (0, 1):
        keep(folder, catalogue, URL, number, Outcome.CAPTURED)
    queue.finish("job1")
    assert visits.finished_jobs() == ["job0"]


def ask_robots(folder: Folder, catalogue: Catalogue, number: int, outcome: Outcome, origin: str) -> None:
    """Enter an answer of robots.txt."""
    exchange = an_exchange(an_answer(b"User-agent: *\n"), role=Role.ROBOTS)
    job = a_job(f"{origin}/robots.txt", number, source_key=robots_key(origin))
    enter(folder, catalogue, a_capture(folder, exchange, number=number, job=job, outcome=outcome))


def test_the_newest_robots_txt_of_every_origin(folder, catalogue, visits):
    """One row an origin, the newest that says anything, and none that is too old."""
    one, two = "https://example.org", "http://b.example:8080"
    ask_robots(folder, catalogue, 1, Outcome.CAPTURED, one)
    ask_robots(folder, catalogue, 2, Outcome.GONE, one)
    ask_robots(folder, catalogue, 3, Outcome.TIMED_OUT, one)
    ask_robots(folder, catalogue, 4, Outcome.CAPTURED, two)
    rows = {origin: visits.robots(origin, MOMENT) for origin in (one, two)}
    assert {origin: row.capture for origin, row in rows.items()} == {
        one: a_capture_id(2),
        two: a_capture_id(4),
    }
    assert rows[two].url == f"{two}/robots.txt"
    assert (rows[one].outcome, rows[one].status) == (Outcome.GONE, 200)
    assert rows[two].offset
    assert rows[two].warc.endswith(f"{a_capture_id(4)}.warc.gz")
    later = MOMENT + timedelta(seconds=3)
    assert visits.robots(one, later) is None
    assert visits.robots(two, later) == rows[two]


# Status


@pytest.fixture
def status(folder, catalogue) -> Status:
    """Make an archive of two reports: one source captured, one gone, one not tried."""
    catalogue.add_report(a_report("one.html", URL, OTHER), MOMENT, READER)
    catalogue.add_report(
        a_report("two.html", URL, "https://c.example/y"), MOMENT + timedelta(hours=1), READER
    )
    keep(folder, catalogue, URL, 1, Outcome.TIMED_OUT)
    keep(folder, catalogue, URL, 2, Outcome.CAPTURED)
    keep(folder, catalogue, OTHER, 3, Outcome.GONE)
    ask_robots(folder, catalogue, 4, Outcome.CAPTURED, "https://example.org")
    return Status(catalogue.connection)


CAPTURE_KEYS = [
    "id",
    "source_key",
    "url",
    "final_url",
    "method",
    "outcome",
    "rule",
    "reason",
    "status",
    "logged_in",
    "tls_verdict",
    "proxy",
    "rehearsal",
    "reviewed_by",
    "warc",
    "warc_sha256",
    "started_at",
    "ended_at",
    "text_chars",
    "title",
    "language",
    "published_at",
]
REPORT_KEYS = ["file", "claims", "footnotes", "sources", "captured", "needs_review", "imported"]


def test_the_keys_of_the_contract(catalogue, status):
    """`saqta status --json` has exactly the keys that are promised (contract, version 1)."""
    answer = as_contract(status)
    assert list(answer) == ["sources", "by_outcome", "reports", "captures"]
    assert [list(row) for row in answer["reports"]] == [REPORT_KEYS] * 2
    assert [list(row) for row in answer["captures"]] == [CAPTURE_KEYS] * 3


def test_every_source_is_counted_once_by_its_best_capture(status):
    """A timed-out attempt before a captured one does not count; an untried source is said."""
    assert status.sources() == 3
    assert status.by_outcome() == {"captured": 1, "gone": 1, NOT_TRIED: 1}


def test_the_sources_of_one_report(status):
    """Counted for the named reports alone."""
    one, two = a_report("one.html"), a_report("two.html")
    assert status.by_outcome([one.sha256]) == {"captured": 1, "gone": 1}
    assert status.by_outcome([two.sha256]) == {"captured": 1, NOT_TRIED: 1}
    assert status.by_outcome([one.sha256, two.sha256]) == status.by_outcome()


@pytest.mark.parametrize("outcome", [word for word in Outcome if word is not Outcome.CAPTURED])
def test_nothing_but_captured_counts_as_archived(folder, catalogue, outcome):
    """No other outcome is counted as captured anywhere."""
    catalogue.add_report(a_report(), MOMENT, READER)
    keep(folder, catalogue, URL, 1, outcome)
    status = Status(catalogue.connection)
    assert status.by_outcome() == {outcome: 1}
    assert status.reports()[0]["captured"] == status.hosts()[0]["captured"] == 0
    assert [row["outcome"] for row in status.todo()] == [outcome]


@pytest.mark.parametrize("order", [(Outcome.CAPTURED, Outcome.GONE), (Outcome.GONE, Outcome.CAPTURED)])
def test_a_later_failure_does_not_hide_what_is_kept(folder, catalogue, order):
    """The best capture decides, not the last."""
    catalogue.add_report(a_report(), MOMENT, READER)
    for number, outcome in enumerate(order):
        keep(folder, catalogue, URL, number, outcome)
    assert Status(catalogue.connection).by_outcome() == {"captured": 1}


def test_every_report_with_its_numbers(status):
    """Claims, footnotes and sources of each, and how many of them are kept."""
    assert status.reports() == [
        dict(zip(REPORT_KEYS, ["one.html", 2, 2, 2, 1, 0, 0], strict=True)),
        dict(zip(REPORT_KEYS, ["two.html", 2, 2, 2, 1, 0, 0], strict=True)),
    ]


def test_every_capture_of_a_page(catalogue, status):
    """Oldest first, successful or not; robots.txt is no source; booleans are booleans."""
    catalogue.add_text(a_text("Words.", 2, title="From the text", published_at="2021-12-14"))
    rows = list(status.captures())
    assert [(row["id"], row["outcome"]) for row in rows] == [
        (a_capture_id(1), "timed_out"),
        (a_capture_id(2), "captured"),
        (a_capture_id(3), "gone"),
    ]
    assert [row["title"] for row in rows] == ["A page", "From the text", "A page"]
    assert [row["text_chars"] for row in rows] == [None, 6, None]
    assert (rows[1]["language"], rows[1]["published_at"]) == ("ru", "2021-12-14")
    assert rows[0]["logged_in"] is rows[0]["rehearsal"] is False
    assert {row["method"] for row in rows} == {"wire"}


def test_only_a_person_reviews(catalogue, status):
    """The extraction's doubt is no review by a person."""
    catalogue.add_doubt(a_capture_id(2), "Nothing is there.")
    assert [row["reviewed_by"] for row in status.captures()] == [None] * 3
    catalogue.connection.execute(
        "insert into reviews (capture, outcome, reviewed_by, reason, at) values (?, 'gone', 'A. O.', '', ?)",
        (a_capture_id(2), "2026-11-23T00:00:00.000000Z"),
    )
    assert [row["reviewed_by"] for row in status.captures()] == [None, "A. O.", None]


def test_what_is_left_to_do(status):
    """Every citation without a captured source, with the reason and in the order of the reports."""
    rows = [(row["file"], row["label"], row["url"], row["outcome"], row["reason"]) for row in status.todo()]
    assert rows == [
        ("one.html", "2", OTHER, "gone", "It is there."),
        ("two.html", "2", "https://c.example/y", NOT_TRIED, None),
    ]


def test_hosts_with_their_sources(status):
    """Every host, with how much of it is kept."""
    assert status.hosts() == [
        {"host": host, "sources": 1, "captured": captured, "needs_review": 0}
        for host, captured in (("b.example", 0), ("c.example", 0), ("example.org", 1))
    ]


def test_page_loads_are_told_apart(folder, catalogue, status):
    """First attempts, retries and robots.txt are counted by what was sent, of one run or of all."""
    keep(folder, catalogue, URL, 9, Outcome.CAPTURED, visit="other-1")
    keep(folder, catalogue, URL, 10, Outcome.CAPTURED, visit="other-1", attempt=2)
    assert status.page_loads("other") == {"first": 1, "retry": 1}
    assert status.page_loads() == {"first": 4, "retry": 1, "robots": 1}
    assert status.page_loads("never") == {}


def test_an_empty_archive_has_nothing(catalogue):
    """Nothing cited, nothing captured, no error."""
    status = Status(catalogue.connection)
    assert as_contract(status) == {"sources": 0, "by_outcome": {}, "reports": [], "captures": []}
    assert (status.hosts(), status.todo(), status.page_loads()) == ([], [], {})


def test_a_report_without_notes_is_listed(catalogue):
    """A report that cites nothing is shown as such."""
    catalogue.add_report(changed(a_report(), claims=(), footnotes=()), MOMENT, READER)
    assert Status(catalogue.connection).reports()[0]["sources"] == 0
