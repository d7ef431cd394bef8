"""The sites that are known, found through Scrapy's own spider loader."""

from __future__ import annotations

from collections.abc import Sequence

from scrapy.settings import Settings as ScrapySettings
from scrapy.spiderloader import SpiderLoader

from archive.site import KeyRule, Site
from crawler import scrapy_settings

WEB = "web"
"""The spider of everything that no family covers."""


class Sites:
    """Site values by host; the first family that covers a host has it."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self._families = [site for site in sites if site.hosts]
        self._rest = next(site for site in sites if not site.hosts)

    @classmethod
    def load(cls) -> Sites:
        """Load every spider named in Scrapy's settings and take its Site."""
        settings = ScrapySettings()
        settings.setmodule(scrapy_settings)
        loader = SpiderLoader.from_settings(settings)
        return cls([loader.load(name).site for name in sorted(loader.list())])  # type: ignore[attr-defined]

    def of(self, host: str) -> Site:
        """Give the site of a host."""
        return next((site for site in self._families if site.covers(host)), self._rest)

    def key_rules(self, host: str) -> Sequence[KeyRule]:
        """Give the rules by which addresses on a host get their key."""
        return self.of(host).key_rules
