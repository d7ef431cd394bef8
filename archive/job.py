"""The job: one attempt that the command asks a worker to make (contract, version 1)."""

from __future__ import annotations

from datetime import datetime

from archive.addresses import host_of
from archive.ids import SourceKey
from archive.record import Record
from archive.words import Kind, Means

ROBOTS_KEY = "robots:"


class CitedBy(Record, frozen=True, kw_only=True):
    """Where the address of a job stands in print."""

    report_sha256: str
    label: str
    printed: str


class Known(Record, frozen=True, kw_only=True):
    """An earlier answer of the same URL, which a revisit record may refer to."""

    url: str
    payload_sha256: str
    record_id: str
    date: datetime


class Job(Record, frozen=True, kw_only=True):
    """One attempt at one URL by one means; a retry, a candidate or another means is a new job.

    ``visit`` joins the attempts at one source in one run, ``attempt`` counts them from 1 and
    ``previous`` is the capture before. ``not_before`` is null where the attempt may start at once.
    """

    v: int = 1
    job: str
    visit: str
    attempt: int
    previous: str | None
    source_key: SourceKey
    url: str
    means: Means
    not_before: datetime | None
    cited: tuple[CitedBy, ...]
    known: Known | None
    settings_sha256: str

    @property
    def kind(self) -> Kind:
        """What the capture of this job is for, read off its source key."""
        return Kind.ROBOTS if self.source_key.startswith(ROBOTS_KEY) else Kind.PAGE

    @property
    def run(self) -> str:
        """The run of the command that made this job; a visit is named ``<run>-<number>``."""
        return self.visit.partition("-")[0]

    @property
    def host(self) -> str:
        """The host that is asked, in lower case; it decides the lane. Empty where there is none."""
        return host_of(self.url)


def robots_key(origin: str) -> SourceKey:
    """Name the robots.txt of an origin (``https://host[:port]``) as a source of its own."""
    return SourceKey(ROBOTS_KEY + origin)
