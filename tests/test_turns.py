"""Turns at a host, across processes that share one file."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from archive.settings import Fetch
from crawler.turns import Turn, Turns, longest_load

HOST = "example.kz"
DELAY = 0.05
LEASE = 30.0

HOLDER = """
import asyncio, json, pathlib, sys, time
from crawler.turns import Turns

async def hold():
    with Turns(pathlib.Path(sys.argv[1]), 0.05, 30.0) as turns:
        for _ in range(int(sys.argv[2])):
            turn = await turns.take("example.kz")
            start = time.monotonic()
            await asyncio.sleep(0.01)  # the page load
            end = time.monotonic()
            print(json.dumps([turn.until - 30.0, start, end]))
            turns.give_back(turn)

asyncio.run(hold())
"""
KILLED = """
import asyncio, os, pathlib, signal, sys
from crawler.turns import Turns

turns = Turns(pathlib.Path(sys.argv[1]), 0.01, float(sys.argv[2]))
turn = asyncio.run(turns.take("example.kz"))
print(turn.until, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
ROOT = Path(__file__).parent.parent


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a process that shares the file."""
    words = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def taken(turns: Turns, host: str = HOST) -> Turn:
    """Take a turn and let it go at the end of the test's own loop."""
    turn = asyncio.run(turns.take(host))
    assert turn is not None
    return turn


def test_processes_take_turns(tmp_path: Path) -> None:
    """Four processes at one host: no two page loads overlap, none starts too soon, by their own clocks."""
    each = 6
    processes = [start(HOLDER, tmp_path / "slots.db", each) for _ in range(4)]
    loads = []
    for process in processes:
        output = process.communicate(timeout=60)[0]
        assert process.returncode == 0
        loads += [json.loads(line) for line in output.splitlines()]
    loads.sort()
    assert len(loads) == 4 * each
    for (taken_at, began, ended), (next_taken_at, next_began, _) in pairwise(loads):
        assert next_began >= ended, "two page loads at once"
        assert began >= taken_at
        assert next_taken_at - taken_at >= 0.95 * DELAY
        assert next_began - taken_at >= 0.95 * DELAY


def test_the_turn_of_a_killed_process_ends_with_its_lease(tmp_path: Path) -> None:
    """A holder that cannot give its turn back keeps the host no longer than one page load can take."""
    with start(KILLED, tmp_path / "slots.db", 0.4) as holder:
        until = float(holder.communicate(timeout=60)[0])
    assert holder.returncode == -signal.SIGKILL
    with Turns(tmp_path / "slots.db", 0.01, LEASE) as turns:
        taken(turns)
        assert until <= time.monotonic() < until + 10


def test_the_turns_of_the_dead_can_be_freed_at_once(tmp_path: Path) -> None:
    """A command that knows that no worker is left waits neither for leases nor for old wishes."""
    with start(KILLED, tmp_path / "slots.db", 3_600) as holder:
        holder.communicate(timeout=60)
    with Turns(tmp_path / "slots.db", 0.01, LEASE) as turns:
        turns.forget_leases(0.1)
        turns.give_back(taken(turns, "slow.kz"), wait=3_600)
        began = time.monotonic()
        turns.forget_leases(0.1)
        taken(turns)
        taken(turns, "slow.kz")
        assert 0.1 <= time.monotonic() - began < 10


def test_giving_back_makes_the_next_wait_only_for_the_delay(tmp_path: Path) -> None:
    """The delay counts from the start of the page load, not from its end."""
    with Turns(tmp_path / "slots.db", DELAY, LEASE) as turns:
        first = taken(turns)
        turns.give_back(first)
        second = taken(turns)
        assert DELAY <= second.until - first.until < 10


def test_a_server_that_asks_for_time_gets_it(tmp_path: Path) -> None:
    """Retry-After counts from the moment the turn is given back, and holds for every process."""
    with (
        Turns(tmp_path / "slots.db", 0.01, LEASE) as turns,
        Turns(tmp_path / "slots.db", 0.01, LEASE) as other,
    ):
        turn = taken(turns)
        given_back = time.monotonic()
        turns.give_back(turn, wait=0.3)
        assert taken(other).until - LEASE >= given_back + 0.3


def test_the_delay_counts_from_the_moment_at_which_the_server_was_asked(tmp_path: Path) -> None:
    """A slow handshake before the request does not bring the next request too near."""
    with Turns(tmp_path / "slots.db", DELAY, LEASE) as turns:
        turn = taken(turns)
        asked_at = turn.until - LEASE + 0.2
        turns.give_back(turn, asked_at=asked_at)
        assert taken(turns).until - LEASE >= asked_at + DELAY


def test_hosts_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """A turn that is held stands in the way of its own host alone."""
    with Turns(tmp_path / "slots.db", 3_600, LEASE) as turns:
        assert [taken(turns, f"{name}.kz").host for name in "abc"] == ["a.kz", "b.kz", "c.kz"]


def test_a_page_load_of_another_process_is_waited_for(tmp_path: Path) -> None:
    """While the lease runs nobody else gets the host, however long ago the delay was over."""

    async def run() -> None:
        with (
            Turns(tmp_path / "slots.db", 0.001, LEASE) as one,
            Turns(tmp_path / "slots.db", 0.001, LEASE) as two,
        ):
            turn = await one.take(HOST)
            waiting = asyncio.create_task(two.take(HOST))
            done, _ = await asyncio.wait([waiting], timeout=0.2)
            assert not done
            one.give_back(turn)
            assert (await asyncio.wait_for(waiting, 10)) is not None

    asyncio.run(run())


def test_a_turn_that_is_over_gives_nothing_of_another_back(tmp_path: Path) -> None:
    """A load that outlived its lease does not end the lease of the one that followed."""
    with (
        Turns(tmp_path / "slots.db", 0.001, 0.05) as slow,
        Turns(tmp_path / "slots.db", 0.001, LEASE) as other,
    ):
        late = taken(slow)
        held = taken(other)
        slow.give_back(late)
        rows = sqlite3.connect(tmp_path / "slots.db").execute("select lease_until from slots").fetchall()
        assert rows == [(held.until,)]


def test_tasks_of_one_process_take_turns_in_order(tmp_path: Path) -> None:
    """Within a process those who came first go first."""

    async def run() -> list[int]:
        order: list[int] = []

        async def load(number: int) -> None:
            turn = await turns.take(HOST)
            order.append(number)
            turns.give_back(turn)

        with Turns(tmp_path / "slots.db", 0.005, LEASE) as turns:
            await asyncio.gather(*map(load, range(8)))
        return order

    assert asyncio.run(run()) == list(range(8))


def test_a_waiting_task_that_is_cancelled_holds_nothing(tmp_path: Path) -> None:
    """The host is free for the next one."""

    async def run() -> None:
        with Turns(tmp_path / "slots.db", 0.001, LEASE) as turns:
            turn = await turns.take(HOST)
            waiting = asyncio.create_task(turns.take(HOST))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
            turns.give_back(turn)
            assert await asyncio.wait_for(turns.take(HOST), 10) is not None

    asyncio.run(run())


def test_no_delay_asks_for_no_turns(tmp_path: Path) -> None:
    """With a delay of 0 nothing is written and nobody waits."""
    with Turns(tmp_path / "slots.db", 0, LEASE) as turns:
        assert asyncio.run(turns.take(HOST)) is None
        turns.give_back(None)
        turns.forget_leases(1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fetch", [Fetch(), Fetch(connect_timeout=1, answer_timeout=2)])
def test_a_lease_outlasts_the_longest_page_load(fetch: Fetch) -> None:
    """Connecting and answering both fit into it."""
    assert longest_load(fetch) > fetch.connect_timeout + fetch.answer_timeout
