"""The judge on real pages: news articles, login pages, posts as a visitor without an account gets them."""

from __future__ import annotations

import re

import pytest

from archive.site import Site
from archive.words import Outcome
from crawler.sites import Sites
from tests.judge_table import as_text, facebook_posts, judgements, login_addresses, table
from tests.judgelab import CORPUS, FAMILIES, judged, needs_corpus, pages, rows, site_of

pytestmark = needs_corpus
NEITHER = {Outcome.LOGIN_WALL, Outcome.NEEDS_REVIEW}
POST = re.compile(r"story\.php|/posts/\d|/photos/|/videos/|/permalink/")


@pytest.mark.parametrize("folder", ["news_en", "news_ru", "dates"])
def test_news_articles_are_captured(folder: str) -> None:
    """No article is taken for a wall, for one in 200 at most."""
    found = dict(judgements(folder))
    assert len(found) >= {"news_en": 91, "news_ru": 133, "dates": 8}[folder]
    wrong = {name: each for name, each in found.items() if each.outcome is not Outcome.CAPTURED}
    assert len(wrong) <= len(found) * 0.005, wrong


def test_no_login_page_is_captured() -> None:
    """By what stands on it alone, each login page is a wall or at least in doubt."""
    found = dict(judgements("login"))
    assert len(found) >= 52
    assert {each.outcome for each in found.values()} <= NEITHER, found
    assert sum(each.outcome is Outcome.LOGIN_WALL for each in found.values()) >= 0.7 * len(found)


def test_a_redirect_to_a_login_page_is_seen_by_its_address_too() -> None:
    """Where a cited page leads to one of the login pages, it never counts as captured."""
    addresses = login_addresses()
    walls = 0
    for name, body in pages("login"):
        found = judged(body, final_url=addresses[name])
        assert found.outcome in NEITHER | {Outcome.REDIRECTED_HOME}, (name, found)
        walls += found.rule == "login-address"
    assert walls >= 20


def test_good_posts_are_captured() -> None:
    """Every post, photo and video page that names itself and shows its text is captured."""
    posts = [(url, body) for url, body in facebook_posts() if POST.search(url)]
    assert len(posts) >= 15
    for url, body in posts:
        found = judged(body, url)
        assert found.outcome is Outcome.CAPTURED, (url, found)


def test_the_posts_of_the_truth_are_among_them() -> None:
    """The two posts whose text is known are captured under the address that is known."""
    bodies = {url.partition("&refsrc")[0].partition("?refsrc")[0]: body for url, body in facebook_posts()}
    truth = rows("pages", "facebook_2021", "TRUTH.tsv")
    assert len(truth) == 2
    for row in truth:
        body = bodies[row["url"]]
        assert judged(body, row["url"]).outcome is Outcome.CAPTURED
        assert row["text"][:60].encode() in body


def test_a_post_is_not_taken_for_another() -> None:
    """No post page counts as captured when the post that was cited is another one."""
    posts = [(url, body) for url, body in facebook_posts() if "/posts/" in url and POST.search(url)]
    cited = "https://www.facebook.com/Nintendo/posts/4194934713924999"
    for url, body in posts:
        assert judged(body, cited).outcome is Outcome.NEEDS_REVIEW, url


def test_lists_of_posts_are_no_documents() -> None:
    """A group's front page and a page's list of posts are kept but do not count."""
    lists = [(url, body) for url, body in facebook_posts() if url.endswith(("/posts/", "/117507531664134/"))]
    assert len(lists) == 3
    for url, body in lists:
        assert judged(body, url).outcome is Outcome.NEEDS_REVIEW, url


@pytest.mark.parametrize(
    ("name", "url", "outcomes"),
    [
        (
            "facebook-profile-page_login.html",
            "https://www.facebook.com/ironmaiden/posts/1015702",
            {"login_wall"},
        ),
        (
            "facebook-item-page_ironmaiden.html",
            "https://www.facebook.com/ironmaiden/posts/10157024746512051",
            {"captured"},
        ),
        ("youtube-item-page.html", "https://www.youtube.com/watch?v=S49CN57Y58o", {"captured"}),
        ("youtube-item-page.html", "https://www.youtube.com/watch?v=S49CN57Y58p", {"needs_review", "empty"}),
        ("instagram-item-page.html", "https://www.instagram.com/p/CDt38V1loNp/", {"empty"}),
    ],
)
def test_pages_of_networks(name: str, url: str, outcomes: set[str]) -> None:
    """A post is captured by its proof, a login page and a shell without text are not."""
    body = (CORPUS / "pages" / "social" / name).read_bytes()
    assert judged(body, url).outcome.value in outcomes


def test_the_families_of_the_tests_are_those_of_the_spiders() -> None:
    """The judge is tested with the Site values that a crawl loads."""
    sites = Sites.load()
    named: dict[str, Site] = {"www.facebook.com": FAMILIES[0], "youtu.be": FAMILIES[1]}
    for host, site in named.items():
        assert sites.of(host) == site_of(f"https://{host}/") == site


def test_the_table_counts_every_page() -> None:
    """The table that a maintainer prints has a line for each folder and no page without an outcome."""
    counts = table()
    text = as_text(counts)
    assert sum(counts["news_ru"].values()) == 133
    for folder in counts:
        assert re.search(rf"^\s*{folder}\s", text, re.MULTILINE)
