"""Running saqta as a user does: in a process of its own, on a rehearsal web."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.rehearsal import RehearsalWeb

SAQTA = (sys.executable, "-m", "crawler.cli")
SECONDS = 120


def run_saqta(*arguments: object, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*SAQTA, *map(str, arguments)], input=given or "", capture_output=True, text=True, timeout=SECONDS
    )


@contextmanager
def started(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Start one command in a process group of its own; it is over when the block is."""
    with subprocess.Popen(
        [*SAQTA, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def on_the_web(web: RehearsalWeb) -> list[str]:
    """Give the options that let a rehearsal web answer for every host."""
    return ["--ca-file", str(web.ca_file), *(word for rule in web.resolve for word in ("--resolve", rule))]


@contextmanager
def serving(archive: Path) -> Iterator[str]:
    """Serve an archive on a free port and give its address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    process = subprocess.Popen(
        [*SAQTA, "serve", "--archive", str(archive), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        said = []
        for line in process.stderr or ():
            said.append(line)
            if "running on" in line:
                break
        else:
            raise AssertionError("".join(said))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def get(url: str) -> bytes:
    """Fetch one address of a server on this machine."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())
