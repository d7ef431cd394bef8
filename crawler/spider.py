"""The spider that all spiders are. `CaptureSpider.capture` is the way of one URL, top to bottom.

A family of sites adds nothing but its `Site` value (see spiders/).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, ClassVar, Self
from urllib.parse import urljoin

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from archive.addresses import host_of, is_web
from archive.closing import ClosingRecord, Redirect
from archive.errors import ArchiveError
from archive.job import Job
from archive.site import Site
from archive.words import Outcome, RobotsPolicy, Role
from crawler.adhoc import adhoc_work
from crawler.capture import CaptureInHand, Workbench
from crawler.chunk import Chunk
from crawler.feed import Feed
from crawler.judge import refusal
from crawler.recorder import ExchangeFailed
from crawler.robots import MAX_BYTES, KnownRobots, answer_for, forbids, origin_of, robots_job, robots_url
from crawler.turns import PATIENT_SECONDS, Turns

REDIRECTS = frozenset({301, 302, 303, 307, 308})

logger = logging.getLogger(__name__)


class CaptureSpider(scrapy.Spider):
    """Captures the jobs of a chunk, or one page: ``scrapy crawl web -a url=https://example.org/``."""

    name = "capture"
    site: ClassVar[Site]

    def __init__(
        self,
        *,
        chunk: Chunk,
        jobs: Iterable[Job],
        bench: Workbench,
        turns: Turns,
        release: Callable[[], None] | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self._release = release
        fetch = chunk.settings.fetch
        self.bench = bench
        self.turns = turns
        self.policy = fetch.robots
        self.max_redirects = fetch.max_redirects
        self.feed = Feed(
            jobs, fetch.concurrency, fetch.failures_before_put_off, chunk.patience, bench.stopping
        )
        self.robots = dict(chunk.robots)
        self.faults = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider for a worker's chunk, or for one page given as ``url``."""
        if "chunk" not in kwargs:
            kwargs |= adhoc_work(kwargs.pop("url", None), cls.site, crawler.settings)
        return super().from_crawler(crawler, *args, **kwargs)

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Say whether this spider's family covers the host; the spider of no family covers none."""
        return bool(cls.site.hosts) and cls.site.covers(host_of(request.url))

    def closed(self, reason: str) -> None:  # noqa: ARG002
        """Let go of the archive where this spider holds it itself."""
        if self._release is not None:
            self._release()

    async def start(self) -> AsyncIterator[Any]:
        """Start captures as their hosts become free; nothing is read ahead."""
        async with asyncio.TaskGroup() as captures:
            async for job in self.feed:
                captures.create_task(self.attempt(job))
        for request in list[Any]():  # the engine wants a generator; captures ask for their pages themselves
            yield request

    async def attempt(self, job: Job) -> None:
        """Make one capture. This is the boundary at which a fault of ours is recorded, with its reason."""
        capture = CaptureInHand.begin(self.bench, job, self.site)
        try:
            await self.capture(capture)
        except Exception:
            self.faults += 1
            logger.exception("the capture of %s could not be made as it should", job.url)
            with contextlib.suppress(ArchiveError, OSError):  # it may be the disk that is at fault
                await capture.finish_after_fault()
        finally:
            capture.abandon()
            self.feed.done(job)

    async def capture(self, capture: CaptureInHand) -> None:
        """Go the way of one URL in a worker: robots.txt, page, redirects, judgement, seal."""
        job = capture.job
        if not is_web(job.url):
            reason = "The address cannot be asked for: it is no web address with a readable host."
            await capture.finish(refusal(Outcome.UNSUPPORTED, "address", reason))
            return
        await self.ask_robots(job.url, job)
        capture.start()
        verdict = await self.load_page(capture)
        self.note_answer(capture)
        self.feed.done(job)
        await capture.finish(verdict)

    def note_answer(self, capture: CaptureInHand) -> None:
        """Count an answer or its lack for the host that was asked last, and leave one that asks for it."""
        if capture.last is None:
            return
        host = host_of(capture.last.facts.url)
        if capture.redirects:
            self.feed.answered(capture.job.host, None)
        self.feed.answered(host, capture.last.facts.failure)
        if (capture.retry_after or 0.0) > PATIENT_SECONDS:
            self.feed.leave(host)

    async def load_page(self, capture: CaptureInHand) -> Any:
        """Ask for the page and follow its redirects; gives a judgement only where it refuses to go on."""
        url, role = capture.job.url, Role.PAGE
        while True:
            capture.robots = answer_for(url, self.robots.get(origin_of(url)), self.policy)
            if forbids(capture.robots):
                reason = "The site's robots.txt does not allow this page, and the setting is to obey it."
                return refusal(Outcome.REFUSED_ROBOTS, "robots", reason)
            response = await self.ask(capture, url, role)
            target = redirect_target(response)
            if response is None or target is None:
                return None
            capture.redirects.append(Redirect(url=url, status=response.status, to=target))
            if any(target == step.url for step in capture.redirects):
                return refusal(Outcome.SERVER_ERROR, "redirect-loop", "The server redirects in a circle.")
            if len(capture.redirects) > self.max_redirects:
                reason = f"The server redirects more than {self.max_redirects} times."
                return refusal(Outcome.SERVER_ERROR, "redirect-loop", reason)
            url, role = target, Role.REDIRECT
            if self.policy is RobotsPolicy.OBEY:
                await self.ask_robots(url, capture.job)

    async def ask_robots(self, url: str, job: Job) -> None:
        """Capture the robots.txt of an origin, once a chunk, unless an earlier answer is still good."""
        origin = origin_of(url)
        if origin in self.robots:
            return
        capture = CaptureInHand.begin(self.bench, robots_job(origin, job), self.site)
        try:
            answered_at = await self.load_robots(capture)
            closing = await capture.finish()
        finally:
            capture.abandon()
        known = KnownRobots(
            capture=closing.capture,
            url=robots_url(origin),
            status=closing.status,
            text=robots_text(closing, capture),
        )
        self.robots[origin] = known
        if answered_at == robots_url(origin_of(answered_at)):
            self.robots.setdefault(origin_of(answered_at), known)  # http that leads to https

    async def load_robots(self, capture: CaptureInHand) -> str:
        """Ask for a robots.txt, follow its redirects, and give the address that was asked last."""
        url = capture.job.url
        while True:
            response = await self.ask(capture, url, Role.ROBOTS)
            target = redirect_target(response)
            if response is None or target is None:
                return url
            capture.redirects.append(Redirect(url=url, status=response.status, to=target))
            if len(capture.redirects) > MAX_ROBOTS_REDIRECTS:
                return url
            url = target

    async def ask(self, capture: CaptureInHand, url: str, role: Role) -> Response | None:
        """Make one exchange in turn; it is on the disk when this returns. None where no answer came."""
        request = Request(
            url,
            dont_filter=True,
            meta={"keep": capture.keep, "role": role, "handle_httpstatus_all": True},
        )
        turn = await self.turns.take(host_of(url))
        try:
            return await self.crawler.engine.download_async(request)
        except ExchangeFailed:
            return None
        finally:
            wait = min(capture.retry_after or 0.0, PATIENT_SECONDS)
            self.turns.give_back(turn, asked_at=request.meta.get("asked_at"), wait=wait)


MAX_ROBOTS_REDIRECTS = 5
"""RFC 9309, section 2.3.1.2."""


def redirect_target(response: Response | None) -> str | None:
    """Give the absolute web address that a redirect leads to; None where the answer is no redirect."""
    location = response.headers.get("Location") if response is not None else None
    if response is None or response.status not in REDIRECTS or not location:
        return None
    try:
        target = urljoin(response.url, location.decode("utf-8", "replace").strip()).partition("#")[0]
    except ValueError:
        return None
    return target if is_web(target) else None


def robots_text(closing: ClosingRecord, capture: CaptureInHand) -> str | None:
    """Give the text of a robots.txt that was captured."""
    if closing.judgement.outcome is not Outcome.CAPTURED or capture.last is None:
        return None
    return capture.last.body[:MAX_BYTES].decode("utf-8", "replace")
