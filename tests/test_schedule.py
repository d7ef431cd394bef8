"""What follows an attempt: a retry, a further reading of the address, another means, or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.settings import Fetch
from archive.site import Rung, Site
from archive.words import Means, Outcome
from crawler.schedule import KEPT, PASSING, Attempt, Step, next_step
from tests.evidence import MOMENT

FETCH = Fetch()
PLAIN = Site(name="web")
LADDER = Site(
    name="web",
    ladder=(Rung(after=(Outcome.LOGIN_WALL, Outcome.EMPTY, Outcome.CHALLENGE), means=Means.BROWSER),),
)
URL = "https://example.kz/a"
OTHERS = ("https://example.kz/b", "https://example.kz/c")


def attempt(outcome: Outcome, url: str = URL, means: Means = Means.WIRE, **changes: object) -> Attempt:
    """Make one attempt that ended at a known moment."""
    fields = {"capture": "x", "rule": "r", "ended_at": MOMENT, "retry_after": None} | changes
    return Attempt(url=url, means=means, outcome=outcome, **fields)  # type: ignore[arg-type]


def after(*attempts: Attempt, site: Site = PLAIN, candidates: tuple[str, ...] = (URL,)) -> Step | None:
    """Ask what follows."""
    return next_step(site, attempts, candidates, FETCH)


@pytest.mark.parametrize("outcome", sorted(KEPT))
def test_nothing_follows_what_is_kept(outcome: Outcome) -> None:
    """A source that can be shown or looked at is not asked for again."""
    assert after(attempt(outcome), site=LADDER, candidates=(URL, *OTHERS)) is None


@pytest.mark.parametrize("outcome", sorted(PASSING))
def test_what_may_pass_is_tried_again_and_then_left(outcome: Outcome) -> None:
    """As often as the setting says, each time after twice as long."""
    made = [attempt(outcome)]
    for wait in (30, 60):
        step = after(*made)
        assert step == Step(url=URL, means=Means.WIRE, not_before=MOMENT + timedelta(seconds=wait))
        made.append(attempt(outcome))
    assert after(*made) is None


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - KEPT - PASSING))
def test_what_lasts_is_not_tried_again(outcome: Outcome) -> None:
    """The same address by the same means would bring the same answer."""
    assert after(attempt(outcome)) is None


def test_an_answer_over_the_limit_is_not_fetched_again() -> None:
    """Too large stays too large, although the word for it is that of a broken line."""
    for rule in ("truncated-length", "failure-too_large"):
        assert after(attempt(Outcome.TRUNCATED, rule=rule)) is None
    assert after(attempt(Outcome.TRUNCATED, rule="truncated-disconnect")) is not None


def test_retry_after_is_waited_for() -> None:
    """A server that asks for more time than our own wait gets it, one that asks for less gets ours."""
    for asked, waited in ((100.0, 100), (600.0, 600), (5.0, 30)):
        step = after(attempt(Outcome.RATE_LIMITED, retry_after=asked))
        assert step is not None
        assert step.not_before == MOMENT + timedelta(seconds=waited)


def test_a_retry_after_beyond_the_limit_is_left_to_the_next_run() -> None:
    """No run waits for hours."""
    assert after(attempt(Outcome.RATE_LIMITED, retry_after=601.0)) is None


def test_a_further_reading_of_the_address_is_tried_at_once() -> None:
    """In the order of the report's repairs, by the wire, each once."""
    first = attempt(Outcome.GONE)
    candidates = (URL, *OTHERS)
    assert after(first, candidates=candidates) == Step(url=OTHERS[0], means=Means.WIRE, not_before=None)
    second = attempt(Outcome.SOFT_404, OTHERS[0])
    assert after(first, second, candidates=candidates) == Step(
        url=OTHERS[1], means=Means.WIRE, not_before=None
    )
    assert after(first, second, attempt(Outcome.GONE, OTHERS[1]), candidates=candidates) is None


def test_another_means_follows_only_the_outcomes_of_its_rung() -> None:
    """A login wall is worth a browser, a page that is gone is not."""
    assert after(attempt(Outcome.LOGIN_WALL), site=LADDER) == Step(
        url=URL, means=Means.BROWSER, not_before=None
    )
    assert after(attempt(Outcome.GONE), site=LADDER) is None
    assert after(attempt(Outcome.LOGIN_WALL)) is None


def test_another_means_is_tried_once() -> None:
    """A browser that meets the same wall ends the visit."""
    made = (attempt(Outcome.LOGIN_WALL), attempt(Outcome.LOGIN_WALL, means=Means.BROWSER))
    assert after(*made, site=LADDER) is None


@given(
    outcomes=st.lists(st.sampled_from(Outcome), min_size=60, max_size=60),
    waits=st.lists(st.none() | st.floats(0, 2_000), min_size=60, max_size=60),
    candidates=st.lists(st.sampled_from([f"https://example.kz/{n}" for n in range(5)]), max_size=8),
    retries=st.integers(0, 3),
    site=st.sampled_from([PLAIN, LADDER]),
)
def test_every_visit_ends_and_repeats_nothing_but_retries(outcomes, waits, candidates, retries, site) -> None:
    """Whatever the servers answer: finitely many steps, no candidate twice, Retry-After respected."""
    fetch = Fetch(retries=retries)
    made = [attempt(outcomes[0], retry_after=waits[0])]
    for outcome, asked in zip(outcomes[1:], waits[1:], strict=True):
        step = next_step(site, made, candidates, fetch)
        if step is None:
            break
        last = made[-1]
        again = (step.url, step.means) == (last.url, last.means)
        if again:
            assert last.outcome in PASSING
            assert step.not_before is not None
            waited = (step.not_before - last.ended_at).total_seconds()
            assert waited >= (last.retry_after or 0) - 1e-6
            assert waited >= fetch.retry_wait
        else:
            assert all((step.url, step.means) != (each.url, each.means) for each in made)
            assert step.means is not Means.WIRE or step.url in candidates
        made.append(attempt(outcome, step.url, step.means, retry_after=asked))
    else:
        pytest.fail("the visit did not end")
    ways = {(each.url, each.means) for each in made}
    assert len(made) <= (retries + 1) * len(ways)
    assert all(each.outcome not in KEPT for each in made[:-1])
