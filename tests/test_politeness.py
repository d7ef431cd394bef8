"""How hosts are treated: one page at a time, a delay between them, and patience when they ask for it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from archive.folder import Folder
from archive.warc.members import inventory
from crawler.rehearsal import (
    Answer,
    Close,
    Hit,
    Pause,
    Raw,
    RehearsalWeb,
    Request,
    Reset,
    Send,
    html_answer,
    redirect,
)
from tests.commands import on_the_web, run_saqta, started

DELAY = 1.0
STORY = (
    "<html><head><title>Story</title></head><body><p>" + "A sentence of a story. " * 60 + "</p></body></html>"
)


def settings(folder: Folder, **fetch: float | str) -> None:
    """Write the settings of a quick run."""
    folder.root.mkdir(parents=True, exist_ok=True)
    lines = [f"{name} = {value}" for name, value in {"delay": DELAY, "retry_wait": 0.2, **fetch}.items()]
    folder.settings.write_text("[fetch]\n" + "\n".join(lines) + "\n", encoding="utf-8")


def archive(folder: Folder, web: RehearsalWeb, urls: Sequence[str]) -> dict:
    """Archive a list of URLs and give the summary, with the exit code and what was said."""
    done = run_saqta(
        "archive", "-", "--archive", folder.root, "--json", *on_the_web(web), given="\n".join(urls)
    )
    assert done.stdout, done.stderr
    return {**json.loads(done.stdout), "code": done.returncode, "said": done.stderr}


def outcomes(folder: Folder) -> dict[str, str]:
    """Give the outcome of every attempt by its URL, the last one of each."""
    done = run_saqta("status", "--json", "--archive", folder.root)
    return {row["url"]: row["outcome"] for row in json.loads(done.stdout)["captures"]}


def by_host(hits: Sequence[Hit]) -> dict[str, list[Hit]]:
    """Sort the requests of each host by their start."""
    hosts = defaultdict(list)
    for hit in sorted(hits, key=lambda hit: hit.started_at):
        hosts[hit.host].append(hit)
    return hosts


def test_no_two_page_loads_of_a_host_overlap_or_come_too_soon(tmp_path: Path) -> None:
    """With 4 workers that are all redirected to one host, each host still has one page load at a time."""
    folder = Folder(tmp_path / "archive")
    settings(folder, workers=4)
    urls = [f"https://short{host}.example/1" for host in range(6)]
    urls += [f"https://shared.example/own/{page}" for page in range(2)]
    with RehearsalWeb(tmp_path / "web") as web:
        for host in range(6):
            web.route(f"short{host}.example", "/1", redirect(f"https://shared.example/from/{host}", 302))
        summary = archive(folder, web, urls)
        hits = web.requests()
    assert summary["code"] == 0, summary
    assert summary["page_loads"]["redirect"] == 6
    assert sum(summary["page_loads"].values()) == len(hits)
    hosts = by_host(hits)
    assert len(hosts["shared.example"]) == 6 + 2 + 1
    for host, loads in hosts.items():
        for before, after in pairwise(loads):
            assert before.ended_at is not None, host
            assert before.ended_at <= after.started_at, host
            gap = (after.started_at - before.started_at).total_seconds()
            assert gap >= 0.95 * DELAY, (host, gap)


def test_retry_after_is_respected_and_each_attempt_is_a_capture(tmp_path: Path) -> None:
    """A host that says 503 with Retry-After is left alone so long, then asked again; both are kept."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05)
    asked: list[str] = []

    def busy_once(_request: object) -> Answer:
        asked.append("asked")
        if len(asked) == 1:
            return html_answer("<p>Busy</p>", status=503, headers=(("Retry-After", "6"),))
        return html_answer(STORY)

    with RehearsalWeb(tmp_path / "web") as web:
        web.route("busy.example", "/story", busy_once)
        web.route("busy.example", "/other", html_answer(STORY))
        summary = archive(folder, web, ["https://busy.example/story", "https://busy.example/other"])
        loads = [hit for hit in by_host(web.requests())["busy.example"] if hit.path != "/robots.txt"]
    assert summary["code"] == 0, summary
    assert summary["page_loads"] == {"first": 2, "retry": 1, "robots": 1}
    first, second, *_ = loads
    assert (second.started_at - first.started_at).total_seconds() >= 6
    assert outcomes(folder)["https://busy.example/story"] == "captured"


