"""Hosts side by side, one page of each at a time, and a host that does not answer is left."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.job import Job
from archive.words import Failure
from crawler.feed import NO_CONNECTION, Feed
from tests.evidence import a_job


def jobs_at(*hosts: str) -> list[Job]:
    """Make a job for each name, in this order."""
    return [a_job(f"https://{host}/{number}", number) for number, host in enumerate(hosts)]


def feed_of(jobs: Iterable[Job], concurrency: int = 10, patience: int = 3, **own: int) -> Feed:
    """Make a feed; `own` is the patience with single hosts."""
    return Feed(jobs, concurrency, patience, own)


class Taker:
    """Takes jobs from a feed one by one, and says when none can be had for now."""

    def __init__(self, feed: Feed) -> None:
        self._jobs = aiter(feed)
        self._asked: asyncio.Task[Job | None] | None = None

    async def next(self) -> Job | None:
        """Give the next job, or None where the feed waits or has ended."""
        self._asked = self._asked or asyncio.create_task(self._one())
        for _ in range(5):  # the feed needs no more turns of the loop than this to hand out a job
            await asyncio.sleep(0)
        if not self._asked.done():
            return None
        asked, self._asked = self._asked, None
        return asked.result()

    async def _one(self) -> Job | None:
        return await anext(self._jobs, None)

    async def all(self) -> list[Job]:
        """Give all that can be had for now."""
        found = []
        while (job := await self.next()) is not None:
            found.append(job)
        return found

    async def ended(self) -> bool:
        """Say whether the feed has ended, rather than waits."""
        self._asked = self._asked or asyncio.create_task(self._one())
        return await asyncio.wait_for(self._asked, 5) is None


def test_one_job_of_each_host_is_in_hand() -> None:
    """The next page of a host comes when the one before is there."""

    async def run() -> None:
        jobs = jobs_at("a.kz", "a.kz", "b.kz")
        feed = feed_of(jobs)
        taker = Taker(feed)
        assert await taker.all() == [jobs[0], jobs[2]]
        feed.done(jobs[0])
        assert await taker.all() == [jobs[1]]
        feed.done(jobs[1])
        feed.done(jobs[2])
        assert await taker.ended()

    asyncio.run(run())


def test_saying_done_twice_does_not_let_a_second_page_start() -> None:
    """The second word for a job is not taken for the end of the host's next one."""

    async def run() -> None:
        jobs = jobs_at("a.kz", "a.kz", "a.kz")
        feed = feed_of(jobs)
        taker = Taker(feed)
        assert await taker.all() == [jobs[0]]
        feed.done(jobs[0])
        feed.done(jobs[0])
        assert await taker.all() == [jobs[1]]
        feed.done(jobs[0])
        assert await taker.all() == []
        feed.done(jobs[1])
        assert await taker.all() == [jobs[2]]

    asyncio.run(run())


def test_no_more_hosts_than_the_setting_says_are_asked_at_once() -> None:
    """A host waits until another one is done."""

    async def run() -> None:
        jobs = jobs_at("a.kz", "b.kz", "c.kz")
        feed = feed_of(jobs, concurrency=2)
        taker = Taker(feed)
        assert await taker.all() == jobs[:2]
        feed.done(jobs[1])
        assert await taker.all() == jobs[2:]

    asyncio.run(run())


def test_a_host_that_does_not_answer_is_left() -> None:
    """After as many failures in a row as the setting says, its other jobs are not started."""

    async def run() -> None:
        jobs = jobs_at(*["a.kz"] * 5, "b.kz")
        feed = feed_of(jobs, patience=2)
        taker = Taker(feed)
        assert await taker.all() == [jobs[0], jobs[5]]
        feed.answered("a.kz", Failure.CONNECT)
        feed.done(jobs[0])
        assert await taker.all() == [jobs[1]]
        feed.answered("a.kz", Failure.TIMEOUT)
        feed.done(jobs[1])
        feed.done(jobs[5])
        assert await taker.ended()

    asyncio.run(run())


