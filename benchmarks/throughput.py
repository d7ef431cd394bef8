"""``python -m benchmarks.throughput``: pages a second and CPU a page, beside plain Scrapy, wget and others.

All rows are measured in turn in one run against one web. The time is that between the first and the
last page request at the server, so that no start-up counts; CPU is that of all processes of a row from
the first page request to their end.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import Spread, Watch, table
from benchmarks.variants import Variant, variants
from benchmarks.web import SIZES, Web, web

LONGEST = 60.0
"""Seconds after which a run is ended."""
WELL = (0, 3)
"""Exit codes of a run that did its work."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run: pages a second as the server saw it, and until the last one stood in the ledger.

    CPU is in milliseconds a page, ``kept_bytes`` a page too; ``peak`` is the highest memory in bytes.
    """

    rate: float
    entered_rate: float | None
    cpu_ms: dict[str, float]
    kept_bytes: float
    peak: dict[str, int]


Found = dict[tuple[str, int], list[Run]]
"""The runs by row and size in kB."""


def measure(variant: Variant, size: int, source: Web) -> Run:
    """Make one run; raises RuntimeError where it did not fetch every page."""
    pages = variant.pages[size]
    with tempfile.TemporaryDirectory(prefix="saqta-bench-") as name:
        folder = Path(name)
        command = variant.command(source, size, pages, folder)
        source.tally()
        with (folder / "said").open("wb") as said:
            process = subprocess.Popen(command, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
            lives = Watch(process).wait(LONGEST)
        tally = source.tally()
        if process.returncode not in WELL or tally.pages != pages:
            told = (folder / "said").read_text()[-2_000:]
            raise RuntimeError(f"{variant.name}: code {process.returncode}, {tally.pages} pages. {told}")
        entered = variant.entered(folder)
        used: dict[str, float] = defaultdict(float)
        for life in lives:
            used[life.name] += 1_000 * life.cpu_since(tally.first) / pages
        return Run(
            rate=pages / (tally.last - tally.first),
            entered_rate=pages / (entered - tally.first) if entered else None,
            cpu_ms=dict(used),
            kept_bytes=variant.kept(folder) / pages,
            peak={life.name: life.peak for life in lives},
        )


def measure_all(
    runs: int, sizes: Sequence[int], chosen: Sequence[Variant]
) -> dict[tuple[str, int], list[Run]]:
    """Measure every row in turn, `runs` times over, so that what else the machine does falls on all."""
    found: Found = defaultdict(list)
    with web() as source:
        for number in range(runs):
            for size in sizes:
                for variant in chosen:
                    if variant.missing is None and size in variant.pages:
                        print(f"run {number + 1} of {runs}: {variant.name}, {size} kB", file=sys.stderr)
                        found[variant.name, size].append(measure(variant, size, source))
    return found


def rows(chosen: Sequence[Variant], size: int, found: Found) -> list[list[str]]:
    """Make the lines of one table."""
    plain = Spread.of(run.rate for run in found[chosen[0].name, size]).median
    return [_row(variant, found.get((variant.name, size), []), plain) for variant in chosen]


def _row(variant: Variant, runs: list[Run], plain: float) -> list[str]:
    if not runs:
        return [variant.name, variant.missing or "not measured at this size", *[""] * 5]
    rate = Spread.of(run.rate for run in runs)
    entered = [run.entered_rate for run in runs if run.entered_rate is not None]
    return [
        variant.name,
        rate.text(),
        f"{rate.median / plain:.2f}",
        Spread.of(entered).text() if entered else "",
        Spread.of(sum(run.cpu_ms.values()) for run in runs).text(2),
        _by_process(runs),
        f"{Spread.of(run.kept_bytes for run in runs).median / 1_000:.1f}",
    ]


def _by_process(runs: list[Run]) -> str:
    names = {name for run in runs for name in run.cpu_ms}
    if len(names) == 1:
        return ""
    medians = {name: Spread.of(run.cpu_ms.get(name, 0.0) for run in runs).median for name in names}
    return ", ".join(f"{name} {used:.2f}" for name, used in sorted(medians.items()) if used >= 0.01)


HEADS = (
    "",
    "pages/s",
    "ratio",
    "pages/s until entered",
    "CPU ms a page",
    "of it by process",
    "kB kept a page",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.throughput", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few pages, one run: whether it works at all")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--size", type=int, choices=SIZES, action="append", help="only this size in kB")
    parser.add_argument("--only", action="append", default=[], help="only rows with this in their name")
    parser.add_argument("--json", action="store_true", help="print every run as JSON")
    options = parser.parse_args()
    every = variants(quick=options.quick)
    chosen = [
        row for row in every if row is every[0] or any(part in row.name for part in options.only or [""])
    ]
    sizes = options.size or SIZES
    found = measure_all(1 if options.quick else options.runs, sizes, chosen)
    if options.json:
        print(
            json.dumps(
                [
                    {"row": row, "kB": size, **asdict(run)}
                    for (row, size), runs in found.items()
                    for run in runs
                ]
            )
        )
        return
    for size in sizes:
        print(f"\nPages of {size} kB:\n\n{table(HEADS, rows(chosen, size, found))}")


if __name__ == "__main__":
    main()
