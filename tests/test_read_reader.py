"""The door: a path in, a report or one plain sentence out, whatever the file does."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import InputError
from archive.report import Report
from archive.site import KeyRule
from crawler.reports.limits import Limits
from crawler.reports.reader import read_report
from tests.sample_report import FULL, SITE, footnote, page, read


def refused(path, **how):
    """Give the one sentence with which a file is refused."""
    with pytest.raises(InputError) as caught:
        read_report(path, **how)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert path.name in sentence
    return sentence


def test_a_report_is_read_in_a_child_and_comes_back_whole(tmp_path):
    """The child's report is the report, with the hash of the very bytes that were read."""
    file = tmp_path / "отчёт.txt"
    file.write_text(FULL, encoding="utf-8")
    report = read_report(file)
    assert isinstance(report, Report)
    assert report.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert report.file == "отчёт.txt"
    assert report.claims == read(FULL).claims
    assert report.footnotes == read(FULL).footnotes


def test_keys_are_set_by_the_sites_rules(tmp_path):
    """The child knows no site; the keys come from the rules that the caller hands in."""
    file = tmp_path / "report.txt"
    file.write_text(FULL, encoding="utf-8")
    rule = KeyRule(pattern=r"news\.example\.kz/a/(?:[^/]+/)?(?P<id>\d+)\.html", key="news:{id}")
    report = read_report(file, rules_for=lambda host: (rule,) if host == "news.example.kz" else ())
    assert footnote(report, "2").citations[0].key == "news:31000002"


def test_the_name_of_a_file_does_not_decide_its_format(tmp_path):
    """A web page called .txt is a web page, and a text called .pdf a text."""
    web, text = tmp_path / "a.txt", tmp_path / "a.pdf"
    web.write_text(page(f'<p>The choir sang on the <a href="{SITE}/1.html">pier</a>.</p>'))
    text.write_text("The choir sang on the pier, see https://example.kz/1 for more.")
    assert read_report(web).format == "html"
    assert read_report(text).format == "text"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00", "Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
        (b"{\\rtf1\\ansi", "RTF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (bytes(range(256)) * 40, "no letters"),
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
    ],
    ids=["pdf", "zip", "ole", "rtf", "gzip", "png", "rubbish", "empty", "blank"],
)
def test_what_cannot_be_read_says_what_to_do(tmp_path, data, word):
    """One plain sentence names the kind of file and the next step."""
    file = tmp_path / "report.txt"
    file.write_bytes(data)
    sentence = refused(file)
    assert word in sentence
    assert any(step in sentence for step in ("save", "give", "unpack"))


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path):
    """Nothing but an ordinary file is opened: a pipe would wait for ever."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert "cannot be found" in refused(tmp_path / "none.txt")
    assert "folder" in refused(tmp_path / "folder")
    assert "ordinary file" in refused(tmp_path / "pipe")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path):
    """The system's own reason is passed on."""
    file = tmp_path / "report.txt"
    file.write_text(FULL)
    file.chmod(0)
    assert "cannot be opened" in refused(file)


def test_a_file_beyond_the_cap_is_refused_unread(tmp_path):
    """64 MB are enough for any report."""
    file = tmp_path / "report.txt"
    with file.open("wb") as out:
        out.truncate(Limits().file_bytes + 1)
    assert "64 MB" in refused(file)


def test_a_reader_that_takes_too_long_is_stopped(tmp_path):
    """The clock on the wall ends it, whatever it waits for."""
    file = tmp_path / "report.txt"
    file.write_text(FULL)
    assert "seconds" in refused(file, limits=Limits(wall_seconds=0.01))


def test_a_reader_that_computes_too_long_is_stopped(tmp_path):
    """The limit on CPU time holds inside the child."""
    file = tmp_path / "report.html"
    file.write_text(page("<p>The choir <b>sang</b> on the pier, https://example.kz/1.</p>" * 300_000))
    assert "1 seconds" in refused(file, limits=Limits(cpu_seconds=1))


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS refuses limits on the address space")
def test_a_reader_that_needs_too_much_memory_is_stopped(tmp_path):
    """The limit on memory holds inside the child, and the command lives on."""
    file = tmp_path / "report.html"
    file.write_text(page("<p>The choir <b>sang</b>.</p>" * 400_000))
    sentence = refused(file, limits=Limits(memory_bytes=260 << 20))
    assert "memory" in sentence or "could not be read" in sentence


def test_the_child_cannot_write_files(tmp_path):
    """A reader taken over by a hostile report leaves nothing on disk."""
    code = (
        "from pathlib import Path\n"
        "from crawler.reports.child import apply_limits\n"
        "from crawler.reports.limits import Limits\n"
        "apply_limits(Limits())\n"
        "Path('written').write_text('x' * 9000)\n"
    )
    root = Path(sys.modules["crawler"].__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert "OSError" in done.stderr
    assert not (tmp_path / "written").stat().st_size


def test_standard_input_is_not_the_childs(tmp_path):
    """A report is read while the command's own input waits for an answer."""
    file = tmp_path / "report.txt"
    file.write_text(FULL)
    root = Path(sys.modules["crawler"].__file__).parents[1]
    code = (
        "import sys; from pathlib import Path; from crawler.reports.reader import read_report\n"
        "read_report(Path(sys.argv[1])); print(sys.stdin.read())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)],
        input="still here",
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "still here"


def test_the_door_costs_no_parser():
    """Whoever imports the reader loads neither lxml nor tldextract: only the child does."""
    root = Path(sys.modules["crawler"].__file__).parents[1]
    code = (
        "import sys, crawler.reports.reader\n"
        "print(*({'lxml', 'tldextract', 'charset_normalizer'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""
