"""Reports in plain text: claims, typed notes, and the damages of copying."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.words import FootnoteKind
from tests.sample_report import CLAIMS, FULL, NOTES, SITE, TITLE, footnote, only_citation, read, rules


def test_a_report_is_read_whole():
    """Every claim is found, every mark finds its note, and nothing around them is a claim."""
    report = read(FULL)
    assert (report.format, report.title) == ("text", TITLE)
    assert [claim.text for claim in report.claims] == list(CLAIMS)
    assert [claim.position for claim in report.claims] == list(range(1, len(CLAIMS) + 1))
    assert [one.label for one in report.footnotes] == [str(n) for n in range(1, 11)]
    assert [claim.footnotes for claim in report.claims[:5]] == [("1",), ("2",), ("3",), (), ("4",)]


def test_a_note_is_kept_as_printed():
    """The printed forms are evidence: label, dash, stray letter and tracking parameter stay."""
    report = read(FULL)
    printed = [one.printed for one in report.footnotes if one.kind is FootnoteKind.NOTE]
    assert printed == list(NOTES)
    assert only_citation(report, "10").printed == f"{SITE}/31000001.html?fbclid=IwAR0"
    assert only_citation(report, "10").url == f"{SITE}/31000001.html"


def test_a_missing_note_is_reported_and_shifts_nothing():
    """Mark 7 has no note: it is listed in its place, and note 8 is still 8."""
    report = read(FULL)
    missing = footnote(report, "7")
    assert (missing.kind, missing.printed, missing.citations) == (FootnoteKind.MARK, "", ())
    assert missing.flags == ("missing-note",)
    assert only_citation(report, "8").url.endswith("post=77&action=edit")
    (problem,) = report.problems
    assert "note 7" in problem


def test_each_damage_is_repaired_by_name_and_nothing_else_is():
    """The list of repairs is exactly the list of damages."""
    siblings = "".join(f"\n\n[{n}]{SITE}/{n}.html" for n in range(11, 14))
    marks = "\n\nOn May 19, in Semey, it rained[11][12][13]."
    text = FULL.replace("\n\n[1]http", f"{marks}\n\n[1]http").replace("\n\nShare this page:", siblings)
    report = read(text)
    assert rules(report) == [
        ("2", "typographic-dash"),
        ("3", "label-without-brackets"),
        ("4", "extension-cut"),
        ("5", "stray-letter"),
        ("6", "scheme-damaged"),
    ]
    assert only_citation(report, "3").printed == f"{SITE}/31000003.html"
    assert footnote(report, "3").repairs[0].after == f"[3]{SITE}/31000003.html"
    assert only_citation(report, "5").url == f"{SITE}/31000005.html"
    assert footnote(report, "5").repairs[0].after == f"[5]{SITE}/31000005.html"
    assert report.claims[-1].footnotes == ("11", "12", "13")


def test_an_edit_link_is_flagged_and_left_alone():
    """An editor's screen is no repair: the address stays, the public one is a candidate."""
    citation = only_citation(read(FULL), "8")
    assert citation.url == citation.printed == "https://blog.example.kz/wp-admin/post.php?post=77&action=edit"
    assert citation.candidates == ("https://blog.example.kz/?p=77",)
    assert citation.flags == ("edit-link", "needs-login")
    assert citation.repairs == ()


def test_a_repetition_names_the_first():
    """Notes 1 and 10 are one source."""
    report = read(FULL)
    assert only_citation(report, "10").flags == ("duplicate-of:1",)
    assert only_citation(report, "1").key == only_citation(report, "10").key


def test_two_events_in_one_paragraph_stay_one_claim():
    """A claim is a paragraph as printed; its first date is its date."""
    claim = read(FULL).claims[5]
    assert (claim.date, claim.place, claim.footnotes) == ("2020-05-07", "Almaty", ("5",))


def test_a_line_that_starts_with_a_date_is_no_note():
    """Lines that begin with 4 May and 14 May are dated, whatever the lists of notes look like."""
    report = read(FULL)
    assert [claim.date for claim in report.claims if claim.text[0].isdigit()] == ["2020-05-04", "2020-05-14"]


