"""`saqta archive` from a report to a searchable archive, as a user runs it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.folder import Folder
from archive.warc.members import inventory
from archive.words import Outcome
from crawler.rehearsal import Hit, RehearsalWeb, boilerplate, unique_word
from crawler.rehearsal.sample import SAMPLE_CLAIMS, SAMPLE_NOTES, sample_report
from tests.commands import get, on_the_web, run_saqta, serving
from tests.dumps import dump


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One finished `saqta archive` and what the web saw of it."""

    folder: Folder
    done: subprocess.CompletedProcess[str]
    hits: list[Hit]

    def status(self) -> dict:
        """Give what `saqta status --json` says."""
        return json.loads(run_saqta("status", "--json", "--archive", self.folder.root).stdout)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """Archive the sample report once for all tests of this module."""
    place = tmp_path_factory.mktemp("sample")
    folder = Folder(place / "archive")
    with RehearsalWeb(place / "web") as web:
        done = run_saqta(
            "archive", sample_report(), "--archive", folder.root, "--delay", "0.1", *on_the_web(web)
        )
        yield Ran(folder=folder, done=done, hits=web.requests())


def test_the_exit_code_says_that_some_sources_were_not_captured(sample: Ran) -> None:
    """Partial work is no success (exit code 3), and the summary lists the failures by outcome."""
    assert sample.done.returncode == 3, sample.done.stderr
    assert re.search(r"^captured\s+\d+$", sample.done.stdout, re.MULTILINE)
    assert re.search(r"^login_wall\s+\d+$", sample.done.stdout, re.MULTILINE)
    assert str(sample.folder.root) in sample.done.stdout


def test_every_source_of_the_sample_comes_to_what_is_known_of_it(sample: Ran) -> None:
    """Each footnote's source has the outcome that a careful reader of the rehearsal web expects."""
    status = sample.status()
    best = {row["url"]: row["outcome"] for row in status["captures"]}
    for note in SAMPLE_NOTES:
        if note.url is not None and note.outcome is not None:
            assert best[note.url] == note.outcome, note
    assert status["reports"][0]["claims"] == SAMPLE_CLAIMS
    assert sum(status["by_outcome"].values()) == status["sources"]


def test_page_loads_add_up_to_what_the_server_saw(sample: Ran) -> None:
    """First loads, retries, candidates, redirects and robots.txt are counted apart and none is hidden."""
    said = {
        what: int(number)
        for number, what in re.findall(r"(\d+) (first|retry|candidate|redirect|robots)", sample.done.stdout)
    }
    assert sum(said.values()) == len(sample.hits)
    assert said["robots"] == sum(hit.path == "/robots.txt" for hit in sample.hits)
    assert said["first"] == sample.status()["sources"]


def test_nothing_of_the_user_is_sent(sample: Ran) -> None:
    """No cookie, credential, Referer or tracking parameter reaches a site."""
    for hit in sample.hits:
        names = {name.lower() for name, _ in hit.headers}
        assert not names & {"cookie", "referer", "authorization", "from"}, hit
        assert "fbclid" not in hit.path
        agent = {name.lower(): value for name, value in hit.headers}["user-agent"]
        assert agent == "Mozilla/5.0 (compatible; saqta/0.1.0)"


def test_robots_txt_is_asked_for_once_and_its_answer_recorded(sample: Ran) -> None:
    """Every origin is asked for robots.txt before its first page; the page is fetched whatever it says."""
    asked = Counter((hit.scheme, hit.host) for hit in sample.hits if hit.path == "/robots.txt")
    assert set(asked.values()) == {1}
    forbidden = [
        found.closing.robots
        for path in sample.folder.files(".warc.gz")
        if (found := inventory(path)).closing.job.host == "www.facebook.com" and found.closing.robots
    ]
    assert forbidden
    assert all(answer.allowed is False and answer.capture for answer in forbidden)


