"""Politeness across processes: before a page load, a turn at its host is taken in run/slots.db.

A turn is a row ``(host, next_at, lease_until, holder)``, in seconds of the system's monotonic clock,
which all processes of a machine share. While one holds the lease nobody else loads a page of that host; the
next one starts no sooner than the delay after the start of the one before.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from archive.settings import Fetch

_POLL = 0.02
"""Seconds between two looks at a host that another process is loading from."""


PATIENT_SECONDS = 5.0
"""A Retry-After up to this is waited for at once; for a longer one the host is left to a later chunk."""


def longest_load(fetch: Fetch) -> float:
    """Give the seconds after which the turn of a killed process is free."""
    return fetch.connect_timeout + fetch.answer_timeout + 5.0


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to load one page of one host, until it is given back or its lease ends."""

    host: str
    until: float


class Turns:
    """Takes and gives back turns; `delay` is in seconds and 0 asks for no turns at all.

    `lease` is the longest time in seconds that one page load can take: the turn of a process that was
    killed is free after it. `holder` names the process, so that the command can free its turns at once.
    """

    def __init__(self, path: Path, delay: float, lease: float, holder: str = "") -> None:
        self._delay = delay
        self._lease = lease
        self._holder = holder
        self._locks: Mapping[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._connection: sqlite3.Connection | None = None
        if delay > 0:
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=30)
            # A power cut ends every page load, so that nothing here need survive it.
            self._connection.execute("pragma synchronous = off")
            # Several processes may be the first: only one of them at a time makes the table.
            self._connection.execute("begin immediate")
            self._connection.execute(
                "create table if not exists slots"
                " (host text primary key, next_at real not null, lease_until real not null,"
                " holder text not null)"
                " strict, without rowid"
            )
            self._connection.execute("commit")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()

    def forget_leases(self, limit: float) -> None:
        """Free the turns of processes that are gone; nothing waits longer than `limit` seconds from now."""
        if self._connection is not None:
            self._connection.execute(
                "update slots set lease_until = 0, next_at = min(next_at, ?)", (time.monotonic() + limit,)
            )

    def forget_holder(self, holder: str) -> None:
        """Free the turns of one process that is gone; the delay of its last page loads still counts."""
        if self._connection is not None:
            self._connection.execute("update slots set lease_until = 0 where holder = ?", (holder,))

    async def take(self, host: str) -> Turn | None:
        """Wait for a turn at a host; None where no delay is asked for."""
        if self._connection is None:
            return None
        async with self._locks[host]:
            while True:
                found = self._try(self._connection, host)
                if isinstance(found, Turn):
                    return found
                await asyncio.sleep(found)

    def _try(self, connection: sqlite3.Connection, host: str) -> Turn | float:
        """Take the turn if it is free, else give the seconds after which to look again."""
        connection.execute("begin immediate")
        try:
            now = time.monotonic()  # not before: waiting for the other processes' writes takes time
            row = connection.execute(
                "select next_at, lease_until from slots where host = ?", (host,)
            ).fetchone()
            next_at, lease_until = row or (0.0, 0.0)
            if lease_until > now:
                return _POLL
            if next_at > now:
                return float(next_at) - now
            connection.execute(
                "insert or replace into slots (host, next_at, lease_until, holder) values (?, ?, ?, ?)",
                (host, now + self._delay, now + self._lease, self._holder),
            )
            return Turn(host, now + self._lease)
        finally:
            connection.execute("commit")

    def give_back(
        self, turn: Turn | None, *, asked_at: float | None = None, wait: float | None = None
    ) -> None:
        """End a page load.

        `asked_at` is the moment at which the server got the request (monotonic clock), from which the
        delay counts: the handshake before it may have taken longer than the next one will. `wait` is
        what the server asked for (Retry-After), in seconds from now. A turn whose lease has ended may
        be another's by now, and that one is left alone.
        """
        if turn is None or self._connection is None:
            return
        next_at = max((asked_at or 0.0) + self._delay, time.monotonic() + (wait or 0.0))
        self._connection.execute(
            "update slots set next_at = max(next_at, ?),"
            " lease_until = case when lease_until = ? then 0 else lease_until end where host = ?",
            (next_at, turn.until, turn.host),
        )
