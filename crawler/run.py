"""One run of `saqta archive`: jobs to workers, sealed captures to ledger and catalogue, and what follows.

Only this module's command writes ledger and catalogue. A kill -9 at any line loses nothing but the
captures in hand: what is sealed is entered at the next start, what is queued is still in the queue.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from archive.addresses import host_of
from archive.catalogue.catalogue import Catalogue
from archive.catalogue.queue import JobQueue
from archive.catalogue.status import Status
from archive.catalogue.visits import Due, Visits
from archive.closing import ClosingRecord, WorkerLine
from archive.folder import Folder
from archive.ids import new_token
from archive.job import Job
from archive.ledger import Event, Ledger
from archive.record import Record
from archive.recovery import sealed_event, set_aside
from archive.settings import Settings
from archive.times import Clock, now
from archive.warc.members import DamagedFileError, Inventory, inventory
from archive.words import EventType, JobState, Kind, Means, Outcome
from crawler.chunk import Chunk
from crawler.follow import Follower
from crawler.hosts import Hosts
from crawler.known import known_robots
from crawler.schedule import Step, next_step
from crawler.sites import Sites
from crawler.texts import Texts
from crawler.turns import Turns
from crawler.workers import Workers

_POLL = 0.1
"""Seconds between two looks at what the workers have written."""
_GIVE_UP = 5
"""Workers that may end on one job before it is left alone."""


class Reporter(Protocol):
    """What a run tells a person while it goes on."""

    def begin(self, jobs: int, seconds: float) -> None:
        """Say how many sources are asked for, and about how long it takes."""

    def sealed(self, host: str, outcome: Outcome, url: str, *, final: bool) -> None:
        """Say that an attempt has ended; `final` where nothing more is tried for the source."""

    def note(self, sentence: str) -> None:
        """Say something that the user should know."""


class Summary(Record, frozen=True, kw_only=True):
    """How a run ended. ``waiting`` counts sources that are not kept by hosts that could not be reached."""

    run: str
    attempts: int
    page_loads: dict[str, int]
    waiting: dict[str, int]
    faults: int
    interrupted: bool


@dataclass(kw_only=True, slots=True)
class _InHand:
    """A chunk that a worker has."""

    chunk: Chunk
    lane: int
    follower: Follower
    future: Future[int]
    open_jobs: set[str]


class Run:
    """Works off a queue with the workers of an archive; the caller holds the archive's lock."""

    def __init__(
        self,
        *,
        folder: Folder,
        settings: Settings,
        ledger: Ledger,
        catalogue: Catalogue,
        sites: Sites,
        workers: Workers,
        texts: Texts,
        turns: Turns,
        reporter: Reporter,
        resolve: tuple[str, ...] = (),
        ca_file: str | None = None,
        clock: Clock = now,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._ledger = ledger
        self._catalogue = catalogue
        self._queue = JobQueue(catalogue, settings.fetch.workers)
        self._visits = Visits(catalogue)
        self._sites = sites
        self._workers = workers
        self._texts = texts
        self._turns = turns
        self._reporter = reporter
        self._resolve = resolve
        self._ca_file = ca_file
        self._clock = clock
        self._hosts = Hosts(settings.fetch.failures_before_put_off)
        self._in_hand: dict[int, _InHand] = {}
        self._sizes: dict[int, int] = {}
        self._numbers = itertools.count(1)
        self._stopping = False
        self._deadline: datetime | None = None
        self.faults = 0
        self.run = self._queue.running() or new_token()

    # The queue

    def plan(self, reports: Sequence[str] = ()) -> int:
        """Queue a job for every source that is due, and give the number of jobs that wait.

        With `reports` (SHA-256 of their files) only what these cite, and what an interrupted run left.
        """
        self._queue.begin_again()
        for job in self._visits.finished_jobs():
            self._follow_up(job)
        visits = itertools.count(sum(1 for _ in self._queue.sources()))
        self._queue.add(self._first_job(due, next(visits)) for due in self._visits.due(reports))
        waiting = self._queue.count(JobState.QUEUED)
        self._reporter.begin(waiting, self._estimate())
        return waiting

    def _first_job(self, due: Due, number: int) -> Job:
        return Job(
            job=new_token(),
            visit=f"{self.run}-{number}",
            attempt=1,
            previous=None,
            source_key=due.key,
            url=due.url,
            means=Means.WIRE,
            not_before=None,
            cited=due.cited,
            known=None,
            settings_sha256=self._settings.sha256,
        )

    def _estimate(self) -> float:
        """Guess the seconds of a run: the busiest host decides, with its delay and a second a page."""
        busiest = max(self._queue.waiting().values(), default=0)
        return busiest * max(self._settings.fetch.delay, 1.0)

    # The loop

    def work(self) -> Summary:
        """Work until nothing is left to try, or until `stop`; every sealed capture is entered."""
        start = Event(
            type=EventType.RUN_STARTED,
            fields={"run": self.run, "settings_sha256": self._settings.sha256},
        )
        self._catalogue.add_events(self._ledger.append([start]))
        while self._go_on():
            self._texts.pump()
            self._texts.wait(_POLL)
        summary = self._summary()
        end = Event(type=EventType.RUN_ENDED, fields={"summary": summary})
        self._catalogue.add_events(self._ledger.append([end]))
        if not summary.interrupted:
            self._queue.clear()
        return summary

    def stop(self, grace: float) -> None:
        """Start nothing more; what is in hand has `grace` seconds to be finished."""
        self._stopping = True
        self._deadline = self._clock() + timedelta(seconds=grace)
        self._workers.stop()

    def leave(self) -> None:
        """End the workers at once, and enter what they have sealed."""
        self._stopping = True
        self._workers.close()
        self._follow()
        self._queue.give_back_all()

    def _go_on(self) -> bool:
        if not self._stopping:
            self._hand_out()
        self._follow()
        self._end_chunks()
        if self._in_hand:
            if self._deadline and self._clock() > self._deadline:
                self._workers.close()
            return True
        if self._stopping:
            return False
        moment = self._clock()
        waiting = self._queue.waiting()
        if self._queue.next_start(self._hosts.excluded(moment)) or self._hosts.waited_for(waiting, moment):
            return True
        return self._hosts.give_last_chance(waiting) or self._texts.pump() > 0

    def _hand_out(self) -> None:
        moment = self._clock()
        for lane in range(self._settings.fetch.workers):
            if lane in self._in_hand:
                continue
            size = self._sizes.get(lane, self._settings.fetch.chunk)
            jobs = self._queue.take(lane, size, moment, self._hosts.excluded(moment))
            if jobs:
                self._submit(lane, jobs)

    def _submit(self, lane: int, jobs: list[Job]) -> None:
        chunk = Chunk(
            name=f"{self.run}-{next(self._numbers)}",
            archive=str(self._folder.root.resolve()),
            jobs=tuple(jobs),
            settings=self._settings,
            resolve=self._resolve,
            ca_file=self._ca_file,
            robots=known_robots(self._folder, self._visits, jobs, self._clock()),
            patience=self._hosts.impatience,
        )
        self._in_hand[lane] = _InHand(
            chunk=chunk,
            lane=lane,
            follower=Follower(self._folder.run / f"{chunk.name}.jsonl"),
            future=self._workers.submit(chunk),
            open_jobs={job.job for job in jobs},
        )

    # What the workers have sealed

    def _follow(self) -> None:
        """Enter every new line: ledger (one fsync), then catalogue, then the next jobs."""
        found = [
            (line, each)
            for part in self._in_hand.values()
            for line in part.follower.lines()
            if (each := self._read_back(part, line))
        ]
        if not found:
            return
        events = self._ledger.append([sealed_event(each, line.path) for line, each in found])
        with self._catalogue.batch():
            self._catalogue.add_events(events)
            for (line, each), event in zip(found, events, strict=True):
                self._catalogue.add_capture(line.path, each, event.n)
        with self._catalogue.batch():
            for line, each in found:
                self._sealed(line, each)

    def _read_back(self, part: _InHand, line: WorkerLine) -> Inventory | None:
        """Check a file against what its worker said; one that is not as it was written is set aside."""
        path = self._folder.inside(line.path)
        try:
            found = inventory(path)
            if found.sha256 == line.sha256:
                part.open_jobs.discard(line.job)
                return found
            reason = f"{path} is not what its worker wrote."
        except FileNotFoundError:
            self._fault(f"{path} has gone; its page is fetched again.")
            return None
        except DamagedFileError as error:
            reason = str(error)
        self._fault(f"{reason} {set_aside(self._folder, self._ledger, path)}")
        return None

    def _sealed(self, line: WorkerLine, found: Inventory) -> None:
        closing = found.closing
        if closing.kind is not Kind.PAGE:
            return
        self._count(closing)
        if line.retry_after:
            wait = min(line.retry_after, self._settings.fetch.retry_after_limit)
            self._hosts.hold(host_of(line.final_url), line.ended_at + timedelta(seconds=wait))
        final = self._follow_up(line.job) is None
        self._reporter.sealed(closing.job.host, line.outcome, line.final_url, final=final)

    def _count(self, closing: ClosingRecord) -> None:
        """Count an answer or its lack for the host that was asked last; one that redirects has answered."""
        if not closing.exchanges:
            return
        if closing.redirects:
            self._hosts.answered(closing.job.host, None)
        last = closing.exchanges[-1]
        host = host_of(last.url)
        if self._hosts.answered(host, last.failure):
            self._reporter.note(f"{host} does not answer; it is tried once more at the end.")

    def _follow_up(self, job_name: str) -> Step | None:
        """Mark a job as done and queue the next attempt of its visit, if there is one."""
        job = self._queue.finish(job_name)
        if job is None:
            return None
        attempts = self._visits.attempts(job.visit)
        candidates = self._visits.candidates(job.source_key)
        step = next_step(self._sites.of(job.host), attempts, candidates, self._settings.fetch)
        if step is not None:
            self._queue.add([self._next_job(job, step, attempts[-1].capture)])
        return step

    def _next_job(self, job: Job, step: Step, previous: str) -> Job:
        return Job(
            job=new_token(),
            visit=job.visit,
            attempt=job.attempt + 1,
            previous=previous,
            source_key=job.source_key,
            url=step.url,
            means=step.means,
            not_before=step.not_before,
            cited=job.cited,
            known=None,
            settings_sha256=self._settings.sha256,
        )

    # The end of a chunk

    def _end_chunks(self) -> None:
        for lane, part in list(self._in_hand.items()):
            if not part.future.done():
                continue
            self._follow()  # what was written between the last look and the end of the process
            del self._in_hand[lane]
            code = part.future.result()
            self._give_back(part, code)
            if code == 0:
                self._sizes.pop(lane, None)
                for path in self._folder.run.glob(f"{part.chunk.name}.*"):
                    path.unlink()

    def _give_back(self, part: _InHand, code: int) -> None:
        """Queue unfinished jobs again; after a crash in smaller chunks, so that a bad job stands alone."""
        if code == 0 or self._stopping:
            self._queue.give_back(part.open_jobs)
            return
        self._turns.forget_holder(part.chunk.name)
        log = self._folder.relative(self._folder.run / f"{part.chunk.name}.log")
        self._queue.give_back(part.open_jobs, crashed=True)
        self._sizes[part.lane] = max(1, len(part.chunk.jobs) // 4)
        self._fault(f"A worker ended with code {code} and {len(part.open_jobs)} jobs in hand; see {log}.")
        for job in part.open_jobs:
            if self._queue.crashes(job) >= _GIVE_UP:
                self._queue.finish(job)
                self._fault(f"A job ended {_GIVE_UP} workers and was left; see {log}.")

    def _fault(self, sentence: str) -> None:
        self.faults += 1
        self._reporter.note(sentence)

    def _unreachable(self, status: Status) -> dict[str, int]:
        """Count the sources that are not kept by the hosts that did not answer to the last."""
        return {host: number for host in self._hosts.silent if (number := status.not_kept(host))}

    def _summary(self) -> Summary:
        status = Status(self._catalogue.connection)
        return Summary(
            run=self.run,
            attempts=self._queue.count(JobState.DONE),
            page_loads=status.page_loads(self.run),
            waiting=self._unreachable(status),
            faults=self.faults,
            interrupted=self._stopping,
        )
