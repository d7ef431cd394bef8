"""Following the file of a worker that is still writing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.closing import WorkerLine
from archive.record import to_json
from archive.words import Outcome
from crawler.follow import Follower
from tests.evidence import MOMENT, a_capture_id


def line(number: int) -> WorkerLine:
    """Make a worker's line; its address has letters of more than one byte."""
    return WorkerLine(
        job=f"job{number}",
        capture=a_capture_id(number),
        path=f"captures/2026/11/22/{number}.warc.gz",
        size=1,
        sha256="ab" * 32,
        outcome=Outcome.CAPTURED,
        rule="content",
        status=200,
        final_url=f"https://пример.kz/жаңалық/{number}",
        started_at=MOMENT,
        ended_at=MOMENT,
        retry_after=None,
    )


LINES = [line(number) for number in range(4)]
DATA = b"".join(to_json(each) + b"\n" for each in LINES)


def test_a_file_that_is_not_there_yet_has_no_lines(tmp_path: Path) -> None:
    """A worker needs seconds to start; its first line is not missed."""
    follower = Follower(tmp_path / "chunk.jsonl")
    assert list(follower.lines()) == []
    (tmp_path / "chunk.jsonl").write_bytes(DATA)
    assert list(follower.lines()) == LINES


def test_each_line_is_given_once(tmp_path: Path) -> None:
    """What was given does not come back when the file grows."""
    path = tmp_path / "chunk.jsonl"
    follower = Follower(path)
    for each in LINES:
        with path.open("ab") as file:
            file.write(to_json(each) + b"\n")
        assert list(follower.lines()) == [each]
        assert list(follower.lines()) == []


def test_half_a_line_waits_for_its_rest(tmp_path: Path) -> None:
    """Not even a whole JSON value counts before its line end is there."""
    path = tmp_path / "chunk.jsonl"
    follower = Follower(path)
    path.write_bytes(DATA[:-1])
    assert list(follower.lines()) == LINES[:-1]
    path.write_bytes(DATA)
    assert list(follower.lines()) == LINES[-1:]


@given(st.lists(st.integers(0, len(DATA)), max_size=12))
def test_lines_come_whole_wherever_the_writes_end(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    """In any pieces, cut within a letter or a line end: every line comes once and in order."""
    path = tmp_path_factory.mktemp("follow") / "chunk.jsonl"
    follower = Follower(path)
    found = []
    at = 0
    for cut in sorted([*cuts, len(DATA)]):
        with path.open("ab") as file:
            file.write(DATA[at:cut])
        at = cut
        found += follower.lines()
    assert found == LINES


def test_a_line_of_another_kind_is_refused(tmp_path: Path) -> None:
    """A line with a field that nobody knows is no line of a worker."""
    path = tmp_path / "chunk.jsonl"
    path.write_bytes(DATA.replace(b'"job"', b'"jab"', 1))
    with pytest.raises(msgspec.ValidationError, match="jab"):
        list(Follower(path).lines())
