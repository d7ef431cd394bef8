"""The ledger tells what happened in one chain, and every change to it shows."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ArchiveError
from archive.ledger import GENESIS, Event, Ledger, parse_line, read_ledger, set_torn_tail_aside
from archive.words import EventType
from tests.evidence import MOMENT, a_clock

ROOT = Path(__file__).parent.parent


def an_event(**fields: object) -> Event:
    return Event(type=EventType.RUN_STARTED, fields=fields)


@pytest.fixture
def path(tmp_path) -> Path:
    """Make a ledger of three lines."""
    path = tmp_path / "ledger.jsonl"
    Ledger(path, a_clock()).append([an_event(run="one"), an_event(run="two"), an_event(run="three")])
    return path


def test_a_line_as_it_stands_in_the_file(path):
    """Canonical JSON: sorted keys, no spaces, one line end."""
    first = path.read_bytes().splitlines(keepends=True)[0]
    assert first == (
        b'{"at":"2026-11-22T10:15:30.123456Z","n":0,"prev":"' + GENESIS.encode() + b'",'
        b'"run":"one","type":"run_started"}\n'
    )


def test_a_stranger_can_follow_the_chain(path):
    """Each line names the sha256sum of the line before it, without its line end."""
    previous = GENESIS
    for number, raw in enumerate(path.read_bytes().splitlines()):
        line = json.loads(raw)
        assert (line["n"], line["prev"]) == (number, previous)
        previous = (
            subprocess.run(["sha256sum"], input=raw, capture_output=True, text=False).stdout[:64].decode()
        )
    assert list(read_ledger(path))[-1].sha256 == previous


def test_what_is_appended_is_given_back_and_read(path):
    """The lines that `append` gives are the ones that are read from the file."""
    given_back = Ledger(path, a_clock()).append([an_event(run="four", nested={"b": [1, None], "a": MOMENT})])
    assert list(read_ledger(path))[3:] == given_back
    assert given_back[0].n == 3
    assert given_back[0].fields == {
        "run": "four",
        "nested": {"a": "2026-11-22T10:15:30.123456Z", "b": [1, None]},
    }


def test_every_start_goes_on_where_the_last_one_ended(tmp_path):
    """The chain goes on over many commands."""
    path = tmp_path / "ledger.jsonl"
    for number in range(5):
        Ledger(path).append([an_event(number=number)])
    assert [line.fields["number"] for line in read_ledger(path)] == list(range(5))


def test_no_event_no_line(tmp_path):
    """Appending nothing makes no file."""
    path = tmp_path / "ledger.jsonl"
    assert Ledger(path).append([]) == []
    assert not path.exists()
    assert list(read_ledger(path)) == []


def test_no_event_can_name_its_own_place(tmp_path):
    """A field that is called like a part of the chain does not replace it."""
    path = tmp_path / "ledger.jsonl"
    Ledger(path, a_clock()).append([an_event(n=7, prev="x", at="never", type="archive_created", run="one")])
    (line,) = read_ledger(path)
    assert (line.n, line.prev, line.at, line.type) == (0, GENESIS, MOMENT, EventType.RUN_STARTED)
    assert line.fields == {"run": "one"}


@settings(deadline=None)
@given(runs=st.lists(st.text(max_size=30), max_size=8))
def test_any_text_is_one_line(runs, tmp_path_factory):
    """Line ends, quotes and any other letter inside a field do not break the file into other lines."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    Ledger(path).append([an_event(run=run) for run in runs])
    assert [line.fields["run"] for line in read_ledger(path)] == runs


# Lies


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_a_changed_line_breaks_the_chain(path):
    """A word that was changed later shows at the line behind it."""
    path.write_bytes(path.read_bytes().replace(b'"one"', b'"eno"'))
    with pytest.raises(ArchiveError, match=r"line 2: the chain of hashes is broken"):
        list(read_ledger(path))


@pytest.mark.parametrize(
    ("order", "place"),
    [([1, 2], 1), ([0, 2], 2), ([1, 0, 2], 1), ([0, 1, 1, 2], 3), ([0, 0], 2)],
    ids=["the first is gone", "one is gone", "two are exchanged", "one is said twice", "the first again"],
)
def test_missing_and_moved_lines_break_the_chain(path, order, place):
    """A line that was taken out, moved or repeated shows at its place."""
    lines = lines_of(path)
    path.write_bytes(b"".join(lines[number] for number in order))
    with pytest.raises(ArchiveError, match=f"line {place}: the chain of hashes is broken"):
        list(read_ledger(path))


def test_a_line_packed_anew_breaks_the_chain(path):
    """The same JSON with a space more is another line."""
    first, *others = lines_of(path)
    path.write_bytes(b"".join([first.replace(b'"n":0', b'"n": 0'), *others]))
    with pytest.raises(ArchiveError, match="line 2"):
        list(read_ledger(path))


