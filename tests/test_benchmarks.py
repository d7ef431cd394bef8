"""The benchmarks run to their end on a few pages and have their rows; no figure of theirs is tested."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.pages import MARK, Writer
from benchmarks.variants import variants

SECONDS = 120


def run(module: str, *options: str) -> str:
    """Run one benchmark in its quick mode and give what it prints."""
    command = [sys.executable, "-m", f"benchmarks.{module}", "--quick", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_throughput_has_every_row() -> None:
    """The table has a line for everything that is compared, whether it could be measured here or not."""
    lines = run("throughput", "--size", "20").splitlines()
    for variant in variants(quick=True):
        (line,) = [line for line in lines if line.startswith(f"| {variant.name} |")]
        assert (variant.missing or " (") in line


def test_throughput_as_json() -> None:
    """Every run stands in the JSON with its rate, its CPU time and its memory."""
    runs = json.loads(run("throughput", "--size", "20", "--only", "archive", "--json"))
    assert {"plain Scrapy, keeps nothing", "saqta archive"} <= {run["row"] for run in runs}
    for each in runs:
        assert each["kB"] == 20
        assert each["rate"] > 0
        assert sum(each["cpu_ms"].values()) > 0
        assert max(each["peak"].values()) > 1_000_000


def test_queue_and_memory_have_their_rows() -> None:
    """Both name the command, the worker and what they are compared with."""
    queue = json.loads(run("queue", "--json"))
    assert {"command_peak", "worker_peak", "scrapy_peak"} <= queue.keys()
    memory = run("memory")
    assert [line.split(" | ")[0] for line in memory.splitlines()[2:]] == ["| command", "| worker"]


def test_steps_have_their_rows() -> None:
    """Worker and command have a line for each step of keeping a page."""
    lines = run("steps").splitlines()[2:]
    assert {line.split(":")[0].split(",")[0] for line in lines} == {"| worker", "| command"}
    assert all(line.count("|") == 6 for line in lines)


def test_pages_are_the_same_in_every_run() -> None:
    """The same seed writes the same page, of the size that was asked for, with its mark twice."""
    page = Writer().page(20_000)
    assert page == Writer().page(20_000)
    assert 20_000 <= len(page) < 21_000
    assert page.count(MARK) == 2
