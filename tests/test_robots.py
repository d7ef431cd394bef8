"""What a robots.txt says of a page (RFC 9309), and what each policy makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.closing import RobotsAnswer
from archive.words import Kind, Means, RobotsPolicy
from crawler.robots import MAX_BYTES, KnownRobots, answer_for, forbids, origin_of, robots_job, robots_url
from tests.evidence import a_capture_id, a_job
from tests.judgelab import CORPUS, needs_corpus

PAGE = "https://example.kz/news/2021/a.html?id=1"


def answered(
    text: str | None, url: str = PAGE, status: int | None = 200, policy: str = "obey"
) -> RobotsAnswer:
    """Say what one robots.txt means for a page."""
    known = KnownRobots(capture=a_capture_id(), url="https://example.kz/robots.txt", status=status, text=text)
    return answer_for(url, known, RobotsPolicy(policy))


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow:\n", True),
        ("User-agent: *\nDisallow: /\n", False),
        ("User-agent: other\nDisallow: /\n", True),
        ("User-agent: saqta\nDisallow: /news\n\nUser-agent: *\nDisallow:\n", False),
        ("User-agent: SAQTA\nDisallow: /news\n", False),
        ("User-agent: saqta\nAllow: /\n\nUser-agent: *\nDisallow: /\n", True),
        ("user-agent:saqta\ndisallow:/news # not this part\n", False),
        ("User-agent: *\nDisallow: /news\nAllow: /news/2021\n", True),
        ("User-agent: *\nDisallow: /news/2021/\nAllow: /news\n", False),
        ("User-agent: *\nDisallow: /*.html\n", False),
        ("User-agent: *\nDisallow: /*.html$\n", True),
        ("User-agent: *\nDisallow: /*id=1$\n", False),
        ("User-agent: *\nDisallow: /NEWS\n", True),
        ("User-agent: *\r\nDisallow: /news\r\n", False),
        ("\ufeffUser-agent: *\nDisallow: /news\n", False),
        ("User-agent: a\nUser-agent: *\nDisallow: /news\n", False),
        ("Sitemap: https://example.kz/s.xml\nUser-agent: *\nCrawl-delay: 9\nDisallow: /news\n", False),
        ("<html><body>Not found</body></html>", True),
    ],
)
def test_the_file_decides_by_the_rules_of_the_standard(text: str, allowed: bool) -> None:
    """Groups by product token, the longest match, wildcards and anchors (RFC 9309, section 2.2)."""
    assert answered(text).allowed is allowed


def test_percent_escapes_of_a_path_are_compared_as_what_they_stand_for() -> None:
    """An escaped and a plain spelling are one path (RFC 9309, section 2.2.2)."""
    text = "User-agent: *\nDisallow: /новости\n"
    assert answered(text, "https://example.kz/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1").allowed is False
    assert answered(text, "https://example.kz/spravka").allowed is True


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 451])
def test_where_there_is_no_file_all_may_be_fetched(status: int) -> None:
    """A 4xx answer allows everything (RFC 9309, section 2.3.1.3)."""
    found = answered(None, status=status)
    assert (found.allowed, found.status) == (True, status)


@pytest.mark.parametrize("status", [None, 500, 503])
def test_where_the_server_failed_nothing_is_known(status: int | None) -> None:
    """A 5xx answer, or none, allows nothing for certain (RFC 9309, section 2.3.1.4)."""
    assert answered(None, status=status).allowed is None


def test_where_nobody_asked_nothing_is_known() -> None:
    """The record says so, rather than that the page is allowed."""
    found = answer_for(PAGE, None, RobotsPolicy.RECORD)
    assert (found.allowed, found.capture, found.url, found.status) == (None, None, None, None)


@pytest.mark.parametrize(
    ("text", "status", "obey"),
    [("User-agent: *\nDisallow: /", 200, True), ("", 200, False), (None, 404, False), (None, 503, True)],
)
def test_only_the_policy_to_obey_forbids(text: str | None, status: int, obey: bool) -> None:
    """To record is to fetch as a reader would; to obey is also to wait where nothing is known."""
    assert forbids(answered(text, status=status)) is obey
    assert not forbids(answered(text, status=status, policy="record"))
    assert forbids(answer_for(PAGE, None, RobotsPolicy.OBEY))


def test_the_answer_names_the_capture_that_shows_it() -> None:
    """Who doubts it can look the file up."""
    found = answered("User-agent: *\nDisallow: /", policy="record")
    assert (found.capture, found.url) == (a_capture_id(), "https://example.kz/robots.txt")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (PAGE, "https://example.kz/robots.txt"),
        ("HTTP://Example.KZ:8080/a#b", "http://example.kz:8080/robots.txt"),
        ("https://example.kz", "https://example.kz/robots.txt"),
    ],
)
def test_the_file_stands_at_the_root_of_the_origin(url: str, address: str) -> None:
    """Scheme, host and port of the page, and nothing else of it (RFC 9309, section 2.3)."""
    assert robots_url(origin_of(url)) == address


def test_asking_for_the_file_is_a_job_of_its_own() -> None:
    """It is kept as a source of its own, in a visit that is named after the page's."""
    page = a_job(PAGE, 7)
    made = robots_job("https://example.kz", page)
    assert (made.url, made.kind, made.means) == ("https://example.kz/robots.txt", Kind.ROBOTS, Means.WIRE)
    assert made.visit.startswith(page.visit)
    assert made.run == page.run
    assert made.job != page.job
    assert made.cited == ()


def test_the_limit_is_what_the_standard_asks_for() -> None:
    """At least 500 kibibytes are read (RFC 9309, section 2.5)."""
    assert MAX_BYTES >= 500 * 1024


@given(st.text(max_size=200) | st.text(alphabet="user-agent:dlow*/$% \n#", max_size=200))
def test_no_file_makes_the_reader_fail(text: str) -> None:
    """Whatever stands in the file, there is an answer."""
    assert answered(text).allowed in (True, False)


@needs_corpus
def test_real_files_are_read() -> None:
    """Every file gives an answer; Facebook's forbids everything to whom it does not name."""
    files = sorted((CORPUS / "pages" / "robots").iterdir())
    assert len(files) == 16
    found = {}
    for file in files:
        text = file.read_bytes()[:MAX_BYTES].decode("utf-8", "replace")
        found[file.name] = answered(text, f"https://{file.name}/2021/12/07/page.html").allowed
    assert set(found.values()) == {True, False}
    assert found["www.facebook.com"] is False
    assert found["www.bbc.co.uk"] is True
