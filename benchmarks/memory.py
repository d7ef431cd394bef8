"""``python -m benchmarks.memory``: whether memory grows with the number of captures.

Pages of 20 kB, ten times as many in the second run as in the first. One worker has them all in one
chunk, twelve times the default, so that whatever it keeps of a capture would show.
"""

from __future__ import annotations

import argparse
import dataclasses
import json

from benchmarks.measure import megabytes, table
from benchmarks.throughput import Run, measure
from benchmarks.variants import variants
from benchmarks.web import web

FEW, MANY = 300, 3_000
NAMES = {"benchmarks.without_texts": "command", "crawler.worker": "worker"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few pages: whether it works at all")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    numbers = (20, 60) if options.quick else (FEW, MANY)
    saqta = variants(quick=options.quick)[1]
    with web() as source:
        runs = [measure(dataclasses.replace(saqta, pages={20: number}), 20, source) for number in numbers]
    if options.json:
        print(json.dumps({number: run.peak for number, run in zip(numbers, runs, strict=True)}))
    else:
        heads = ("process", *(f"{number:,} captures" for number in numbers), "ratio")
        print(table(heads, [_row(name, runs) for name in NAMES]))


def _row(name: str, runs: list[Run]) -> list[str]:
    few, many = (run.peak[name] for run in runs)
    return [NAMES[name], megabytes(few), megabytes(many), f"{many / few:.2f}"]


if __name__ == "__main__":
    main()
