"""``python -m benchmarks.queue``: what a million queued URLs cost in memory, beside plain Scrapy.

A process fills the catalogue's queue and takes chunks from it; a worker takes one of them, off a web on
the loopback. The peer holds its requests where Scrapy holds them by default, in memory: it is measured at
a tenth of the number and at none, and the rest is reckoned in a straight line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from archive.catalogue.catalogue import Catalogue
from archive.catalogue.queue import JobQueue
from archive.folder import Folder
from archive.ids import SourceKey, new_token
from archive.job import CitedBy, Job
from archive.record import to_json
from archive.settings import Fetch, Settings
from archive.times import now
from archive.words import Means
from benchmarks.measure import Watch, megabytes, own_peak, table
from benchmarks.web import HOSTS, Web, web
from crawler.chunk import Chunk

MILLION = 1_000_000
CHUNKS = 20
"""Chunks of the default size that are taken."""
LONGEST = 300.0


def jobs(urls: Iterator[str]) -> Iterator[Job]:
    """Make the jobs of a run, one after the other."""
    settings = Settings()
    digest = settings.sha256
    run = new_token()
    for number, url in enumerate(urls):
        yield Job(
            job=f"{number:016d}",
            visit=f"{run}-{number}",
            attempt=1,
            previous=None,
            source_key=SourceKey(url.partition("//")[2]),
            url=url,
            means=Means.WIRE,
            not_before=None,
            cited=(CitedBy(report_sha256=digest, label=str(number), printed=url),),
            known=None,
            settings_sha256=digest,
        )


def fill_and_take(folder: str, number: str) -> None:
    """Fill a queue, take chunks, and print as JSON what it took; run in a process of its own."""
    with Catalogue(Path(folder) / "catalog.db") as catalogue:
        queue = JobQueue(catalogue, lanes=1)
        began = time.perf_counter()
        added = queue.add(jobs(address(place) for place in range(int(number))))
        filled = time.perf_counter()
        for _ in range(CHUNKS):
            taken = queue.take(0, Fetch().chunk, now())
        ended = time.perf_counter()
    said = {
        "added": added,
        "taken": CHUNKS * len(taken),
        "add_us": 1e6 * (filled - began) / added,
        "take_ms": 1e3 * (ended - filled) / CHUNKS,
        "peak": own_peak(),
    }
    print(json.dumps(said))


def address(number: int) -> str:
    """Name a page of the web of the benchmarks."""
    return f"http://news{number % HOSTS + 1}.example/20/{number}.html"


def hold_in_memory(number: str) -> None:
    """Let plain Scrapy queue its start requests, then print the memory; run in a process of its own."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    class Holder(scrapy.Spider):
        name = "holder"

        async def start(self) -> AsyncIterator[Any]:
            for place in range(int(number)):
                yield scrapy.Request(address(place))
            print(json.dumps({"peak": own_peak()}), flush=True)
            os._exit(0)  # an orderly end would ask for every one of them

    # Nothing is answered, so that only the queue is measured.
    process = AsyncCrawlerProcess({"DOWNLOAD_DELAY": 3_600, "LOG_LEVEL": "CRITICAL"})
    process.crawl(Holder)
    process.start()


def worker_peak(source: Web, number: int) -> int:
    """Give the highest memory of a worker with one chunk of the default size."""
    with tempfile.TemporaryDirectory(prefix="saqta-bench-") as name:
        folder = Folder(Path(name))
        folder.create()
        chunk = Chunk(
            name="bench",
            archive=name,
            jobs=tuple(jobs(iter(source.by_name(20, number)))),
            settings=Settings(fetch=Fetch(delay=0)),
            resolve=(source.resolve,),
        )
        path = folder.run / "bench.json"
        path.write_bytes(to_json(chunk))
        command = [sys.executable, "-m", "crawler.worker", str(path)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        lives = Watch(process).wait(LONGEST)
    if process.returncode:
        raise RuntimeError(f"the worker ended with code {process.returncode}")
    return max(life.peak for life in lives)


def run_step(*step: str) -> dict[str, Any]:
    """Run one step of this module in a process of its own and read what it says."""
    command = [sys.executable, "-m", "benchmarks.queue", "--step", *step]
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=LONGEST, check=True)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
    return said


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="ten thousand URLs: whether it works at all")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        return STEPS[options.step[0]](*options.step[1:])
    number = MILLION // 100 if options.quick else MILLION
    with tempfile.TemporaryDirectory(prefix="saqta-bench-") as folder:
        filled = run_step("fill", folder, str(number))
    with web() as source:
        worker = worker_peak(source, Fetch().chunk)
    none, tenth = (run_step("hold", str(held))["peak"] for held in (0, number // 10))
    found = {
        "urls": number,
        "command_peak": filled["peak"],
        "add_us": filled["add_us"],
        "take_ms": filled["take_ms"],
        "worker_peak": worker,
        "scrapy_tenth_peak": tenth,
        "scrapy_peak": none + 10 * (tenth - none),
    }
    print(json.dumps(found) if options.json else _report(found))
    return None


def _report(found: dict[str, Any]) -> str:
    urls = found["urls"]
    lines = [
        (f"saqta: fills the queue with {urls:,} URLs and takes chunks", megabytes(found["command_peak"])),
        (f"saqta: a worker with a chunk of {Fetch().chunk}", megabytes(found["worker_peak"])),
        (f"plain Scrapy: {urls // 10:,} requests in memory", megabytes(found["scrapy_tenth_peak"])),
        (f"plain Scrapy: {urls:,}, reckoned from it", megabytes(found["scrapy_peak"])),
    ]
    speed = f"Queued in {found['add_us']:.0f} µs a URL; a chunk is taken in {found['take_ms']:.0f} ms."
    return f"{table(('', 'highest memory'), lines)}\n\n{speed}"


STEPS = {"fill": fill_and_take, "hold": hold_in_memory}

if __name__ == "__main__":
    main()
