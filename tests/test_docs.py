"""The documentation says what the code does: names, tables, links and examples, checked by machine."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest

from archive.catalogue.catalogue import Catalogue
from archive.catalogue.descriptions import DESCRIPTIONS
from archive.closing import (
    Authority,
    ClockFacts,
    ClosingRecord,
    ExchangeFacts,
    Judgement,
    Redirect,
    RobotsAnswer,
    TlsSummary,
    WorkerLine,
)
from archive.job import CitedBy, Job
from archive.reports import Reading
from archive.settings import Settings, describe_settings, parse_settings
from archive.words import EventType, FootnoteKind, Outcome
from crawler.cli.common import Exit
from crawler.reports import linker
from crawler.urls import flags
from crawler.urls.key import source_key
from crawler.urls.rekey import DUPLICATE_OF

ROOT = Path(__file__).parent.parent
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(ROOT)
    from docs import generate

COMMANDS = generate.command_names()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])
REFERENCE = (ROOT / "docs/reference.md").read_text(encoding="utf-8")
DESIGN = (ROOT / "docs/design.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
ABSENT = frozenset({"spiders/gazette.py"})
"""Files that a reader makes."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, kind: str) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [body for found, body in BLOCK.findall(text) if found == kind]


def section(text: str, heading: str) -> str:
    """Give what stands between a heading and the next one of its level or above."""
    level = heading.partition(" ")[0]
    _, found, rest = text.partition(f"\n{heading}\n")
    assert found, f"there is no heading {heading!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text: str) -> list[str]:
    """Give the code in the first column of the tables."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def fields(*kinds: type[msgspec.Struct]) -> set[str]:
    return {name for kind in kinds for name in kind.__struct_fields__}


def constants(module: object) -> Iterator[str]:
    """Give the words in capital constants of a module, as flags are declared."""
    for name, value in vars(module).items():
        if name.isupper() and not name.startswith("_") and isinstance(value, str):
            yield value


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Give a folder in which `saqta demo` has run, and what it said."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, generate.run("saqta demo --no-serve", folder).stderr


def test_generated_parts_are_current() -> None:
    """Help texts, tables and examples are what the code gives now; cog refreshes them."""
    names = [name_of(path) for path in DOCUMENTS if "[[[cog" in path.read_text(encoding="utf-8")]
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "--diff", *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"run: python -m cogapp -r {' '.join(names)}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_and_options(name: str) -> None:
    """Every command has its place in the reference, with every option and its environment variable."""
    text = section(REFERENCE, f"### saqta {name}")
    for option in generate.command_named(name).params:
        if isinstance(option, click.Option):
            assert all(spelling in text for spelling in (*option.opts, *option.secondary_opts))
            assert option.envvar is None or str(option.envvar) in section(
                REFERENCE, "## Environment variables"
            )


def test_no_invented_commands() -> None:
    """Nothing is documented as a command that the command line does not know."""
    known = set(COMMANDS)
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        shown = re.findall(r"`saqta ([a-z]+)\b", text)
        for kind in ("sh", "console", "text"):
            for body in blocks(path, kind):
                shown += re.findall(r"^(?:\$ |exec )?saqta ([a-z]+)\b", body, re.MULTILINE)
        assert set(shown) <= known, name_of(path)


def test_exit_codes() -> None:
    """The table of exit codes is the enumeration of the code."""
    codes = re.findall(r"^\| (\d+) \|", section(REFERENCE, "## Exit codes"), re.MULTILINE)
    assert [int(code) for code in codes] == sorted(Exit)


def test_settings() -> None:
    """Every setting stands in the reference, in the order of the code, with a reason."""
    rows = re.findall(r"^\| `([\w.]+)` \| .+? \| (\S.*) \|$", section(REFERENCE, "## Settings"), re.MULTILINE)
    assert [name for name, _ in rows] == [name for name, _ in describe_settings()]


def test_outcomes() -> None:
    """Every outcome stands in the reference, and the tutorial says what to do about it."""
    assert first_cells(section(REFERENCE, "## Outcomes")) == [str(word) for word in Outcome]
    tutorial = section(
        (ROOT / "docs/tutorial.md").read_text(encoding="utf-8"), "## 5. What the words mean, and what to do"
    )
    named = {
        word
        for row in re.findall(r"^\| (`.+?) \|", tutorial, re.MULTILINE)
        for word in re.findall(r"`(\w+)`", row)
    }
    assert named == {str(word) for word in Outcome}


def test_repairs() -> None:
    """Every rule that the code can name is in the reference, and no other."""
    assert sorted(first_cells(section(REFERENCE, "## Repairs"))) == sorted(_rules_in_the_code())


def _rules_in_the_code() -> set[str]:
    rules = set()
    for path in [*ROOT.glob("crawler/urls/*.py"), *ROOT.glob("crawler/reports/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                wanted = {"Rule": "name", "Repair": "rule"}.get(node.func.id)
                rules |= {
                    word.value.value
                    for word in node.keywords
                    if word.arg == wanted and isinstance(word.value, ast.Constant)
                }
    return rules


def test_flags() -> None:
    """Every flag that the code can name is in the reference, and no other."""
    known = {*constants(flags), *constants(linker), DUPLICATE_OF} - {"list"}
    assert set(first_cells(section(REFERENCE, "## Flags"))) == known


def test_catalogue(tmp_path: Path) -> None:
    """Every table and view of the catalogue is in the reference with exactly its columns."""
    with Catalogue(tmp_path / "catalog.db") as catalogue:
        for table in DESCRIPTIONS:
            assert first_cells(section(REFERENCE, f"### {table}")) == _columns(catalogue, table)
        views = [
            row[0]
            for row in catalogue.connection.execute("select name from sqlite_master where type = 'view'")
        ]
        for view in views:
            (text,) = re.findall(rf"^- `{view}`: (.*?)(?=^- |^$)", REFERENCE, re.MULTILINE | re.DOTALL)
            assert set(re.findall(r"`(\w+)`", text)) - {"not_tried"} == set(_columns(catalogue, view))


def _columns(catalogue: Catalogue, table: str) -> list[str]:
    return [row[1] for row in catalogue.connection.execute(f"pragma table_info({table})")]


def test_file_formats() -> None:
    """Every field of the closing record, of a job, of a worker's line and of a reading is described."""
    closing = fields(
        Authority, ClockFacts, ClosingRecord, ExchangeFacts, Judgement, Redirect, RobotsAnswer, TlsSummary
    )
    for heading, wanted in (
        ("### The closing record", closing - {"v", "name", "sha256", "to"}),
        ("### A job", fields(Job, CitedBy)),
        ("### A worker's line", fields(WorkerLine)),
        ("### What was read from a report", fields(Reading)),
    ):
        named = set(re.findall(r"`(\w+)`", section(DESIGN, heading)))
        assert wanted <= named, heading


