"""The order in which one worker starts its jobs: hosts side by side, one page at a time of each."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Mapping

from archive.job import Job
from archive.words import Failure

NO_CONNECTION = frozenset(
    {
        Failure.DNS,
        Failure.CONNECT,
        Failure.CONNECT_TIMEOUT,
        Failure.HANDSHAKE,
        Failure.PROXY,
        Failure.TLS,
        Failure.TIMEOUT,
    }
)
"""Failures that say that the host cannot be reached just now."""


class Feed:
    """Hands out jobs so that each host has one in hand, and leaves a host that does not answer.

    `patience` is the number of failures in a row after which a host's remaining jobs are left
    unattempted (the command queues them again); `own` overrides it for single hosts. `stopping` may be
    set before the feed is made: then it hands out nothing.
    """

    def __init__(
        self,
        jobs: Iterable[Job],
        concurrency: int,
        patience: int,
        own: Mapping[str, int] | None = None,
        stopping: threading.Event | None = None,
    ) -> None:
        self._waiting: dict[str, deque[Job]] = defaultdict(deque)
        for job in jobs:
            self._waiting[job.host].append(job)
        self._concurrency = concurrency
        self._patience = patience
        self._own = own or {}
        self._failures: dict[str, int] = defaultdict(int)
        self._busy: dict[str, str] = {}
        self._idle = deque(self._waiting)
        self._changed = asyncio.Event()
        self._stopping = stopping or threading.Event()

    async def __aiter__(self) -> AsyncIterator[Job]:
        """Yield the next job as soon as its host is free; ends when nothing is left to start."""
        while self._waiting and not self._stopping.is_set():
            if self._idle and len(self._busy) < self._concurrency:
                host = self._idle.popleft()
                job = self._waiting[host].popleft()
                self._busy[host] = job.job
                yield job
                continue
            self._changed.clear()
            await self._changed.wait()

    def done(self, job: Job) -> None:
        """Say that the page of a job is there or will not come: its host may have the next one.

        Saying it again changes nothing.
        """
        host = job.host
        if self._busy.get(host) != job.job:
            return
        del self._busy[host]
        if self._waiting.get(host):
            self._idle.append(host)
        else:
            self._waiting.pop(host, None)
        self._changed.set()

    def answered(self, host: str, failure: Failure | None) -> None:
        """Count the failures in a row of a host, and leave it when they are too many."""
        if failure not in NO_CONNECTION:
            self._failures[host] = 0
            return
        self._failures[host] += 1
        if self._failures[host] >= self._own.get(host, self._patience):
            self.leave(host)

    def leave(self, host: str) -> None:
        """Leave the remaining jobs of a host to a later chunk."""
        if host in self._busy:
            self._waiting[host].clear()  # `done` of the job in hand drops the host
        elif self._waiting.pop(host, None) is not None:
            self._idle.remove(host)
            self._changed.set()

    def stop(self) -> None:
        """Start nothing more."""
        self._stopping.set()
        self._changed.set()
