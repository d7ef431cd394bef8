"""The queue of the run in hand: jobs, cut into chunks by lane. A kill -9 loses none of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from archive.catalogue.catalogue import Catalogue
from archive.job import Job
from archive.record import from_json, to_json
from archive.times import iso, parse_iso
from archive.words import JobState

_BATCH = 1_000


class JobQueue:
    """Jobs in SQLite; a job leaves ``in_hand`` only when its capture is in the catalogue."""

    def __init__(self, catalogue: Catalogue, lanes: int) -> None:
        self._catalogue = catalogue
        self._connection = catalogue.connection
        self._lanes = lanes
        self._loads = dict.fromkeys(range(lanes), 0)
        rows = self._connection.execute("select lane, sum(jobs) from lanes group by lane")
        self._loads.update((lane, jobs) for lane, jobs in rows if lane < lanes)

    def add(self, jobs: Iterable[Job]) -> int:
        """Queue jobs in order and give their number; memory does not grow with it."""
        added = 0
        batch: list[Job] = []
        for job in jobs:
            batch.append(job)
            if len(batch) == _BATCH:
                added += self._add(batch)
                batch.clear()
        return added + self._add(batch)

    def _add(self, jobs: Sequence[Job]) -> int:
        with self._catalogue.batch():
            for job in jobs:
                lane, turn = self._turn(job.host)
                self._connection.execute(
                    "insert into jobs (job, run, source_key, host, lane, turn, state, not_before, spec)"
                    " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        job.job,
                        job.run,
                        job.source_key,
                        job.host,
                        lane,
                        turn,
                        JobState.QUEUED,
                        iso(job.not_before) if job.not_before else None,
                        to_json(job).decode("utf-8"),
                    ),
                )
        return len(jobs)

    def _turn(self, host: str) -> tuple[int, int]:
        """Give the lane of a host and its next turn; a new host joins the lane with the fewest jobs."""
        row = self._connection.execute(
            "update lanes set jobs = jobs + 1 where host = ? returning lane, jobs", (host,)
        ).fetchone()
        if row:
            self._loads[row[0]] += 1
            return int(row[0]), int(row[1])
        lane = self._lightest(1)
        self._connection.execute("insert into lanes (host, lane, jobs) values (?, ?, 1)", (host, lane))
        return lane, 1

    def _lightest(self, jobs: int) -> int:
        lane = min(self._loads, key=lambda number: (self._loads[number], number))
        self._loads[lane] += jobs
        return lane

    def begin_again(self) -> None:
        """Queue again whatever an earlier command had in hand when it ended, in the lanes of this one.

        An earlier command may have had another number of workers; no worker is at work now.
        """
        with self._catalogue.batch():
            self._connection.execute("update jobs set state = 'queued' where state = 'in_hand'")
            self._connection.execute("delete from lanes")
            self._loads = dict.fromkeys(range(self._lanes), 0)
            hosts = self._connection.execute(
                "select host, count(*), max(turn) from jobs where state = 'queued' group by host"
                " order by count(*) desc, host"
            ).fetchall()
            self._connection.executemany(
                "insert into lanes (host, lane, jobs) values (?, ?, ?)",
                [(host, self._lightest(jobs), turn) for host, jobs, turn in hosts],
            )
            self._connection.execute(
                "update jobs set lane = (select l.lane from lanes l where l.host = jobs.host)"
                " where state = 'queued'"
            )

    def take(self, lane: int, size: int, moment: datetime, put_off: Iterable[str] = ()) -> list[Job]:
        """Take the next jobs of a lane that may start now, hosts in turn, none of a host put off."""
        hosts = list(put_off)
        marks = ", ".join("?" * len(hosts))
        with self._catalogue.batch():
            rows = self._connection.execute(
                "select id, spec from jobs where state = 'queued' and lane = ?"
                f" and (not_before is null or not_before <= ?) and host not in ({marks})"
                " order by turn, id limit ?",
                (lane, iso(moment), *hosts, size),
            ).fetchall()
            self._connection.executemany(
                "update jobs set state = 'in_hand' where id = ?", [(number,) for number, _ in rows]
            )
        return [from_json(spec, Job) for _, spec in rows]

    def finish(self, job: str) -> Job | None:
        """Mark a job as done; None where it is not of this queue or was done before."""
        row = self._connection.execute(
            "update jobs set state = 'done' where job = ? and state != 'done' returning spec", (job,)
        ).fetchone()
        return from_json(row[0], Job) if row else None

    def give_back(self, jobs: Iterable[str], *, crashed: bool = False) -> None:
        """Queue jobs again that were not attempted, or whose worker ended with them in hand."""
        with self._catalogue.batch():
            self._connection.executemany(
                "update jobs set state = 'queued', crashes = crashes + ? where job = ? and state = 'in_hand'",
                [(int(crashed), job) for job in jobs],
            )

    def give_back_all(self) -> None:
        """Queue again whatever an earlier command had in hand when it ended."""
        self._connection.execute("update jobs set state = 'queued' where state = 'in_hand'")

    def crashes(self, job: str) -> int:
        """Say how many workers ended with this job in hand."""
        return int(self._connection.execute("select crashes from jobs where job = ?", (job,)).fetchone()[0])

    def count(self, *states: JobState) -> int:
        """Count the jobs in these states."""
        marks = ", ".join("?" * len(states))
        row = self._connection.execute(
            f"select count(*) from jobs where state in ({marks})",
            states,
        ).fetchone()
        return int(row[0])

    def waiting(self) -> dict[str, int]:
        """Count the queued jobs by host."""
        return dict(
            self._connection.execute(
                "select host, count(*) from jobs where state = 'queued' group by host order by host"
            )
        )

    def next_start(self, put_off: Iterable[str] = ()) -> datetime | None:
        """Give the earliest moment at which a queued job may start; None where nothing is queued.

        A job that may start at once gives a moment in the past.
        """
        hosts = list(put_off)
        marks = ", ".join("?" * len(hosts))
        row = self._connection.execute(
            "select min(coalesce(not_before, '1970-01-01T00:00:00.000000Z')) from jobs"
            f" where state = 'queued' and host not in ({marks})",
            hosts,
        ).fetchone()
        return parse_iso(row[0]) if row[0] else None

    def running(self) -> str | None:
        """Give the run that is not finished, if there is one."""
        row = self._connection.execute("select run from jobs where state != 'done' limit 1").fetchone()
        return row[0] if row else None

    def sources(self) -> Iterator[str]:
        """Give the keys of the sources that have a job in this queue."""
        for (key,) in self._connection.execute("select distinct source_key from jobs"):
            yield key

    def clear(self) -> None:
        """Empty the queue at the end of a run."""
        with self._catalogue.batch():
            self._connection.execute("delete from jobs")
            self._connection.execute("delete from lanes")
            self._loads = dict.fromkeys(range(self._lanes), 0)
