"""The peer scrapy-webarchive: ``python -P webarchive_peer.py FILE CONCURRENCY FOLDER``, with its own Python.

It needs Scrapy 2.11, so that this file imports nothing of the project.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess


class Kept(scrapy.Spider):
    """Asks for every address; the extension writes a WACZ."""

    name = "kept"

    def start_requests(self) -> Iterator[Any]:
        """Ask for every address."""
        for url in self.urls:
            yield scrapy.Request(url)

    def parse(self, response: scrapy.http.Response) -> None:
        """Look at nothing."""


def main(urls: str, concurrency: str, folder: str) -> None:
    """Crawl."""
    process = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": int(concurrency),
            "LOG_LEVEL": "WARNING",
            "EXTENSIONS": {"scrapy_webarchive.extensions.WaczExporter": 543},
            "SW_EXPORT_URI": f"{folder}/",
            "SW_WACZ_SOURCE_URI": None,
        }
    )
    process.crawl(Kept, urls=Path(urls).read_text().split())
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
