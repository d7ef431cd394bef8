"""The queue gives every job to one worker at a time, hosts in turn, and a kill -9 loses none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.catalogue.catalogue import Catalogue
from archive.catalogue.queue import JobQueue
from archive.folder import Folder
from archive.job import Job
from archive.words import JobState
from tests.evidence import MOMENT, a_job

ROOT = Path(__file__).parent.parent
LANES = 3


@pytest.fixture
def catalogue(tmp_path) -> Iterator[Catalogue]:
    """Make an empty catalogue."""
    folder = Folder(tmp_path)
    folder.create()
    with Catalogue(folder.catalogue) as catalogue:
        yield catalogue


@pytest.fixture
def queue(catalogue) -> JobQueue:
    """Make an empty queue of three lanes."""
    return JobQueue(catalogue, LANES)


def jobs_at(host: str, count: int, first: int = 0, **changes) -> list[Job]:
    return [a_job(f"https://{host}/{n}", n, **changes) for n in range(first, first + count)]


def take(queue: JobQueue, size: int = 100, lane: int | None = None, **options) -> list[str]:
    """Take jobs of one lane or of all, and give their names."""
    lanes = range(LANES) if lane is None else [lane]
    moment = options.pop("moment", MOMENT)
    return [job.job for number in lanes for job in queue.take(number, size, moment, **options)]


def test_a_job_comes_back_as_it_was_queued(queue):
    """Everything that a job says survives the queue."""
    job = a_job(number=7, not_before=MOMENT, previous="x")
    assert queue.add([job]) == 1
    assert [found for lane in range(LANES) for found in queue.take(lane, 9, MOMENT)] == [job]


def test_a_job_is_taken_once(queue):
    """What one worker has, no other gets, until it is given back."""
    queue.add(jobs_at("a.example", 3))
    assert take(queue, 2) == ["job0", "job1"]
    assert take(queue) == ["job2"]
    assert take(queue) == []
    queue.give_back(["job1"])
    assert take(queue) == ["job1"]


def test_a_finished_job_is_done(queue):
    """It is given out no more, and finishing it again says that there is nothing to do."""
    queue.add(jobs_at("a.example", 2))
    take(queue)
    assert queue.finish("job0") == a_job("https://a.example/0", 0)
    assert queue.finish("job0") is None
    assert queue.finish("unknown") is None
    queue.give_back(["job0", "job1"])
    queue.give_back_all()
    assert take(queue) == ["job1"]
    assert (queue.count(JobState.DONE), queue.count(JobState.QUEUED, JobState.IN_HAND)) == (1, 1)


def test_hosts_take_turns(queue):
    """No host waits until another's jobs are done."""
    queue.add([*jobs_at("a.example", 3), *jobs_at("b.example", 2, 10), *jobs_at("c.example", 1, 20)])
    queue.add(jobs_at("d.example", 1, 30))
    taken = {lane: take(queue, lane=lane) for lane in range(LANES)}
    assert taken == {0: ["job0", "job1", "job2"], 1: ["job10", "job11"], 2: ["job20", "job30"]}
    queue.give_back_all()
    assert [take(queue, 1, lane) for lane in (2, 2)] == [["job20"], ["job30"]]


def test_hosts_of_one_lane_take_turns(catalogue):
    """Within a lane the second job of a host comes after the first of every other."""
    queue = JobQueue(catalogue, 1)
    queue.add([*jobs_at("a.example", 3), *jobs_at("b.example", 2, 10), *jobs_at("c.example", 1, 20)])
    assert take(queue, lane=0) == ["job0", "job10", "job20", "job1", "job11", "job2"]


def test_a_host_stays_in_its_lane(queue):
    """All jobs of a host are in one lane, however late they come and whatever the load."""
    for round_ in range(4):
        for number in range(12):
            queue.add(jobs_at(f"h{number}.example", 1, 100 * round_ + number))
    lanes: dict[str, set[int]] = {}
    for lane in range(LANES):
        for job in queue.take(lane, 1_000, MOMENT):
            lanes.setdefault(job.host, set()).add(lane)
    assert len(lanes) == 12
    assert all(len(found) == 1 for found in lanes.values())
    assert {lane for found in lanes.values() for lane in found} == set(range(LANES))


def test_a_new_host_joins_the_lane_with_the_fewest_jobs(queue):
    """One large host does not share its lane while others are empty."""
    queue.add([*jobs_at("large.example", 50), *jobs_at("b.example", 1, 100), *jobs_at("c.example", 1, 101)])
    queue.add(jobs_at("d.example", 1, 102))
    assert [len(take(queue, lane=lane)) for lane in range(LANES)] == [50, 2, 1]


def test_a_host_put_off_gets_no_job(queue):
    """Its jobs wait, and come when it is not put off any more."""
    queue.add([*jobs_at("a.example", 2), *jobs_at("b.example", 1, 10)])
    assert take(queue, put_off=["a.example", "other.example"]) == ["job10"]
    assert take(queue) == ["job0", "job1"]


