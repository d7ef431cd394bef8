"""Named repairs: each mends its damage, logs it, and leaves right addresses alone."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.report import Citation
from crawler.urls.citation import ENOUGH_SIBLINGS, mend_cut_extensions
from crawler.urls.key import fetch_url, source_key
from crawler.urls.repair import RULES, read_address


@pytest.mark.parametrize(
    ("rule", "printed", "url"),
    [
        ("second-address", "https://example.kz/a\nhttp://", "https://example.kz/a"),
        ("joined-lines", "https://example.kz/a-\nb", "https://example.kz/a-b"),
        ("invisible-characters", "https://exam\u00adple.kz/\u200ba", "https://example.kz/a"),
        ("stray-letter", "https://example.kz/a т", "https://example.kz/a"),
        ("html-entity", "https://example.kz/?a=1&amp;b=2&#038;c=3", "https://example.kz/?a=1&b=2&c=3"),
        ("markdown-escape", r"https://example.kz/a\_b", "https://example.kz/a_b"),
        ("defanged", "hxxps://news[.]example[.]kz/a", "https://news.example.kz/a"),
        ("defanged", "https[://]example.kz/a", "https://example.kz/a"),
        ("scheme-doubled", "http://https://example.kz/a", "https://example.kz/a"),
        ("scheme-damaged", "ttps://example.kz/a", "https://example.kz/a"),
        ("scheme-damaged", "htp://example.kz/a", "http://example.kz/a"),
        ("scheme-damaged", "https;//example.kz/a", "https://example.kz/a"),
        ("scheme-damaged", "https//example.kz/a", "https://example.kz/a"),
        ("scheme-missing", "www.example.kz/a", "https://www.example.kz/a"),
        ("nonbreaking-hyphen", "https://example.kz/a\u2011b", "https://example.kz/a-b"),
        ("lookalike-letters", "https://www.exаmple.kz/a", "https://www.example.kz/a"),
        (
            "typographic-dash",
            "https://example.kz/one-two–three/1.html",
            "https://example.kz/one-two--three/1.html",
        ),
        ("glued-text", "https://example.kz/1.htmlПодробнее", "https://example.kz/1.html"),
        ("glued-text", "https://example.kz/posts/454т", "https://example.kz/posts/454"),
    ],
)
def test_each_rule_mends_its_damage_and_says_so(rule, printed, url):
    """One damage, one named repair with the text before and after."""
    reading = read_address(printed)
    assert reading.url == url
    (repair,) = reading.repairs
    assert (repair.rule, repair.before) == (rule, printed)
    assert fetch_url(repair.after) == url
    assert reading.confidence == repair.confidence


def test_every_rule_of_the_table_has_a_case_above():
    """A rule without a test is a guess that nobody has looked at."""
    marks = test_each_rule_mends_its_damage_and_says_so.pytestmark
    assert {rule for rule, *_ in marks[0].args[1]} == {rule.name for rule in RULES}


def test_repairs_add_up_in_order():
    """Several damages are several repairs, and the confidence falls with each."""
    reading = read_address("hxxps://www.exаmple[.]kz/a&amp;b")
    assert [repair.rule for repair in reading.repairs] == ["html-entity", "defanged", "lookalike-letters"]
    assert reading.url == "https://www.example.kz/a&b"
    assert reading.confidence < min(repair.confidence for repair in reading.repairs)


def test_less_certain_readings_are_candidates_best_first():
    """The printed form stays within reach of the crawler, then the hyphen that a dash may have been."""
    reading = read_address("https://example.kz/one-two–three/1.html")
    assert reading.candidates == (
        "https://example.kz/one-two%E2%80%93three/1.html",
        "https://example.kz/one-two-three/1.html",
    )
    assert read_address("www.example.kz/a").candidates == ("http://www.example.kz/a",)


@pytest.mark.parametrize(
    "right",
    [
        "https://ru.wikipedia.org/wiki/Революция_1905–1907_годов",
        "https://en.wikipedia.org/wiki/Russo–Ukrainian_War",
        "https://kk.wikipedia.org/wiki/Алматы",
        "https://пример.рф/новости",
        "https://example.kz/tag/nur-султан",
        "https://web.archive.org/web/2020/https://example.kz/a",
        "https://example.kz/?next=https://example.kz/a",
        "https://en.wikipedia.org/wiki/Dot_(.)",
        "https://http.cat/404",
        "https://https.example.kz/a",
        "https://www.facebook.com/photo/?fbid=48&set=pcb.31",
        "https://example.kz/a?b[0]=1",
        "http://[::1]/a",
        "https://fa.wikipedia.org/wiki/می\u200cخواهم",
        "HTTPS://EXAMPLE.KZ/A",
    ],
)
def test_a_right_address_is_not_mended(right):
    """No rule changes an address that is right, however odd it looks."""
    reading = read_address(right)
    assert reading.repairs == ()
    assert reading.url == fetch_url(right)


SEGMENTS = st.text(alphabet=string.ascii_letters + string.digits + "-_.~,;:@!$'()*+=%", max_size=10)


@given(
    st.lists(SEGMENTS, max_size=4),
    st.sampled_from(["https://example.kz/", "http://www.news.example.org:8080/"]),
)
def test_no_rule_changes_an_address_in_plain_letters(segments, start):
    """RFC 3986: unreserved characters, sub-delims, ":" and "@" may stand in a path as they are."""
    url = start + "/".join(segments)
    assert read_address(url).repairs == ()
    assert read_address(url).candidates == ()


@given(st.text())
def test_any_text_can_be_read(text):
    """Nothing raises on arbitrary text, and a repair never pretends: it changed something."""
    reading = read_address(text)
    assert all(repair.before != repair.after for repair in reading.repairs)
    assert reading.url not in reading.candidates


def cited(url):
    """Make a citation as the finder would."""
    return Citation(printed=url, url=url, key=source_key(url))


def test_a_cut_extension_is_completed_only_among_enough_siblings():
    """.htm is .html where five siblings say so; where four do it is a candidate, where none does nothing."""
    whole = [cited(f"https://example.kz/{n}.html") for n in range(ENOUGH_SIBLINGS)]
    cut = cited("https://example.kz/9.htm")
    mended = mend_cut_extensions([*whole, cut])[-1]
    assert (mended.url, mended.printed) == ("https://example.kz/9.html", "https://example.kz/9.htm")
    assert mended.candidates == ("https://example.kz/9.htm",)
    assert [repair.rule for repair in mended.repairs] == ["extension-cut"]
    guessed = mend_cut_extensions([*whole[1:], cut])[-1]
    assert (guessed.url, guessed.repairs) == (cut.url, ())
    assert guessed.candidates == ("https://example.kz/9.html",)
    assert mend_cut_extensions([cited("https://other.kz/1.html"), cut])[-1] == cut


def test_another_host_is_no_sibling():
    """What one site does says nothing about the next."""
    whole = [cited(f"https://example.kz/{n}.html") for n in range(9)]
    other = cited("https://example.org/9.htm")
    assert mend_cut_extensions([*whole, other])[-1] == other
