"""What the command line does with rubbish, and what it promises about exit codes and words."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from archive.folder import Folder
from crawler.rehearsal.sample import sample_report
from tests.commands import run_saqta


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("read", "missing.txt"), "missing.txt"),
        (("read",), "Missing argument"),
        (("archive", "missing.txt"), "missing.txt"),
        (("archive",), "give a report"),
        (("archive", "https://a.example/", "--resolve", "nonsense"), "nonsense"),
        (("archive", "https://a.example/", "--resolve", "*:443:not-an-address"), "not-an-address"),
        (("archive", "https://a.example/", "--ca-file", "missing.pem"), "missing.pem"),
        (("archive", "https://a.example/", "--delay", "-1"), "--delay"),
        (("archive", "--colour"), "--colour"),
        (("status",), "no archive at"),
        (("rebuild",), "no archive at"),
        (("serve",), "no archive at"),
        (("read", "--json", "--csv", "x"), "one of --json and --csv"),
        (("sing",), "sing"),
    ],
)
def test_wrong_use_gets_one_sentence_and_code_2(
    tmp_path: Path, arguments: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bad input is refused with a sentence that names it; nothing is made, no traceback is shown."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    done = run_saqta(*arguments)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_binary_file_is_no_report(tmp_path: Path) -> None:
    """Random bytes with a report's name are refused in plain words."""
    lie = tmp_path / "report.txt"
    lie.write_bytes(bytes(range(256)) * 40)
    done = run_saqta("read", lie)
    assert done.returncode == 2
    assert "report.txt" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    """A typo in saqta.toml stops the command before anything is fetched."""
    folder = Folder(tmp_path)
    folder.settings.write_text("[fetch]\ndelai = 3\n", encoding="utf-8")
    done = run_saqta("archive", "https://a.example/", "--archive", folder.root)
    assert done.returncode == 2
    assert "delai" in done.stderr
    assert "'delay'" in done.stderr


def test_a_login_in_the_settings_is_refused(tmp_path: Path) -> None:
    """A proxy's password does not belong into the archive; the environment variable must be there."""
    folder = Folder(tmp_path)
    folder.settings.write_text(
        '[proxies]\n"a.example" = "socks5://me:secret@127.0.0.1:1"\n', encoding="utf-8"
    )
    done = run_saqta("archive", "https://a.example/", "--archive", folder.root)
    assert done.returncode == 2
    assert "secret" not in done.stderr
    folder.settings.write_text('[proxies]\n"a.example" = "socks5://$LOGIN@127.0.0.1:1"\n', encoding="utf-8")
    done = run_saqta("archive", "https://a.example/", "--archive", folder.root)
    assert done.returncode == 2
    assert "LOGIN" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A read-only place gets one sentence that says what to do."""
    tmp_path.chmod(0o500)
    done = run_saqta("archive", "https://a.example/", "--archive", tmp_path / "archive")
    assert done.returncode == 1
    assert "--archive" in done.stderr


def test_read_says_what_a_person_can_check(tmp_path: Path) -> None:
    """The table has footnotes, addresses, repairs and what is missing, and the totals come last."""
    done = run_saqta("read", sample_report())
    assert done.returncode == 0
    assert "scheme-damaged" in done.stdout
    assert "missing-note" in done.stdout
    assert done.stdout.rstrip().splitlines()[-1].startswith("24 claims, ")
    assert "\x1b" not in done.stdout


def test_read_json_keeps_its_contract() -> None:
    """One object a line with exactly the promised keys."""
    done = run_saqta("read", "--json", sample_report(), sample_report("html"))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 2
    for line in lines:
        assert set(line) == {"report", "claims", "footnotes"}
        assert set(line["report"]) == {"file", "sha256", "format", "title", "problems"}
        claim = {"position", "text", "date", "date_end", "place", "footnotes"}
        assert all(set(each) == claim for each in line["claims"])
        note = {"label", "kind", "printed", "repairs", "flags", "citations"}
        assert all(set(each) == note for each in line["footnotes"])
        citation = {"printed", "url", "key", "confidence", "repairs", "candidates", "flags"}
        assert all(set(each) == citation for note in line["footnotes"] for each in note["citations"])
    assert [note["label"] for note in lines[0]["footnotes"]] == [
        note["label"] for note in lines[1]["footnotes"]
    ]


def test_doctor_says_what_sites_see(tmp_path: Path) -> None:
    """Every check is a line; the User-Agent names saqta and no contact that was not set."""
    done = run_saqta("doctor", "--json", "--archive", tmp_path / "archive")
    assert done.returncode == 0, done.stdout
    checks = [json.loads(line) for line in done.stdout.splitlines()]
    said = "\n".join(check["says"] for check in checks)
    assert "saqta/" in said
    assert "contact: none" in said
    assert not (tmp_path / "archive").exists()


def test_doctor_fails_where_something_is_missing(tmp_path: Path) -> None:
    """A broken settings file makes the doctor end with 1 and say so."""
    (tmp_path / "saqta.toml").write_text("fetch = 1", encoding="utf-8")
    done = run_saqta("doctor", "--archive", tmp_path)
    assert done.returncode == 1
    assert "saqta.toml" in done.stdout


def test_help_has_examples_and_exit_codes() -> None:
    """A person who asks for help gets examples."""
    done = run_saqta("--help")
    assert done.returncode == 0
    assert "saqta archive report.txt" in done.stdout
    assert "130 interrupted" in done.stdout
    for command in ("read", "archive", "status", "serve", "rebuild", "demo", "doctor"):
        assert "Example" in run_saqta(command, "--help").stdout


def test_a_lost_catalogue_is_no_reason_to_say_that_all_is_kept(tmp_path: Path) -> None:
    """Without the catalogue nothing is known of the reports: the command says how to make it anew."""
    folder = Folder(tmp_path / "archive")
    run_saqta("archive", "http://127.0.0.1:9/", "--archive", folder.root)
    for path in folder.root.glob("catalog.db*"):
        path.unlink()
    done = run_saqta("archive", "--archive", folder.root)
    assert done.returncode == 1
    assert "saqta rebuild" in done.stderr
    assert not folder.catalogue.exists()


@pytest.mark.parametrize(
    ("settings", "options", "says"),
    [
        ('[proxies]\n"a.example" = "socks9://127.0.0.1:1"', (), "the proxy of a.example"),
        ('[fetch]\ncontact = "a\\nb"', (), "contact"),
        ("", ("--delay", "nan"), "nan"),
        ("", ("--ca-file", __file__), "test_cli.py"),
    ],
)
def test_what_no_worker_could_use_is_refused_at_once(
    tmp_path: Path, settings: str, options: tuple[str, ...], says: str
) -> None:
    """A wrong proxy, contact, delay or authority is wrong use, and is found before anything is made."""
    folder = Folder(tmp_path)
    folder.settings.write_text(settings, encoding="utf-8")
    done = run_saqta("archive", "https://a.example/", "--archive", folder.root, *options)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert not folder.captures.exists()


def test_input_without_an_address_is_no_success(tmp_path: Path) -> None:
    """There is nothing to keep in it, and that is not the same as everything being kept."""
    report = tmp_path / "report.txt"
    report.write_text("A report about something.\n\nIt cites nothing at all.\n", encoding="utf-8")
    done = run_saqta("archive", report, "--archive", tmp_path / "archive")
    assert done.returncode == 2
    assert "no address" in done.stderr
    assert not (tmp_path / "archive").exists()
