"""Which document of the rehearsal web an address names, whatever its spelling."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

NEWSROOM_HOSTS = ("azattyq.org", "rus.azattyq.org")
FACEBOOK_HOST = "facebook.com"
YOUTUBE_HOST = "youtube.com"

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|yclid|mc_[ce]id")
_SUBDOMAIN = re.compile(r"^(www|m|mbasic|web|amp)\.")
_NEWS = re.compile(r"/a/(?:(?P<slug>[a-z0-9-]+)/)?(?P<id>\d{5,9})\.html")
_FACEBOOK_PATHS = (
    ("group_post", re.compile(r"/groups/(?P<owner>[^/]+)/(?:posts|permalink)/(?P<id>\d+)/?")),
    ("post", re.compile(r"/(?P<owner>[^/]+)/posts/(?:[^/]+/)?(?P<id>\d+|pfbid\w+)/?")),
    ("photo", re.compile(r"/(?P<owner>[^/]+)/photos/(?:[^/]+/)?(?P<id>\d+)/?")),
    ("video", re.compile(r"/(?P<owner>[^/]+)/videos/(?:[^/]+/)?(?P<id>\d+)/?")),
    ("video", re.compile(r"/(?P<owner>reel)/(?P<id>\d+)/?")),
)
_FACEBOOK_QUERIES = {
    "/permalink.php": ("post", "story_fbid"),
    "/story.php": ("post", "story_fbid"),
    "/photo": ("photo", "fbid"),
    "/photo.php": ("photo", "fbid"),
    "/watch": ("video", "v"),
}
_SLUGS = (
    "zhiteli-trebuyut-otveta",
    "pikaterov-otpustili-vecherom",
    "rabochie-ostanovili-liniyu",
    "sud-otlozhil-zasedanie",
    "v-soglasovanii-mitinga-otkazali",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A Facebook post; ``kind`` is post, group_post, photo or video, ``owner`` a user, page or group."""

    kind: str
    owner: str
    id: str

    @property
    def number(self) -> int:
        """The post's number; of a pfbid, which is none, a number made of its hash."""
        return int(self.id) if self.id.isdecimal() else digest_of(self.id) % 10**15

    @property
    def url(self) -> str:
        """The canonical address, as Facebook writes it."""
        shapes = {
            "group_post": f"groups/{self.owner}/permalink/{self.number}/",
            "post": f"{self.owner}/posts/{self.number}",
            "photo": f"photo/?fbid={self.number}",
            "video": f"watch/?v={self.number}",
        }
        return f"https://www.facebook.com/{shapes[self.kind]}"


def digest_of(text: str) -> int:
    """Make a large number of a text, always the same one."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")


def bare_host(host: str) -> str:
    """Give the host without www. and the like, in lower case."""
    return _SUBDOMAIN.sub("", host.lower())


def news_id(path: str) -> str | None:
    """Give the number of a newsroom article, or None where the path is not one (``.htm`` is not)."""
    match = _NEWS.fullmatch(path)
    return match["id"] if match else None


def facebook_post(path: str, query: dict[str, str]) -> Post | None:
    """Read one of Facebook's shapes of an address; None where it names no post."""
    for kind, pattern in _FACEBOOK_PATHS:
        if match := pattern.fullmatch(path):
            return Post(kind=kind, owner=match["owner"], id=match["id"])
    kind, name = _FACEBOOK_QUERIES.get(path.rstrip("/"), ("", ""))
    if query.get(name, "").isdecimal() or query.get(name, "").startswith("pfbid"):
        return Post(kind=kind, owner=query.get("id", "watch"), id=query[name])
    return None


def permalink(host: str, number: str) -> str:
    """Give the path to which a WordPress site sends ``/?p=<number>``."""
    return f"/{_SLUGS[digest_of(host + number) % len(_SLUGS)]}-{number}/"


def identity(url: str) -> str:
    """Name the document at an address: the same for every spelling that leads to it."""
    parts = urlsplit(url)
    host, query = bare_host(parts.hostname or ""), dict(parse_qsl(parts.query))
    if host in NEWSROOM_HOSTS and (number := news_id(parts.path)):
        return f"{host}:{number}"
    if host == FACEBOOK_HOST and (post := facebook_post(parts.path, query)):
        return f"{host}:{post.number}"
    if host == YOUTUBE_HOST and "v" in query:
        return f"{host}:{query['v']}"
    if host == "youtu.be":
        return f"{YOUTUBE_HOST}:{parts.path.strip('/')}"
    path = parts.path
    if path in {"", "/"} and "p" in query:
        path = permalink(host, query.pop("p"))
    kept = urlencode(sorted((name, value) for name, value in query.items() if not _TRACKING.fullmatch(name)))
    return f"{host}/{path.strip('/')}" + (f"?{kept}" if kept else "")
