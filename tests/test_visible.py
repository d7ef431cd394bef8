"""What a reader sees of a page, from markup of every kind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from crawler.visible import Page, read_page

SENTENCE = "Акимат Уральска ответил на запрос жителей микрорайона, которые ждут."
HIDDEN = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select"})


def read(markup: str | bytes, content_type: str | None = "text/html; charset=utf-8") -> Page:
    """Read a page that can be parsed."""
    page = read_page(markup if isinstance(markup, bytes) else markup.encode(), content_type)
    assert page is not None
    return page


def test_prose_is_what_stands_outside_links_forms_and_navigation() -> None:
    """Sentences in paragraphs are prose; labels, links and what a form says are text only."""
    page = read(
        f"<nav><p>{SENTENCE} навигация</p></nav><h1>{SENTENCE} заголовок</h1><p>{SENTENCE} абзац</p>"
        f"<p>коротко</p><a href=x>{SENTENCE} ссылка</a><form><p>{SENTENCE} форма</p></form>"
        f"<div>{SENTENCE} до <b>и</b> {SENTENCE} после</div>"
    )
    assert page.prose == " ".join(f"{SENTENCE} {word}" for word in ("заголовок", "абзац", "до", "после"))
    for word in ("навигация", "коротко", "ссылка", "форма"):
        assert word in page.text
    assert page.headings == (f"{SENTENCE} заголовок",)


@pytest.mark.parametrize("tag", sorted(HIDDEN - {"head"}))
def test_what_no_reader_sees_is_no_text(tag: str) -> None:
    """Scripts, styles, templates and the like are passed over with all that is in them."""
    page = read(f"<body><p>before</p><{tag}>{SENTENCE}<option>{SENTENCE}</option></{tag}><p>after</p></body>")
    assert page.text == "before after"
    assert page.prose == ""


def test_comments_do_not_hide_what_follows_them() -> None:
    """The text after a comment or a processing instruction is seen, what is within is not."""
    assert read("<p>one<!-- two -->three<?four?></p>").text == "one three"


def test_blanks_of_every_kind_are_one_space() -> None:
    """Line ends, tabs and no-break spaces do not count, alone or in rows."""
    assert read("<p>one\n\t two&nbsp;&nbsp; three</p><p>&nbsp;</p><p> \n </p>").text == "one two three"


def test_a_link_within_a_heading_is_a_heading() -> None:
    """Headlines are often links, and links have headings in them."""
    page = read("<h1><a href=x>One</a></h1><a href=y><h2>Two</h2></a><h3>Three</h3>")
    assert page.headings == ("One", "Two")


def test_the_title_is_the_pages_own() -> None:
    """A drawing's title is none, and blanks in a title do not count."""
    assert read("<head><title> A \n title </title></head><svg><title>Icon</title></svg>").title == "A title"
    assert read("<p>no title</p>").title == ""


@pytest.mark.parametrize(
    "markup", ["<input type=password>", "<INPUT TYPE='PassWord'>", "<a><input type=password></a>"]
)
def test_a_password_field_is_seen_wherever_it_stands(markup: str) -> None:
    """In a form, in a link, in capitals."""
    assert read(f"<p>x</p>{markup}").has_password_field


def test_a_password_field_after_a_long_text_is_seen() -> None:
    """The limit on the text does not hide what stands at the foot of the page."""
    assert read(f"<p>{'слово ' * 20_000}</p><input type=password>").has_password_field


@pytest.mark.parametrize("markup", ["<input type=text name=password>", "<p>!</p>", "<p>type=password</p>"])
def test_nothing_else_is_a_password_field(markup: str) -> None:
    """Neither a name nor a text makes one."""
    assert not read(markup).has_password_field


