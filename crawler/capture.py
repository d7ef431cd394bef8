"""One capture in hand: from the first byte on the disk to the sealed file and the worker's line."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from archive.closing import (
    Authority,
    ClosingRecord,
    ExchangeFacts,
    Judgement,
    Redirect,
    RobotsAnswer,
    WorkerLine,
)
from archive.exchange import Exchange
from archive.folder import Folder, write_all
from archive.ids import RecordIds, new_capture_id, new_record_id
from archive.job import Job
from archive.record import to_json
from archive.settings import Settings
from archive.site import Site
from archive.times import Clock, now
from archive.warc.writer import CaptureFile, Kept, Sealed
from archive.words import Kind, Outcome
from crawler.clock import clock_facts, http_date
from crawler.judge import Answer, Judged, judge, judge_robots, refusal

_LARGE = 65_536
"""Bytes of a page above which its work is left to a thread. For a smaller one the way there and back,
with two threads that ask each other for the interpreter, takes longer than the work."""

T = TypeVar("T")
P = ParamSpec("P")


_SECONDS = re.compile(r"[0-9]{1,9}")


class WorkerLog:
    """``run/<chunk>.jsonl``: a line a sealed capture, fsynced, which the command follows."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = path.open("ab", buffering=0)

    def append(self, line: WorkerLine) -> None:
        """Write one line and return when it is on the disk."""
        data = to_json(line) + b"\n"
        with self._lock:
            write_all(self._file, data)
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass(frozen=True, kw_only=True, slots=True)
class Workbench:
    """What all captures of one worker share."""

    folder: Folder
    settings: Settings
    log: WorkerLog
    software: dict[str, str]
    resolve: tuple[str, ...] = ()
    ca_file: Authority | None = None
    clock_in_step: bool | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    clock: Clock = now
    record_ids: RecordIds = new_record_id


