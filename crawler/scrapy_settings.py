"""Scrapy's settings, lean on purpose: what is not used costs time, and what is hidden costs trust."""

from __future__ import annotations

import importlib.util
from importlib.metadata import version
from typing import Any

from archive.settings import Fetch, Settings
from crawler.recorder import HANDLER

BOT_NAME = "saqta"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"

# The wire is the recorder's alone.
DOWNLOAD_HANDLERS = {"http": HANDLER, "https": HANDLER, "ftp": None, "s3": None, "file": None, "data": None}
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop" if importlib.util.find_spec("uvloop") else None

# Nothing of a user, and nothing of one page, goes to another.
COOKIES_ENABLED = False
REFERER_ENABLED = False

# Each hop, retry and refusal is decided, kept and judged by us.
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
RETRY_ENABLED = False
ROBOTSTXT_OBEY = False
HTTPCACHE_ENABLED = False
HTTPERROR_ALLOW_ALL = True
COMPRESSION_ENABLED = False  # bodies stay as they were on the wire; the store unpacks a copy
HTTPPROXY_ENABLED = False  # proxies are the recorder's, per host
HTTPAUTH_ENABLED = False
DOWNLOADER_STATS = False
DOWNLOADER_MIDDLEWARES_BASE: dict[str, Any] = {
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
}
SPIDER_MIDDLEWARES_BASE: dict[str, Any] = {}
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the catalogue is unique by itself
EXTENSIONS_BASE: dict[str, Any] = {}
TELNETCONSOLE_ENABLED = False

# Turns at a host are taken across processes, in crawler/turns.py.
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0
AUTOTHROTTLE_ENABLED = False
CONCURRENT_REQUESTS = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 16
CONCURRENT_ITEMS = 1  # no items are made; Scrapy would start 100 tasks for each response

TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingHostnameResolver"  # every address of a name, IPv6 too
DNSCACHE_ENABLED = True
DOWNLOAD_WARNSIZE = 0
LOG_LEVEL = "WARNING"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ru,kk;q=0.9,en;q=0.8",
    # Tools of the field handle br and zstd badly, so that neither is asked for.
    "Accept-Encoding": "gzip, deflate",
}


def user_agent(fetch: Fetch) -> str:
    """Give what sites see of us: the tool and its version, and a contact only where the user set one."""
    contact = f"; {fetch.contact}" if fetch.contact else ""
    return f"Mozilla/5.0 (compatible; saqta/{version('saqta')}{contact})"


USER_AGENT = user_agent(Fetch())


def for_settings(
    settings: Settings, resolve: tuple[str, ...], ca_file: str | None, proxies: dict[str, str]
) -> dict[str, Any]:
    """Give what the settings of an archive change, for one crawl process."""
    fetch = settings.fetch
    return {
        "USER_AGENT": user_agent(fetch),
        "DOWNLOAD_TIMEOUT": fetch.answer_timeout,
        "DOWNLOAD_MAXSIZE": fetch.max_bytes,
        "SAQTA_CONNECT_TIMEOUT": fetch.connect_timeout,
        "SAQTA_RESOLVE": list(resolve),
        "SAQTA_CA_FILE": ca_file or "",
        "SAQTA_PROXIES": proxies,
    }
