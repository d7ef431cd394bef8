"""What a run asks the catalogue: which sources are due, and what was tried before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from archive.catalogue.catalogue import Catalogue
from archive.ids import SourceKey
from archive.job import CitedBy, robots_key
from archive.record import Record
from archive.times import iso, parse_iso
from archive.words import Means, Outcome


class Due(Record, frozen=True, kw_only=True):
    """A source to ask for: its first address, further readings of it, and where it is cited."""

    key: SourceKey
    url: str
    candidates: tuple[str, ...]
    cited: tuple[CitedBy, ...]


class Attempt(Record, frozen=True, kw_only=True):
    """One attempt of a visit; ``retry_after`` is in seconds."""

    capture: str
    url: str
    means: Means
    outcome: Outcome
    rule: str
    ended_at: datetime
    retry_after: float | None


class RobotsRow(Record, frozen=True, kw_only=True):
    """The newest answer of one origin: the capture, and where in which file its last response lies."""

    origin: str
    capture: str
    url: str
    status: int | None
    outcome: Outcome
    warc: str
    offset: int | None


class Visits:
    """Questions about sources and attempts; changes nothing."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._connection = catalogue.connection

    def due(self, reports: Sequence[str] = ()) -> Iterator[Due]:
        """Give the cited sources that have nothing kept and no job in the queue, in the order of citation.

        With `reports` (SHA-256 of their files) only what these cite.
        """
        marks = ", ".join("?" * len(reports))
        cited = f"where r.sha256 in ({marks})" if reports else ""
        rows = self._connection.execute(
            "select key from (select s.id, s.key, row_number() over cited as first, row_number() over ("
            "   partition by s.id order by r.received_at, r.sha256, f.position, z.position) as place"
            " from sources s join citations z on z.source_id = s.id"
            f" join footnotes f on f.id = z.footnote_id join reports r on r.id = f.report_id {cited}"
            " window cited as (order by r.received_at, r.sha256, f.position, z.position)) as s"
            " where place = 1 and not exists (select 1 from captures c where c.source_id = s.id"
            "   and c.kind in ('page', 'import') and c.outcome in ('captured', 'needs_review'))"
            " and not exists (select 1 from jobs j where j.source_key = s.key)"
            " order by first",
            tuple(reports),
        )
        for (key,) in rows:
            yield self.source(key)

    def candidates(self, key: str) -> tuple[str, ...]:
        """Give the further readings of a source; none where no report cites it any more."""
        try:
            return self.source(key).candidates
        except KeyError:
            return ()

    def source(self, key: str) -> Due:
        """Give one source with its readings; raises KeyError where it is not cited."""
        rows = self._connection.execute(
            "select z.url, z.candidates, r.sha256, f.label, z.printed from sources s"
            " join citations z on z.source_id = s.id join footnotes f on f.id = z.footnote_id"
            " join reports r on r.id = f.report_id where s.key = ?"
            " order by r.received_at, r.sha256, f.position, z.position",
            (key,),
        ).fetchall()
        if not rows:
            raise KeyError(key)
        readings = dict.fromkeys(row[0] for row in rows)
        for row in rows:
            readings.update(dict.fromkeys(json.loads(row[1])))
        first, *others = readings
        return Due(
            key=SourceKey(key),
            url=first,
            candidates=tuple(others),
            cited=tuple(
                CitedBy(report_sha256=sha256, label=label, printed=printed)
                for _, _, sha256, label, printed in rows
            ),
        )

    def attempts(self, visit: str) -> list[Attempt]:
        """Give the attempts of a visit in order."""
        rows = self._connection.execute(
            "select capture, url, method, outcome, rule, ended_at, retry_after from captures"
            " where visit = ? order by attempt, id",
            (visit,),
        )
        return [
            Attempt(
                capture=capture,
                url=url,
                means=Means(method),
                outcome=Outcome(outcome),
                rule=rule,
                ended_at=parse_iso(ended_at),
                retry_after=retry_after,
            )
            for capture, url, method, outcome, rule, ended_at, retry_after in rows
        ]

    def finished_jobs(self) -> list[str]:
        """List the jobs of the queue whose capture is entered although the queue does not know it."""
        rows = self._connection.execute(
            "select j.job from jobs j join captures c on c.job = j.job where j.state != 'done'"
        )
        return [job for (job,) in rows]

    def robots(self, origin: str, since: datetime) -> RobotsRow | None:
        """Give the newest answer of an origin to being asked for its robots.txt since a moment."""
        row = self._connection.execute(
            "select c.capture, c.url, c.status, c.outcome, c.warc, ("
            "   select e.response_offset from exchanges e where e.capture_id = c.id"
            "   order by e.position desc limit 1)"
            " from captures c where c.source_key = ? and c.started_at >= ?"
            " and c.outcome in ('captured', 'gone', 'unavailable', 'login_wall')"
            " order by c.started_at desc, c.id desc limit 1",
            (robots_key(origin), iso(since)),
        ).fetchone()
        if row is None:
            return None
        capture, url, status, outcome, warc, offset = row
        return RobotsRow(
            origin=origin,
            capture=capture,
            url=url,
            status=status,
            outcome=Outcome(outcome),
            warc=warc,
            offset=offset,
        )
