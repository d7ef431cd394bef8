"""The families of sites: which hosts they have, and one key for every spelling of one resource."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.words import Outcome
from crawler.sites import Sites
from crawler.urls.key import fetch_url, host_of, source_key
from tests.judgelab import needs_corpus, rows

SITES = Sites.load()
WHERE = {"path", "title", "markup", "text"}


def key_of(url: str) -> str:
    """Give the key of a URL by the rules of its family, as the reader of reports does."""
    return source_key(url, SITES.key_rules(host_of(fetch_url(url))))


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.facebook.com", "facebook"),
        ("m.facebook.com", "facebook"),
        ("ru-ru.facebook.com", "facebook"),
        ("fb.watch", "facebook"),
        ("youtu.be", "youtube"),
        ("www.youtube-nocookie.com", "youtube"),
        ("rus.azattyq.org", "azattyq"),
        ("example.kz", "web"),
        ("notfacebook.com", "web"),
        ("facebook.com.example.kz", "web"),
    ],
)
def test_a_family_covers_its_hosts_and_no_others(host: str, name: str) -> None:
    """Subdomains belong to it, names that only look alike do not."""
    assert SITES.of(host).name == name


FB = "https%3A%2F%2Fwww.facebook.com"
PLUGIN = "https://www.facebook.com/plugins/post.php"
FACEBOOK = (
    (
        "facebook:4712398765012345",
        (
            "https://www.facebook.com/groups/steppe.news/posts/4712398765012345/",
            "https://m.facebook.com/groups/steppe.news/permalink/4712398765012345/?refid=18",
            "https://web.facebook.com/groups/117507531664134/permalink/4712398765012345?_rdc=1&_rdr",
            "http://ru-ru.facebook.com/groups/steppe.news/posts/voda-v-uralske/4712398765012345/",
            "https://www.facebook.com/steppe.news/posts/4712398765012345?__tn__=K-R",
            "https://www.facebook.com/steppe.news/posts/net-vody/4712398765012345/",
            "https://www.facebook.com/permalink.php?story_fbid=4712398765012345&id=100064860875397",
            "https://m.facebook.com/story.php?id=100064860875397&story_fbid=4712398765012345",
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.facebook.com%2Fsteppe.news%2Fposts%2F4712398765012345",
            f"{PLUGIN}?href={FB}%2Fsteppe.news%2Fposts%2F4712398765012345&locale=en_US",
            f"{PLUGIN}?width=500&href={FB}%2Fpermalink.php%3Fstory_fbid%3D4712398765012345%26id%3D1000648608",
        ),
    ),
    (
        "facebook:10152716011076729",
        (
            "https://www.facebook.com/photo/?fbid=10152716011076729&set=a.10152716010956729",
            "https://www.facebook.com/photo.php?set=pcb.31&fbid=10152716011076729&type=3",
            "https://www.facebook.com/steppe.news/photos/a.10152716010956729/10152716011076729/?type=3&theater",
            "https://www.facebook.com/steppe.news/photos/10152716011076729",
        ),
    ),
    (
        "facebook:644342003942740",
        (
            "https://www.facebook.com/watch/?v=644342003942740",
            "https://www.facebook.com/watch/live/?ref=watch_permalink&v=644342003942740",
            "https://www.facebook.com/video.php?v=644342003942740",
            "https://www.facebook.com/steppe.news/videos/644342003942740/",
            "https://www.facebook.com/steppe.news/videos/vb.22819070941/644342003942740/?type=2",
            "https://www.facebook.com/reel/644342003942740?fs=e&s=TIeQ9V",
            "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fvideo.php%3Fv%3D644342003942740",
        ),
    ),
    (
        "facebook:pfbid02mfFRpVkErLQxQ8cpD2f1hw",
        (
            "https://www.facebook.com/steppe.news/posts/pfbid02mfFRpVkErLQxQ8cpD2f1hw",
            "https://www.facebook.com/permalink.php?story_fbid=pfbid02mfFRpVkErLQxQ8cpD2f1hw&id=61573780995993",
        ),
    ),
)
YOUTUBE = (
    (
        "youtube:Qx7_kLm-02z",
        (
            "https://www.youtube.com/watch?v=Qx7_kLm-02z",
            "https://m.youtube.com/watch?app=desktop&v=Qx7_kLm-02z&t=30s",
            "https://music.youtube.com/watch?v=Qx7_kLm-02z",
            "https://www.youtube.com/watch?v=Qx7_kLm-02z&list=PL1&index=3",
            "https://www.youtube.com/watch_popup?v=Qx7_kLm-02z",
            "https://youtu.be/Qx7_kLm-02z?si=abc",
            "https://www.youtube.com/shorts/Qx7_kLm-02z",
            "https://www.youtube.com/live/Qx7_kLm-02z?feature=share",
            "https://www.youtube-nocookie.com/embed/Qx7_kLm-02z?rel=0",
            "https://www.youtube.com/v/Qx7_kLm-02z",
        ),
    ),
)
AZATTYQ = (
    (
        "azattyq:31567890",
        (
            "https://rus.azattyq.org/a/31567890.html",
            "https://www.azattyq.org/a/kazakhstan-uralsk-voda/31567890.html",
            "https://rus.azattyq.org/amp/31567890.html",
            "https://rus.azattyq.org/amp/kazakhstan-uralsk-voda/31567890.html",
            "https://rus.azattyq.org/amp/a/31567890.html",
            "http://rus.azattyq.com/a/31567890.html?utm_source=x",
            "https://d2qq1a2b3c.mirror.azattyq.org/a/31567890.html",
        ),
    ),
)


@pytest.mark.parametrize(("key", "urls"), FACEBOOK + YOUTUBE + AZATTYQ, ids=lambda value: str(value)[:40])
def test_every_spelling_of_one_resource_has_one_key(key: str, urls: tuple[str, ...]) -> None:
    """Mobile, embedded, mirrored, wrapped or with a slug: it is the same document."""
    assert {url: key_of(url) for url in urls} == dict.fromkeys(urls, key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.facebook.com/a/posts/1234567890", "https://www.facebook.com/a/posts/12345678901"),
        ("https://www.facebook.com/a/posts/pfbid0Aa", "https://www.facebook.com/a/posts/pfbid0AA"),
        (
            "https://www.facebook.com/photo/?fbid=48&set=pcb.31",
            "https://www.facebook.com/photo/?fbid=49&set=pcb.31",
        ),
        ("https://www.facebook.com/photo/?fbid=48&set=pcb.31", "https://www.facebook.com/a/posts/31"),
        (
            "https://www.facebook.com/permalink.php?story_fbid=1&id=9",
            "https://www.facebook.com/permalink.php?story_fbid=2&id=9",
        ),
        ("https://www.facebook.com/groups/1", "https://www.facebook.com/groups/1/posts/1"),
        ("https://www.facebook.com/profile.php?id=1", "https://www.facebook.com/profile.php?id=2"),
        ("https://www.facebook.com/share/p/AbC/", "https://www.facebook.com/share/p/Abc/"),
        ("https://fb.watch/aBc/", "https://fb.watch/abc/"),
        ("https://www.facebook.com/steppe.news/photos", "https://www.facebook.com/steppe.news"),
        ("https://www.youtube.com/watch?v=Qx7_kLm-02z", "https://www.youtube.com/watch?v=Qx7_kLm-02Z"),
        ("https://www.youtube.com/watch?v=Qx7_kLm-02z1", "https://www.youtube.com/watch?v=Qx7_kLm-02z"),
        ("https://www.youtube.com/@steppe", "https://www.youtube.com/@stepp"),
        ("https://www.youtube.com/playlist?list=PL1", "https://www.youtube.com/playlist?list=PL2"),
        ("https://rus.azattyq.org/a/31567890.html", "https://rus.azattyq.org/a/3156789.html"),
        ("https://rus.azattyq.org/z/360", "https://rus.azattyq.org/a/360.html"),
        ("https://rus.azattyq.org/a/31567890.html", "https://example.kz/?u=rus.azattyq.org/a/31567890.html"),
    ],
)
def test_no_two_documents_have_one_key(one: str, other: str) -> None:
    """A fetch is never saved by taking one document for another."""
    assert key_of(one) != key_of(other)


@given(
    st.sampled_from([url for _, urls in FACEBOOK + YOUTUBE + AZATTYQ for url in urls if "%" not in url]),
    st.sampled_from(["fbclid=x", "utm_source=a&utm_medium=b"]),
    st.sampled_from(["", "#comments", "#a=1"]),
)
def test_trackers_and_fragments_change_no_key(url: str, tracker: str, fragment: str) -> None:
    """The key of an address stands still under what only counts clicks."""
    joined = "&" if "?" in url else "?"
    assert key_of(f"{url}{joined}{tracker}{fragment}") == key_of(url)


@needs_corpus
def test_real_addresses_have_the_id_that_is_known() -> None:
    """Of the addresses whose own id is known, each has it for its key, and none has another's."""
    named: dict[str, set[str]] = defaultdict(set)
    wrong = {}
    for row in rows("urls", "social_url_shapes.tsv"):
        url, wanted = row["url"], row["expected_id"] or ""
        key = key_of(url)
        family, _, found = key.partition(":")
        if family not in ("facebook", "youtube"):
            continue
        named[key].add(url)
        if wanted and wanted in url and found != wanted:
            wrong[url] = key
    assert wrong == {}
    assert sum(len(urls) for urls in named.values()) >= 110
    for key, urls in named.items():
        assert all(key.partition(":")[2] in url for url in urls), key


