"""What the command hands to one worker process: jobs of one lane, and everything they need to know."""

from __future__ import annotations

import msgspec

from archive.job import Job
from archive.record import Record
from archive.settings import Settings
from crawler.robots import KnownRobots


class Chunk(Record, frozen=True, kw_only=True):
    """A file ``run/<name>.json``.

    ``archive`` is the archive's folder; ``robots`` maps origins to what they answered before;
    ``patience`` maps hosts that were put off to the connection failures that are borne now.
    """

    name: str
    archive: str
    jobs: tuple[Job, ...]
    settings: Settings
    resolve: tuple[str, ...] = ()
    ca_file: str | None = None
    robots: dict[str, KnownRobots] = msgspec.field(default_factory=dict)
    patience: dict[str, int] = msgspec.field(default_factory=dict)
