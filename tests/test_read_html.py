"""Reports as web pages: the footnotes of word processors, wikis and plugins, links, furniture."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sample_report import CLAIMS, NOTES, SITE, TITLE, footnote, only_citation, page, read, rules

BODIES = {
    re.sub(r"\D", "", note[:4].split("h")[0].split("t")[0]): re.sub(r"^\[?\d+\]?", "", note) for note in NOTES
}


def marked(template):
    """Write the claims with every [n] turned into the mark of a style."""

    def mark(match):
        return template.format(n=match[1], note=BODIES.get(match[1], "lost"))

    return "".join("<p>" + re.sub(r"\[(\d+)\]", mark, claim) + "</p>" for claim in CLAIMS)


def noted(template, around="{}"):
    """Write the notes in a style."""
    return around.format("".join(template.format(n=n, note=body) for n, body in BODIES.items()))


STYLES = {
    "word": marked('<a href="#_ftn{n}" name="_ftnref{n}"><sup>[{n}]</sup></a>')
    + noted('<p><a href="#_ftnref{n}" name="_ftn{n}">[{n}]</a> {note}</p>'),
    "word-without-targets": marked('<sup><a href="#_ftn{n}">[{n}]</a></sup>')
    + noted('<p><sup><a href="//6C-4A#_ftnref{n}">[{n}]</a></sup> {note}</p>'),
    "wikipedia": marked(
        '<sup id="cite_ref-{n}"><a href="#cite_note-{n}"><span>[</span>{n}<span>]</span></a></sup>'
    )
    + noted(
        '<li id="cite_note-{n}"><span class="mw-cite-backlink"><b><a href="#cite_ref-{n}">^</a></b></span>'
        " <span>{note}</span></li>",
        '<ol class="references">{}</ol>',
    ),
    "plugin-table": marked(
        "<span><a role='button' onclick=\"footnote_moveToReference_1('plugin_reference_{n}');\">"
        '<sup id="tip_{n}">[{n}]</sup></a><span class="footnote_tooltip"></span></span>'
    )
    + noted(
        '<tr><th id="plugin_reference_{n}"><a class="backlink"><span>↑</span>{n}</a></th>'
        "<td>{note}</td></tr>",
        "<table><tbody>{}</tbody></table>",
    ),
    "tooltips-with-one-id": marked(
        '<sup class="modern-footnotes-footnote"><a href="javascript:void(0)" aria-describedby="mfn">'
        "{n}</a></sup>"
        '<span id="mfn" role="tooltip" class="modern-footnotes-footnote__note">{note}</span>'
    ),
    "backlinks-behind": marked('<sup class="footnote"><a href="#fn-1-{n}" id="fnref-1-{n}">{n}</a></sup>')
    + noted(
        '<li id="fn-1-{n}"><p>{note}&nbsp;<a href="#fnref-1-{n}">&#8617;</a></p></li>',
        '<div class="footnotes"><ol>{}</ol></div>',
    ),
    "shared-box": marked('<a href="#note{n}"><sup>{n}</sup></a>')
    + noted('<a name="note{n}"><sup>{n}</sup></a> {note} <a href="#">↩</a><br><br>', "<p>{}</p>"),
    "hidden-asides": marked('<span class="ref" data-definition="fna{n}"><a href="#">{n}</a></span>')
    + noted('<aside style="display:none" id="fna{n}">{note}</aside>'),
    "phrase-links": marked('<span><a href="#web_resource_{n}">a phrase<sup>{n}</sup></a></span>')
    + noted('<div id="web_resource_{n}"><div>{note}</div></div>', "<div>{}</div>"),
    "bare-sup-with-ids": marked("<sup>{n}</sup>") + noted('<li id="footnote-{n}">{note}</li>', "<ul>{}</ul>"),
    "typed-list": marked("<sup>{n}</sup>")
    + noted('<li value="{n}">{note}</li>', "<h2>Notes</h2><ol>{}</ol>"),
    "typed-paragraphs": marked("[{n}]") + noted("<p>[{n}]{note}</p>"),
    "typed-lines": marked("[{n}]") + noted("[{n}]{note}<br>", "<p>{}</p>"),
}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_of_footnotes_is_read(style):
    """Whatever made the notes: the claims, what they cite and where it leads are the same."""
    report = read(page(f"<h1>{TITLE}</h1>", STYLES[style]), "report.html")
    assert (report.format, report.title) == ("html", TITLE)
    assert [claim.date for claim in report.claims] == [
        "2020-05-01", "2020-05-02", "2020-05-04", "2020-05-05", "2020-05-06", "2020-05-07", "2020-05-14",
        "2020-05-15", "2020-05-16", "2020-05-17", "2020-05-18",
    ]  # fmt: skip
    cited = [claim.footnotes for claim in report.claims]
    assert cited == [("1",), ("2",), ("3",), (), ("4",), ("5",), ("6",), ("7",), ("8",), ("9",), ("10",)]
    assert only_citation(report, "1").url == f"{SITE}/31000001.html"
    assert only_citation(report, "2").url == f"{SITE}/the-yearly--congress-of-apple-growers/31000002.html"
    assert only_citation(report, "6").url == "https://www.facebook.com/lindens/posts/600"
    assert only_citation(report, "8").flags == ("edit-link", "needs-login")
    assert ("5", "stray-letter") in rules(report)


@pytest.mark.parametrize("style", [style for style in STYLES if style != "tooltips-with-one-id"])
def test_a_missing_note_is_reported_in_every_style(style):
    """A mark that leads nowhere is a mark without a note; only a tooltip cannot be missing."""
    report = read(page(STYLES[style]), "report.html")
    assert footnote(report, "7").flags == ("missing-note",)


def test_links_in_a_note_are_its_citations():
    """The target of a link is cited; its text where that is the same address."""
    report = read(
        page(
            '<p>The choir sang on the pier.<sup><a href="#fn1">1</a></sup></p>'
            '<p>The band played on the hill.<sup><a href="#fn2">2</a></sup></p>'
            f'<p id="fn1">1. <a href="{SITE}/1.html?utm_source=x&amp;id=2">A song</a>, '
            f'<a href="{SITE}/2.html">{SITE}/2.html</a></p>'
            '<p id="fn2">2. <a href="www.example.kz/3">there</a> <a href="mailto:a@example.kz">mail</a></p>'
        ),
        "report.html",
    )
    first, second = footnote(report, "1").citations
    assert (first.printed, first.url) == (f"{SITE}/1.html?utm_source=x&id=2", f"{SITE}/1.html?id=2")
    assert second.printed == f"{SITE}/2.html"
    assert only_citation(report, "2").url == "https://www.example.kz/3"
    assert rules(report) == [("2", "scheme-missing")]


def test_page_furniture_cites_nothing():
    """Menus, share buttons, comments and hidden blocks are no part of the report."""
    report = read(
        page(
            f'<p>The choir sang on the <a href="{SITE}/1.html">pier</a> in May.</p>'
            '<div class="related-posts"><p>Read this long sentence about something else entirely, please do.'
            '<a href="https://related.example.kz/x">x</a></p></div>'
            '<p style="display: none">A hidden sentence with a <a href="https://h.example.kz/">stop</a>.</p>'
            '<div class="comments-area"><p>I liked this sentence, see <a href="https://c.example.kz/x">x</a>.</p>'
            "</div>"
        ),
        "report.html",
    )
    assert [claim.text for claim in report.claims] == ["The choir sang on the pier in May."]
    assert [one.citations[0].url for one in report.footnotes] == [f"{SITE}/1.html"]


def test_references_to_equations_are_no_footnotes():
    """Numbers that lead to headings and theorems cite no source."""
    report = read(
        page(
            '<p>By the theorem (see <a href="#thm-sum">1</a>) '
            'and the expansion (<a href="#bern-exp">2</a>) it holds.</p>'
            '<h3><a name="thm-sum"></a>Theorem 1</h3><p>For any choir there is a pier on which it sings.</p>'
            '<ul><li><a name="bern-exp"></a>Exercise 2. Show that the band plays louder.</li></ul>'
        ),
        "report.html",
    )
    assert report.footnotes == ()


def test_square_metres_are_no_footnote():
    """A high 2 behind a unit is arithmetic."""
    report = read(
        page(
            "<p>The hall has 100 m<sup>2</sup> and a choir of forty voices<sup>1</sup>.</p>"
            "<p>The stage is wide enough for every one of them<sup>2</sup>.</p>"
            f"<h2>Sources</h2><ol><li>{SITE}/1.html</li><li>{SITE}/2.html</li></ol>"
        ),
        "report.html",
    )
    assert [claim.footnotes for claim in report.claims] == [("1",), ("2",)]


def test_a_note_of_several_paragraphs_is_one_note():
    """What stands between two notes belongs to the first."""
    report = read(
        page(
            '<p>The choir sang on the pier.<a href="#n1">1</a></p><p>The band played.<a href="#n2">2</a></p>'
            f'<div class="note"><p id="n1">1. A song book.</p><p>See also {SITE}/1.html for more.</p>'
            f'<p id="n2">2. {SITE}/2.html</p></div>'
        ),
        "report.html",
    )
    assert only_citation(report, "1").url == f"{SITE}/1.html"
    assert footnote(report, "1").printed == f"1. A song book.\nSee also {SITE}/1.html for more."


def test_relative_links_need_to_know_where_the_page_was():
    """With a canonical address they are sources; without one they are nothing that can be fetched."""
    body = '<p>The choir sang on the <a href="/a/1.html">pier</a>, see <a href="#top">above</a>.</p>'
    known = page(body).replace("<title>", '<link rel="canonical" href="https://news.example.kz/r/"><title>')
    assert [one.citations[0].url for one in read(known, "r.html").footnotes] == [f"{SITE}/1.html"]
    assert read(page(body), "r.html").footnotes == ()


def test_a_page_in_an_old_code_page_is_read_by_its_declaration():
    """The page says windows-1251, and that is what it is."""
    text = page("<p>1 мая в Актау на пирсе пел хор.</p>", title="Май 2020 года")
    data = text.replace("<head>", '<head><meta charset="windows-1251">').encode("cp1251")
    report = read(data, "r.html")
    assert (report.title, report.claims[0].place) == ("Май 2020 года", "Актау")


def test_a_page_nested_too_deeply_is_read_and_says_what_is_lost():
    """Hostile nesting costs links, not the text and not the process; the user is told."""
    deep = (
        "<div>" * 900 + f'The band played on the <a href="{SITE}/1.html">hill</a> all day.' + "</div>" * 900
    )
    report = read(page("<p>The choir sang on the pier.</p>", deep), "r.html")
    assert [claim.text for claim in report.claims] == [
        "The choir sang on the pier.",
        "The band played on the hill all day.",
    ]
    assert any("nested so deeply" in problem for problem in report.problems)


def test_the_same_label_in_two_lists_stays_unique():
    """Asterisks repeat; labels of a report do not."""
    report = read(
        page(
            '<p>The choir sang on the pier.<a href="#note-a">*</a></p>'
            '<p>The band played on the hill.<a href="#note-b">*</a></p>'
            f'<p id="note-a">* {SITE}/1.html</p><p id="note-b">* {SITE}/2.html</p>'
        ),
        "report.html",
    )
    assert [claim.footnotes for claim in report.claims] == [("*",), ("*-2",)]
    assert only_citation(report, "*-2").url == f"{SITE}/2.html"


PIECES = st.sampled_from(
    [
        *("<p>", "</p>", '<a href="#n1">', "</a>", "<sup>", "</sup>", "1", "[1]", '<p id="n1">', "<ol><li>"),
        *("<br>", " text. ", "https://a.kz/x", "<td>", "<tr>", '<span id="n1" role="tooltip">', "</span>"),
        *("&#0;", "\ud7ff", "<!--", "-->"),
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_markup_gives_a_report_that_holds_together(markup):
    """Broken pages raise nothing, labels are unique, claims cite only footnotes that exist."""
    report = read(f"<html><body>{markup}", "r.html")
    labels = [one.label for one in report.footnotes]
    assert len(labels) == len(set(labels))
    assert {label for claim in report.claims for label in claim.footnotes} <= set(labels)