@pytest.mark.parametrize("depth", [300, 1_500])
def test_tags_that_are_never_closed_do_not_end_the_text(depth: int) -> None:
    """A page of old with a <font> in every line nests deeply, and its foot is read as well."""
    markup = "".join(f"<font><b>line {number} " for number in range(depth // 2))
    assert f"line {depth // 2 - 1}" in read(markup).text


@pytest.mark.parametrize("markup", ["", " ", "<!-- -->"])
def test_nothing_is_no_page(markup: str) -> None:
    """Where there is no element there is no page."""
    assert read_page(markup.encode(), "text/html") is None


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "text/html; charset=utf-8"),
        ("utf-8", "text/html"),
        ("cp1251", "text/html; charset=windows-1251"),
        ("koi8-r", "text/html; charset=koi8-r"),
        ("utf-16", "text/html"),
        ("utf-8-sig", "text/html; charset=windows-1251"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_a_browser_takes(encoding: str, declared: str) -> None:
    """A byte order mark comes first, then the header, then UTF-8."""
    page = read(f"<title>Ответ</title><p>{SENTENCE}</p>".encode(encoding), declared)
    assert (page.title, page.text) == ("Ответ", SENTENCE)


def test_an_encoding_that_the_page_declares_itself_is_taken() -> None:
    """A meta element counts where the header is silent."""
    markup = f'<meta charset="windows-1251"><p>{SENTENCE}</p>'
    assert read(markup.encode("cp1251"), "text/html").text == SENTENCE


def test_a_wrong_declaration_inside_does_not_beat_the_header() -> None:
    """The text is that of the header's encoding, although the meta element names another."""
    markup = f'<meta charset="windows-1251"><p>{SENTENCE}</p>'
    assert read(markup, "text/html; charset=utf-8").text == SENTENCE


def test_bytes_that_no_encoding_has_do_not_end_the_page() -> None:
    """What follows a broken byte is read."""
    page = read(f"<p>one \xff</p><p>{SENTENCE}</p>".encode("latin-1", "ignore") + SENTENCE.encode())
    assert SENTENCE in page.text


@given(st.text(alphabet="<>/=\"' abphscripttyle!-&;#\xa0\n1", max_size=300))
def test_the_pass_sees_what_a_plain_walk_sees(markup: str) -> None:
    """Text, prose and headings are those of a walk over the tree, element by element."""
    page = read_page(markup.encode(), "text/html; charset=utf-8")
    if page is not None:
        assert (page.text, page.prose, page.headings) == _walked(page.tree)


def _walked(tree: html.HtmlElement) -> tuple[str, str, tuple[str, ...]]:
    runs: list[tuple[frozenset[str], str]] = []
    for node in tree.xpath("//text()"):
        parent = node.getparent()
        holder = parent.getparent() if node.is_tail else parent
        within = frozenset(str(each.tag) for each in (holder, *holder.iterancestors()))
        words = " ".join(str(node).split())
        if words and not within & HIDDEN and isinstance(holder, etree._Element):
            runs.append((within, words))
    prose = [
        run for within, run in runs if len(run) >= 40 and not within & {"a", "button", "form", "label", "nav"}
    ]
    headings = tuple(run for within, run in runs if within & {"h1", "h2"})
    return " ".join(run for _, run in runs), " ".join(prose), headings


def test_threads_read_pages_side_by_side() -> None:
    """Captures are judged in threads, which share the compiled stylesheet."""
    bodies = [f"<title>{number}</title><p>{SENTENCE} {number}</p>".encode() * 20 for number in range(200)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda body: read_page(body, None), bodies))
    for number, page in enumerate(found):
        assert page is not None
        assert page.prose.split()[-1] == str(number)


def test_a_page_of_many_small_parts_is_read_in_one_go():
    """A table of 100,000 rows is no more than its size: nothing looks at the siblings of each row again."""
    rows = "".join(f"<tr><td>{number}</td></tr>\n" for number in range(100_000))
    page = read_page(f"<title>Long</title><table>{rows}</table>".encode(), "text/html")
    assert page is not None
    assert page.text.startswith("0 1 2 3")


def test_a_charset_that_is_none_counts_as_none():
    """Python knows codecs that are no charsets; a page that names one is read as UTF-8."""
    for name in ("hex", "zlib", "idna", "undefined", "punycode", "rot13", "no-such-thing"):
        page = read_page("<p>Жаңаөзен</p>".encode(), f"text/html; charset={name}")
        assert page is not None
        assert page.text == "Жаңаөзен", name
