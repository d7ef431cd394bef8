"""How far the clock can be trusted, read off the answer and off the kernel."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.http import Head, parse_head
from crawler.clock import clock_facts, synchronised
from tests.evidence import MOMENT
from tests.judgelab import facts


def head(*fields: str) -> Head:
    """Make the head of an answer."""
    made = parse_head("\r\n".join(["HTTP/1.1 200 OK", *fields, "", ""]).encode("latin-1", "replace"))
    assert made is not None
    return made


@pytest.mark.parametrize(
    "date",
    [
        "Sun, 22 Nov 2026 10:15:40 GMT",
        "Sunday, 22-Nov-26 10:15:40 GMT",
        "Sun Nov 22 10:15:40 2026",
        "Sun, 22 Nov 2026 16:15:40 +0600",
        "Sun, 22 Nov 2026 10:15:40 -0000",
    ],
)
def test_the_difference_is_the_servers_time_minus_ours(date: str) -> None:
    """Each form of a date counts (RFC 9110, section 5.6.7), and a zone is not lost."""
    final = facts(ended_at=MOMENT.replace(second=30, microsecond=500_000))
    found = clock_facts(head(f"Date: {date}"), final, None)
    assert (found.server_date, found.difference_seconds) == (date, 9.5)


def test_a_clock_that_is_behind_has_a_negative_difference() -> None:
    """The sign says who is ahead."""
    found = clock_facts(
        head("Date: Sun, 22 Nov 2026 10:15:30 GMT"), facts(ended_at=MOMENT + timedelta(hours=1)), True
    )
    assert found.difference_seconds == -3600.123
    assert found.synchronised is True


@pytest.mark.parametrize("date", ["yesterday", "Sun, 99 Nov 2026 10:15:40 GMT", "0", "Sun, 22 Nov 2026"])
def test_a_date_that_is_none_is_kept_and_compared_with_nothing(date: str) -> None:
    """What the server said stands in the record, although it means nothing."""
    found = clock_facts(head(f"Date: {date}"), facts(), None)
    assert found.server_date == date
    assert found.difference_seconds is None


def test_an_answer_without_a_date_or_no_answer_says_nothing() -> None:
    """Nothing is made up."""
    for made in (
        clock_facts(head(), facts(), None),
        clock_facts(None, facts(), None),
        clock_facts(None, None, None),
    ):
        assert (made.server_date, made.difference_seconds, made.synchronised) == (None, None, None)


@given(
    st.text(max_size=40)
    | st.from_regex(r"\w{3}, \d{1,2} \w{3} \d{1,5} \d\d?:\d\d?:\d\d? [+-]?\w{3,5}", fullmatch=True)
)
def test_no_date_makes_the_reader_fail(date: str) -> None:
    """A server may send anything."""
    found = clock_facts(head(f"Date: {date}"), facts(), None)
    assert found.difference_seconds is None or abs(found.difference_seconds) < 1e12


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux is asked")
def test_the_kernels_own_word_is_given() -> None:
    """What adjtimex says is what systemd says, where it is there to be asked."""
    found = synchronised()
    assert found in (True, False)
    try:
        asked = subprocess.run(
            ["timedatectl", "show", "-p", "NTPSynchronized", "--value"], capture_output=True, text=True
        )
    except FileNotFoundError:
        return
    if asked.returncode == 0:
        assert found is (asked.stdout.strip() == "yes")
