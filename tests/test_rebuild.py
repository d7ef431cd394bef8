"""`saqta rebuild` after a run that had everything go wrong that can."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from archive.folder import Folder
from crawler.rehearsal import Raw, RehearsalWeb, Reset, Send, html_answer
from crawler.rehearsal.sample import sample_report
from tests.commands import get, on_the_web, run_saqta, serving, start_saqta
from tests.dumps import dump


def test_a_rebuild_after_failures_retries_and_a_kill_gives_the_same_catalogue(tmp_path: Path) -> None:
    """Failures, two attempts at one source, one kill -9 and a Datasette that has the file open."""
    folder = Folder(tmp_path / "archive")
    folder.root.mkdir()
    folder.settings.write_text("[fetch]\ndelay = 0.2\nretries = 1\nretry_wait = 0.1\n", encoding="utf-8")
    listed = tmp_path / "urls.txt"
    pages = [f"https://paper.example/{page}" for page in range(12)]
    listed.write_text(
        "\n".join(["https://down.example/1", "https://torn.example/1", *pages]), encoding="utf-8"
    )
    torn = Raw(steps=(Send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>half"), Reset()))
    with RehearsalWeb(tmp_path / "web") as web:
        web.route("down.example", "/1", html_answer("<p>Broken</p>", status=500))
        web.route("torn.example", "/1", torn)
        command = ("archive", listed, sample_report(), "--archive", folder.root, *on_the_web(web))
        process = start_saqta(*command)
        web.ended(12, timeout=60)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)
        done = run_saqta(*command)
        assert done.returncode == 3, done.stderr
    before = dump(folder.catalogue)
    attempts = [row for row in before["captures"] if "'retry'" in row]
    assert len(attempts) >= 2
    assert len(before["reports"]) == 2
    with serving(folder.root) as address:
        count = f"{address}/catalog/captures.json?_shape=array&_size=max"
        rows = len(json.loads(get(count)))
        assert run_saqta("rebuild", "--archive", folder.root).returncode == 0
        assert len(json.loads(get(count))) == rows == len(before["captures"])
    after = dump(folder.catalogue)
    assert after.keys() == before.keys()
    for table, rows_before in before.items():
        assert after[table] == rows_before, table
    assert not list(folder.run.glob("rebuild*"))


def test_a_lost_catalogue_comes_back(tmp_path: Path) -> None:
    """The catalogue can be deleted: everything in it stands in reports/, captures/ and ledger/."""
    folder = Folder(tmp_path / "archive")
    with RehearsalWeb(tmp_path / "web") as web:
        run_saqta("archive", "https://paper.example/1", "--archive", folder.root, *on_the_web(web))
    before = dump(folder.catalogue)
    for path in folder.root.glob("catalog.db*"):
        path.unlink()
    assert run_saqta("status", "--archive", folder.root).returncode == 1
    assert run_saqta("rebuild", "--archive", folder.root).returncode == 0
    assert dump(folder.catalogue) == before


def test_a_missing_capture_is_reported_and_stops_nothing(tmp_path: Path) -> None:
    """A file that the ledger names and that is gone is no success, and the rest is entered."""
    folder = Folder(tmp_path / "archive")
    urls = ("https://paper.example/1", "https://paper.example/2")
    with RehearsalWeb(tmp_path / "web") as web:
        run_saqta("archive", *urls, "--archive", folder.root, "--delay", "0", *on_the_web(web))
    gone, *rest = folder.files(".warc.gz")
    gone.unlink()
    done = run_saqta("rebuild", "--archive", folder.root)
    assert done.returncode == 1
    assert gone.name in done.stderr
    assert len(dump(folder.catalogue)["captures"]) == len(rest) == 2