def test_a_job_waits_for_its_time(queue):
    """A retry is not given out before its moment, to the microsecond."""
    later = MOMENT + timedelta(minutes=1)
    queue.add(jobs_at("a.example", 1, not_before=later))
    assert take(queue, moment=later - timedelta(microseconds=1)) == []
    assert take(queue, moment=later) == ["job0"]


def test_when_the_next_job_may_start(queue):
    """The earliest moment of what waits, without the hosts that are put off."""
    assert queue.next_start() is None
    later = MOMENT + timedelta(minutes=1)
    queue.add([*jobs_at("a.example", 1, not_before=later), *jobs_at("b.example", 1, 1, not_before=MOMENT)])
    assert queue.next_start() == MOMENT
    assert queue.next_start(["b.example"]) == later
    assert queue.next_start(["a.example", "b.example"]) is None
    queue.add(jobs_at("c.example", 1, 2))
    start = queue.next_start()
    assert start is not None
    assert start < MOMENT


def test_what_waits_by_host(queue):
    """Jobs in hand and done ones do not wait."""
    queue.add([*jobs_at("b.example", 2), *jobs_at("a.example", 3, 10)])
    take(queue, 1, 0)
    assert queue.waiting() == {"a.example": 3, "b.example": 1}
    assert sorted(queue.sources()) == [
        *(f"a.example/{n}" for n in (10, 11, 12)),
        *(f"b.example/{n}" for n in (0, 1)),
    ]


def test_crashes_are_counted(queue):
    """Only a worker that ended with the job in hand counts against it."""
    queue.add(jobs_at("a.example", 1))
    queue.give_back(["job0"], crashed=True)
    assert queue.crashes("job0") == 0
    for _ in range(2):
        take(queue)
        queue.give_back(["job0"], crashed=True)
    take(queue)
    queue.give_back(["job0"])
    assert queue.crashes("job0") == 2


def test_a_run_is_running_until_its_jobs_are_done(queue):
    """An interrupted run is found by the next command under its name."""
    assert queue.running() is None
    queue.add(jobs_at("a.example", 1, visit="abc-1"))
    assert queue.running() == "abc"
    take(queue)
    assert queue.running() == "abc"
    queue.finish("job0")
    assert queue.running() is None


def test_a_queue_that_was_cleared_begins_anew(queue):
    """Neither jobs nor lanes of the last run are left."""
    queue.add([*jobs_at("a.example", 3), *jobs_at("b.example", 1, 10)])
    queue.clear()
    assert (take(queue), queue.count(*JobState)) == ([], 0)
    queue.add(jobs_at("b.example", 1))
    assert take(queue, lane=0) == ["job0"]


def test_jobs_are_queued_without_end(queue):
    """More jobs than one batch holds, from a generator, all arrive once and in order."""
    assert queue.add(job for job in jobs_at("a.example", 2_500)) == 2_500
    assert queue.add(iter(())) == 0
    assert take(queue, 5_000) == [f"job{n}" for n in range(2_500)]


def test_a_job_cannot_be_queued_twice(queue):
    """Two jobs of one name are a fault of ours; none of the batch is queued then."""
    job = a_job()
    with pytest.raises(Exception, match=r"UNIQUE constraint failed: jobs\.job"):
        queue.add([a_job(number=5), job, job])
    assert queue.count(*JobState) == 0


WORKER = """
    import sys
    from pathlib import Path
    from archive.catalogue.catalogue import Catalogue
    from archive.catalogue.queue import JobQueue
    from tests.evidence import MOMENT, a_job

    catalogue = Catalogue(Path(sys.argv[1]))
    queue = JobQueue(catalogue, 1)
    queue.add(a_job(f"https://h{n % 7}.example/{n}", n) for n in range(40))
    taken = queue.take(0, 25, MOMENT)
    for job in taken[:10]:
        queue.finish(job.job)
    print(*(job.job for job in taken), flush=True)
    if sys.argv[2] == "in a batch":
        catalogue.connection.execute("begin")
        for job in taken[10:]:
            queue.finish(job.job)
        print("begun", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("where", ["between", "in a batch"])
def test_kill_9_loses_no_job(tmp_path, where):
    """A command that is killed with jobs in hand leaves every one of them to the next command."""
    folder = Folder(tmp_path)
    folder.create()
    command = [sys.executable, "-c", textwrap.dedent(WORKER), str(folder.catalogue), where]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        taken = worker.stdout.readline().split()
        if where == "in a batch":
            assert worker.stdout.readline() == "begun\n"
        os.kill(worker.pid, signal.SIGKILL)
    assert (worker.returncode, len(taken)) == (-signal.SIGKILL, 25)
    with Catalogue(folder.catalogue) as catalogue:
        queue = JobQueue(catalogue, 1)
        assert queue.count(JobState.IN_HAND) == 15
        queue.give_back_all()
        found = [job.job for job in queue.take(0, 100, MOMENT)]
    assert sorted(found) == sorted({f"job{n}" for n in range(40)} - set(taken[:10]))
