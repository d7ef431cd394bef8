"""Radio Azattyq (RFE/RL in Kazakhstan): the number in an address is the article."""

from __future__ import annotations

from archive.site import KeyRule, Site
from crawler.spider import CaptureSpider

SITE = Site(
    name="azattyq",
    hosts=("azattyq.org", "azattyq.com"),
    key_rules=(
        KeyRule(
            pattern=r"(?:[\w-]+\.)*azattyq\.(?:org|com)/(?:amp/a|amp|a)/(?:[^/?]+/)?(?P<id>\d+)\.html?(?:$|\?)",
            key="azattyq:{id}",
        ),
    ),
)


class AzattyqSpider(CaptureSpider):
    """Captures articles of Radio Azattyq."""

    name = "azattyq"
    site = SITE
