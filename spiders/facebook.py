"""Facebook: one post has many addresses, and most answers to them are not the post.

A post counts as captured only where the page itself names this very post and shows text of it.
"""

from __future__ import annotations

from archive.site import KeyRule, ProofRule, Selectors, Site, WallRule
from archive.words import Outcome
from crawler.spider import CaptureSpider

_HOST = r"(?:[\w-]+\.)*(?:facebook|fb)\.com"
_ID = r"(?P<id>\d+|pfbid\w+)"
_SLASH = r"(?:%2F|/)"
_END = r"(?:$|[?/])"
_MESSAGE = "//*[@data-testid='post_message' or @data-ad-preview='message']"
_STORY = "//div[contains(concat(' ', normalize-space(@class), ' '), ' story_body_container ')]"
_OG_TEXT = "//meta[@property='og:description']/@content"
_VIDEO_TEXT = "//meta[@name='twitter:description']/@content"


def _post(path: str) -> KeyRule:
    return KeyRule(pattern=_HOST + path, key="facebook:{id}")


def _embed(path: str) -> KeyRule:
    """Give the key of the post that a plugin shows on other sites; its address stands in ``href``."""
    address = rf"(?:https?(?:%3A|:){_SLASH}{_SLASH})?{_HOST}{_SLASH}(?:[^&%/]+{_SLASH})*?"
    return _post(rf"/plugins/(?:post|video)\.php\?(?:.*&)?href={address}{path}")


SITE = Site(
    name="facebook",
    hosts=("facebook.com", "fb.com", "fb.watch"),
    key_rules=(
        _post(rf"/groups/[^/?]+/(?:posts|permalink)/(?:[^/?]+/)?{_ID}{_END}"),
        _post(rf"/(?:permalink|story)\.php\?(?:.*&)?story_fbid={_ID}(?:$|&)"),
        _post(rf"/photo(?:\.php)?/?\?(?:.*&)?fbid={_ID}(?:$|&)"),
        _post(rf"/(?:watch(?:/live)?|video\.php)/?\?(?:.*&)?v={_ID}(?:$|&)"),
        _post(rf"/(?:reel|events)/(?:[^/?]+/)*{_ID}{_END}"),
        _post(rf"/[^/?]+/(?:posts|videos|photos)/(?:[^/?]+/)*{_ID}(?::0)?{_END}"),
        _embed(rf"(?:posts|permalink|videos|reel){_SLASH}(?:[^&%/]+{_SLASH})*{_ID}(?:{_SLASH})?(?:$|&)"),
        _embed(
            rf"(?:permalink|story|photo|video)\.php(?:%3F|\?)(?:story_fbid|fbid|v)(?:%3D|=){_ID}(?:$|&|%26)"
        ),
    ),
    selectors=Selectors(
        text=(_MESSAGE, _STORY, _OG_TEXT, _VIDEO_TEXT), title=("//meta[@property='og:title']/@content",)
    ),
    walls=(
        WallRule(
            name="login-path",
            where="path",
            pattern=r"^/(?:login|checkpoint|recover)(?:/|\.php|$)",
            outcome=Outcome.LOGIN_WALL,
        ),
        WallRule(
            name="error-page",
            where="markup",
            pattern=r"\"tracePolicy\":\"comet\.error\"|comet\.fbweb\.CometErrorRoute",
            outcome=Outcome.UNAVAILABLE,
        ),
        WallRule(
            name="no-longer-available",
            where="text",  # a post may show it in place of what it shares
            pattern=r"This Facebook post is no longer available|Этот контент сейчас недоступен"
            r"|This content isn.t available",
            outcome=Outcome.UNAVAILABLE,
        ),
        WallRule(
            name="must-log-in",
            where="markup",
            pattern=r">You must log in to continue|rel=\"canonical\" href=\"https://[^\"]*/login",
            outcome=Outcome.LOGIN_WALL,
        ),
        WallRule(
            name="login-title",
            where="title",
            pattern=r"^(?:log in|log into facebook|вход на facebook|войдите на facebook|войти на facebook"
            r"|facebook-ке кіру)",
            outcome=Outcome.LOGIN_WALL,
        ),
    ),
    proof=ProofRule(
        wanted=r"^facebook:(.+)$",
        places=(
            "//meta[@property='og:url']/@content",
            "//link[@rel='canonical']/@href",
            "//a[contains(@href, 'ref=embed_post')]/@href",
        ),
        body=(_OG_TEXT, _VIDEO_TEXT, f"{_MESSAGE}//text()", f"{_STORY}//text()"),
    ),
    no_document=(
        r"^facebook\.com/(?:groups/)?[^/?]+$",
        r"^facebook\.com/[^/?]+/(?:posts|photos|photos_albums|photos_by|videos|reels|about|info|avatar)$",
        r"^facebook\.com/(?:profile\.php\?id=|people/[^/]+/)\d+$",
    ),
)


class FacebookSpider(CaptureSpider):
    """Captures public posts, photos and videos."""

    name = "facebook"
    site = SITE