def test_ledger_events(demonstration: tuple[Path, str]) -> None:
    """Every type of event is described, and those that a run writes with exactly their fields."""
    text = section(DESIGN, "### The ledger")
    assert first_cells(text) == [str(word) for word in EventType]
    folder, _ = demonstration
    for line in (folder / "saqta-demo/ledger/ledger.jsonl").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        (row,) = re.findall(rf"^\| `{event['type']}` \| (.*) \|$", text, re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", row)) == set(event) - {"n", "prev", "at", "type"}


def test_kinds_of_footnotes() -> None:
    """The JSON of `saqta read` names every kind of footnote."""
    assert {str(kind) for kind in FootnoteKind} <= set(
        re.findall(r"`(\w+)`", section(REFERENCE, "### saqta read --json"))
    )


def test_status_example(demonstration: tuple[Path, str]) -> None:
    """The JSON of `saqta status` has the names of the example, at every level."""
    folder, _ = demonstration
    real = json.loads(generate.run("saqta status --json --archive saqta-demo", folder).stdout)
    example = json.loads(BLOCK.search(section(REFERENCE, "### saqta status --json"))[2])
    assert set(example) == set(real)
    assert set(example["captures"][0]) == set(real["captures"][0])
    assert set(example["reports"][0]) == set(real["reports"][0])
    assert set(example["by_outcome"]) <= set(real["by_outcome"])


def test_columns_of_csv(demonstration: tuple[Path, str]) -> None:
    """The columns of the tables for spreadsheets are those of the reference."""
    folder, _ = demonstration
    report = next(folder.glob("saqta-demo/reports/*.txt"))
    for command, heading in (
        (f"saqta read --csv {report.relative_to(folder)}", "### saqta read --csv"),
        ("saqta status --todo --csv --archive saqta-demo", "### saqta status --todo"),
    ):
        columns = generate.run(command, folder).stdout.splitlines()[0]
        assert ", ".join(f"`{column}`" for column in columns.split(",")) in section(
            REFERENCE, heading
        ).replace("\n", " ")


def test_summary_of_archive(demonstration: tuple[Path, str]) -> None:
    """The JSON of `saqta archive` has the names of the reference; here nothing is left to fetch."""
    folder, _ = demonstration
    (folder / "urls.txt").write_text("https://rus.azattyq.org/a/33562318.html\n", encoding="utf-8")
    summary = json.loads(generate.run("saqta archive --json --archive saqta-demo urls.txt", folder).stdout)
    assert set(summary) <= set(re.findall(r"`(\w+)`", section(REFERENCE, "### saqta archive --json")))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links(path: Path) -> None:
    """Every relative link leads to a file that exists, and to a heading that it has."""
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+:", target):
            continue
        place, _, anchor = target.partition("#")
        found = (path.parent / place).resolve() if place else path
        assert found.is_relative_to(ROOT.resolve()), target
        assert found.exists(), target
        assert not anchor or anchor in _anchors(found), target


def _anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_named_files_exist(path: Path) -> None:
    """Every file of the code that a document names is there."""
    named = set(
        re.findall(r"`((?:archive|crawler|spiders|docs)/[\w./-]*)`", path.read_text(encoding="utf-8"))
    )
    assert [name for name in sorted(named - ABSENT) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_nothing_of_one_machine(path: Path) -> None:
    """No document names a place that only its author's machine has."""
    assert re.findall(r"(?<![\w.])/(?:work|root)\b", path.read_text(encoding="utf-8")) == []


def test_lists_are_complete() -> None:
    """The list of decisions has every decision, and the two maps of the documentation every page."""
    decisions = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert re.findall(r"\((\d{4}-.+?\.md)\)", decisions) == sorted(
        path.name for path in ROOT.glob("docs/decisions/0*.md")
    )
    for place, within in (("README.md", "docs/"), ("docs/README.md", "")):
        text = (ROOT / place).read_text(encoding="utf-8")
        pages = [*ROOT.glob("docs/*.md"), *ROOT.glob("docs/howto/*.md")]
        names = {path.relative_to(ROOT / "docs").as_posix() for path in pages} - {"README.md"}
        assert [name for name in sorted(names) if f"({within}{name})" not in text] == []


def test_changelog() -> None:
    """The changelog names every command."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"`saqta {name}`" not in text] == []


def _console_examples() -> Iterator[tuple[Path, str, str]]:
    for path in DOCUMENTS:
        for body in blocks(path, "console"):
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                if command.startswith("saqta read "):
                    yield path, command, output


@pytest.mark.parametrize(
    ("path", "command", "output"), list(_console_examples()), ids=lambda value: str(value)[:60]
)
def test_examples_of_reading(path: Path, command: str, output: str, tmp_path: Path) -> None:
    """What a document shows that `saqta read` prints is what it prints."""
    folder = ROOT
    if "/" not in command:
        folder = tmp_path
        shutil.copy(generate.sample_report("txt"), folder)
    printed = generate.run(command, folder).stdout
    if output:
        assert output == "".join(f"{line.rstrip()}\n" for line in printed.splitlines())


def test_example_of_archiving(demonstration: tuple[Path, str]) -> None:
    """The lines that the README shows of a run are lines of a run; their order may differ."""
    _, said = demonstration
    (shown,) = [body for body in blocks(ROOT / "README.md", "text") if body.startswith("$ saqta archive")]
    lines = {re.sub(r"^\d+/", "", line) for line in said.splitlines()}
    assert [line for line in shown.splitlines()[1:-1] if re.sub(r"^\d+/", "", line) not in lines] == []


CHECKS = [
    body
    for body in blocks(ROOT / "docs/howto/check-a-capture.md", "sh")
    if "saqta" not in body and "YYYY" not in body
]


def check(archive: Path) -> list[subprocess.CompletedProcess[str]]:
    """Run the commands of the how-to in an archive, as a reader without saqta does."""
    return [
        subprocess.run(["/bin/sh", "-c", body], cwd=archive, capture_output=True, text=True)
        for body in CHECKS
    ]


@pytest.fixture
def copy(demonstration: tuple[Path, str], tmp_path: Path) -> Path:
    """Give a copy of the demonstration's archive, to be damaged."""
    return shutil.copytree(demonstration[0] / "saqta-demo", tmp_path / "copy")


def test_checks_without_saqta(copy: Path) -> None:
    """The shell commands that check an archive accept one that is whole."""
    captures, reports, chain, _ = check(copy)
    assert captures.stdout == "all captures are unchanged\n"
    assert reports.stdout == "all reports are unchanged\n"
    assert chain.stdout.startswith("the chain is whole")


def test_a_changed_capture_is_found(copy: Path) -> None:
    """The commands find a capture in which one byte was changed."""
    capture = next(copy.glob("captures/*/*/*/*.warc.gz"))
    data = bytearray(capture.read_bytes())
    data[-1] ^= 1
    capture.write_bytes(data)
    captures, *_ = check(copy)
    assert captures.returncode != 0
    assert capture.name in captures.stdout


def test_a_changed_report_is_found(copy: Path) -> None:
    """The commands find a report that was changed after it was read."""
    report = next(copy.glob("reports/*.txt"))
    report.write_bytes(report.read_bytes() + b"\n")
    _, reports, *_ = check(copy)
    assert (reports.returncode, reports.stdout) == (1, f"changed: reports/{report.name}\n")


def test_a_dropped_ledger_line_is_found(copy: Path) -> None:
    """The commands find a ledger from which a line was taken out."""
    ledger = copy / "ledger/ledger.jsonl"
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[:3] + lines[4:]))
    _, _, chain, _ = check(copy)
    assert chain.returncode == 1
    assert chain.stdout.startswith("broken before: ")


def test_settings_files() -> None:
    """Every settings file that a document shows is accepted and changes something."""
    shown = [body for path in DOCUMENTS for body in blocks(path, "toml")]
    assert shown
    for body in shown:
        assert tomllib.loads(body)
        assert parse_settings(body) != Settings()


def test_example_of_a_site() -> None:
    """The site of the how-to covers its host and gives one key to both spellings of an article."""
    (code,) = blocks(ROOT / "docs/howto/add-a-site.md", "python")
    made: dict[str, object] = {"__name__": "gazette"}
    exec(code, made)
    site = made["SITE"]
    assert site.covers("m.gazette.example")
    for url in (
        "https://www.gazette.example/news/12345?utm_source=x",
        "https://m.gazette.example/n/some-words/12345",
    ):
        assert source_key(url, site.key_rules) == "gazette:12345"
    assert made["GazetteSpider"].name == "gazette"


def test_licence() -> None:
    """LICENSE is the whole Apache License 2.0, with its appendix."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text
    assert text.rstrip().endswith("limitations under the License.")
    assert "APPENDIX: How to apply the Apache License to your work." in text
