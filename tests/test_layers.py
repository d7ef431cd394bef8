"""Spiders stand on the crawler, the crawler on the archive, and nothing reaches back."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "archive": {"crawler", "spiders", "scrapy", "twisted"},
    "crawler": {"spiders"},
    "spiders": set[str](),
}
LOADERS = {"import_module", "__import__", "find_spec", "load_object", "run_module"}
"""Functions that take the name of a module as their first value."""


def imports(source: str) -> Iterator[str]:
    """Give the top package of everything that a source imports, wherever it stands and however."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]) if loads(function):
                yield name.partition(".")[0]


def loads(function: ast.expr) -> bool:
    """Say whether a called function is one that loads a module by name."""
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in LOADERS
    return False


def dynamic(source: str) -> bool:
    """Say whether a source loads a module whose name cannot be read off it, or from a parent folder."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]) if loads(function):
                if name.startswith("."):
                    return True
            case ast.Call(func=function, args=[_, *_]) if loads(function):
                return True
            case ast.ImportFrom(level=level) if level:
                return True
    return False


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


ALL = [path for package in FORBIDDEN for path in sources(package)]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_reaches_back(path):
    """No file imports a layer above its own, at its top, inside a function or by name."""
    source = path.read_text(encoding="utf-8")
    package = path.relative_to(ROOT).parts[0]
    assert not FORBIDDEN[package] & set(imports(source))


def test_every_layer_is_there():
    """The check looks at real files of all three layers, each of which imports something."""
    for package in FORBIDDEN:
        found = [name for path in sources(package) for name in imports(path.read_text(encoding="utf-8"))]
        assert "archive" in found


@pytest.mark.parametrize("path", sources("archive"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_archive_hides_no_import(path):
    """No file of the archive loads a module by a name that cannot be read, or relatively."""
    assert not dynamic(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "lie",
    [
        "import scrapy",
        "import scrapy.http as http",
        "from twisted.internet import defer",
        "import os, scrapy",
        "def f():\n    from scrapy import Request",
        "class C:\n    def f(self):\n        import twisted.internet.reactor",
        "if TYPE_CHECKING:\n    import scrapy",
        "try:\n    import scrapy\nexcept ImportError:\n    scrapy = None",
        "import importlib\nimportlib.import_module('scrapy.http')",
        "from importlib import import_module\nx = import_module('twisted')",
        "m = __import__('scrapy')",
        "m = builtins.__import__('scrapy', globals())",
        "f = lambda: importlib.util.find_spec('scrapy')",
        "from scrapy.utils.misc import load_object",
    ],
)
def test_the_check_sees_an_import_that_hides(lie):
    """Each way to import scrapy or twisted is seen."""
    assert {"scrapy", "twisted"} & set(imports(lie))


@pytest.mark.parametrize(
    "lie",
    [
        "importlib.import_module('scr' + 'apy')",
        "name = 'scrapy'\n__import__(name)",
        "import_module(f'{x}')",
        "from ..crawler import run",
        "import_module('..crawler', __package__)",
    ],
)
def test_the_check_sees_a_name_that_hides(lie):
    """A module name that is put together, or relative, is seen."""
    assert dynamic(lie)


@pytest.mark.parametrize(
    "honest",
    ["import archive.warc", "from archive import scrapy_notes", "x = 'scrapy'", "print('import scrapy')"],
)
def test_the_check_accuses_nobody(honest):
    """A word that only looks like an import is none."""
    assert not {"scrapy", "twisted"} & set(imports(honest))
    assert not dynamic(honest)


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)


def test_archive_runs_without_scrapy_and_twisted():
    """Importing every module of the archive loads neither scrapy nor twisted nor a layer above."""
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sources("archive")]
    assert "archive.text.child" in names
    code = (
        "import sys, importlib\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "above = {'scrapy', 'twisted', 'crawler', 'spiders'}\n"
        "print(sorted(above & {name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = run_python(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_the_check_of_the_process_can_fail():
    """The same look at a process that has loaded scrapy finds it."""
    code = "import sys, scrapy\nprint('scrapy' in sys.modules, 'twisted' in sys.modules)"
    assert run_python(code).stdout == "True True\n"
