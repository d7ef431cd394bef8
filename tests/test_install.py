"""Installing for use: the wheel holds everything, and runs away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and unpack it as an installer does, without the network."""
    place = tmp_path_factory.mktemp("install")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = place.glob("saqta-*.whl")
    target = place / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target"]
    subprocess.run([*install, str(target), str(wheel)], check=True, capture_output=True)
    return target


def _run(installed: Path, place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed packages with this environment's dependencies, from an empty folder."""
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib")])
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    return subprocess.run(
        [sys.executable, "-S", *words],
        cwd=place,
        env=environment | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_wheel_goes_the_whole_way(installed: Path, tmp_path: Path) -> None:
    """The demonstration runs from the installed packages alone; pages and sample report are inside."""
    where = _run(installed, tmp_path, "-c", "import archive, crawler, spiders; print(crawler.__file__)")
    assert where.stdout.startswith(str(installed)), where.stderr
    done = _run(installed, tmp_path, "-m", "crawler.cli", "demo", "--no-serve")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "saqta-demo" / "catalog.db").exists()


def test_the_wheel_names_its_command_and_its_plugin(installed: Path) -> None:
    """`saqta` comes onto the PATH, and Datasette finds the plugin."""
    (record,) = installed.glob("saqta-*.dist-info")
    points = (record / "entry_points.txt").read_text(encoding="utf-8")
    assert "saqta = crawler.cli:main" in points
    assert "saqta = archive.pages.plugin" in points
    assert not list(installed.glob("tests*"))