@pytest.mark.parametrize("failure", [None, *sorted(set(Failure) - NO_CONNECTION)])
def test_an_answer_of_any_kind_ends_the_row(failure: Failure | None) -> None:
    """Failures count only in a row, and a page that is too large is an answer."""

    async def run() -> None:
        jobs = jobs_at(*["a.kz"] * 4)
        feed = feed_of(jobs, patience=2)
        taker = Taker(feed)
        for job, answer in zip(jobs, (Failure.DNS, failure, Failure.DNS, None), strict=True):
            assert await taker.all() == [job]
            feed.answered("a.kz", answer)
            feed.done(job)
        assert await taker.ended()

    asyncio.run(run())


def test_a_host_may_have_a_patience_of_its_own() -> None:
    """A host that was put off has one more chance, the others have theirs."""

    async def run() -> None:
        jobs = jobs_at("a.kz", "a.kz", "b.kz", "b.kz")
        feed = feed_of(jobs, patience=2, **{"a.kz": 1})
        taker = Taker(feed)
        started = await taker.all()
        for job in started:
            feed.answered(job.host, Failure.CONNECT)
            feed.done(job)
        assert await taker.all() == [jobs[3]]

    asyncio.run(run())


def test_a_host_can_be_left_while_its_page_loads() -> None:
    """What is in hand ends, the rest is not started."""

    async def run() -> None:
        jobs = jobs_at("a.kz", "a.kz")
        feed = feed_of(jobs)
        taker = Taker(feed)
        assert await taker.all() == [jobs[0]]
        feed.leave("a.kz")
        feed.done(jobs[0])
        assert await taker.ended()

    asyncio.run(run())


def test_a_host_can_be_left_while_it_waits_for_its_place() -> None:
    """A Retry-After that is read after the page is done takes the host out of the line."""

    async def run() -> None:
        jobs = jobs_at("a.kz", "a.kz", "b.kz")
        feed = feed_of(jobs, concurrency=1)
        taker = Taker(feed)
        assert await taker.all() == [jobs[0]]
        feed.done(jobs[0])
        feed.leave("a.kz")
        feed.leave("a.kz")
        feed.leave("elsewhere.kz")
        assert await taker.all() == [jobs[2]]
        feed.done(jobs[2])
        assert await taker.ended()

    asyncio.run(run())


def test_leaving_the_last_host_ends_the_feed() -> None:
    """Nobody waits for a host that was left."""

    async def run() -> None:
        jobs = jobs_at("a.kz", "b.kz")
        feed = feed_of(jobs, concurrency=1)
        taker = Taker(feed)
        assert await taker.all() == [jobs[0]]
        feed.leave("b.kz")
        feed.done(jobs[0])
        assert await taker.ended()

    asyncio.run(run())


def test_after_a_stop_nothing_is_started() -> None:
    """The feed ends although jobs are waiting, and although it was waiting itself."""

    async def run() -> None:
        jobs = jobs_at("a.kz", "a.kz")
        feed = feed_of(jobs)
        taker = Taker(feed)
        assert await taker.all() == [jobs[0]]
        feed.stop()
        assert await taker.ended()

    asyncio.run(run())


def test_a_feed_without_jobs_ends_at_once() -> None:
    """A chunk may be empty."""

    async def run() -> None:
        assert await Taker(feed_of([])).ended()

    asyncio.run(run())


@given(
    hosts=st.lists(st.sampled_from(["a.kz", "b.kz", "c.kz", "d.kz"]), max_size=25),
    concurrency=st.integers(1, 4),
    order=st.randoms(use_true_random=False),
)
def test_every_job_is_handed_out_once(hosts, concurrency, order) -> None:
    """In any order of ending, no host has two in hand and none is forgotten."""

    async def run() -> None:
        jobs = jobs_at(*hosts)
        feed = feed_of(jobs, concurrency=concurrency)
        taker = Taker(feed)
        in_hand: list[Job] = []
        seen: list[Job] = []
        while True:
            started = await taker.all()
            seen += started
            in_hand += started
            assert len(in_hand) <= concurrency
            assert max(Counter(job.host for job in in_hand).values(), default=0) <= 1
            if not in_hand:
                break
            ended = in_hand.pop(order.randrange(len(in_hand)))
            feed.done(ended)
        assert sorted(job.job for job in seen) == sorted(job.job for job in jobs)
        assert await taker.ended()

    asyncio.run(run())
