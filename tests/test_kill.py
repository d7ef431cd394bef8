"""kill -9 at random moments: what was acknowledged is there, and nothing is asked for twice in vain."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from archive.folder import Folder
from archive.ledger import read_ledger
from archive.warc.members import inventory
from archive.words import EventType
from crawler.rehearsal import Hit, RehearsalWeb
from tests.commands import on_the_web, run_saqta, started
from tests.dumps import dump

KILLS = 20
HOSTS = 12
PAGES = 32
DELAY = 0.25


@pytest.fixture
def urls(tmp_path: Path) -> Path:
    """Write a list of pages on a dozen hosts, far more than are fetched between two kills."""
    path = tmp_path / "urls.txt"
    lines = [
        f"https://news{host}.example/story/{page}.html" for page in range(PAGES) for host in range(HOSTS)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _kill_after(process: subprocess.Popen[str], web: RehearsalWeb, pages: int) -> None:
    """Kill the command once the server has answered so many more requests; its workers go with it."""
    web.ended(len(web.requests()) + pages, timeout=60)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)


def test_kill_9_loses_at_most_what_is_in_hand(tmp_path: Path, urls: Path) -> None:
    """After 20 kills only URLs in flight at a kill were asked for again, and every sealed file is entered."""
    folder = Folder(tmp_path / "archive")
    chance = random.Random(20211231)
    in_flight: Counter[str] = Counter()
    with RehearsalWeb(tmp_path / "web") as web:
        command = ("archive", urls, "--archive", folder.root, "--delay", DELAY, *on_the_web(web))
        seen = 0
        for _ in range(KILLS):
            with started(*command) as process:
                _kill_after(process, web, chance.randint(1, 14))
            _until_workers_are_gone(folder)
            hits = web.quiet()
            in_flight.update(_not_sealed(folder, hits[seen:]))
            seen = len(hits)
        done = run_saqta(*command)
        asked = Counter(f"{hit.scheme}://{hit.host}{hit.path}" for hit in web.quiet())
    assert done.returncode == 0, done.stderr
    assert {url: number for url, number in asked.items() if number > 1 + in_flight[url]} == {}
    assert sum(number for url, number in asked.items() if "robots" not in url) >= HOSTS * PAGES

    sealed = [path.name.removesuffix(".warc.gz") for path in folder.files(".warc.gz")]
    entered = [line.split("'")[1] for line in dump(folder.catalogue)["captures"]]
    assert sorted(sealed) == sorted(entered)
    assert not list(folder.files(".open"))
    for path in folder.files(".warc.gz"):
        inventory(path)
    in_ledger = [
        line.fields["id"] for line in read_ledger(folder.ledger) if line.type == EventType.CAPTURE_SEALED
    ]
    assert sorted(in_ledger) == sorted(sealed)

    before = dump(folder.catalogue)
    assert run_saqta("rebuild", "--archive", folder.root).returncode == 0
    assert dump(folder.catalogue) == before


def _until_workers_are_gone(folder: Folder) -> None:
    """Wait for the archive's lock, which the workers of a killed command hold as long as they live."""
    with (folder.root / "lock").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


def _not_sealed(folder: Folder, hits: Sequence[Hit]) -> set[str]:
    """Give the URLs among these requests that no sealed file holds: they were in flight at the kill."""
    kept: set[str] = set()
    for path in folder.files(".warc.gz"):
        kept.update(exchange.url for exchange in inventory(path).closing.exchanges)
    return {f"{hit.scheme}://{hit.host}{hit.path}" for hit in hits} - kept
