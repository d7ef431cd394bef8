"""The recorder within a real Scrapy crawl, in a process of its own as in production."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rawserver import BODY, ROUTES, Act, RawServer

SPIDER = """
import json, pathlib, sys
import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from crawler.recorder import HANDLER, ExchangeFailed

folder, port, routes = pathlib.Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])

class Spider(scrapy.Spider):
    name = "recorder"

    async def start(self):
        for route, method in routes.items():
            yield scrapy.Request(
                f"http://example.org/{route}", method=method, callback=self.read, errback=self.miss,
                dont_filter=True, cb_kwargs={"route": route},
                meta={"keep": self.keeper(route), "handle_httpstatus_all": True},
            )

    def keeper(self, route):
        async def keep(exchange):
            with exchange.sent as sent, exchange.received as received:
                (folder / f"{route}.sent").write_bytes(sent.read())
                (folder / f"{route}.received").write_bytes(received.read())
        return keep

    def read(self, response, route):
        assert response.meta["exchange"].status == response.status
        self.tell(route, {"status": response.status, "body": response.body.hex(), "flags": response.flags})

    def miss(self, failure):
        assert failure.check(ExchangeFailed), failure
        exchange = failure.request.meta["exchange"]
        self.tell(failure.request.cb_kwargs["route"], {"failure": exchange.failure})

    def tell(self, route, found):
        assert (folder / f"{route}.received").exists(), "kept before it is seen"
        (folder / f"{route}.json").write_text(json.dumps(found))

process = AsyncCrawlerProcess({
    "DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER},
    "SAQTA_RESOLVE": [f"*:80:127.0.0.1:{port}"], "DOWNLOAD_MAXSIZE": 1_000_000, "DOWNLOAD_WARNSIZE": 0,
    "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "RETRY_ENABLED": False, "COOKIES_ENABLED": False,
    "REFERER_ENABLED": False, "ROBOTSTXT_OBEY": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "REDIRECT_ENABLED": False, "HTTPPROXY_ENABLED": False, "DOWNLOAD_DELAY": 0,
})
process.crawl(Spider)
process.start()
"""
CRAWLED = {name: route.method for name, route in ROUTES.items() if Act.HANG not in route.steps}


@pytest.fixture(scope="module")
def crawl(tmp_path_factory):
    """Crawl every route that needs no time limit, in one child process."""
    folder = tmp_path_factory.mktemp("crawl")
    with RawServer() as server:
        arguments = [sys.executable, "-c", SPIDER, str(folder), str(server.port), json.dumps(CRAWLED)]
        child = subprocess.run(
            arguments, cwd=Path(__file__).parent.parent, capture_output=True, text=True, timeout=120
        )
        entries = {name: server.entry(name) for name in CRAWLED}
    return folder, child, entries


def test_the_crawl_ends_well_and_logs_no_trouble(crawl):
    """No error is logged behind the spider's back, whatever the servers did."""
    _, child, _ = crawl
    assert (child.returncode, child.stdout, child.stderr) == (0, "", "")


def test_each_exchange_of_the_crawl_is_kept(crawl):
    """Both blocks are what the server saw, or a prefix where the answer was cut."""
    folder, _, entries = crawl
    for name, entry in entries.items():
        assert (folder / f"{name}.sent").read_bytes() == entry.request, name
        received = (folder / f"{name}.received").read_bytes()
        assert bytes(entry.sent).startswith(received), name
        if ROUTES[name].truncated is None:
            assert received == bytes(entry.sent), name


def test_the_spider_gets_each_answer_or_its_failure(crawl):
    """A cut answer is flagged, a content coding is undone by Scrapy as always."""
    folder, _, entries = crawl
    for name in entries:
        found, route = json.loads((folder / f"{name}.json").read_text()), ROUTES[name]
        if route.status is None:
            assert found == {"failure": route.failure}, name
            continue
        assert found["status"] == route.status, name
        assert ("truncated" in found["flags"]) == (route.truncated is not None), name
        if name in {"plain", "gzip", "gzip-chunked", "chunked"}:
            assert bytes.fromhex(found["body"]) == BODY
