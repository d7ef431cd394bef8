"""Which hosts a run leaves alone, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from archive.words import Failure
from crawler.hosts import Hosts

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_host_is_put_off_after_failures_in_a_row_and_no_sooner() -> None:
    """An answer in between starts the count anew."""
    hosts = Hosts(patience=3)
    for failure in (Failure.CONNECT, Failure.DNS, None, Failure.CONNECT, Failure.TLS):
        assert not hosts.answered("a.example", failure)
    assert hosts.excluded(NOON) == set()
    assert hosts.answered("a.example", Failure.CONNECT_TIMEOUT)
    assert hosts.excluded(NOON) == {"a.example"}
    assert not hosts.answered("a.example", Failure.CONNECT)


def test_a_page_that_is_cut_off_is_no_host_that_does_not_answer() -> None:
    """Only failures to reach the host count."""
    hosts = Hosts(patience=1)
    assert not hosts.answered("a.example", Failure.DISCONNECTED)
    assert not hosts.answered("a.example", Failure.TOO_LARGE)


def test_the_last_chance_comes_once() -> None:
    """A host that was put off gets one more attempt; failing again it is given up for the run."""
    hosts = Hosts(patience=1)
    hosts.answered("a.example", Failure.CONNECT)
    assert not hosts.give_last_chance({"other.example"})
    assert hosts.give_last_chance({"a.example"})
    assert hosts.impatience == {"a.example": 1}
    assert hosts.excluded(NOON) == set()
    hosts.answered("a.example", Failure.CONNECT)
    assert hosts.excluded(NOON) == {"a.example"}
    assert not hosts.give_last_chance({"a.example"})


def test_a_host_that_asked_to_wait_is_left_until_then() -> None:
    """Retry-After holds a host, and only while something waits for it is there a reason to wait."""
    hosts = Hosts(patience=1)
    hosts.hold("a.example", NOON + timedelta(seconds=30))
    assert hosts.excluded(NOON) == {"a.example"}
    assert hosts.waited_for({"a.example"}, NOON)
    assert not hosts.waited_for({"b.example"}, NOON)
    assert not hosts.waited_for({"a.example"}, NOON + timedelta(seconds=31))
    assert hosts.excluded(NOON + timedelta(seconds=31)) == set()
