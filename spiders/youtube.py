"""YouTube: a watch page shows a plain client its title and description, and hardly any text."""

from __future__ import annotations

from archive.site import KeyRule, ProofRule, Selectors, Site, WallRule
from archive.words import Outcome
from crawler.spider import CaptureSpider

_HOST = r"(?:m\.|music\.)?youtube(?:-nocookie)?\.com"
_ID = r"(?P<id>[\w-]{11})"
_OG_TITLE = "//meta[@property='og:title']/@content"

SITE = Site(
    name="youtube",
    hosts=("youtube.com", "youtu.be", "youtube-nocookie.com"),
    key_rules=(
        KeyRule(pattern=rf"{_HOST}/watch(?:_popup)?\?(?:.*&)?v={_ID}(?:$|&)", key="youtube:{id}"),
        KeyRule(
            pattern=rf"{_HOST}/(?:shorts|embed|live|v)/{_ID}(?:$|[?/])",
            key="youtube:{id}",
        ),
        KeyRule(pattern=rf"youtu\.be/{_ID}(?:$|\?)", key="youtube:{id}"),
    ),
    selectors=Selectors(
        text=("//meta[@property='og:description']/@content",),
        title=(_OG_TITLE,),
        author=("//span[@itemprop='author']//link[@itemprop='name']/@content",),
        published=("//meta[@itemprop='datePublished']/@content",),
    ),
    walls=(
        WallRule(
            name="not-playable",
            where="markup",
            pattern=r"\"playabilityStatus\":\{\"status\":\"(?:ERROR|UNPLAYABLE)\"",
            outcome=Outcome.UNAVAILABLE,
        ),
        WallRule(
            name="login-required",
            where="markup",
            pattern=r"\"playabilityStatus\":\{\"status\":\"(?:LOGIN_REQUIRED|AGE_VERIFICATION_REQUIRED)\"",
            outcome=Outcome.LOGIN_WALL,
        ),
    ),
    proof=ProofRule(
        wanted=r"^youtube:(.+)$",
        places=(
            "//meta[@property='og:url']/@content",
            "//link[@rel='canonical']/@href",
            "//meta[@itemprop='identifier' or @itemprop='videoId']/@content",
        ),
        body=(_OG_TITLE,),
    ),
    no_document=(r"^youtube\.com/(?:@|c/|channel/|user/)[^/]+$",),
)


class YoutubeSpider(CaptureSpider):
    """Captures the watch pages of videos."""

    name = "youtube"
    site = SITE
