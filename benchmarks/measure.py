"""What a process and its children cost, read from /proc while they run (Linux), and small tables."""

from __future__ import annotations

import contextlib
import os
import statistics
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

_TICK = 1 / os.sysconf("SC_CLK_TCK")
_EVERY = 0.02
"""Seconds between two looks; what a process used in the last of them before its end is not seen."""


def pin_to_last_core() -> None:
    """Keep this process on one core, so that what serves does not compete with what is measured."""
    if hasattr(os, "sched_setaffinity") and len(cores := os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {max(cores)})


@dataclass
class Life:
    """One process as it was seen: CPU seconds by moment (``time.time``), and its highest memory in bytes."""

    name: str = ""
    cpu: list[tuple[float, float]] = field(default_factory=list)
    peak: int = 0

    def cpu_since(self, moment: float) -> float:
        """Give the CPU seconds after a moment."""
        before = [used for at, used in self.cpu if at <= moment]
        return self.cpu[-1][1] - (before[-1] if before else 0.0) if self.cpu else 0.0


class Watch:
    """Looks at a process and all below it until it ends."""

    def __init__(self, process: Popen[bytes]) -> None:
        self._process = process
        self._lives: dict[int, Life] = {}
        self._thread = threading.Thread(target=self._look_on)
        self._thread.start()

    def wait(self, timeout: float) -> list[Life]:
        """Wait for the end and give every process that was there; kills them after `timeout` seconds."""
        try:
            self._process.wait(timeout)
        finally:
            self._process.kill()
            self._process.wait()
            self._thread.join()
        return list(self._lives.values())

    def _look_on(self) -> None:
        while self._process.poll() is None:
            for pid in _tree(self._process.pid):
                with contextlib.suppress(OSError, IndexError, ValueError):  # it has just ended
                    self._look_at(pid)
            time.sleep(_EVERY)

    def _look_at(self, pid: int) -> None:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text()
        life, name = self._lives.setdefault(pid, Life()), _name(pid)
        if name and name != life.name:  # until it starts its own program, a child is a copy of its parent
            life.name, life.peak = name, 0
        life.cpu.append((time.time(), (int(words[11]) + int(words[12])) * _TICK))
        if "VmHWM:" in status:
            life.peak = max(life.peak, int(status.partition("VmHWM:")[2].split()[0]) * 1024)


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found.extend(int(child) for child in path.read_text().split())
    return found


def _name(pid: int) -> str:
    """Name a process by the module it runs: ``crawler.worker`` of ``python -m crawler.worker …``."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    return words[words.index("-m") + 1] if "-m" in words else Path(words[0]).name


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The median of some runs, and their ends."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Summarise at least one value."""
        found = sorted(values)
        return cls(median=statistics.median(found), low=found[0], high=found[-1])

    def text(self, digits: int = 0) -> str:
        """Write median and ends."""
        return f"{self.median:.{digits}f} ({self.low:.{digits}f}–{self.high:.{digits}f})"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def megabytes(size: float) -> str:
    """Write bytes as MB."""
    return f"{size / 1e6:.0f} MB"


def own_peak() -> int:
    """Give the highest memory of this process so far, in bytes."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
