"""``python -m benchmarks.write``: measure everything and put the figures into docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
MODULES = ("throughput", "steps", "queue", "memory")
PACKAGES = ("scrapy", "twisted", "uvloop", "zlib-ng", "lxml")


def main() -> None:
    """Measure and write; what is measured is also printed."""
    text = DOCUMENT.read_text(encoding="utf-8")
    text = _put(text, "machine", _machine())
    for module in MODULES:
        command = [sys.executable, "-m", f"benchmarks.{module}"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        print(done.stdout)
        text = _put(text, module, done.stdout.strip())
    DOCUMENT.write_text(text, encoding="utf-8")


def _machine() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {packages}; load of the machine at the start: {load}."
    )


def _put(text: str, name: str, figures: str) -> str:
    """Put figures between the marks of a section; raises ValueError where the marks are missing."""
    pattern = rf"(<!-- figures: {name} -->\n).*?(<!-- end -->)"
    written, times = re.subn(pattern, lambda mark: f"{mark[1]}{figures}\n{mark[2]}", text, flags=re.DOTALL)
    if times != 1:
        raise ValueError(f"{DOCUMENT} has {times} places for the figures of {name}")
    return written


if __name__ == "__main__":
    main()
