"""Weaknesses that are named and never repaired, and keys that are set anew."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.report import Citation, Footnote, Report
from archive.site import KeyRule
from archive.words import FootnoteKind
from crawler.urls.flags import address_flags, public_readings
from crawler.urls.key import source_key
from crawler.urls.rekey import no_rules, rekey


@pytest.mark.parametrize(
    ("url", "flags"),
    [
        ("https://example.kz/", ("home-page-only",)),
        ("https://example.kz/?p=1", ()),
        ("https://example.kz/#!/a", ()),
        ("https://www.facebook.com/groups/SomeGroup/", ("profile-or-group-only",)),
        ("https://www.facebook.com/some.body", ("profile-or-group-only",)),
        ("https://www.facebook.com/profile.php?id=1", ("profile-or-group-only",)),
        ("https://www.facebook.com/groups/SomeGroup/posts/1/", ()),
        ("https://www.facebook.com/permalink.php?story_fbid=1&id=2", ()),
        ("https://www.facebook.com/watch/?v=1", ()),
        ("https://www.youtube.com/@channel", ("profile-or-group-only",)),
        ("https://www.youtube.com/watch?v=abc", ()),
        ("https://t.me/channel", ("profile-or-group-only",)),
        ("https://t.me/channel/12", ()),
        ("https://vk.com/wall-1_2", ()),
        ("https://notfacebook.com/some.body", ()),
        ("https://blog.example.kz/wp-admin/post.php?post=77&action=edit", ("edit-link", "needs-login")),
        ("https://mail.google.com/mail/u/0", ("needs-login",)),
        ("https://localhost/a", ("bad-host",)),
        ("ftp://example.kz/a", ("not-web",)),
        ("nonsense", ("bad-host",)),
    ],
)
def test_a_weak_address_is_named(url, flags):
    """A page can be kept and still prove nothing: the report says so."""
    assert address_flags(url) == flags


def test_an_address_cut_in_print_is_named():
    """Half a percent escape at the end shows that letters were lost."""
    assert address_flags("https://example.kz/a%25D", "https://example.kz/a%D") == ("cut-short",)


def test_an_editors_screen_has_a_public_reading_as_candidate_only():
    """WordPress answers ?p=; that is a suggestion, never a substitution."""
    edit = "https://example.kz/blog/wp-admin/post.php?post=77&action=edit"
    assert public_readings(edit) == ("https://example.kz/blog/?p=77",)
    assert public_readings("https://example.kz/wp-admin/post.php?post=x") == ()
    assert public_readings("https://example.kz/a") == ()


def test_a_login_page_gives_away_what_it_stands_before():
    """Facebook's login address carries the post in its query."""
    login = "https://www.facebook.com/login/?next=https%3A%2F%2Fwww.facebook.com%2Fx%2Fposts%2F1"
    assert public_readings(login) == ("https://www.facebook.com/x/posts/1",)
    assert "needs-login" in address_flags(login)


@given(st.text())
def test_any_text_can_be_judged(text):
    """Nothing raises on arbitrary text."""
    address_flags(text, text)
    public_readings(text)


def cited(label, url):
    """Make a footnote with one citation."""
    citation = Citation(printed=url, url=url, key=source_key(url))
    return Footnote(label=label, kind=FootnoteKind.NOTE, printed=url, citations=(citation,))


def flags_of(report):
    """Give the citations' flags by label."""
    return {one.label: one.citations[0].flags for one in report.footnotes}


def test_rekey_sets_keys_by_site_and_names_repetitions():
    """Two spellings are one source only once the site's rule is known; the first stands for both."""
    urls = ("https://example.kz/slug/31.html", "https://www.example.kz/31.html", "https://other.kz/31.html")
    footnotes = tuple(cited(str(n), url) for n, url in enumerate(urls, 1))
    report = Report(file="r", sha256="0", format="text", title="", footnotes=footnotes)
    asked = []

    def rules_for(host):
        asked.append(host)
        known = host.endswith("example.kz")
        return (
            (KeyRule(pattern=r"example\.kz/(?:[^/]+/)?(?P<id>\d+)\.html", key="example:{id}"),)
            if known
            else ()
        )

    keyed = rekey(report, rules_for)
    assert [one.citations[0].key for one in keyed.footnotes] == [
        "example:31",
        "example:31",
        "other.kz/31.html",
    ]
    assert flags_of(keyed) == {"1": (), "2": ("duplicate-of:1",), "3": ()}
    assert asked == ["example.kz", "www.example.kz", "other.kz"]
    assert rekey(keyed, rules_for) == keyed
    assert rekey(keyed, no_rules) == report


def test_one_note_that_names_a_source_twice_is_no_repetition_of_another():
    """Only an earlier footnote makes a duplicate."""
    note = cited("1", "https://example.kz/a")
    doubled = msgspec.structs.replace(note, citations=note.citations * 2)
    report = Report(file="r", sha256="0", format="text", title="", footnotes=(doubled,))
    assert rekey(report, no_rules) == report
