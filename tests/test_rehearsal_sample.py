"""The sample report: two files that say the same, the defects of real reports, and sources that answer."""

import re
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from lxml import html

from archive.words import Outcome
from crawler.rehearsal import Answer, rehearsal_pages, request_for, unique_word
from crawler.rehearsal.sample import SAMPLE_CLAIMS, SAMPLE_NOTES, SampleNote, sample_report

NOTE = re.compile(r"(?:\[(\d+)\]|(\d+) )(\S+)")


def lines_of_text() -> list[str]:
    return [line for line in sample_report("txt").read_text(encoding="utf-8").splitlines() if line.strip()]


def printed_notes() -> dict[str, str]:
    matches = [match for line in lines_of_text() if (match := NOTE.fullmatch(line))]
    return {match[1] or match[2]: match[3] for match in matches}


def landing(url: str) -> Answer:
    answer = rehearsal_pages(request_for(url))
    assert isinstance(answer, Answer)
    where = dict(answer.headers).get("Location")
    return landing(urljoin(url, where)) if where else answer


def test_both_files_say_the_same() -> None:
    """The web page has the same title, claims and notes as the text file, in the same order."""
    page = html.fromstring(sample_report("html").read_text(encoding="utf-8"))
    body = page.xpath("//article//h1 | //div[@class='entry-content']/p")
    assert [element.text_content() for element in body] == lines_of_text()


def test_the_page_links_what_it_prints() -> None:
    """Every note of the page links exactly the address that it prints."""
    page = html.fromstring(sample_report("html").read_text(encoding="utf-8"))
    links = page.xpath("//div[@class='entry-content']/p/a[@target]")
    assert {link.get("href") for link in links} == set(printed_notes().values())
    assert all(link.get("href") == link.text for link in links)


def test_claims_and_marks() -> None:
    """The report has the stated number of claims and the marks 1 to 22, each once and in order."""
    _, *rest = lines_of_text()
    claims = [line for line in rest if not NOTE.fullmatch(line)]
    assert len(claims) == SAMPLE_CLAIMS
    marks = re.findall(r"\[(\d+)\]", "\n".join(claims))
    assert marks == [note.label for note in SAMPLE_NOTES] == [str(number) for number in range(1, 23)]
    assert sum("[" not in claim for claim in claims) == 2


def test_the_defects_are_in_print() -> None:
    """The damage that the notes speak of stands in the report, character for character."""
    printed = printed_notes()
    assert "\u2013" in printed["1"]
    assert "7" not in printed
    assert printed["8"].startswith("ttps://")
    assert printed["9"].endswith(".htm")
    assert any(line.startswith("10 https://") for line in lines_of_text())
    assert "fbclid=" in printed["11"]
    assert printed["14"] == printed["4"]
    assert urlsplit(printed["15"]).path == "/"
    assert printed["22"].partition("#")[0] == printed["6"]


@pytest.mark.parametrize("note", [note for note in SAMPLE_NOTES if note.url], ids=lambda note: note.label)
def test_every_source_answers_as_stated(note: SampleNote) -> None:
    """A source that counts as captured shows its unique word, and no other does."""
    answer = landing(note.url or "")
    charset = dict(answer.headers)["Content-Type"].partition("charset=")[2]
    shown = unique_word(note.url or "") in answer.body.decode(charset)
    assert shown is (note.outcome in {Outcome.CAPTURED, None})


@pytest.mark.parametrize("label", ["1", "9"])
def test_damaged_addresses_lead_nowhere(label: str) -> None:
    """What is printed is a 404, so that only a repair gets the page."""
    assert landing(quote(printed_notes()[label], safe=":/")).status == 404


def test_failures_are_of_different_kinds() -> None:
    """Four sources fail in four ways, and one is a front page."""
    outcomes = [note.outcome for note in SAMPLE_NOTES if note.outcome not in {Outcome.CAPTURED, None}]
    assert sorted(outcomes) == ["challenge", "login_wall", "needs_review", "soft_404", "unavailable"]


def test_the_examples_point_at_the_one_copy() -> None:
    """The links in the examples folder lead to the files of the package, and no second copy exists."""
    examples = Path(__file__).parents[1] / "examples"
    readme = (examples / "README.md").read_text(encoding="utf-8")
    targets = {(examples / target).resolve() for target in re.findall(r"\]\(([^)]+)\)", readme)}
    assert targets >= {sample_report("txt").resolve(), sample_report("html").resolve()}
    assert all(target.exists() for target in targets)
    assert not list(examples.glob("monitoring*"))
