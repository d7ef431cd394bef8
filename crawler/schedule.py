"""What is tried next (step 4 of the way of a URL): a pure function over the attempts of one visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from archive.catalogue.visits import Attempt
from archive.record import Record
from archive.settings import Fetch
from archive.site import Site
from archive.words import Means, Outcome

KEPT = frozenset({Outcome.CAPTURED, Outcome.NEEDS_REVIEW})
"""Outcomes after which a source is not asked for again: there is something to show or to look at."""

PASSING = frozenset(
    {
        Outcome.SERVER_ERROR,
        Outcome.TIMED_OUT,
        Outcome.CONNECT_FAILED,
        Outcome.DNS_FAILED,
        Outcome.RATE_LIMITED,
        Outcome.TRUNCATED,
    }
)
"""Outcomes that another attempt at the same address may change."""

LASTING_RULES = frozenset({"truncated-length", "failure-too_large", "redirect-loop", "status-part"})
"""Rules whose outcome another attempt cannot change, although its word is among the passing ones."""


class Step(Record, frozen=True, kw_only=True):
    """The next attempt; ``not_before`` is None where it may start at once."""

    url: str
    means: Means
    not_before: datetime | None


__all__ = ["KEPT", "LASTING_RULES", "PASSING", "Attempt", "Step", "next_step"]


def next_step(
    site: Site, attempts: Sequence[Attempt], candidates: Sequence[str], settings: Fetch
) -> Step | None:
    """Decide what follows the last of `attempts`: a retry, a further reading of the address, another means.

    None where the source is kept, or where nothing is left to try in this run.
    """
    last = attempts[-1]
    if last.outcome in KEPT:
        return None
    return _retry(attempts, settings) or _candidate(attempts, candidates) or _other_means(site, attempts)


def _retry(attempts: Sequence[Attempt], settings: Fetch) -> Step | None:
    last = attempts[-1]
    if last.outcome not in PASSING or last.rule in LASTING_RULES:
        return None
    made = sum(1 for attempt in attempts if (attempt.url, attempt.means) == (last.url, last.means))
    asked = last.retry_after or 0.0
    if made > settings.retries or asked > settings.retry_after_limit:
        return None
    wait = max(settings.retry_wait * 2 ** (made - 1), asked)
    return Step(url=last.url, means=last.means, not_before=last.ended_at + timedelta(seconds=wait))


def _candidate(attempts: Sequence[Attempt], candidates: Sequence[str]) -> Step | None:
    tried = {attempt.url for attempt in attempts}
    for url in candidates:
        if url not in tried:
            return Step(url=url, means=Means.WIRE, not_before=None)
    return None


def _other_means(site: Site, attempts: Sequence[Attempt]) -> Step | None:
    last = attempts[-1]
    tried = {attempt.means for attempt in attempts}
    for rung in site.ladder:
        if last.outcome in rung.after and rung.means not in tried:
            return Step(url=last.url, means=rung.means, not_before=None)
    return None