@pytest.mark.parametrize(
    "lie",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"not JSON",
        b"\xff",
        b'{"n":0,"prev":"","at":"never","type":"run_started"}',
        b'{"n":0,"prev":"","at":"2026-11-22T10:15:30","type":"run_started"}',
        b'{"n":3,"prev":"","at":"2026-11-22T10:15:30Z","type":"no_such_event"}',
    ],
)
def test_what_is_no_line_is_named(path, lie):
    """A line that is no event is an error with its number."""
    with path.open("ab") as file:
        file.write(lie + b"\n")
    with pytest.raises(ArchiveError, match="line 4: this is no ledger line"):
        list(read_ledger(path))
    with pytest.raises((ValueError, KeyError)):
        parse_line(lie)


def test_nothing_is_appended_to_a_broken_chain(path):
    """A command that finds the ledger changed stops before it writes."""
    path.write_bytes(path.read_bytes().replace(b'"two"', b'"owt"'))
    before = path.read_bytes()
    with pytest.raises(ArchiveError, match="Restore it from a copy"):
        Ledger(path)
    assert path.read_bytes() == before


# Crashes


@pytest.mark.parametrize("kept", [1, 40, -1])
def test_half_a_line_is_set_aside(path, kept):
    """What a crash left of a line goes into a file of its own, every byte of it, and the chain goes on."""
    whole = path.read_bytes()
    *first, last = lines_of(path)
    path.write_bytes(b"".join(first) + last[:kept])
    assert len(list(read_ledger(path))) == 2
    ledger = Ledger(path, a_clock())
    assert ledger.torn == path.with_name("ledger.torn-20261122T101530123456Z")
    assert ledger.torn.read_bytes() == last[:kept]
    assert path.read_bytes() == b"".join(first)
    ledger.append([an_event(run="four")])
    assert [line.n for line in read_ledger(path)] == [0, 1, 2]
    assert whole.startswith(b"".join(first))


def test_a_ledger_that_is_only_half_a_line(tmp_path):
    """A crash within the very first line leaves an empty ledger."""
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b'{"at":')
    assert Ledger(path).torn is not None
    assert path.read_bytes() == b""


def test_a_long_torn_line_is_set_aside(path):
    """A piece longer than one look backwards is found to its beginning."""
    whole = path.read_bytes()
    path.write_bytes(whole + b"x" * 200_000)
    torn = set_torn_tail_aside(path)
    assert torn is not None
    assert torn.read_bytes() == b"x" * 200_000
    assert path.read_bytes() == whole


def test_a_whole_ledger_is_left_alone(path):
    """Nothing is set aside where the last line is whole."""
    before = path.read_bytes()
    assert Ledger(path).torn is None
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["ledger.jsonl"]


def test_a_ledger_that_is_not_there_has_no_torn_line(tmp_path):
    """A new archive has nothing to set aside."""
    assert set_torn_tail_aside(tmp_path / "ledger.jsonl") is None


FULL = """
    import resource, sys
    from pathlib import Path
    from archive.errors import ArchiveError
    from archive.ledger import Event, Ledger
    from archive.words import EventType
    ledger = Ledger(Path({path!r}))
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
    try:
        ledger.append([Event(type=EventType.RUN_STARTED, fields={{"run": "x" * 50}})] * 9)
    except ArchiveError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ledger.append([Event(type=EventType.RUN_ENDED)])
"""


def test_a_full_disk_leaves_the_chain_whole(path):
    """Events that did not fit are not there, not even in part, and the same command can go on."""
    before = path.read_bytes()
    code = textwrap.dedent(FULL).format(path=str(path), limit=len(before) + 500)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "ledger.jsonl cannot be written (File too large)" in done.stdout
    assert path.read_bytes().startswith(before)
    assert [line.type for line in read_ledger(path)][3:] == [EventType.RUN_ENDED]


def test_a_ledger_in_a_folder_that_is_gone_is_an_archive_error(tmp_path):
    """A place that cannot be written is told in a sentence."""
    ledger = Ledger(tmp_path / "gone" / "ledger.jsonl")
    with pytest.raises(ArchiveError, match=r"ledger\.jsonl cannot be written \(No such file"):
        ledger.append([an_event()])


def test_the_hash_of_a_line_is_that_of_its_bytes(path):
    """`sha256` of a line that was read is the hash of what stands in the file."""
    for line, raw in zip(read_ledger(path), path.read_bytes().splitlines(), strict=True):
        assert line.sha256 == hashlib.sha256(raw).hexdigest()


def test_a_ctrl_c_while_writing_leaves_no_line_that_nobody_counted(tmp_path, monkeypatch):
    """The chain goes on after an interruption in the middle of an fsync."""
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.append([Event(type=EventType.RUN_STARTED)])

    def interrupted(_descriptor):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("archive.ledger.os.fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ledger.append([Event(type=EventType.RUN_ENDED)])
    ledger.append([Event(type=EventType.REPORT_READ)])
    assert [line.type for line in read_ledger(path)] == [EventType.RUN_STARTED, EventType.REPORT_READ]
