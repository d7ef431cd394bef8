"""What is compared: each crawls the same pages of the same web with one crawl process."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.web import Web

PLAIN = "plain Scrapy, keeps nothing"
CONCURRENCY = 64
"""Requests in the air for those that have more than one; the web has fifty hosts."""
WEBARCHIVE_PYTHON = "SAQTA_BENCH_WEBARCHIVE"
"""Environment variable: the Python of a virtual environment that has scrapy-webarchive."""

Command = Callable[[Web, int, int, Path], list[str]]
"""Makes the command from the web, the size in kB, the number of pages and an empty folder."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One row of the table; ``pages`` by size in kB; ``missing`` says why it cannot run here.

    ``entered`` gives the moment at which the last capture was entered, ``kept`` the bytes on the disk.
    """

    name: str
    pages: dict[int, int]
    command: Command
    missing: str | None = None
    entered: Callable[[Path], float | None] = lambda _folder: None
    kept: Callable[[Path], int] = lambda _folder: 0


def _list(urls: Sequence[str], folder: Path) -> str:
    path = folder / "urls.txt"
    path.write_text("\n".join(urls) + "\n")
    return str(path)


def _scrapy(web: Web, size: int, pages: int, folder: Path) -> list[str]:
    urls = _list(web.by_address(size, pages), folder)
    return [sys.executable, "-m", "benchmarks.plain_scrapy", urls, str(CONCURRENCY)]


def _saqta(module: str, settings: str = "") -> Command:
    def command(web: Web, size: int, pages: int, folder: Path) -> list[str]:
        archive = folder / "archive"
        archive.mkdir()
        # One crawl process, and one start of it: in real use a polite chunk of 250 pages takes minutes.
        (archive / "saqta.toml").write_text(f"[fetch]\nworkers = 1\nchunk = {pages}\n{settings}")
        urls = _list(web.by_name(size, pages), folder)
        options = ["--archive", str(archive), "--resolve", web.resolve, "--delay", "0"]
        return [sys.executable, "-m", module, "archive", *options, urls]

    return command


def _entered(folder: Path) -> float | None:
    """Give the moment at which the last capture stood in the ledger, as ``time.time`` has it."""
    last = None
    for line in (folder / "archive/ledger/ledger.jsonl").read_text().splitlines():
        event = json.loads(line)
        if event["type"] == "capture_sealed":
            last = datetime.fromisoformat(event["at"]).timestamp()
    return last


def _wget(web: Web, size: int, pages: int, folder: Path) -> list[str]:
    # Sorted by host, so that it can use a connection again: it asks for one page at a time.
    urls = _list(sorted(web.by_address(size, pages), key=lambda url: url.rsplit("/", 2)[0]), folder)
    quiet = ["--quiet", "--no-config", "--delete-after", "--no-directories", f"--directory-prefix={folder}"]
    warc = [f"--warc-file={folder}/wget", f"--warc-tempdir={folder}"]
    return ["wget", *quiet, *warc, f"--input-file={urls}"]


def _webarchive(web: Web, size: int, pages: int, folder: Path) -> list[str]:
    urls = _list(web.by_address(size, pages), folder)
    script = str(Path(__file__).with_name("webarchive_peer.py"))
    return [os.environ[WEBARCHIVE_PYTHON], "-P", script, urls, str(CONCURRENCY), str(folder)]


def _bytes_of(pattern: str) -> Callable[[Path], int]:
    return lambda folder: sum(path.stat().st_size for path in folder.rglob(pattern))


def variants(*, quick: bool) -> list[Variant]:
    """List the rows in order; the first is what the others are compared with."""
    many = {20: 60, 200: 60} if quick else {20: 1_000, 200: 400}
    few = {20: 60, 200: 60} if quick else {20: 500, 200: 150}
    texts = {20: 60} if quick else {20: 200}  # with large pages a row of them would take the whole time
    no_wget = None if shutil.which("wget") else "wget is not installed"
    no_peer = (
        None if os.environ.get(WEBARCHIVE_PYTHON) else f"{WEBARCHIVE_PYTHON} names no Python that has it"
    )
    keeping = {"entered": _entered, "kept": _bytes_of("*.warc.gz")}
    deferred = "benchmarks.without_texts"
    return [
        Variant(name=PLAIN, pages=many, command=_scrapy),
        Variant(name="saqta archive", pages=many, command=_saqta(deferred), **keeping),
        Variant(
            name="saqta archive, compression = 2",
            pages=many,
            command=_saqta(deferred, "[store]\ncompression = 2\n"),
            **keeping,
        ),
        Variant(name="saqta archive, with texts", pages=texts, command=_saqta("crawler.cli"), **keeping),
        Variant(
            name="wget --warc-file", pages=few, command=_wget, missing=no_wget, kept=_bytes_of("*.warc.gz")
        ),
        Variant(
            name="scrapy-webarchive",
            pages=few,
            command=_webarchive,
            missing=no_peer,
            kept=_bytes_of("*.wacz"),
        ),
    ]
