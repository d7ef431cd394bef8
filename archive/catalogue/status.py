"""What is kept and what is not: the answers behind `saqta status` (contract, version 1)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

NOT_TRIED = "not_tried"

_CAPTURES = """
select c.capture as id, c.source_key, c.url, c.final_url, c.method, c.outcome, c.rule, c.reason, c.status,
       c.logged_in, c.tls_verdict, c.proxy, c.rehearsal,
       (select r.reviewed_by from reviews r where r.capture = c.capture and r.at is not null
        order by r.at desc limit 1) as reviewed_by,
       c.warc, c.warc_sha256, c.started_at, c.ended_at, t.chars as text_chars,
       coalesce(t.title, c.title) as title, t.language, t.published_at
from captures c left join page_text t on t.id = c.id
where c.kind in ('page', 'import') order by c.started_at, c.id
"""

_REPORTS = """
select r.file,
       (select count(*) from claims x where x.report_id = r.id) as claims,
       (select count(*) from footnotes x where x.report_id = r.id) as footnotes,
       count(distinct s.id) as sources,
       count(distinct case when s.outcome = 'captured' then s.id end) as captured,
       count(distinct case when s.outcome = 'needs_review' then s.id end) as needs_review,
       count(distinct case when exists (
           select 1 from captures c where c.source_id = s.id and c.method = 'import'
       ) then s.id end) as imported
from reports r
left join footnotes f on f.report_id = r.id
left join citations z on z.footnote_id = f.id
left join source_status s on s.id = z.source_id
group by r.id order by r.received_at, r.id
"""

_TODO = """
select r.file, f.label, z.printed, s.url, s.outcome, s.reason
from source_status s
join citations z on z.source_id = s.id
join footnotes f on f.id = z.footnote_id
join reports r on r.id = f.report_id
where s.outcome != 'captured' order by r.received_at, r.id, f.position, z.position
"""

_HOSTS = """
select host, count(*) as sources, sum(outcome = 'captured') as captured,
       sum(outcome = 'needs_review') as needs_review
from source_status group by host order by sources desc, host
"""

_CITED = """
select z.source_id from citations z join footnotes f on f.id = z.footnote_id
join reports r on r.id = f.report_id where r.sha256 in ({})
"""

_LOADS = """
select case when e.role = 'page' then c.attempt_kind else e.role end as what, count(*)
from exchanges e join captures c on c.id = e.capture_id
where e.sent_bytes > 0 and (? is null or c.run = ?) group by what
"""


class Status:
    """Reads the catalogue for a person; changes nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def sources(self) -> int:
        """Count the cited sources."""
        return int(self._connection.execute("select count(*) from sources").fetchone()[0])

    def by_outcome(self, reports: Sequence[str] = ()) -> dict[str, int]:
        """Count each source once, by its best capture; ``not_tried`` where it has none.

        With `reports` (SHA-256 of their files) only what these cite.
        """
        marks = ", ".join("?" * len(reports))
        cited = f"where id in ({_CITED.format(marks)})" if reports else ""
        return dict(
            self._connection.execute(
                f"select outcome, count(*) from source_status {cited}"
                " group by outcome order by count(*) desc, outcome",
                tuple(reports),
            )
        )

    def reports(self) -> list[dict[str, Any]]:
        """Give every report with the numbers of its claims, footnotes and sources."""
        return list(self._rows(_REPORTS))

    def captures(self) -> Iterator[dict[str, Any]]:
        """Give every capture of a page, oldest first."""
        for row in self._rows(_CAPTURES):
            yield row | {"logged_in": bool(row["logged_in"]), "rehearsal": bool(row["rehearsal"])}

    def hosts(self) -> list[dict[str, Any]]:
        """Give every host with its sources and how many of them are captured."""
        return list(self._rows(_HOSTS))

    def not_kept(self, host: str) -> int:
        """Count the cited sources on a host of which there is nothing to show or to look at."""
        row = self._connection.execute(
            "select count(*) from source_status"
            " where host = ? and outcome not in ('captured', 'needs_review')",
            (host,),
        ).fetchone()
        return int(row[0])

    def todo(self) -> list[dict[str, Any]]:
        """Give every citation whose source is not captured, in the order of the reports."""
        return list(self._rows(_TODO))

    def page_loads(self, run: str | None = None) -> dict[str, int]:
        """Count requests that were sent, apart: first, retry, candidate, redirect, robots."""
        return dict(self._connection.execute(_LOADS, (run, run)))

    def _rows(self, sql: str) -> Iterator[dict[str, Any]]:
        cursor = self._connection.execute(sql)
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield dict(zip(names, row, strict=True))
