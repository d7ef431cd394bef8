"""Stopping in the middle, and two commands at once."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from archive.folder import Folder
from crawler.rehearsal import RehearsalWeb
from tests.commands import on_the_web, run_saqta, started

URLS = [f"https://paper{host}.example/story/{page}" for page in range(12) for host in range(3)]


def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(tmp_path: Path) -> None:
    """Exit code 130, nothing left open, and the same command asks only for the rest."""
    folder = Folder(tmp_path / "archive")
    listed = tmp_path / "urls.txt"
    listed.write_text("\n".join(URLS), encoding="utf-8")
    with RehearsalWeb(tmp_path / "web") as web:
        command = ("archive", listed, "--archive", folder.root, "--delay", "0.3", *on_the_web(web))
        with started(*command) as process:
            web.ended(9, timeout=60)
            os.kill(process.pid, signal.SIGINT)
            _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said
        assert not list(folder.files(".open")), said
        assert not list(folder.files(".torn")), said
        before = len(web.requests())
        assert 0 < before < len(URLS)
        done = run_saqta(*command)
        assert done.returncode == 0, done.stderr
        pages = [f"{hit.scheme}://{hit.host}{hit.path}" for hit in web.requests()]
    assert sorted(page for page in pages if "robots" not in page) == sorted(URLS)


def test_a_second_command_says_who_holds_the_archive(tmp_path: Path) -> None:
    """Two commands never write to one archive; the second names the first and ends with code 1."""
    folder = Folder(tmp_path / "archive")
    with RehearsalWeb(tmp_path / "web") as web:
        command = ("archive", *URLS, "--archive", folder.root, "--delay", "1", *on_the_web(web))
        with started(*command) as process:
            web.ended(3, timeout=60)
            second = run_saqta("archive", "https://other.example/x", "--archive", folder.root)
            rebuild = run_saqta("rebuild", "--archive", folder.root)
    for refused in (second, rebuild):
        assert refused.returncode == 1
        assert f"held by 'saqta archive' (process {process.pid})" in refused.stderr.replace("\n", " ")


def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    """Kill -9 of the crawl processes: their jobs are queued again, and every page is captured in the end."""
    folder = Folder(tmp_path / "archive")
    with RehearsalWeb(tmp_path / "web") as web:
        command = ("archive", *URLS, "--archive", folder.root, "--delay", "0.2", *on_the_web(web))
        with started(*command) as process:
            web.ended(8, timeout=60)
            killed = _kill_children(process.pid, "crawler.worker")
            _, said = process.communicate(timeout=100)
    assert killed
    assert process.returncode == 1, said
    assert "A worker ended with code -9" in said
    status = run_saqta("status", "--todo", "--csv", "--archive", folder.root)
    assert status.stdout == ""


def _kill_children(parent: int, module: str) -> int:
    killed = 0
    for task in Path(f"/proc/{parent}/task").iterdir():
        for child in (task / "children").read_text().split():
            if module in Path(f"/proc/{child}/cmdline").read_text():
                os.kill(int(child), signal.SIGKILL)
                killed += 1
    return killed
