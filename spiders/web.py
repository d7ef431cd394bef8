"""Everything that no other file knows."""

from __future__ import annotations

from archive.site import Site
from crawler.spider import CaptureSpider

SITE = Site(name="web")


class WebSpider(CaptureSpider):
    """Captures pages of any site."""

    name = "web"
    site = SITE
