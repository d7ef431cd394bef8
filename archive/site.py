"""`Site`: what saqta knows about a family of web sites, as declared data.

A spider file makes one Site value; the key of a URL, the judge, the schedule and the text
extraction read it. None of them knows a site by name.
"""

from __future__ import annotations

from archive.record import Record
from archive.words import Means, Outcome


class KeyRule(Record, frozen=True, kw_only=True):
    """Gives every spelling of one resource the same key.

    ``pattern`` is a regular expression, matched from the start of ``host/path?query`` (the host in
    lower case without ``www.``, the query in sorted order); ``key`` is the key, with ``{group}`` places.
    """

    pattern: str
    key: str


class Selectors(Record, frozen=True, kw_only=True):
    """XPath expressions, tried in order, for what trafilatura should not have to guess."""

    text: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    published: tuple[str, ...] = ()


class WallRule(Record, frozen=True, kw_only=True):
    """A sign of a page that is not what was cited.

    ``where`` is ``path`` (of the final URL), ``title``, ``markup`` or ``text``; ``pattern`` is searched
    there without regard to case. A wall seen in ``text`` or ``title`` counts only on short pages.
    """

    name: str
    where: str
    pattern: str
    outcome: Outcome


class ProofRule(Record, frozen=True, kw_only=True):
    """What must stand on a page before it counts as the cited document.

    ``wanted`` is searched in the source key and its first group is the wanted id; it must stand in
    one of the XPath results of ``places``; ``body`` are XPath expressions of which one must give text.
    """

    wanted: str
    places: tuple[str, ...]
    body: tuple[str, ...]


class Rung(Record, frozen=True, kw_only=True):
    """One step of a ladder: after one of these outcomes, try the same source by this means."""

    after: tuple[Outcome, ...]
    means: Means


class Site(Record, frozen=True, kw_only=True):
    """One family of sites. ``hosts`` are names; each covers its subdomains too; empty means any host."""

    name: str
    hosts: tuple[str, ...] = ()
    key_rules: tuple[KeyRule, ...] = ()
    selectors: Selectors = Selectors()
    walls: tuple[WallRule, ...] = ()
    proof: ProofRule | None = None
    ladder: tuple[Rung, ...] = ()
    no_document: tuple[str, ...] = ()
    """Patterns on the key: addresses that name no document (a front page, a profile, a group)."""

    def covers(self, host: str) -> bool:
        """Say whether a host, in lower case, belongs to this family."""
        return not self.hosts or any(host == name or host.endswith("." + name) for name in self.hosts)