def test_a_note_that_nobody_cites_is_said_to_be():
    """An uncited note is kept and flagged."""
    report = read(FULL.replace("crowd[7]", "crowd[7]").replace("read[8]", "").replace("mended[8]", "mended"))
    assert footnote(report, "8").flags == ("not-cited",)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.replace("\n\n", "\n").encode(),
        lambda text: text.replace("\n\n", "\n\xa0\n").encode(),
        lambda text: text.replace("–", "-").encode("cp1251"),
    ],
    ids=["crlf", "bom", "utf-16", "utf-16-be", "no-blank-lines", "nbsp-lines", "cp1251"],
)
def test_line_ends_and_encodings_change_nothing(change):
    """The same report in other bytes is the same report."""
    plain, other = read(FULL), read(change(FULL))
    assert [(claim.text, claim.footnotes) for claim in other.claims] == [
        (claim.text, claim.footnotes) for claim in plain.claims
    ]
    assert [one.label for one in other.footnotes] == [one.label for one in plain.footnotes]
    assert "Semey" in other.claims[2].text


RUSSIAN = (
    "Мониторинг праздников урожая за май 2020 года",
    "1 мая в Актау на пирсе пел хор[1].",
    "2 мая в Семее посадили двести лип[2].",
    f"[1] {SITE}/1.html",
    f"[2] {SITE}/2.html",
)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "koi8_r", "utf-16-le"])
def test_russian_in_old_code_pages_is_read(encoding):
    """A Cyrillic report in the code page of its time has its words, its dates and its places."""
    report = read("\r\n".join(RUSSIAN).encode(encoding))
    assert report.title == RUSSIAN[0]
    assert [(claim.date, claim.place) for claim in report.claims] == [
        ("2020-05-01", "Актау"),
        ("2020-05-02", "Семее"),
    ]


def wrapped(text, width):
    """Break lines as mail programs do, long addresses too."""
    return "\n".join(textwrap.fill(line, width, break_on_hyphens=False) for line in text.split("\n"))


LONG = "/".join(["https://news.example.kz", *["long-way-to-the-harvest-festival"] * 5, "31.html"])
PROSE = (
    "The festival began at noon, the brass band played for an hour, and the children carried baskets of"
    " apples through the old streets down to the pier, where the mayor thanked everyone who had come[1]."
)


@pytest.mark.parametrize("width", [60, 72, 80])
def test_lines_broken_at_a_width_are_put_together(width):
    """Hard-wrapped prose is one claim again, and an address over several lines one address, and logged."""
    text = f"{TITLE}\n\nOn May 1, in Aktau. {PROSE}\n\nOn May 2, in Semey. {PROSE}\n\n[1] {LONG}\n"
    report = read(wrapped(text, width))
    assert [claim.text for claim in report.claims] == [
        f"On May 1, in Aktau. {PROSE}",
        f"On May 2, in Semey. {PROSE}",
    ]
    citation = only_citation(report, "1")
    assert citation.url == LONG
    assert citation.printed.replace("\n", "") == LONG
    assert "\n" in citation.printed
    assert [repair.rule for repair in citation.repairs] == ["joined-lines"]
    assert citation.candidates


def test_short_lines_that_nobody_wrapped_are_left_apart():
    """One paragraph a line stays one paragraph a line."""
    lines = [f"On May {day}, in Aktau, the choir sang{' again' * (day % 4)}[1]." for day in range(1, 29)]
    report = read("\n".join([TITLE, *lines, f"[1]{SITE}/1.html"]))
    assert [claim.text for claim in report.claims] == lines


@pytest.mark.parametrize(
    ("mark", "label"),
    [("[1]", "[1] "), ("[1]", "1. "), ("¹", "¹ "), ("[1]", "(1) "), ("[1]", "1 "), ("[^1]", "[^1]: ")],
)
def test_labels_of_every_common_kind(mark, label):
    """Brackets, dots, superscripts and bare numbers before an address label notes; none is a repair."""
    report = read(f"The choir sang on the pier{mark}.\n\nNotes\n\n{label}{SITE}/1.html")
    assert only_citation(report, "1").url == f"{SITE}/1.html"
    assert report.claims[0].footnotes == ("1",)
    assert rules(report) == []


