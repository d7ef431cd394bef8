"""Extraction in other processes, so that the crawl does not wait and a bad page costs one process."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

import msgspec

from archive.errors import SaqtaError
from archive.record import from_json, to_json
from archive.settings import Extract
from archive.text.model import PageText, TextTask


class ExtractionError(SaqtaError):
    """A page from which no text could be taken; the sentence says why."""


class _Child:
    """One extraction process, started when it is first needed and again after it died."""

    def __init__(self, settings: Extract) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def extract(self, task: TextTask) -> PageText:
        process = self._started()
        clock = threading.Timer(self._settings.timeout, process.kill)
        clock.start()
        try:
            line = _ask(process, to_json(task) + b"\n")
        except OSError:
            line = b""
        finally:
            clock.cancel()
        if not line.endswith(b"\n"):
            self.close()
            raise ExtractionError(f"the text of {task.url} could not be taken out: the process ended on it.")
        try:
            return from_json(line, PageText)
        except msgspec.DecodeError as error:
            self.close()
            raise ExtractionError(f"the text of {task.url} could not be taken out ({error}).") from error

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "archive.text.child", str(self._settings.memory_mb)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is for the command alone
            )
        return self._process

    def kill(self) -> None:
        """End the process from another thread than the one that talks to it."""
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # what a dead process did not read is lost
                    pipe.close()
        self._process.wait()
        self._process = None


def _ask(process: subprocess.Popen[bytes], question: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        return b""
    process.stdin.write(question)
    process.stdin.flush()
    return process.stdout.readline()


class ExtractionPool:
    """Takes texts out of pages in `settings.workers` processes; a page that kills one is tried twice."""

    def __init__(self, settings: Extract) -> None:
        self._settings = settings
        self._local = threading.local()
        self._children: list[_Child] = []
        self._closing = False
        self._threads = ThreadPoolExecutor(settings.workers, thread_name_prefix="extract")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, task: TextTask) -> Future[PageText]:
        """Take the text of one page out; the future raises ExtractionError where that cannot be done."""
        return self._threads.submit(self._extract, task)

    def close(self) -> None:
        """End the processes; what is still waiting is taken out at the next start."""
        self._closing = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.kill()  # the thread that waits for its answer finds the end, and the pipes are its own
        self._threads.shutdown(wait=True)
        for child in self._children:
            child.close()

    def _extract(self, task: TextTask) -> PageText:
        child = getattr(self._local, "child", None)
        if child is None:
            child = self._local.child = _Child(self._settings)
            self._children.append(child)
        try:
            return child.extract(task)
        except ExtractionError:
            if self._closing:
                raise
            return child.extract(task)
