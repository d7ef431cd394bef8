"""One capture in hand: from the first byte on the disk to the sealed file and the worker's line."""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

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
from archive.folder import Folder
from archive.ids import RecordIds, new_capture_id, new_record_id
from archive.job import Job
from archive.record import to_json
from archive.settings import Settings
from archive.site import Site
from archive.times import Clock, now
from archive.warc.writer import CaptureFile, Kept
from archive.words import Failure, Kind
from crawler.clock import clock_facts
from crawler.judge import Answer, Judged, judge, judge_robots


class WorkerLog:
    """``run/<chunk>.jsonl``: a line a sealed capture, fsynced, which the command follows."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = path.open("ab")

    def append(self, line: WorkerLine) -> None:
        """Write one line and return when it is on the disk."""
        with self._lock:
            self._file.write(to_json(line) + b"\n")
            self._file.flush()
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

    @classmethod
    def begin(cls, bench: Workbench, job: Job, site: Site) -> CaptureInHand:
        """Start an attempt now; nothing is written before the first exchange has ended."""
        return cls(bench=bench, job=job, site=site, started_at=bench.clock())

    @property
    def last(self) -> Kept | None:
        """The newest exchange that is on the disk."""
        return self._last

    @property
    def failure(self) -> Failure | None:
        """Why the newest exchange has no whole answer, if it has none."""
        return self._last.facts.failure if self._last else None

    @property
    def retry_after(self) -> float | None:
        """The seconds that the newest answer asks to wait (RFC 9110, section 10.2.3)."""
        head = self._last.head if self._last else None
        return retry_after(head.get("Retry-After") if head else None, self.bench.clock())

    async def keep(self, exchange: Exchange) -> None:
        """Write an exchange to the capture's file and return when it is on the disk."""
        try:
            await asyncio.to_thread(self._keep, exchange)
        finally:
            exchange.sent.close()
            exchange.received.close()

    def _keep(self, exchange: Exchange) -> None:
        self._last = self._opened().add(exchange)
        self._facts.append(self._last.facts)

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
        return await asyncio.to_thread(self._finish, verdict)

    def _finish(self, verdict: Judgement | None) -> ClosingRecord:
        file = self._opened()
        judged = Judged(judgement=verdict, title=None) if verdict else self._judge()
        closing = self._closing(file, judged)
        sealed = file.seal(closing)
        self.bench.log.append(
            WorkerLine(
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
        )
        return closing

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


def retry_after(value: str | None, moment: datetime) -> float | None:
    """Read a Retry-After field (RFC 9110, section 10.2.3) as seconds from `moment`; None where unusable."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (until - moment).total_seconds()) if until.tzinfo else None