def test_ranges_and_lists_in_one_mark_cite_every_note():
    """[1-3, 5] cites four notes."""
    notes = "\n".join(f"[{n}] {SITE}/{n}.html" for n in range(1, 6))
    report = read(f"The choir sang on the pier[1–3, 5].\n\nIt sang again on the hill[4].\n\n{notes}")
    assert [claim.footnotes for claim in report.claims] == [("1", "2", "3", "5"), ("4",)]


def test_chapters_with_notes_of_their_own_are_told_apart():
    """The second note 1 is 1-2, and each mark cites the list that follows it."""
    one = f"The choir sang on the pier[1].\n\nIt sang well[2].\n\n[1] {SITE}/1.html\n\n[2] {SITE}/2.html\n\n"
    two = f"The band played on the hill[1].\n\nIt played well[2].\n\n[1] {SITE}/3.html\n\n[2] {SITE}/4.html\n"
    report = read(one + two)
    assert [claim.footnotes for claim in report.claims] == [("1",), ("2",), ("1-2",), ("2-2",)]
    assert only_citation(report, "1-2").url == f"{SITE}/3.html"


def test_a_numbered_list_in_the_text_is_no_list_of_notes():
    """Demands 1 to 3 are cited by nobody."""
    demands = "\n".join(f"{n}. We ask that lindens be planted in street {n}." for n in range(1, 4))
    notes = "\n".join(f"[{n}] {SITE}/{n}.html" for n in range(1, 4))
    report = read(f"The choir sang[1], the band played[2], it rained[3].\n\n{demands}\n\n{notes}")
    assert len(report.claims) == 4
    assert [one.citations[0].url[-6:] for one in report.footnotes] == ["1.html", "2.html", "3.html"]


def test_a_year_in_brackets_is_no_mark():
    """[2020] cites nothing where the notes end at 1."""
    report = read(f"The choir sang [2020] on the pier[1].\n\n[1] {SITE}/1.html")
    assert [one.label for one in report.footnotes] == ["1"]


def test_marks_without_any_notes_are_all_missing():
    """The list of notes was left behind when the text was copied: say so for every mark."""
    report = read("The choir sang[1].\n\nThe band played[2].\n\nIt rained all day[3].")
    assert [one.flags for one in report.footnotes] == [("missing-note",)] * 3
    assert any("no web address" in problem for problem in report.problems)


def test_addresses_in_the_text_are_inline_footnotes():
    """An address in a sentence belongs to its claim; one that stands alone to the claim above it."""
    report = read(
        "The choir sang on the pier, see https://example.kz/choir.\n\n"
        "The band played on the hill for hours.\n\nhttps://example.kz/band\n"
    )
    assert [claim.footnotes for claim in report.claims] == [("inline-1",), ("inline-2",)]
    assert [one.kind for one in report.footnotes] == [FootnoteKind.INLINE] * 2


def test_a_note_without_an_address_is_flagged():
    """A book is no web source; ibid. repeats the note before it."""
    report = read(
        f"One sang here[1].\n\nTwo sang here[2].\n\nThree sang here[3].\n\nNotes\n\n"
        f"[1] A book of songs, 1901\n\n[2] {SITE}/2.html\n\n[3] Ibid."
    )
    assert footnote(report, "1").flags == ("no-url",)
    assert footnote(report, "3").flags == ("ibid",)
    assert footnote(report, "3").citations[0].url == f"{SITE}/2.html"


def test_a_copy_that_lost_its_links_says_what_to_do():
    """A text that points to other texts without one address was copied without its links."""
    report = read(
        "A title of four words\n\nAs covered previously by the monitor, the choir sang on the pier."
    )
    (problem,) = report.problems
    assert "web address" in problem
    assert "As covered previously" in problem
    assert ".html" in problem


@given(st.text(alphabet=st.sampled_from("ab1 2[].\n\thtps:/–¹ 0On May,тд"), max_size=300))
def test_any_text_gives_a_report_that_holds_together(text):
    """Labels are unique, and a claim cites only footnotes that exist."""
    report = read(f"x{text}")
    labels = [one.label for one in report.footnotes]
    assert len(labels) == len(set(labels))
    assert {label for claim in report.claims for label in claim.footnotes} <= set(labels)
