"""The address to fetch and the key of a source."""

import json
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.site import KeyRule
from crawler.urls.key import fetch_url, host_of, is_web, source_key
from tests.sample_report import corpus, needs_corpus

HOSTS = st.sampled_from(
    [
        "example.kz",
        "www.example.kz",
        "m.example.kz",
        "rus.example.org",
        "l.facebook.com",
        "www.google.com",
        "пример.рф",
    ]
)
WORDS = st.text(alphabet=string.ascii_letters + string.digits + "-_~.%20абв", min_size=1, max_size=8)
PAIRS = st.tuples(st.sampled_from(["id", "u", "q", "fbclid", "utm_source", "p"]), WORDS)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """Make addresses with paths, queries, fragments and other addresses wrapped inside."""
    path = "/".join(draw(st.lists(WORDS, max_size=4)))
    query = "&".join(f"{name}={value}" for name, value in draw(st.lists(PAIRS, max_size=4)))
    fragment = draw(st.sampled_from(["", "#part=1", "#!/a", "#"]))
    scheme = draw(st.sampled_from(["http", "https"]))
    url = f"{scheme}://{draw(HOSTS)}/{path}{'?' + query if query else ''}{fragment}"
    return f"https://l.facebook.com/l.php?u={url.replace('&', '%26')}" if draw(st.booleans()) else url


@given(st.one_of(addresses(), st.text()))
@example("https://l.facebook.com/l.php?u=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fa.kz")
@example("https://www.google.com/url?q=http://x.kz/a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p")
@example("https://user:word@example.kz:443/a?#!")
@example("\ud800https://a.kz")
def test_the_key_of_the_fetch_address_is_the_key(url):
    """Fetching address and key are idempotent: key(fetch_url(u)) == key(u)."""
    assert fetch_url(fetch_url(url)) == fetch_url(url)
    assert source_key(fetch_url(url)) == source_key(url)


@pytest.mark.parametrize(
    ("printed", "fetched"),
    [
        ("https://example.kz/a?fbclid=Iw&id=1", "https://example.kz/a?id=1"),
        ("https://example.kz/a/?utm_source=x&utm_medium=y", "https://example.kz/a/"),
        ("https://example.kz/a?b=2&a=%d0%b1", "https://example.kz/a?b=2&a=%d0%b1"),
        ("https://example.kz/a#part=1", "https://example.kz/a"),
        ("https://example.kz/#!/a", "https://example.kz/#!/a"),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.kz%2Fa%3Ffbclid%3D1&h=AT0",
            "https://example.kz/a",
        ),
        ("https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.kz%2Fa&usg=x", "https://example.kz/a"),
        (
            "https://www.facebook.com/x/posts/1?__cft__[0]=AZ&__tn__=%2CO",
            "https://www.facebook.com/x/posts/1",
        ),
        (
            "https://www.facebook.com/photo/?fbid=48&set=pcb.31&fbclid=1",
            "https://www.facebook.com/photo/?fbid=48&set=pcb.31",
        ),
        ("https://youtu.be/abc?si=xyz&t=30", "https://youtu.be/abc?t=30"),
        ("https://example.kz/watch?si=1&t=2&ref=3", "https://example.kz/watch?si=1&t=2&ref=3"),
        ("https://someone:word@example.kz/a", "https://example.kz/a"),
        ("https://пример.рф/путь", "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C"),
        ("  not an address ", "not an address"),
    ],
)
def test_only_what_names_no_document_is_dropped(printed, fetched):
    """Redirectors, trackers, fragments and credentials go; order and encoding of the rest stay."""
    assert fetch_url(printed) == fetched


@pytest.mark.parametrize(
    "other",
    [
        "http://example.kz/a/b?x=1&y=%D0%B1",
        "https://www.example.kz/a/b/?y=%d0%b1&x=1",
        "https://m.example.kz/a/b?x=1&y=%D0%B1#comments",
        "https://EXAMPLE.kz:443/a/b?x=1&&y=%D0%B1&fbclid=9",
    ],
)
def test_spellings_of_one_address_have_one_key(other):
    """Scheme, www, m, trailing slash, order, percent case, fragment and trackers make no other source."""
    assert (
        source_key(other)
        == source_key("https://example.kz/a/b?x=1&y=%D0%B1")
        == "example.kz/a/b?x=1&y=%D0%B1"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.kz/a?id=1", "https://example.kz/a?id=2"),
        ("https://example.kz/A", "https://example.kz/a"),
        ("https://example.kz/#!/a", "https://example.kz/#!/b"),
        ("https://example.kz:8080/a", "https://example.kz/a"),
        ("https://rus.example.kz/a", "https://example.kz/a"),
        ("https://m.kz/a", "https://kz/a"),
    ],
)
def test_different_documents_keep_different_keys(one, other):
    """A key never joins two documents to save a fetch."""
    assert source_key(one) != source_key(other)


def test_a_site_rule_names_the_source():
    """The first rule that matches host/path?query gives the key; others leave the generic one."""
    rules = (
        KeyRule(pattern=r"example\.kz/(?:amp/)?(?:[^/]+/)?(?P<id>\d+)\.html$", key="example:{id}"),
        KeyRule(pattern=r"example\.kz/\?p=(\d+)", key="example-post:{1}"),
    )
    assert source_key("https://www.example.kz/amp/slug/31.html?utm_source=x", rules) == "example:31"
    assert source_key("http://example.kz/?p=7&b=1", rules) == "example.kz/?b=1&p=7"
    assert source_key("http://example.kz?p=7", rules) == "example-post:7"
    assert source_key("http://example.org/31.html", rules) == "example.org/31.html"


def test_what_is_no_web_address_cannot_pose_as_one():
    """Texts and other schemes have keys of their own kind."""
    assert source_key("example.kz/a") == "text:example.kz/a"
    assert source_key("robots:example.kz").startswith("url:")
    assert not is_web("ftp://example.kz/a")
    assert host_of("https://Example.KZ./a") == "example.kz"
    assert host_of("nonsense") == ""


@needs_corpus
def test_the_web_platform_cases_pass_without_exceptions():
    """Every absolute case of the WHATWG URL test data is fetched, keyed and stays what the standard says."""
    cases = json.loads(corpus("urls", "urltestdata.json").read_text(encoding="utf-8"))
    absolute = [case for case in cases if isinstance(case, dict) and case.get("base") is None]
    assert len(absolute) > 250
    for case in absolute:
        assert source_key(fetch_url(case["input"])) == source_key(case["input"])
        if case.get("failure"):
            assert not is_web(case["input"])
