"""Plain lists of addresses, from a file or from the command line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import InputError
from archive.words import FootnoteKind
from crawler.reports.urllist import read_urls
from tests.sample_report import footnote, read

LIST = """# what the choir wants kept
https://example.kz/1

https://example.kz/2?fbclid=x   # the second
www.example.kz/3
https://example.kz/1
"""


def test_each_line_is_one_footnote_without_a_claim():
    """Labels count the addresses; comments and blank lines count nothing."""
    report = read(LIST)
    assert (report.format, report.claims, report.problems) == ("list", (), ())
    assert [(one.label, one.kind) for one in report.footnotes] == [
        (str(n), FootnoteKind.LIST) for n in range(1, 5)
    ]
    assert [one.citations[0].url for one in report.footnotes] == [
        "https://example.kz/1",
        "https://example.kz/2",
        "https://www.example.kz/3",
        "https://example.kz/1",
    ]
    assert footnote(report, "2").printed == "https://example.kz/2?fbclid=x"
    assert footnote(report, "4").citations[0].flags == ("duplicate-of:1",)
    assert all("not-cited" not in one.flags for one in report.footnotes)


def test_one_address_is_a_list():
    """A file with one address and nothing else is no text."""
    assert read("https://example.kz/1").format == "list"


def test_a_wrong_line_in_a_list_is_flagged():
    """A line that is no address stays in its place and says so."""
    report = read("\n".join([*(f"https://example.kz/{n}" for n in range(9)), "Almaty"]))
    assert report.format == "list"
    assert footnote(report, "10").flags == ("no-url",)


def test_prose_with_addresses_is_no_list():
    """A sentence makes a text."""
    assert read("The choir sang on the pier, see below.\nhttps://example.kz/1\n").format == "text"


def test_addresses_given_one_by_one_become_a_list():
    """What the command line hands over is read by the same reader as a file."""
    data = read_urls(["https://example.kz/1", "", "example.kz/2\n", "# why", "https://пример.рф/3"])
    assert data.decode() == "https://example.kz/1\n\nexample.kz/2\n# why\nhttps://пример.рф/3\n"
    assert [one.citations[0].url for one in read(data).footnotes] == [
        "https://example.kz/1",
        "https://example.kz/2",
        "https://xn--e1afmkfd.xn--p1ai/3",
    ]


@pytest.mark.parametrize(
    "lines", [["nonsense"], ["report 2021.txt"], ["https://example.kz/1", "no address"], [], [""]]
)
def test_what_is_no_address_is_refused_before_it_is_stored(lines):
    """A misspelt file name must not become an archive of nothing."""
    with pytest.raises(InputError, match="address"):
        read_urls(lines)


@given(
    st.lists(st.from_regex(r"https://[a-z]{1,9}\.kz/[a-z0-9]{0,9}", fullmatch=True), min_size=1, max_size=9)
)
def test_every_given_address_comes_back(urls):
    """Nothing is lost between the command line and the report."""
    report = read(read_urls(urls))
    assert report.format == "list"
    assert [one.printed for one in report.footnotes] == urls
