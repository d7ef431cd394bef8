"""Weaknesses of a citation that nobody may repair: they are named, and the address stays as it is."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

import can_ada

from crawler.urls.hosts import is_possible_host
from crawler.urls.key import WEB, fetch_url, is_web, parse
from crawler.urls.tracking import is_of_host

HOME_PAGE_ONLY = "home-page-only"
PROFILE_OR_GROUP_ONLY = "profile-or-group-only"
NEEDS_LOGIN = "needs-login"
EDIT_LINK = "edit-link"
CUT_SHORT = "cut-short"
BAD_HOST = "bad-host"
NOT_WEB = "not-web"
TEXT_DIFFERS = "text-differs-from-link"

_FACEBOOK_PAGES = (
    "watch|photo|photo.php|permalink.php|story.php|video.php|share|sharer.php|login|events|groups"
)
_PROFILES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "facebook.com",
        re.compile(rf"/groups/[^/]+|/(?!(?:{_FACEBOOK_PAGES})$)[\w.%-]+|/profile\.php|/people/[^/]+/\d+"),
    ),
    ("instagram.com", re.compile(r"/(?!(?:p|reel|explore)$)[\w.]+")),
    ("twitter.com", re.compile(r"/(?!(?:search|home)$)\w+")),
    ("x.com", re.compile(r"/(?!(?:search|home)$)\w+")),
    ("youtube.com", re.compile(r"/(?:@[^/]+|(?:channel|user|c)/[^/]+)(?:/(?:videos|featured|about))?")),
    ("t.me", re.compile(r"/(?:s/)?\w+")),
    ("tiktok.com", re.compile(r"/@[^/]+")),
    ("ok.ru", re.compile(r"/(?:profile|group)/\d+")),
    ("vk.com", re.compile(r"/(?!(?:wall|photo|video|topic|feed|away)[-\d.]*)[\w.]+")),
)
_NAMED_BY_QUERY = ("/profile.php",)
_EDIT = re.compile(r"(?P<site>/(?:[^?#]*/)?)wp-admin/post\.php")
_LOGIN = re.compile(r"/wp-admin(?:/|$)|/wp-login\.php$")
_LOGIN_HOSTS = ("web.whatsapp.com", "web.telegram.org", "mail.google.com", "e.mail.ru", "mail.yandex.ru")
_CUT = re.compile(r"(?:…|%[0-9a-fA-F]?)$")


def address_flags(url: str, printed: str = "") -> tuple[str, ...]:
    """Name what makes an address poor evidence even if its page is kept; empty if nothing does."""
    parsed = parse(url)
    if parsed is None:
        return (BAD_HOST,)
    if parsed.protocol not in WEB:
        return (NOT_WEB,)
    found = {
        HOME_PAGE_ONLY: parsed.pathname == "/" and not parsed.search and not parsed.hash,
        PROFILE_OR_GROUP_ONLY: _is_profile(parsed),
        EDIT_LINK: bool(_EDIT.fullmatch(parsed.pathname)),
        NEEDS_LOGIN: _needs_login(parsed),
        BAD_HOST: not is_possible_host(parsed.hostname.rstrip(".")),
        CUT_SHORT: bool(_CUT.search(printed)),
    }
    return tuple(flag for flag, is_so in found.items() if is_so)


def public_readings(url: str) -> tuple[str, ...]:
    """Give addresses that the public may see instead of an editor's screen or a login page; guesses only."""
    parsed = parse(url)
    if parsed is None or parsed.protocol not in WEB:
        return ()
    query = dict(parse_qsl(parsed.search.removeprefix("?")))
    edit = _EDIT.fullmatch(parsed.pathname)
    if edit and query.get("post", "").isdecimal():
        return (fetch_url(f"{parsed.protocol}//{parsed.host}{edit['site']}?p={query['post']}"),)
    if _is_facebook_login(parsed) and is_web(query.get("next", "")):
        return (fetch_url(query["next"]),)
    return ()


def _is_facebook_login(url: can_ada.URL) -> bool:
    return is_of_host(url.hostname, "facebook.com") and url.pathname.rstrip("/") in ("/login", "/login.php")


def _needs_login(url: can_ada.URL) -> bool:
    is_private = any(is_of_host(url.hostname, host) for host in _LOGIN_HOSTS)
    return is_private or bool(_LOGIN.search(url.pathname)) or _is_facebook_login(url)


def _is_profile(url: can_ada.URL) -> bool:
    path = url.pathname.rstrip("/")
    if url.search and path not in _NAMED_BY_QUERY:
        return False
    return any(is_of_host(url.hostname, host) and pattern.fullmatch(path) for host, pattern in _PROFILES)
