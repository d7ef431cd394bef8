"""``python -m benchmarks.steps``: what each step of keeping a page costs, one after the other, without a web.

Every step is called as the worker and the command call it, on the pages of the benchmarks.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import ParamSpec, TypeVar

from archive.catalogue.catalogue import Catalogue
from archive.closing import ClockFacts, ClosingRecord
from archive.exchange import Exchange, Peer
from archive.folder import Folder
from archive.ids import new_capture_id
from archive.job import Job
from archive.ledger import Ledger, LedgerLine
from archive.recovery import sealed_event
from archive.settings import Settings
from archive.times import now
from archive.warc.members import Inventory, inventory
from archive.warc.writer import CaptureFile, Kept
from archive.words import Role
from benchmarks.measure import Spread, table
from benchmarks.queue import address, jobs
from benchmarks.web import SIZES, Answers
from crawler.judge import Answer, Judged, judge
from crawler.sites import Sites
from crawler.workbench import software

TOGETHER = 20
"""Captures that the command finds each time it looks, at 200 a second."""
_REQUEST = b"GET /%d HTTP/1.1\r\nHost: news1.example\r\nUser-Agent: saqta\r\nConnection: close\r\n\r\n"

T = TypeVar("T")
P = ParamSpec("P")


@dataclass
class Stopwatch:
    """Milliseconds of wall and CPU time by step."""

    wall: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def of(self, step: str, share: int, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do a step that serves `share` pages at once."""
        cpu, wall = time.process_time(), time.perf_counter()
        done = work(*arguments, **named)
        self.wall[step].append(1_000 * (time.perf_counter() - wall) / share)
        self.cpu[step].append(1_000 * (time.process_time() - cpu) / share)
        return done


class Bench:
    """Keeps pages of one size in an archive of its own."""

    def __init__(self, folder: Folder, size: int) -> None:
        self._folder, self._size = folder, size
        self._answers, self._settings, self._software = Answers(), Settings(), software()
        self._site = Sites.load().of("news1.example")
        self.watch = Stopwatch()

    def keep(self, job: Job, number: int) -> Path:
        """Go through the steps of a worker, from the bytes of the wire to the sealed file."""
        of = self.watch.of
        answer = self._answers.answer(b"/%d/%d.html" % (self._size, number))
        exchange = Exchange(
            url=job.url,
            method="GET",
            role=Role.PAGE,
            started_at=now(),
            ended_at=now(),
            sent=BytesIO(_REQUEST % number),
            received=BytesIO(answer),
            peer=Peer(address="127.0.0.1", port=80),
            rehearsal=True,
        )
        capture = new_capture_id(now())
        file = of(
            "worker: open the file",
            1,
            CaptureFile,
            self._folder,
            capture,
            job,
            self._settings,
            self._software,
        )
        kept = of("worker: hash, compress and write request and response", 1, file.write, exchange)
        of("worker, in a thread: the disk has the bytes", 1, file.sync)
        judged = of("worker: parse and judge the page", 1, self._judge, job, kept)
        closing = self._closing(file, job, kept, judged)
        sealed = of("worker: write the closing record", 1, file.conclude, closing)
        of("worker, in a thread: the disk has the sealed file", 1, file.settle)
        return sealed.path

    def enter(self, paths: list[Path], ledger: Ledger, catalogue: Catalogue) -> None:
        """Go through the steps of the command for captures that it found together."""
        of = self.watch.of
        step = "command: read the file back, check its hash"
        found = [(of(step, 1, inventory, path), path) for path in paths]
        events = [sealed_event(each, self._folder.relative(path)) for each, path in found]
        lines = of("command: write ledger lines", len(paths), ledger.append, events)
        of("command: enter into the catalogue", len(paths), self._add, catalogue, found, lines)

    def _add(
        self, catalogue: Catalogue, found: list[tuple[Inventory, Path]], lines: list[LedgerLine]
    ) -> None:
        with catalogue.batch():
            catalogue.add_events(lines)
            for (each, path), line in zip(found, lines, strict=True):
                catalogue.add_capture(self._folder.relative(path), each, line.n)

    def _judge(self, job: Job, kept: Kept) -> Judged:
        answer = Answer(
            url=job.url, source_key=job.source_key, final=kept.facts, head=kept.head, body=kept.body
        )
        return judge(answer, self._site)

    def _closing(self, file: CaptureFile, job: Job, kept: Kept, judged: Judged) -> ClosingRecord:
        return ClosingRecord(
            capture=file.capture,
            job=job,
            kind=job.kind,
            judgement=judged.judgement,
            started_at=now(),
            ended_at=now(),
            final_url=job.url,
            status=kept.facts.status,
            title=judged.title,
            retry_after=None,
            exchanges=(kept.facts,),
            certificates={},
            redirects=(),
            requisites=(),
            robots=None,
            proxy=None,
            logged_in=False,
            resolve=(),
            ca_file=None,
            settings=self._settings,
            software=self._software,
            clock=ClockFacts(server_date=None, difference_seconds=None, synchronised=None),
        )


def measure(size: int, pages: int) -> Stopwatch:
    """Keep and enter pages of `size` kB in a new archive."""
    with tempfile.TemporaryDirectory(prefix="saqta-bench-") as name:
        folder = Folder(Path(name))
        folder.create()
        bench, ledger = Bench(folder, size), Ledger(folder.ledger)
        with Catalogue(folder.catalogue) as catalogue:
            paths: list[Path] = []
            for number, job in enumerate(jobs(address(place) for place in range(pages))):
                paths.append(bench.keep(job, number))
                if len(paths) == TOGETHER:
                    bench.enter(paths, ledger, catalogue)
                    paths.clear()
    return bench.watch


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steps", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few pages: whether it works at all")
    options = parser.parse_args()
    found = [measure(size, TOGETHER if options.quick else 20 * TOGETHER) for size in SIZES]
    heads = ["step, median ms a page"]
    heads += [f"{size} kB: {what}" for size in SIZES for what in ("CPU", "by the clock")]
    print(table(heads, [_row(step, found) for step in found[0].wall]))


def _row(step: str, found: list[Stopwatch]) -> list[str]:
    times = [times[step] for watch in found for times in (watch.cpu, watch.wall)]
    return [step, *(f"{Spread.of(each).median:.2f}" for each in times)]


if __name__ == "__main__":
    main()
