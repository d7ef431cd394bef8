"""The peer: plain Scrapy with its default settings, which keeps nothing.

``python -m benchmarks.plain_scrapy FILE CONCURRENCY`` fetches the addresses of a file, one a line. Only what
both sides must agree on is set: how many requests are in the air, and no line in a log for each of them.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess


class Plain(scrapy.Spider):
    """Asks for every address and does nothing with the answer."""

    name = "plain"

    async def start(self) -> AsyncIterator[Any]:
        """Ask for every address."""
        for url in self.urls:
            yield scrapy.Request(url)

    def parse(self, response: scrapy.http.Response) -> None:
        """Look at nothing."""


def main(urls: str, concurrency: str) -> None:
    """Crawl."""
    process = AsyncCrawlerProcess({"CONCURRENT_REQUESTS": int(concurrency), "LOG_LEVEL": "WARNING"})
    process.crawl(Plain, urls=Path(urls).read_text().split())
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
