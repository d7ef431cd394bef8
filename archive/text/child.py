"""An extraction process: one task a line on standard input, one text a line on standard output."""

from __future__ import annotations

import os
import resource
import sys
import threading
import time

from archive.record import from_json, to_json
from archive.text.extract import extract
from archive.text.model import TextTask


def _end_with_the_command(parent: int) -> None:
    """Leave when the command is gone, also in the middle of a page."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(os.EX_TEMPFAIL)


def main() -> None:
    """Serve until standard input ends, which it does when the command ends, however it ends."""
    threading.Thread(target=_end_with_the_command, args=(os.getppid(),), daemon=True).start()
    limit = int(sys.argv[1]) << 20
    if sys.platform == "linux":  # macOS refuses a limit on the address space
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for line in sys.stdin.buffer:
        text = extract(from_json(line, TextTask))
        sys.stdout.buffer.write(to_json(text) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
