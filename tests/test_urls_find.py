"""Addresses as they stand in print."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls.citation import cite_link
from crawler.urls.find import find_one, find_urls
from crawler.urls.key import MAX_URL


def printed(text, **how):
    """List what was found."""
    return [found.printed for found in find_urls(text, **how)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://example.kz/a.", ["https://example.kz/a"]),
        ("(https://example.kz/a_(b))", ["https://example.kz/a_(b)"]),
        ("“https://example.kz/a”, he said", ["https://example.kz/a"]),
        ("https://example.kz/a[1],[2]", ["https://example.kz/a"]),
        ("12https://example.kz/a", ["https://example.kz/a"]),
        ("[a](https://example.kz/a)", ["https://example.kz/a"]),
        ("https://example.kz/ahttps://example.kz/b", ["https://example.kz/a", "https://example.kz/b"]),
        (
            "https://web.archive.org/web/2020/https://example.kz/b",
            ["https://web.archive.org/web/2020/https://example.kz/b"],
        ),
        ("www.example.kz/a and mail@www.example.kz", ["www.example.kz/a"]),
        ("ttps://example.kz/a", ["ttps://example.kz/a"]),
        ("hxxps://example[.]kz/a", ["hxxps://example[.]kz/a"]),
        ("the ratio http:2 and tp://nonsense", []),
        ("example.kz/a", []),
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(text, found):
    """Punctuation, brackets and note marks of the sentence are no part of an address."""
    assert printed(text) == found


def test_bare_addresses_count_only_where_asked():
    """host.tld/path is an address in a note, and a slash in prose is not."""
    assert printed("example.kz/a; and/or; km/h", bare=True) == ["example.kz/a"]
    assert find_one(" example.kz ").printed == "example.kz"
    assert find_one("example.kz and more") is None
    assert find_one("Almaty") is None


def test_an_address_that_print_shows_cut_is_said_to_be():
    """Dots behind an address mean that it goes on."""
    assert [found.is_cut for found in find_urls("https://example.kz/abc… https://example.kz/d")] == [
        True,
        False,
    ]


def test_an_address_is_capped_and_the_rest_is_not_read_as_another():
    """4,096 characters are the most; what follows is not taken for something else."""
    (found,) = find_urls("https://example.kz/" + "a" * 9000 + "www.b.kz")
    assert len(found.printed) == MAX_URL
    assert found.is_cut


@given(st.text(alphabet=st.sampled_from("hxtps:/.[](){}|w123ab т–\n%?&=#…\u200b"), max_size=120))
def test_what_is_found_is_what_is_printed(text):
    """Every find is a piece of the text, in order, without overlap."""
    end = 0
    for found in find_urls(text, bare=True):
        assert found.start >= end
        assert text[found.start : found.end] == found.printed
        end = found.end


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a.",
        "https://",
        "ttps://",
        "https:",
        "www.",
        "[",
        "[1, ",
        ")",
        "https://a.kz/x",
        "https://a.kz/?u=https://b.kz/",
        "http://a/",
        "т",
    ],
)
def test_one_long_line_is_read_in_linear_time(unit):
    """200,000 characters of anything take seconds at most, not minutes."""
    began = time.perf_counter()
    find_urls("https://a.kz/ " + unit * (200_000 // len(unit)), bare=True)
    assert time.perf_counter() - began < 5


def test_the_text_of_a_link_is_what_print_shows():
    """A link whose text is an address is cited by that text and fetched by its target."""
    citation = cite_link("https://example.kz/a?fbclid=1", "www.example.kz/a")
    assert (citation.printed, citation.url, citation.flags) == (
        "www.example.kz/a",
        "https://example.kz/a",
        (),
    )


def test_a_link_that_says_one_address_and_goes_to_another_is_flagged():
    """Nobody knows which the author meant: the target is fetched first, the text is a candidate."""
    citation = cite_link("https://example.kz/a", "https://example.kz/b")
    assert citation.url == "https://example.kz/a"
    assert citation.candidates == ("https://example.kz/b",)
    assert "text-differs-from-link" in citation.flags


@pytest.mark.parametrize("shown", ["https://example.kz/long…", "https://example.kz/long", "here"])
def test_a_shortened_text_is_no_second_address(shown):
    """Programs show long addresses shortened; that contradicts nothing."""
    citation = cite_link("https://example.kz/long-way", shown)
    assert citation.flags == ()
    assert citation.printed == "https://example.kz/long-way"
