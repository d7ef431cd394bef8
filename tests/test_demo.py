"""The demonstration: the whole way, offline, without a hand."""

from __future__ import annotations

import json
from pathlib import Path

from archive.folder import Folder
from archive.warc.members import inventory
from tests.commands import get, run_saqta, serving


def test_the_demo_goes_the_whole_way_and_is_labelled(tmp_path: Path) -> None:
    """`saqta demo --no-serve` keeps a sample report's sources; all of it says that it is a rehearsal."""
    folder = Folder(tmp_path / "demo")
    done = run_saqta("demo", "--no-serve", "--archive", folder.root)
    assert done.returncode == 0, done.stderr
    status = json.loads(run_saqta("status", "--json", "--archive", folder.root).stdout)
    assert status["by_outcome"]["captured"] > 10
    assert all(row["rehearsal"] for row in status["captures"])
    for path in folder.files(".warc.gz"):
        closing = inventory(path).closing
        assert closing.resolve
        assert closing.ca_file is not None
        assert all(exchange.rehearsal for exchange in closing.exchanges)
    with serving(folder.root) as address:
        page = get(f"{address}/catalog/footnote_status").decode("utf-8")
        assert "login_wall" in page
        assert 'href="https://www.facebook.com' not in page


def test_the_demo_again_fetches_nothing_that_is_kept(tmp_path: Path) -> None:
    """A second demonstration in the same place leaves what is captured in peace."""
    folder = Folder(tmp_path / "demo")
    run_saqta("demo", "--no-serve", "--archive", folder.root)
    before = {path.name for path in folder.files(".warc.gz")}
    captured = json.loads(run_saqta("status", "--json", "--archive", folder.root).stdout)["by_outcome"]
    assert run_saqta("demo", "--no-serve", "--archive", folder.root).returncode == 0
    new = [inventory(path) for path in folder.files(".warc.gz") if path.name not in before]
    assert all(found.closing.judgement.outcome != "captured" for found in new)
    again = json.loads(run_saqta("status", "--json", "--archive", folder.root).stdout)["by_outcome"]
    assert again["captured"] == captured["captured"]
