"""The command line: the composition root."""

from __future__ import annotations

import importlib
import io
import os
import sys
import tempfile
import traceback
from pathlib import Path

import click

from archive.errors import ArchiveError, InputError
from crawler.cli.common import Exit
from crawler.cli.console import err

COMMANDS = ("read", "archive", "status", "serve", "rebuild", "demo", "doctor")
"""In the order of a newcomer's way; each is a module of this package with a command of its name."""


class Commands(click.Group):
    """Loads a command when it is called: Datasette, Scrapy and the rehearsal web take a second each."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Give the names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of a command; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"crawler.cli.{cmd_name}"), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"crawler.cli.{cmd_name} has no command of its name")
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="saqta", message="saqta %(version)s")
def saqta() -> None:
    """Keep the sources behind a report's footnotes.

    \b
    Examples:
      saqta demo                          see the whole way on a web of its own, offline
      saqta read report.txt               what a report cites, and what had to be repaired
      saqta archive report.txt            fetch, keep, extract and index every source
      saqta status --todo                 what is still missing, and why
      saqta serve                         search and read what is kept

    Exit codes: 0 all well; 1 our fault; 2 wrong use; 3 done, and some sources could not be
    captured; 4 verification failed; 130 interrupted.
    """


def main() -> None:
    """Run the command line; every failure ends in one sentence and a documented exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # whatever the locale says
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    try:
        code = saqta.main(arguments, prog_name="saqta", standalone_mode=False)
        return int(code or Exit.WELL)
    except InputError as error:
        return _say(str(error), Exit.WRONG_USE)
    except ArchiveError as error:
        return _say(str(error), Exit.FAULT)
    except click.UsageError as error:
        error.show()
        return Exit.WRONG_USE
    except click.ClickException as error:
        return _say(error.format_message(), Exit.FAULT)
    except (click.Abort, KeyboardInterrupt):
        return _say("Interrupted.", Exit.INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone; so do we
        return Exit.WELL
    except Exception as error:  # noqa: BLE001  the boundary at which a fault of ours is recorded
        return _say(_recorded(error), Exit.FAULT)


def _say(sentence: str, code: Exit) -> int:
    err.print(f"saqta: {sentence}")
    return code


def _recorded(error: Exception) -> str:
    """Write a fault of ours to a file, so that no traceback reaches the user and none is lost."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="saqta-fault-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exception(error, file=file)
    return f"a fault of saqta itself ({error}); the details are in {Path(file.name)}, please report them."
