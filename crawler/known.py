"""What the archive already knows of robots.txt, so that no origin is asked twice a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from archive.addresses import is_web
from archive.catalogue.visits import RobotsRow, Visits
from archive.folder import Folder
from archive.http import parse_head
from archive.ids import CaptureId
from archive.job import Job
from archive.warc.members import read_member
from archive.words import Outcome
from crawler.robots import MAX_BYTES, KnownRobots, origin_of

_AGE = timedelta(hours=24)
"""How long a robots.txt is good for (RFC 9309, section 2.4)."""


def known_robots(
    folder: Folder, visits: Visits, jobs: Iterable[Job], moment: datetime
) -> dict[str, KnownRobots]:
    """Give the answers of the origins of these jobs that are still good."""
    origins = dict.fromkeys(origin_of(job.url) for job in jobs if is_web(job.url))
    rows = (visits.robots(origin, moment - _AGE) for origin in origins)
    return {row.origin: _known(folder, row) for row in rows if row is not None}


def _known(folder: Folder, row: RobotsRow) -> KnownRobots:
    text = None
    if row.outcome is Outcome.CAPTURED and row.offset is not None:
        block = read_member(folder.inside(row.warc), row.offset).block
        head = parse_head(block)
        text = block[head.length :][:MAX_BYTES].decode("utf-8", "replace") if head else None
    return KnownRobots(capture=CaptureId(row.capture), url=row.url, status=row.status, text=text)