def test_a_host_that_does_not_answer_is_put_off_and_tried_once_more(tmp_path: Path) -> None:
    """After three failures in a row the rest waits; the summary counts it and names the proxy line."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05, retries=0, connect_timeout=2)
    urls = [f"https://refused.example/{page}" for page in range(10)] + ["https://well.example/story"]
    with RehearsalWeb(tmp_path / "web") as web:
        done = run_saqta("archive", "-", "--archive", folder.root, *on_the_web(web), given="\n".join(urls))
        tried = [url for url in outcomes(folder) if "refused" in url]
    assert done.returncode == 3, done.stderr
    assert outcomes(folder)["https://well.example/story"] == "captured"
    assert 3 <= len(tried) <= 4
    assert "10 sources wait on refused.example" in done.stdout
    assert '[proxies] "refused.example" = "socks5://127.0.0.1:9050"' in done.stdout.replace("\n", " ")


@pytest.mark.parametrize("ending", ["html", "htm"])
def test_a_candidate_is_tried_when_the_first_reading_is_gone(tmp_path: Path, ending: str) -> None:
    """The lower-confidence reading is an attempt of the same source, and it is recorded which answered."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05)
    urls = ["https://paper.example/a/1.html", f"https://paper.example/a/2.{ending}"]
    with RehearsalWeb(tmp_path / "web") as web:
        web.route("paper.example", "/a/1.html", html_answer(STORY))
        web.route("paper.example", "/a/2.html", html_answer(STORY))
        web.route("paper.example", "/a/2.htm", html_answer("<h1>Not found</h1>", status=404))
        summary = archive(folder, web, urls)
    assert summary["code"] == 0, summary
    assert summary["by_outcome"] == {"captured": 2}
    assert summary["page_loads"].get("candidate", 0) == (ending == "htm")


def test_a_run_again_asks_only_for_what_is_not_kept(tmp_path: Path) -> None:
    """What is captured is left in peace; what failed is tried again, and says so in the exit code."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05, retries=0)
    urls = ["https://paper.example/kept", "https://paper.example/cut"]
    with RehearsalWeb(tmp_path / "web") as web:
        web.route("paper.example", "/kept", html_answer(STORY))
        web.route("paper.example", "/cut", Raw(steps=(Pause(0.01), Reset())))
        assert archive(folder, web, urls)["code"] == 3
        web.route("paper.example", "/cut", html_answer(STORY))
        again = archive(folder, web, urls)
        paths = [hit.path for hit in web.requests()]
    assert again["code"] == 0
    assert again["page_loads"] == {"first": 1}
    assert sorted(paths) == ["/cut", "/cut", "/kept", "/robots.txt"]


def test_robots_txt_is_obeyed_where_the_setting_says_so(tmp_path: Path) -> None:
    """Under ``obey`` a forbidden page is not asked for, and the refusal is kept as a capture."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05, robots='"obey"')
    with RehearsalWeb(tmp_path / "web") as web:
        web.route(
            "shy.example",
            "/robots.txt",
            Answer(
                headers=(("Content-Type", "text/plain"),), body=b"User-agent: saqta\nDisallow: /private\n"
            ),
        )
        web.route("shy.example", "/private/1", html_answer(STORY))
        web.route("shy.example", "/public/1", html_answer(STORY))
        urls = ["https://shy.example/private/1", "https://shy.example/public/1"]
        assert archive(folder, web, urls)["code"] == 3
        paths = [hit.path for hit in web.requests()]
    assert sorted(paths) == ["/public/1", "/robots.txt"]
    assert outcomes(folder) == {urls[0]: "refused_robots", urls[1]: "captured"}


def test_private_addresses_are_refused_without_a_connection(tmp_path: Path) -> None:
    """A cited address of this machine or its network is listed as refused_unsafe, and nobody is asked."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05)
    with RehearsalWeb(tmp_path / "web") as web:
        urls = [
            f"http://127.0.0.1:{web.http_port}/1",
            f"http://localhost:{web.http_port}/2",
            f"http://[::1]:{web.http_port}/3",
            f"http://2130706433:{web.http_port}/4",
        ]
        done = run_saqta("archive", *urls, "--archive", folder.root)
        assert web.requests() == []
    assert done.returncode == 3, done.stderr
    assert set(outcomes(folder).values()) == {"refused_unsafe"}


def test_a_reset_after_the_client_hello_is_a_host_that_does_not_answer(tmp_path: Path) -> None:
    """A blocked line looks like this: the host is put off, and nothing counts as cut-off evidence."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05, retries=0)
    urls = [f"https://reset.example/{page}" for page in range(8)]
    with RehearsalWeb(tmp_path / "web") as web:
        summary = archive(folder, web, urls)
    assert summary["code"] == 3
    assert set(outcomes(folder).values()) == {"connect_failed"}
    assert len(outcomes(folder)) == 4
    assert summary["waiting"] == {"reset.example": 8}


