"""The only part that touches the network; it keeps the exact bytes of both directions."""

from __future__ import annotations

from crawler.recorder.address import is_public
from crawler.recorder.failed import ExchangeFailed
from crawler.recorder.proxy import Proxy, parse_proxy
from crawler.recorder.resolve import ResolveRule, parse_resolve_rule

HANDLER = "crawler.recorder.handler.RecordingDownloadHandler"
"""What Scrapy's DOWNLOAD_HANDLERS names for http and https; imported only where a reactor may be."""

__all__ = [
    "HANDLER",
    "ExchangeFailed",
    "Proxy",
    "ResolveRule",
    "is_public",
    "parse_proxy",
    "parse_resolve_rule",
]
