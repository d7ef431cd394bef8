"""The door to reading reports: a path in, a `Report` out, everything dangerous in a child process."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import msgspec

from archive.errors import InputError
from archive.record import from_json, to_json
from archive.report import Report
from crawler.reports.limits import DONE, NO_MEMORY, REFUSED, Limits, name_of
from crawler.urls.rekey import RulesFor, no_rules, rekey

_CHILD = "crawler.reports.child"
_KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


def read_report(path: Path, *, rules_for: RulesFor | None = None, limits: Limits | None = None) -> Report:
    """Read one report of any known format; keys are set by `rules_for`, or generic without it.

    Raises InputError, with one plain sentence, for everything that goes wrong: no such file, a folder,
    an empty, too large, unknown or damaged file, a reader that ran out of time or memory or crashed.
    """
    allowed = limits or Limits()
    _check(path, allowed)
    report = _read_in_child(path, allowed)
    return rekey(report, rules_for or no_rules)


def _check(path: Path, limits: Limits) -> None:
    name = name_of(path)
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise InputError(f"{name} cannot be found: check the path of the report.") from error
    if stat.S_ISDIR(found.st_mode):
        raise InputError(f"{name} is a folder: give the report files inside it one by one.")
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"{name} is no ordinary file: save the report to a file first.")
    if not found.st_size:
        raise InputError(f"{name} is empty: give a report with text in it.")
    if found.st_size > limits.file_bytes:
        raise InputError(
            f"{name} has {found.st_size >> 20} MB, more than the {limits.file_bytes >> 20} MB that a report "
            "may have: give the text of the report without its attachments."
        )


def _read_in_child(path: Path, limits: Limits) -> Report:
    name = name_of(path)
    command = [sys.executable, "-P", "-B", "-m", _CHILD, str(path.absolute()), to_json(limits).decode()]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.wall_seconds,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(_too_slow(name, limits.wall_seconds)) from error
    if done.returncode == DONE:
        return _report(done.stdout, name)
    raise InputError(_reason(done, name, limits))


def _environment() -> dict[str, str]:
    """Let the child import what this process imports, and nothing else of the environment through."""
    kept = {key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(entry or os.curdir for entry in sys.path),
        "PYTHONUTF8": "1",
    }


def _report(answer: bytes, name: str) -> Report:
    try:
        return from_json(answer, Report)
    except msgspec.DecodeError as error:
        raise InputError(_crashed(name, "an answer that cannot be understood")) from error


def _reason(done: subprocess.CompletedProcess[bytes], name: str, limits: Limits) -> str:
    if done.returncode == REFUSED:
        return done.stdout.decode("utf-8", "replace")
    if done.returncode == NO_MEMORY:
        return (
            f"{name} needs more than {limits.memory_bytes >> 20} MB of memory to read: "
            "save it as plain text, or give it in parts."
        )
    if -done.returncode in (signal.SIGXCPU, signal.SIGKILL):
        return _too_slow(name, limits.cpu_seconds)
    last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
    return _crashed(name, last[0][:300] if last else f"exit code {done.returncode}")


def _too_slow(name: str, seconds: float) -> str:
    return (
        f"{name} could not be read within {seconds:g} seconds, which no ordinary report needs: "
        "save it as plain text, or give it in parts."
    )


def _crashed(name: str, how: str) -> str:
    return f"{name} could not be read, the file may be damaged: save it again as .html or .txt. ({how})"
