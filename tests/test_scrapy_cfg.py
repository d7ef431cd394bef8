"""Scrapy's own command line, as someone who knows Scrapy and not saqta would use it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from archive.folder import Folder
from archive.warc.members import inventory
from archive.words import Kind, Outcome
from crawler import scrapy_settings
from crawler.rehearsal import RehearsalWeb

ROOT = Path(__file__).parent.parent
PAGE = "https://rus.azattyq.org/a/31567890.html"


def run_scrapy(*arguments: str, archive: Path) -> subprocess.CompletedProcess[str]:
    """Run scrapy from the root of the project."""
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=ROOT,
        env=os.environ | {"SAQTA_ARCHIVE": str(archive)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_scrapy_lists_the_spiders(tmp_path: Path) -> None:
    """`scrapy list` names every file in spiders/."""
    done = run_scrapy("list", archive=tmp_path)
    assert done.returncode == 0, done.stderr
    names = {path.stem for path in (ROOT / "spiders").glob("*.py")} - {"__init__"}
    assert set(done.stdout.split()) == names


def test_scrapy_crawl_seals_a_capture(tmp_path: Path) -> None:
    """`scrapy crawl web -a url=…` leaves the page and its robots.txt as sealed captures."""
    with RehearsalWeb(tmp_path / "web") as web:
        rules = ",".join(web.resolve)
        done = run_scrapy(
            *("crawl", "web", "-a", f"url={PAGE}"),
            *("-s", f"SAQTA_RESOLVE={rules}", "-s", f"SAQTA_CA_FILE={web.ca_file}"),
            archive=tmp_path / "archive",
        )
        hits = [hit.path for hit in web.requests()]
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = [inventory(path).closing for path in Folder(tmp_path / "archive").files(".warc.gz")]
    assert {closing.kind for closing in found} == {Kind.PAGE, Kind.ROBOTS}
    page = next(closing for closing in found if closing.kind is Kind.PAGE)
    assert page.judgement.outcome is Outcome.CAPTURED, page.judgement
    assert page.job.url == PAGE
    assert page.exchanges[-1].rehearsal
    assert sorted(hits) == ["/a/31567890.html", "/robots.txt"]
    assert not list((tmp_path / "archive").rglob("*.open"))


def test_scrapy_crawl_without_a_page_says_what_is_missing(tmp_path: Path) -> None:
    """No capture is begun, and the sentence shows how it is done."""
    done = run_scrapy("crawl", "web", archive=tmp_path / "archive")
    assert done.returncode != 0
    assert "scrapy crawl web -a url=https://example.org/" in done.stderr
    assert not list(tmp_path.rglob("*.warc.gz*"))


def test_nothing_of_scrapy_decides_in_our_place() -> None:
    """Redirects, retries, robots, cookies, caches and proxies are ours to decide and to record."""
    for name in (
        "COOKIES_ENABLED",
        "REFERER_ENABLED",
        "REDIRECT_ENABLED",
        "METAREFRESH_ENABLED",
        "RETRY_ENABLED",
        "ROBOTSTXT_OBEY",
        "HTTPCACHE_ENABLED",
        "COMPRESSION_ENABLED",
        "HTTPPROXY_ENABLED",
        "HTTPAUTH_ENABLED",
        "TELNETCONSOLE_ENABLED",
        "AUTOTHROTTLE_ENABLED",
    ):
        assert getattr(scrapy_settings, name) is False, name
