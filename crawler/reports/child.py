"""The process that reads one report: limits first, then the file, then one line of JSON.

Run as ``python -m crawler.reports.child PATH LIMITS``; a report may be hostile, and a crash of a
parser must cost this process and not the command.
"""

from __future__ import annotations

import hashlib
import resource
import sys
from pathlib import Path

from archive.errors import InputError
from archive.record import from_json, to_json
from archive.report import Report
from crawler.reports.formats import read_paper
from crawler.reports.limits import DONE, NO_MEMORY, REFUSED, Limits, name_of
from crawler.reports.linker import link


def apply_limits(limits: Limits) -> None:
    """Set the limits of this process; writing files is forbidden altogether."""
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds)
    _limit(resource.RLIMIT_NOFILE, limits.open_files)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    try:
        _limit(resource.RLIMIT_AS, limits.memory_bytes)
    except (ValueError, OSError):
        if sys.platform != "darwin":  # macOS refuses any limit on the address space
            raise


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    highest = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (highest, highest))


def read(path: Path, limits: Limits) -> Report:
    """Read one file; raises InputError for what cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
    except OSError as error:
        raise InputError(f"{name_of(path)} cannot be opened ({error.strerror}): check the file.") from error
    if len(data) > limits.file_bytes:
        raise InputError(f"{name_of(path)} grew beyond {limits.file_bytes >> 20} MB while it was read.")
    paper = read_paper(data, name_of(path))
    return link(paper, file=name_of(path), sha256=hashlib.sha256(data).hexdigest())


def main(path: str, limits: str) -> int:
    """Read one report and write it to standard output; give the exit code."""
    allowed = from_json(limits, Limits)
    apply_limits(allowed)
    try:
        answer, code = to_json(read(Path(path), allowed)), DONE
    except InputError as error:
        answer, code = str(error).encode("utf-8", "replace"), REFUSED
    except MemoryError:
        answer, code = b"", NO_MEMORY
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