@dataclass(kw_only=True, slots=True)
class CaptureInHand:
    """One attempt while it runs. `keep` is awaited by the recorder for every exchange."""

    bench: Workbench
    job: Job
    site: Site
    started_at: datetime
    robots: RobotsAnswer | None = None
    redirects: list[Redirect] = field(default_factory=list)
    _file: CaptureFile | None = None
    _facts: list[ExchangeFacts] = field(default_factory=list)
    _last: Kept | None = None
    _concluded: bool = False

    @classmethod
    def begin(cls, bench: Workbench, job: Job, site: Site) -> CaptureInHand:
        """Start an attempt now; nothing is written before the first exchange has ended."""
        return cls(bench=bench, job=job, site=site, started_at=bench.clock())

    def start(self) -> None:
        """Let the attempt start now: what came before, robots.txt, is a capture of its own."""
        self.started_at = self.bench.clock()

    @property
    def last(self) -> Kept | None:
        """The newest exchange that is on the disk."""
        return self._last

    @property
    def retry_after(self) -> float | None:
        """The seconds that the newest answer asks to wait (RFC 9110, section 10.2.3)."""
        head = self._last.head if self._last else None
        return retry_after(head.get("Retry-After") if head else None, self.bench.clock())

    async def keep(self, exchange: Exchange) -> None:
        """Write an exchange to the capture's file and return when it is on the disk."""
        try:
            file, kept = await _work(_size(exchange), self._write, exchange)
            await asyncio.to_thread(file.sync)
        finally:
            exchange.sent.close()
            exchange.received.close()
        self._last = kept
        self._facts.append(kept.facts)

    def _write(self, exchange: Exchange) -> tuple[CaptureFile, Kept]:
        file = self._opened()
        return file, file.write(exchange)

    def _opened(self) -> CaptureFile:
        if self._file is None:
            self._file = CaptureFile(
                self.bench.folder,
                new_capture_id(self.started_at),
                self.job,
                self.bench.settings,
                self.bench.software,
                record_ids=self.bench.record_ids,
            )
        return self._file

    async def finish(self, verdict: Judgement | None = None) -> ClosingRecord:
        """Judge what came back (unless `verdict` says it), seal the file and tell the command."""
        size = len(self._last.body) if self._last else 0
        file, closing, sealed = await _work(size, self._conclude, verdict)
        await asyncio.to_thread(self._settle, file, self._line(closing, sealed))
        return closing

    async def finish_after_fault(self) -> None:
        """Seal what is on the disk although a fault of ours kept it from being judged."""
        if self._last is not None and not self._concluded:
            reason = "A fault of saqta kept this page from being judged; its bytes are kept."
            await self.finish(refusal(Outcome.NEEDS_REVIEW, "fault", reason))

    def _conclude(self, verdict: Judgement | None) -> tuple[CaptureFile, ClosingRecord, Sealed]:
        file = self._opened()
        judged = Judged(judgement=verdict, title=None) if verdict else self._judge()
        closing = self._closing(file, judged)
        self._concluded = True
        return file, closing, file.conclude(closing)

    def _settle(self, file: CaptureFile, line: WorkerLine) -> None:
        file.settle()
        self.bench.log.append(line)

    def _line(self, closing: ClosingRecord, sealed: Sealed) -> WorkerLine:
        return WorkerLine(
            job=self.job.job,
            capture=closing.capture,
            path=self.bench.folder.relative(sealed.path),
            size=sealed.size,
            sha256=sealed.sha256,
            outcome=closing.judgement.outcome,
            rule=closing.judgement.rule,
            status=closing.status,
            final_url=closing.final_url,
            started_at=closing.started_at,
            ended_at=closing.ended_at,
            retry_after=closing.retry_after,
        )

    def _judge(self) -> Judged:
        if self._last is None:
            raise ValueError("a capture without an exchange needs a verdict")
        answer = Answer(
            url=self.job.url,
            source_key=self.job.source_key,
            final=self._last.facts,
            head=self._last.head,
            body=self._last.body,
            redirects=len(self.redirects),
        )
        if self.job.kind is Kind.ROBOTS:
            return Judged(judgement=judge_robots(answer), title=None)
        return judge(answer, self.site)

    def _closing(self, file: CaptureFile, judged: Judged) -> ClosingRecord:
        head = self._last.head if self._last else None
        final = self._facts[-1] if self._facts else None
        return ClosingRecord(
            capture=file.capture,
            job=self.job,
            kind=self.job.kind,
            judgement=judged.judgement,
            started_at=self.started_at,
            ended_at=self.bench.clock(),
            final_url=final.url if final else self.job.url,
            status=final.status if final else None,
            title=judged.title,
            retry_after=self.retry_after,
            exchanges=tuple(self._facts),
            certificates=file.certificates,
            redirects=tuple(self.redirects),
            requisites=(),
            robots=self.robots,
            proxy=final.proxy if final else None,
            logged_in=False,
            resolve=self.bench.resolve,
            ca_file=self.bench.ca_file,
            settings=self.bench.settings,
            software=self.bench.software,
            clock=clock_facts(head, final, self.bench.clock_in_step),
        )

    def abandon(self) -> None:
        """Let go of a capture that a fault of ours ended; its file stays for the next start."""
        if self._file is not None:
            self._file.close()


async def _work(size: int, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Do some work on bytes of this size: small work at once, large work in a thread."""
    if size <= _LARGE:
        return work(*arguments, **named)
    return await asyncio.to_thread(work, *arguments, **named)


def _size(exchange: Exchange) -> int:
    return exchange.received.seek(0, os.SEEK_END)


def retry_after(value: str | None, moment: datetime) -> float | None:
    """Read a Retry-After field (RFC 9110, section 10.2.3) as seconds from `moment`; None where unusable."""
    if value is None:
        return None
    if _SECONDS.fullmatch(value.strip()):
        return float(value)
    until = http_date(value)
    return max(0.0, (until - moment).total_seconds()) if until else None
