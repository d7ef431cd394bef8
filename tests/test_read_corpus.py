"""Real reports against their ground truth; skipped where SAQTA_CORPUS is unset."""

import csv
import re

import pytest

from archive.words import FootnoteKind
from crawler.reports.reader import read_report
from crawler.urls.key import source_key
from tests.sample_report import corpus, footnote, needs_corpus, read, rules

pytestmark = needs_corpus


def table(name):
    """Read a truth table without quoting."""
    with corpus("reports", name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def truth():
    """Give what a person read out of the report of December 2021."""
    return table("monitoring-2021-12.truth.tsv")


@pytest.fixture(scope="module")
def report():
    """Give what we read out of it."""
    return read_report(corpus("reports", "monitoring-2021-12.txt"))


def test_the_counts_are_right(report):
    """133 claims, 123 marks, 122 notes, 118 sources."""
    kinds = [one.kind for one in report.footnotes]
    assert len(report.claims) == 133
    assert sum(len(claim.footnotes) for claim in report.claims) == 123
    assert (kinds.count(FootnoteKind.NOTE), kinds.count(FootnoteKind.MARK), len(kinds)) == (122, 1, 123)
    assert len({citation.key for one in report.footnotes for citation in one.citations}) == 118


def test_every_claim_cites_what_it_cites(report, truth):
    """Each mark stands in its claim and nowhere else; claim 40 stays one claim."""
    cited = {int(row["claim_no"]): ((row["footnote"],) if row["footnote"] else ()) for row in truth}
    assert {claim.position: claim.footnotes for claim in report.claims} == cited
    assert report.claims[39].text.startswith("On December 7, in Nur-Sultan, Musabayev")


def test_every_date_and_nearly_every_place_is_right(report, truth):
    """133 of 133 dates; at most two places differ."""
    wanted = {int(row["claim_no"]): row for row in truth}
    dates = {c.position: "/".join(filter(None, (c.date, c.date_end))) for c in report.claims}
    assert dates == {number: row["claim_date"] for number, row in wanted.items()}
    assert sum((c.place or "") != wanted[c.position]["claim_place"] for c in report.claims) <= 2


def test_every_address_is_the_one_to_fetch(report, truth):
    """122 of 122 addresses, each note and address kept as printed."""
    for row in truth:
        if not row["footnote"] or not row["url_fetch"]:
            continue
        one = footnote(report, row["footnote"])
        (citation,) = one.citations
        assert citation.url == row["url_fetch"]
        assert one.printed == row["printed_note"].replace("<NBSP>", "\xa0")
        assert citation.printed == row["printed_url"].removesuffix(" т")


def test_the_missing_note_is_reported(report):
    """Note 14 is missing, said so, and shifts nothing."""
    assert footnote(report, "14").flags == ("missing-note",)
    assert [one.label for one in report.footnotes] == [str(n) for n in range(1, 124)]
    assert [problem for problem in report.problems if "note 14" in problem]


def test_exactly_the_damaged_notes_are_repaired(report):
    """Eight notes, eight names."""
    assert rules(report) == [
        ("1", "typographic-dash"),
        ("12", "label-without-brackets"),
        ("13", "label-without-brackets"),
        ("26", "stray-letter"),
        ("41", "extension-cut"),
        ("96", "extension-cut"),
        ("110", "extension-cut"),
        ("114", "scheme-damaged"),
    ]


def test_exactly_the_weak_citations_are_flagged(report, truth):
    """An edit link, a front page, a group, and the four repetitions."""
    flags = {one.label: one.citations[0].flags for one in report.footnotes if one.citations}
    weak = {"55": ("home-page-only",), "90": ("edit-link", "needs-login"), "105": ("profile-or-group-only",)}
    repeated = {
        row["footnote"]: (f"duplicate-of:{row['duplicate_of']}",)
        for row in truth
        if row["duplicate_of"] and int(row["duplicate_of"]) < int(row["footnote"])
    }
    assert {label: found for label, found in flags.items() if found} == weak | repeated
    assert footnote(report, "90").citations[0].candidates == ("https://tirek.info/?p=17435",)


def test_the_photo_keeps_its_numbers(report):
    """The numbers fbid and set choose the photo."""
    url = footnote(report, "13").citations[0].url
    assert "fbid=4899290073443493" in url
    assert "set=pcb.3143966765922585" in url


@pytest.mark.parametrize("name", ["civicus-2019-11", "articles-2016-2017", "appeal-2016", "article-2022"])
def test_copies_that_lost_their_links_say_so(name):
    """No address at all: the user learns why and what to give instead."""
    report = read_report(corpus("reports", f"{name}.txt"))
    assert report.claims
    (problem,) = report.problems
    assert "links were lost" in problem
    assert ".html" in problem


@pytest.mark.parametrize("name", ["2014_adm-report", "2014_cr-report"])
def test_web_reports_give_their_sources(name):
    """At least 97 of 100 note addresses, fewer than one in 200 false."""
    rows = [row for row in table("ovdinfo.truth.tsv") if row["report"] == name]
    wanted = {source_key(row["url_as_printed"].split("\\n")[0]) for row in rows}
    report = read_report(corpus("reports", f"ovdinfo-{name}.html"))
    found = {
        citation.key
        for one in report.footnotes
        if one.kind is FootnoteKind.NOTE
        for citation in one.citations
    }
    assert len(found & wanted) >= 0.97 * len(wanted)
    assert len(found - wanted) < 0.005 * len(wanted)


PAGES = sorted(corpus("notes", "html").glob("*.html")) if not needs_corpus.args[0] else []


def letters(text):
    """Reduce a text to its letters and digits, links to their text."""
    return re.sub(r"\W+", "", re.sub(r"\]\([^)]*\)", "", text)).lower()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_footnote_markup_is_read(path):
    """The notes and the marks of each page are those of its Markdown."""
    markdown = path.with_suffix(".md").read_text(encoding="utf-8")
    notes = re.findall(r"^\[\^\w+\]: (.*)", markdown, re.MULTILINE)
    marks = re.findall(r"\[\^\w+\](?!:)", markdown)
    report = read(path.read_bytes(), path.name)
    found = [one for one in report.footnotes if one.kind is FootnoteKind.NOTE]
    assert len(found) == len(notes)
    assert all(letters(note)[-40:] in letters(one.printed) for one, note in zip(found, notes, strict=True))
    cited = [label for claim in report.claims for label in claim.footnotes if not label.startswith("inline")]
    assert len(cited) == len(marks)
