"""Crawl processes on an executor: one chunk, one process. Here a thread waits for each of them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO

from archive.folder import Folder, write_whole
from archive.record import to_json
from crawler.chunk import Chunk

STOP = b"s"
"""What the command writes to a worker that should start nothing more; the end of the pipe ends it."""


class Workers:
    """Runs chunks in processes that end when the command ends, however it ends.

    `inherit` are descriptors that a worker keeps open: the archive's lock, so that nobody else gets
    the archive while a worker of a killed command is still leaving.
    """

    def __init__(self, folder: Folder, count: int, inherit: Sequence[int] = ()) -> None:
        self._folder = folder
        self._inherit = tuple(inherit)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")
        self._lock = threading.Lock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False
        self._closing = False

    def submit(self, chunk: Chunk) -> Future[int]:
        """Start a worker on a chunk; the future gives its exit code."""
        path = self._folder.run / f"{chunk.name}.json"
        write_whole(path, to_json(chunk))
        return self._threads.submit(self._run, chunk.name, path)

    def _run(self, name: str, path: Path) -> int:
        with self._lock, (self._folder.run / f"{name}.log").open("wb") as log:
            if self._closing:
                return 0  # nothing was attempted
            process = self._running[name] = self._start(path, log)
            if self._stopping:
                _say_stop(process)
        code = process.wait()
        with self._lock:
            del self._running[name]
        if process.stdin is not None:
            process.stdin.close()
        return code

    def _start(self, path: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "crawler.worker", str(path)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=self._inherit,
            process_group=0,  # Ctrl-C is for the command alone
        )

    def stop(self) -> None:
        """Ask every worker to finish what it has in hand and start nothing more."""
        with self._lock:
            self._stopping = True
            for process in self._running.values():
                _say_stop(process)

    def close(self) -> None:
        """End every worker at once; what it had in hand stays as ``.open`` and is queued again."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._closing = True
            for process in self._running.values():
                process.kill()
        self._threads.shutdown(wait=True)


def _say_stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):  # it has just ended by itself
            process.stdin.write(STOP)
            process.stdin.flush()