def test_every_file_passes_the_checkers_of_others(sample: Ran) -> None:
    """`warcio check` and `fastwarc check` accept every capture."""
    files = [str(path) for path in sample.folder.files(".warc.gz")]
    warcio = [str(Path(sys.executable).with_name("warcio")), "check", *files]
    assert subprocess.run(warcio, capture_output=True).returncode == 0
    for path in files:
        fastwarc = [str(Path(sys.executable).with_name("fastwarc")), "check", "-p", path]
        assert subprocess.run(fastwarc, capture_output=True).returncode == 0, path


def test_the_kept_bodies_are_what_the_server_sent(sample: Ran) -> None:
    """The payload of every response record has the hash that the server logged for it."""
    sent = Counter(hit.body_sha256 for hit in sample.hits)
    kept: Counter[str] = Counter()
    for path in sample.folder.files(".warc.gz"):
        for exchange in inventory(path).closing.exchanges:
            if exchange.decoded_sha256:
                kept[exchange.decoded_sha256] += 1
    assert kept == sent


def test_searching_the_text_finds_the_one_page_with_a_word(sample: Ran) -> None:
    """Datasette's own search box finds a word of one page's main text, and no word of the navigation."""
    captured = [row for row in sample.status()["captures"] if row["outcome"] == Outcome.CAPTURED]
    article = next(row for row in captured if urlsplit(row["url"]).hostname == "rus.azattyq.org")
    with serving(sample.folder.root) as address:
        word = quote(unique_word(article["final_url"]))
        found = json.loads(get(f"{address}/catalog/page_text.json?_shape=array&_search={word}"))
        assert [row["capture"] for row in found] == [article["id"]]
        rows = json.loads(get(f"{address}/catalog/captures.json?_shape=array&_search={word}"))
        assert [row["capture"] for row in rows] == [article["id"]]
        for phrase in boilerplate(article["final_url"]):
            quoted = quote(f'"{phrase}"')
            where = f"{address}/catalog/page_text.json?_shape=array&_search_text={quoted}&_searchmode=raw"
            assert json.loads(get(where)) == [], phrase
        for page in ("", "/catalog", "/catalog/footnote_status", "/catalog/missing", "/catalog/claims"):
            assert b"<html" in get(address + page)


def test_status_has_the_keys_of_its_contract(sample: Ran) -> None:
    """`saqta status --json` keeps its promise to machines."""
    status = sample.status()
    assert set(status) == {"sources", "by_outcome", "reports", "captures"}
    assert set(status["reports"][0]) == {
        "file", "claims", "footnotes", "sources", "captured", "needs_review", "imported",
    }  # fmt: skip
    assert set(status["captures"][0]) == {
        "id", "source_key", "url", "final_url", "method", "outcome", "rule", "reason", "status",
        "logged_in", "tls_verdict", "proxy", "rehearsal", "reviewed_by", "warc", "warc_sha256",
        "started_at", "ended_at", "text_chars", "title", "language", "published_at",
    }  # fmt: skip
    assert all(row["rehearsal"] is True for row in status["captures"])


def test_a_rebuild_gives_the_same_catalogue(sample: Ran) -> None:
    """Everything but SQLite's own numbers comes back from reports/, captures/ and ledger/."""
    before = dump(sample.folder.catalogue)
    with serving(sample.folder.root) as address:
        assert run_saqta("rebuild", "--archive", sample.folder.root).returncode == 0
        assert json.loads(get(f"{address}/catalog/captures.json?_shape=array&_size=1"))
    assert dump(sample.folder.catalogue) == before


def test_the_wire_bytes_replay_with_warcio(sample: Ran) -> None:
    """An independent reader gets the pages out of the files, each under its own address."""
    seen = set()
    for path in sample.folder.files(".warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                if record.rec_type == "response":
                    record.content_stream().read()
                    seen.add(record.rec_headers.get_header("WARC-Target-URI"))
    assert {f"{hit.scheme}://{hit.host}{hit.path}" for hit in sample.hits} == seen