def test_a_host_that_redirects_to_a_dead_one_is_not_the_dead_one(tmp_path: Path) -> None:
    """Failures count for the host that was asked last; the one that redirects goes on."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05, retries=0)
    urls = [f"https://alive.example/away/{page}" for page in range(5)] + ["https://alive.example/story"]
    with RehearsalWeb(tmp_path / "web") as web:
        for page in range(5):
            web.route("alive.example", f"/away/{page}", redirect("https://refused.example/x", 302))
        web.route("alive.example", "/story", html_answer(STORY))
        summary = archive(folder, web, urls)
    assert outcomes(folder)["https://alive.example/story"] == "captured"
    assert len(outcomes(folder)) == 6
    assert "alive.example" not in summary["waiting"]


def test_a_robots_txt_that_moved_to_https_answers_for_both(tmp_path: Path) -> None:
    """A page that leads from http to https has the answer of its host's robots.txt in its record."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05)
    rules = Answer(headers=(("Content-Type", "text/plain"),), body=b"User-agent: *\nDisallow: /a/\n")

    def moved(request: Request) -> Answer:
        if request.scheme == "http":
            return redirect(f"https://moved.example{request.path}", 301)
        return rules if request.path == "/robots.txt" else html_answer(STORY)

    with RehearsalWeb(tmp_path / "web") as web:
        web.route("moved.example", "/robots.txt", moved)
        web.route("moved.example", "/a/1", moved)
        assert archive(folder, web, ["http://moved.example/a/1"])["code"] == 0
        asked = [(hit.scheme, hit.path) for hit in web.requests()]
    assert asked == [("http", "/robots.txt"), ("https", "/robots.txt"), ("http", "/a/1"), ("https", "/a/1")]
    closings = [inventory(path).closing for path in folder.files(".warc.gz")]
    (page,) = (closing for closing in closings if closing.kind == "page")
    assert page.robots is not None
    assert (page.robots.allowed, page.robots.status) == (False, 200)


@pytest.mark.parametrize(
    "location",
    ["http://[bad/", "https://user@/", "javascript:alert(1)", "file:///etc/passwd", "//", "http://", "?"],
)
def test_a_location_that_leads_nowhere_is_kept_and_not_followed(tmp_path: Path, location: str) -> None:
    """Whatever a server writes into Location, its answer is sealed after one request."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05, retries=0)
    with RehearsalWeb(tmp_path / "web") as web:
        web.route("odd.example", "/1", redirect(location, 302))
        summary = archive(folder, web, ["https://odd.example/1"])
        pages = [hit for hit in web.requests() if hit.path == "/1"]
    assert summary["code"] == 3
    assert len(pages) == 1
    assert set(outcomes(folder).values()) <= {"unsupported", "refused_unsafe", "server_error"}


def test_an_address_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    """One hopeless line of a list is kept as such; the others are fetched."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05)
    with RehearsalWeb(tmp_path / "web") as web:
        web.route("well.example", "/1", html_answer(STORY))
        summary = archive(folder, web, ["http://[bad/x", "https://well.example/1"])
    assert summary["code"] == 3
    assert outcomes(folder)["https://well.example/1"] == "captured"
    assert sum(summary["by_outcome"].values()) == 2


def test_a_run_goes_on_with_fewer_workers(tmp_path: Path) -> None:
    """Jobs of an interrupted run are worked off whatever the number of workers is now."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.3, workers=4)
    urls = [f"https://paper{host}.example/{page}" for host in range(8) for page in range(3)]
    with RehearsalWeb(tmp_path / "web") as web:
        with started("archive", *urls, "--archive", folder.root, *on_the_web(web)):
            web.ended(6, timeout=60)
        settings(folder, delay=0.05, workers=1)
        summary = archive(folder, web, urls)
    assert summary["code"] == 0
    assert summary["by_outcome"] == {"captured": 24}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Date", "Mon, 1 Jan 2026 00:00:00 +99999999999999999999"),
        ("Date", "Mon, 1 Jan 99999999999999999999 00:00:00 GMT"),
        ("Retry-After", "\u00b2"),
        ("Retry-After", "1 Jan 99999999999999999999 00:00:00 GMT"),
        ("Content-Type", "text/html; charset=hex"),
    ],
)
def test_an_odd_header_costs_no_evidence(tmp_path: Path, name: str, value: str) -> None:
    """Whatever a server writes into its fields, its page is captured with one request."""
    folder = Folder(tmp_path / "archive")
    settings(folder, delay=0.05, retries=0)
    field = f"{name}: {value}\r\n".encode("latin-1")
    head = b"HTTP/1.1 200 OK\r\n" + (b"" if name == "Content-Type" else b"Content-Type: text/html\r\n")
    page = Raw(steps=(Send(head + field + b"Connection: close\r\n\r\n" + STORY.encode()), Close()))
    with RehearsalWeb(tmp_path / "web") as web:
        web.route("odd.example", "/1", page)
        assert archive(folder, web, ["http://odd.example/1"])["code"] == 0
        assert len([hit for hit in web.requests() if hit.path == "/1"]) == 1
