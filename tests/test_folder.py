"""The archive on the disk: one command at a time, no name that leads out of it, no half-written file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import ArchiveError, InputError
from archive.folder import OPEN, SEALED, Folder, sync_file, write_all, write_whole
from tests.evidence import a_capture, a_capture_id, an_open_capture

ROOT = Path(__file__).parent.parent
WAIT = "import sys; print('ready', flush=True); sys.stdin.read()"


def test_where_everything_lies(tmp_path):
    """The places that docs/design.md names."""
    folder = Folder(tmp_path)
    found = [
        folder.relative(path)
        for path in (
            folder.settings,
            folder.reports,
            folder.captures,
            folder.ledger,
            folder.catalogue,
            folder.run,
            folder.warc(a_capture_id()),
        )
    ]
    assert found == [
        "saqta.toml",
        "reports",
        "captures",
        "ledger/ledger.jsonl",
        "catalog.db",
        "run",
        f"captures/2026/11/22/{a_capture_id()}.warc.gz",
    ]


def test_an_archive_is_there_when_it_was_made(tmp_path):
    """A folder of other things is no archive, and the error says how to make one."""
    folder = Folder(tmp_path)
    assert not folder.exists
    with pytest.raises(InputError, match="make one with 'saqta archive'"):
        folder.require()
    folder.create()
    folder.create()
    folder.require()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    """A file in the way is an error in a sentence."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArchiveError, match=r"file/x cannot be written .*--archive"):
        Folder(tmp_path / "file" / "x").create()


@pytest.mark.parametrize("lie", ["../x", "/etc/passwd", "captures/../../x", ".."])
def test_no_name_leads_out_of_the_archive(tmp_path, lie):
    """A name in a ledger or a catalogue that leads elsewhere is refused."""
    with pytest.raises(ArchiveError, match="leads out of the archive"):
        Folder(tmp_path).inside(lie)


def test_no_link_leads_out_of_the_archive(tmp_path):
    """A symbolic link does not help."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "link").symlink_to(tmp_path)
    with pytest.raises(ArchiveError, match="leads out"):
        Folder(tmp_path / "a").inside("link/secret")


def test_a_name_is_found_inside(tmp_path):
    """What `relative` names, `inside` finds."""
    folder = Folder(tmp_path)
    path = folder.warc(a_capture_id())
    assert folder.inside(folder.relative(path)) == path


def test_the_files_of_all_days_in_order(tmp_path):
    """Sealed and open files are told by their ending, day by day."""
    folder = Folder(tmp_path)
    day = 24 * 3600
    sealed = [a_capture(folder, number=number).path for number in (40 * day, 0, 5)]
    opened = an_open_capture(folder, 7, whole=True)
    (folder.captures / "2026" / "11" / "notes.txt").write_text("x")
    assert list(folder.files(SEALED)) == sorted(sealed)
    assert list(folder.files(OPEN)) == [opened]
    assert list(Folder(tmp_path / "none").files(SEALED)) == []


# The lock


def test_the_lock_says_who_holds_it(tmp_path):
    """A second command learns the name and the process of the first."""
    folder = Folder(tmp_path)
    said = f"held by 'saqta archive' (process {os.getpid()}); wait until it ends"
    with folder.locked("archive"), pytest.raises(ArchiveError) as caught, folder.locked("rebuild"):
        pass
    assert said in str(caught.value)


def test_the_lock_is_free_when_the_command_has_ended(tmp_path):
    """After the block, and after an error within it, the next command goes on."""
    folder = Folder(tmp_path)
    with pytest.raises(KeyError), folder.locked("archive"):
        raise KeyError
    with folder.locked("rebuild"):
        assert json.loads((tmp_path / "lock").read_bytes()) == {"pid": os.getpid(), "command": "rebuild"}


@pytest.mark.parametrize("text", ["", "not JSON", "[]", '{"pid": 1}'])
def test_a_lock_that_says_nothing_still_holds(tmp_path, text):
    """A holder who has not said its name yet is another command."""
    folder = Folder(tmp_path)
    with folder.locked("archive"):
        (tmp_path / "lock").write_text(text)
        with pytest.raises(ArchiveError, match="held by another command"), folder.locked("rebuild"):
            pass


def test_another_process_is_kept_out(tmp_path):
    """The lock holds between processes, and the other's sentence names this one."""
    code = (
        "import sys; from pathlib import Path; from archive.folder import Folder\n"
        "from archive.errors import ArchiveError\n"
        "try:\n    with Folder(Path(sys.argv[1])).locked('rebuild'): print('entered')\n"
        "except ArchiveError as error: print(error)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with Folder(tmp_path).locked("archive"):
        kept_out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    let_in = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert f"held by 'saqta archive' (process {os.getpid()})" in kept_out.stdout
    assert let_in.stdout == "entered\n"


def test_a_worker_that_inherited_the_lock_keeps_it(tmp_path):
    """A killed command's worker is still the archive's holder; when it has ended, the lock is free."""
    folder = Folder(tmp_path)
    with folder.locked("archive") as descriptor:
        worker = subprocess.Popen(
            [sys.executable, "-c", WAIT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[descriptor],
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
    with pytest.raises(ArchiveError, match="held by 'saqta archive'"), folder.locked("rebuild"):
        pass
    worker.communicate()
    with folder.locked("rebuild"):
        pass


def test_a_child_that_did_not_inherit_it_keeps_nothing(tmp_path):
    """A process that is started without the descriptor does not hold the archive."""
    folder = Folder(tmp_path)
    with folder.locked("archive"):
        child = subprocess.Popen([sys.executable, "-c", WAIT], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
    with folder.locked("rebuild"):
        pass
    child.communicate()


def test_a_lock_that_cannot_be_made_is_an_archive_error(tmp_path):
    """A place where no lock can be written is told in a sentence."""
    Folder(tmp_path).create()
    (tmp_path / "lock").mkdir()
    with pytest.raises(ArchiveError, match="lock cannot be written"), Folder(tmp_path).locked("archive"):
        pass


# Whole files


def test_a_file_is_written_whole(tmp_path):
    """A file is replaced in one step, and nothing else stays in the folder."""
    path = tmp_path / "file"
    write_whole(path, b"one")
    write_whole(path, b"two" * 100_000)
    assert path.read_bytes() == b"two" * 100_000
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_does_not_fit_leaves_the_old_one(tmp_path):
    """On a full disk the file is what it was, and the half of the new one is gone."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    code = (
        "import resource, sys; from pathlib import Path; from archive.folder import write_whole\n"
        "from archive.errors import ArchiveError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))\n"
        "try: write_whole(Path(sys.argv[1]), bytes(9000))\n"
        "except ArchiveError as error: print(error)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.startswith(f"{path} cannot be written (File too large); make room")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_bytes_that_are_taken_in_parts_are_all_written():
    """A write that takes a part at a time, as a pipe does, loses nothing."""
    reader, writer = os.pipe()
    data = os.urandom(300_000)
    child = subprocess.Popen(["sha256sum"], stdin=reader, stdout=subprocess.PIPE)
    os.close(reader)
    with os.fdopen(writer, "wb", buffering=0) as file:
        write_all(file, data)
    said, _ = child.communicate()
    summed = subprocess.run(["sha256sum"], input=data, capture_output=True).stdout
    assert said == summed


def test_a_file_that_is_gone_cannot_be_synced(tmp_path):
    """Syncing what is not there is an error of the system, not silence."""
    with pytest.raises(FileNotFoundError):
        sync_file(tmp_path / "gone")
