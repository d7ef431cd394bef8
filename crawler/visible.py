"""What a reader sees of a page: one pass over the tree, shared by every rule of the judge.

The pass is a stylesheet: libxslt walks a page in half a millisecond, a walk in Python takes five times that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

from archive.html import decode_page

_HIDDEN = "script|style|noscript|template|head|svg|iframe|object|select"
_CONTROLS = "a|button|form|label|nav"
_HEADINGS = "h1|h2"
_PROSE_RUN = 40
"""Characters a run of text outside links and forms must have to be a sentence rather than a label."""
_MAX_TEXT = 20_000
"""Characters of visible text that are looked at; no rule asks whether there are more."""

_PLAIN, _CONTROL, _HEADING, _HEADING_CONTROL = "pchb"
"""The first character of a line says where its text stood: neither, a control, a heading, or both."""
_PASSWORD = "!"  # noqa: S105 - the line that stands for a password field


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A parsed page: its tree, its markup as text, and what of it is visible (at most 20,000 characters).

    ``prose`` is what is left of ``text`` without links, forms, navigation and short labels: what a
    reader reads. ``headings`` are the runs of text in its first and second level headings.
    """

    tree: lxml_html.HtmlElement
    markup: str
    title: str
    text: str
    prose: str
    headings: tuple[str, ...]
    has_password_field: bool


def read_page(body: bytes, content_type: str | None) -> Page | None:
    """Parse an HTML body; None where nothing in it can be parsed."""
    encoding, markup = decode_page(body, content_type)
    # Where the bytes are not clean UTF-8, Python's decoders decide: libxml2 would guess another encoding.
    clean = body if encoding == "utf-8" and "\ufffd" not in markup else markup.encode("utf-8")
    try:
        # Tags that are never closed nest: without huge_tree the text would end at a depth of 256.
        parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, collect_ids=False)
        tree = lxml_html.document_fromstring(clean, parser)
        lines = str(_GATHER(tree))
    except (etree.LxmlError, ValueError):
        return None
    runs = _runs(lines)
    return Page(
        tree=tree,
        markup=markup,
        title=" ".join((tree.findtext("head/title") or tree.findtext(".//title") or "").split()),
        text=" ".join([run for _, run in runs]),
        prose=" ".join([run for where, run in runs if where in "ph" and len(run) >= _PROSE_RUN]),
        headings=tuple([run for where, run in runs if where in "hb"]),
        has_password_field=f"\n{_PASSWORD}\n" in lines,
    )


def _runs(lines: str) -> list[tuple[str, str]]:
    """Give each run of visible text in document order, with the character that says where it stood."""
    lines = lines[:_MAX_TEXT].replace("\xa0", " ")
    while "  " in lines:
        lines = lines.replace("  ", " ")
    runs = [(line[0], line[1:].strip()) for line in lines.split("\n") if line]
    return [run for run in runs if run[1]]


# A predicate in a match pattern would make libxslt count siblings again for each of them.
_RULES = """
<xsl:template match="{hidden}" mode="{mode}"/>
<xsl:template match="text()" mode="{mode}">
  <xsl:if test="normalize-space()">
    <xsl:text>{mode}</xsl:text><xsl:value-of select="normalize-space()"/><xsl:text>&#10;</xsl:text>
  </xsl:if>
</xsl:template>
<xsl:template match="input" mode="{mode}">
  <xsl:if test="translate(@type, 'PASWORD', 'pasword') = 'password'">
    <xsl:text>&#10;{password}&#10;</xsl:text>
  </xsl:if>
</xsl:template>
"""
_LEAD = '<xsl:template match="{names}" mode="{mode}"><xsl:apply-templates mode="{inside}"/></xsl:template>'


def _rules(mode: str, leads: Mapping[str, str]) -> str:
    """Write the rules for what stands at one kind of place; `leads` maps elements to the kind inside them."""
    ways = (_LEAD.format(names=names, mode=mode, inside=inside) for names, inside in leads.items())
    return _RULES.format(hidden=_HIDDEN, mode=mode, password=_PASSWORD) + "".join(ways)


_GATHER = etree.XSLT(
    etree.XML(
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        '<xsl:output method="text" encoding="UTF-8"/>'
        f'<xsl:template match="/"><xsl:apply-templates mode="{_PLAIN}"/></xsl:template>'
        + _rules(_PLAIN, {_CONTROLS: _CONTROL, _HEADINGS: _HEADING})
        + _rules(_CONTROL, {_HEADINGS: _HEADING_CONTROL})
        + _rules(_HEADING, {_CONTROLS: _HEADING_CONTROL})
        + _rules(_HEADING_CONTROL, {})
        + "</xsl:stylesheet>"
    )
)
"""Writes each run of visible text on a line of its own, after the character that says where it stood."""
