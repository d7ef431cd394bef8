"""What the documentation takes from the code itself; cog calls these functions.

Refresh with ``python -m cogapp -r README.md docs/*.md`` from the top folder; tests/test_docs.py says
when that is due.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import get_type_hints

import click

from archive import settings as settings_module
from archive.catalogue.descriptions import DESCRIPTIONS
from archive.settings import Settings, describe_settings
from archive.words import Outcome
from crawler.cli import saqta
from crawler.rehearsal.sample import sample_report
from crawler.schedule import KEPT, PASSING
from crawler.urls.repair import RULES
from docs.words import FLAGS, OUTCOMES, REPAIRS

WIDTH = 96
"""Columns of help texts and of the terminal that the examples are shown on."""


def help_of(name: str) -> str:
    """Give the help text of one command as a block."""
    return _block("text", _help(command_named(name)))


def command_list() -> str:
    """Give the help text of saqta itself as a block."""
    return _block("text", _help(saqta))


def commands() -> str:
    """Give a heading and the help text of every command."""
    return "\n".join(f"### saqta {name}\n\n{help_of(name)}" for name in command_names())


def command_names() -> list[str]:
    """Name the commands in the order in which saqta lists them."""
    return saqta.list_commands(_context())


def command_named(name: str) -> click.Command:
    """Give a command by its name; raises KeyError where there is none."""
    command = saqta.get_command(_context(), name)
    if command is None:
        raise KeyError(name)
    return command


def _help(command: click.Command) -> str:
    if command is saqta:
        return command.get_help(_context())
    return command.get_help(click.Context(command, info_name=command.name, parent=_context()))


def _context() -> click.Context:
    return click.Context(saqta, info_name="saqta", terminal_width=WIDTH, **saqta.context_settings)


def settings_table() -> str:
    """Give a table of every setting with its default and the reason of the default."""
    reasons = _reasons()
    rows = ((f"`{name}`", _toml(default), _cell(reasons[name])) for name, default in describe_settings())
    return _table(("setting", "default", "what it is, and why this default"), rows)


def _reasons() -> dict[str, str]:
    """Read the docstrings behind the fields of the settings; a field without one has its section's."""
    tree = ast.parse(inspect.getsource(settings_module))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    reasons: dict[str, str] = {}
    for section, kind in get_type_hints(Settings).items():
        node = classes.get(getattr(kind, "__name__", ""))
        if node is None:
            continue
        whole = ast.get_docstring(node) or ""
        reasons |= {f"{section}.{name}": text or whole for name, text in _fields(node)}
    reasons |= {name: text for name, text in _fields(classes["Settings"]) if text}
    return reasons


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for statement, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            has_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            yield statement.target.id, inspect.cleandoc(str(after.value.value)) if has_text else ""


def _toml(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, dict):
        return "none"
    if isinstance(value, str):
        return f'`"{value}"`'
    return f"`{value:_}`" if isinstance(value, int) else f"`{value}`"


def outcomes_table() -> str:
    """Give a table of every outcome, what it says, and what is tried next in the same run."""
    rows = ((f"`{outcome}`", OUTCOMES[outcome], _next(outcome)) for outcome in Outcome)
    return _table(("outcome", "what it says", "what is tried next"), rows)


def _next(outcome: Outcome) -> str:
    if outcome in KEPT:
        return "nothing: something is kept"
    if outcome in PASSING:
        return "the same address again, then its further readings"
    return "its further readings"


def repairs_table() -> str:
    """Give a table of the repairs: the ordered ones with their confidence, then those made elsewhere."""
    ordered = {rule.name: f"{rule.confidence:g}" for rule in RULES}
    rows = [(f"`{name}`", confidence, REPAIRS[name]) for name, confidence in ordered.items()]
    rows += [(f"`{name}`", "", text) for name, text in REPAIRS.items() if name not in ordered]
    return _table(("repair", "confidence", "what it mends"), rows)


def flags_table() -> str:
    """Give a table of the flags."""
    return _table(("flag", "what it says"), ((f"`{name}`", text) for name, text in FLAGS.items()))


def catalogue_tables() -> str:
    """Give every table of the catalogue with its columns."""
    return "\n".join(
        f"### {table}\n\n{description}\n\n"
        + _table(("column", "what it holds"), ((f"`{name}`", text) for name, text in columns.items()))
        for table, (description, columns) in DESCRIPTIONS.items()
    )


def console(command: str, folder: Path | None = None) -> str:
    """Run a command of saqta beside the sample report and show it with what it prints."""
    return _block("console", f"$ {command}\n{run(command, folder or _beside_the_sample()).stdout}")


def read_example(label: str) -> str:
    """Give what ``saqta read --json`` prints of the sample report, cut down to one note and its claim."""
    found = json.loads(run("saqta read --json monitoring-2026-10.txt", _beside_the_sample()).stdout)
    found["claims"] = [claim for claim in found["claims"] if label in claim["footnotes"]]
    found["footnotes"] = [note for note in found["footnotes"] if note["label"] == label]
    return _block("json", json.dumps(found, ensure_ascii=False, indent=2))


def console_of_the_demo(command: str) -> str:
    """Run a command of saqta beside the archive of a demonstration, which is made once."""
    return console(command, _beside_the_demo())


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``saqta …`` in a folder on a terminal of `WIDTH` columns without colours."""
    program, *arguments = command.split()
    if program != "saqta":
        raise ValueError(f"only saqta is run here, not {program!r}")
    root = Path(__file__).parent.parent
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "from crawler.cli import main; main()", *arguments],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(root), "PYTHONUTF8": "1", "COLUMNS": str(WIDTH), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )


@lru_cache(maxsize=1)
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="saqta-docs-")


@lru_cache(maxsize=1)
def _beside_the_sample() -> Path:
    folder = Path(_temporary().name)
    for source in (sample_report("txt"), sample_report("html")):
        (folder / source.name).write_bytes(source.read_bytes())
    return folder


@lru_cache(maxsize=1)
def _beside_the_demo() -> Path:
    folder = _beside_the_sample()
    run("saqta demo --no-serve", folder)
    return folder


def _block(kind: str, text: str) -> str:
    lines = (line.rstrip() for line in text.strip().splitlines())
    return f"```{kind}\n" + "\n".join(lines) + "\n```\n"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    first = list(heads)
    lines = [first, ["---"] * len(first), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")