@needs_corpus
def test_addresses_without_an_id_have_no_key_of_a_post() -> None:
    """Maps, profiles, albums and front pages are never taken for a post."""
    for row in rows("urls", "social_url_shapes.tsv"):
        if row["expected_id"] == "(none)" or re.search(
            r"/(?:photos|info|avatar|photos_\w+)$|/people/", row["url"]
        ):
            assert not key_of(row["url"]).startswith("facebook:"), row["url"]


@pytest.mark.parametrize("host", ["facebook.com", "youtube.com", "azattyq.org", "example.kz"])
def test_what_a_family_declares_can_be_used(host: str) -> None:
    """Patterns compile, places are known, keys can be made, and the proof asks for what the keys give."""
    site = SITES.of(host)
    for rule in site.key_rules:
        assert set(re.findall(r"\{(\w+)\}", rule.key)) <= set(re.compile(rule.pattern).groupindex)
        assert rule.key.startswith(f"{site.name}:")
        if site.proof:
            assert re.search(site.proof.wanted, rule.key.format(id="31"))
    for wall in site.walls:
        assert wall.where in WHERE
        assert wall.outcome is not Outcome.CAPTURED
        re.compile(wall.pattern)
    for pattern in site.no_document:
        re.compile(pattern)


@pytest.mark.parametrize(
    ("url", "document"),
    [
        ("https://www.facebook.com/steppe.news", False),
        ("https://www.facebook.com/groups/steppe.news/", False),
        ("https://www.facebook.com/profile.php?id=100064860875397", False),
        ("https://www.facebook.com/people/A-B/100064860875397/", False),
        ("https://www.facebook.com/steppe.news/photos", False),
        ("https://www.facebook.com/steppe.news/posts/4712398765012345", True),
        ("https://www.facebook.com/share/p/AbC/", True),
        ("https://www.youtube.com/@steppe", False),
        ("https://www.youtube.com/watch?v=Qx7_kLm-02z", True),
    ],
)
def test_profiles_and_front_pages_name_no_document(url: str, document: bool) -> None:
    """What names no document is told from what does by its key."""
    site = SITES.of(host_of(url))
    assert any(re.search(pattern, key_of(url)) for pattern in site.no_document) is not document


def test_every_spider_is_found_by_its_name() -> None:
    """A file in spiders/ that Scrapy does not find would be judged by the rules of no family."""
    root = Path(__file__).parent.parent / "spiders"
    names = {path.stem for path in root.glob("*.py")} - {"__init__"}
    found = {SITES.of(host).name for host in ("facebook.com", "youtube.com", "azattyq.org", "example.kz")}
    assert names <= found | {"web"}
