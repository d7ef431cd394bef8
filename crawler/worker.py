"""A crawl process: ``python -m crawler.worker CHUNK.json``. It takes one chunk and ends.

It lives no longer than the command: its standard input is a pipe that the command holds open.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings as ScrapySettings

from archive.job import Job
from archive.record import from_json
from archive.settings import proxies_with_logins
from crawler import scrapy_settings
from crawler.chunk import Chunk
from crawler.sites import WEB
from crawler.spider import CaptureSpider
from crawler.turns import Turns, longest_load
from crawler.workbench import make_workbench
from crawler.workers import STOP

FAULT = 1
"""Exit code where a capture could not be made for a reason of ours; its job is queued again."""


def run_chunk(chunk: Chunk) -> int:
    """Capture the jobs of a chunk with the spiders of their sites, and give the exit code."""
    settings = ScrapySettings()
    settings.setmodule(scrapy_settings)
    proxies = proxies_with_logins(chunk.settings, os.environ)
    settings.setdict(
        scrapy_settings.for_settings(chunk.settings, chunk.resolve, chunk.ca_file, proxies),
        priority="cmdline",
    )
    bench = make_workbench(chunk)
    fetch = chunk.settings.fetch
    with Turns(bench.folder.run / "slots.db", fetch.delay, longest_load(fetch), chunk.name) as turns:
        process = AsyncCrawlerProcess(settings)
        crawlers = []
        for name, jobs in _by_spider(process, chunk.jobs).items():
            crawler = process.create_crawler(name)
            crawlers.append(crawler)
            process.crawl(crawler, chunk=chunk, jobs=jobs, bench=bench, turns=turns)
        threading.Thread(target=_obey_the_command, args=(crawlers, bench.stopping), daemon=True).start()
        process.start(install_signal_handlers=False)
    bench.log.close()
    spiders = [crawler.spider for crawler in crawlers]
    whole = all(isinstance(spider, CaptureSpider) and not spider.faults for spider in spiders)
    return 0 if whole else FAULT


def _by_spider(process: AsyncCrawlerProcess, jobs: tuple[Job, ...]) -> dict[str, list[Job]]:
    """Route jobs by host to the spiders that Scrapy's own loader knows; the rest goes to ``web``."""
    loader = process.spider_loader
    families = {
        name: spider for name in sorted(loader.list()) if hasattr(spider := loader.load(name), "site")
    }
    routed: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        names = (
            name for name, spider in families.items() if spider.site.hosts and spider.site.covers(job.host)
        )
        routed[next(names, WEB)].append(job)
    return routed


def _obey_the_command(crawlers: Iterable[Crawler], stopping: threading.Event) -> None:
    """Start nothing more when the command says so; leave at once when its pipe closes, however it ended."""
    while said := os.read(0, 1):
        if said == STOP:
            stopping.set()
            for crawler in crawlers:
                if isinstance(crawler.spider, CaptureSpider):
                    reactor_thread(crawler.spider.feed.stop)
    os._exit(os.EX_TEMPFAIL)


def reactor_thread(call: Callable[[], None]) -> None:
    """Make a call in the reactor's thread."""
    from twisted.internet import reactor

    reactor.callFromThread(call)


def main() -> int:
    """Read the chunk that the command wrote, and work it off."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command tells us when to stop
    return run_chunk(from_json(Path(sys.argv[1]).read_bytes(), Chunk))


if __name__ == "__main__":
    sys.exit(main())
