"""What robots.txt says of a page, and what the policy makes of it (RFC 9309)."""

from __future__ import annotations

from urllib.parse import urlsplit

from protego import Protego

from archive.closing import RobotsAnswer
from archive.ids import CaptureId, new_token
from archive.job import Job, robots_key
from archive.record import Record
from archive.words import Means, RobotsPolicy

PRODUCT = "saqta"
"""The product token that a robots.txt may address us by (RFC 9309, section 2.2.1)."""
MAX_BYTES = 512_000
"""Bytes of a robots.txt that are read; RFC 9309, section 2.5 asks for at least 500 KiB."""


class KnownRobots(Record, frozen=True, kw_only=True):
    """The answer to asking one origin for its robots.txt; ``text`` is null where no file was there."""

    capture: CaptureId
    url: str
    status: int | None
    text: str | None


def origin_of(url: str) -> str:
    """Give ``scheme://host[:port]`` of a URL, in lower case."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def robots_url(origin: str) -> str:
    """Give the address of the robots.txt of an origin (RFC 9309, section 2.3)."""
    return origin + "/robots.txt"


def robots_job(origin: str, job: Job) -> Job:
    """Make the job of asking an origin for its robots.txt, on the way of another job."""
    return Job(
        job=new_token(),
        visit=f"{job.visit}-robots",
        attempt=1,
        previous=None,
        source_key=robots_key(origin),
        url=robots_url(origin),
        means=Means.WIRE,
        not_before=None,
        cited=(),
        known=None,
        settings_sha256=job.settings_sha256,
    )


def answer_for(url: str, known: KnownRobots | None, policy: RobotsPolicy) -> RobotsAnswer:
    """Say what is known of a page: allowed by the file, allowed because there is none, or unknown.

    A 4xx status means that all may be fetched; where the server failed, nothing is known
    (RFC 9309, sections 2.3.1.3 and 2.3.1.4).
    """
    if known is None:
        return RobotsAnswer(policy=policy, url=None, capture=None, status=None, allowed=None)
    allowed: bool | None = None
    if known.text is not None:
        text = known.text.removeprefix("\ufeff")  # a byte order mark is no part of the first line
        allowed = bool(Protego.parse(text).can_fetch(url, PRODUCT))
    elif known.status is not None and 400 <= known.status < 500:
        allowed = True
    return RobotsAnswer(
        policy=policy, url=known.url, capture=known.capture, status=known.status, allowed=allowed
    )


def forbids(answer: RobotsAnswer) -> bool:
    """Say whether the page may not be fetched: only under ``obey``, and then also where nothing is known."""
    return answer.policy is RobotsPolicy.OBEY and answer.allowed is not True
