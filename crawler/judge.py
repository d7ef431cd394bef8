"""Say honestly what came back (step 7 of the way of a URL): a pure function, rules in a fixed order.

Server signals come first, then marks that only an interstitial has, then the final address, then
phrases on short pages, then the site's own proof. No outcome by the length of a text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.closing import Judgement
from archive.site import ProofRule, Site, WallRule
from archive.words import Outcome, TlsVerdict
from crawler.answer import Answer, Found, by_address, by_exchange, by_status, by_truncation
from crawler.visible import Page, read_page
from crawler.walls import SHORT, by_page, challenge

RULES_VERSION = 1
"""Raised with every change of a rule, so that an outcome can be told from an older one's."""

__all__ = ["RULES_VERSION", "Answer", "Judged", "judge", "judge_robots", "refusal"]

_HTML = frozenset({"text/html", "application/xhtml+xml", ""})


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """The judgement, and the title of the page for the closing record."""

    judgement: Judgement
    title: str | None


def judge(answer: Answer, site: Site) -> Judged:
    """Decide what a capture came to."""
    page = None
    if answer.head is not None and answer.head.content_type in _HTML and answer.body:
        page = read_page(answer.body, answer.head.get("Content-Type"))
    outcome, rule, reason, evidence = next(_findings(answer, site, page))
    return Judged(
        judgement=Judgement(
            outcome=outcome, rule=rule, reason=reason, evidence=evidence, rules_version=RULES_VERSION
        ),
        title=page.title or None if page else None,
    )


def judge_robots(answer: Answer) -> Judgement:
    """Decide what asking for a robots.txt came to; any file counts, whatever it says."""
    found = next(by_exchange(answer), None) or next(by_status(answer), None)
    outcome, rule, reason, evidence = found or (Outcome.CAPTURED, "robots", "The file is kept.", {})
    return Judgement(
        outcome=outcome, rule=rule, reason=reason, evidence=evidence, rules_version=RULES_VERSION
    )


def refusal(outcome: Outcome, rule: str, reason: str) -> Judgement:
    """Make the judgement of a capture that was not attempted."""
    return Judgement(outcome=outcome, rule=rule, reason=reason, rules_version=RULES_VERSION)


def _findings(answer: Answer, site: Site, page: Page | None) -> Iterator[Found]:
    yield from by_exchange(answer)
    yield from _by_challenge(answer, page)
    yield from by_status(answer)
    yield from by_address(answer)
    yield from by_truncation(answer)
    if page is not None:
        yield from _by_site_walls(answer, site, page, ("path", "markup", "title"))
    missing = _unproven(answer, site, page)
    if page is not None and missing is not None:
        yield from _by_site_walls(answer, site, page, ("text",))
        known = any(wall.outcome is Outcome.LOGIN_WALL for wall in site.walls)
        yield from by_page(page, logins_known=known)
    if missing:
        yield Outcome.NEEDS_REVIEW, f"{site.name}-no-proof", missing, {"key": answer.source_key}
    yield from _doubts(answer, site, page)
    yield Outcome.CAPTURED, "content", "The page is there.", {}


def _by_challenge(answer: Answer, page: Page | None) -> Iterator[Found]:
    if answer.head and answer.head.get("cf-mitigated") == "challenge":
        yield (
            Outcome.CHALLENGE,
            "challenge-header",
            "The server asks to prove that a person is there.",
            {"header": "cf-mitigated: challenge"},
        )
    if page:
        yield from challenge(page)


def _by_site_walls(answer: Answer, site: Site, page: Page, places: tuple[str, ...]) -> Iterator[Found]:
    for wall in site.walls:
        if wall.where not in places or (wall.where in ("title", "text") and len(page.prose) >= SHORT):
            continue
        if match := re.search(wall.pattern, _place(wall.where, answer, page), re.IGNORECASE):
            yield wall.outcome, f"{site.name}-{wall.name}", _wall_reason(wall), {wall.where: match[0][:120]}


def _place(name: str, answer: Answer, page: Page) -> str:
    if name == "path":
        return urlsplit(answer.final.url).path
    return {"title": page.title, "markup": page.markup, "text": page.text}[name]


def _wall_reason(wall: WallRule) -> str:
    return f"The page is not what was cited ({wall.outcome.value.replace('_', ' ')}: {wall.name})."


def _unproven(answer: Answer, site: Site, page: Page | None) -> str | None:
    """Say what the site's proof lacks; empty where the site asks for none, None where it is there.

    A page that proves to be the cited document needs no other sign, however short it is and whatever
    it says.
    """
    wanted = re.search(site.proof.wanted, answer.source_key) if site.proof else None
    if site.proof is None or wanted is None:
        return ""
    if page is None:
        return "The answer is no page that could name the document that was cited."
    return _missing_proof(site.proof, wanted[1], page)


def _missing_proof(proof: ProofRule, wanted: str, page: Page) -> str | None:
    # "pcb.31" and "a.31" in an address name the post or album that a photo belongs to.
    named = re.compile(rf"(?<![\w.-]){re.escape(wanted)}(?![\w-])")
    if not any(named.search(str(value)) for place in proof.places for value in page.tree.xpath(place)):
        return "Nothing on the page names the document that was cited."
    if not any(str(value).strip() for place in proof.body for value in page.tree.xpath(place)):
        return "The page names the document that was cited and shows no text of it."
    return None


def _doubts(answer: Answer, site: Site, page: Page | None) -> Iterator[Found]:
    tls = answer.final.tls
    if tls is not None and tls.verdict is not TlsVerdict.VALID:
        yield (
            Outcome.NEEDS_REVIEW,
            "certificate",
            "The certificate of the server does not verify, so anybody on the way could have answered.",
            {"reason": tls.reason or "it was not checked"},
        )
    if answer.final.not_decoded:
        yield (
            Outcome.NEEDS_REVIEW,
            "not-decodable",
            f"The content cannot be unpacked: {answer.final.not_decoded}.",
            {},
        )
    if _names_no_document(answer, site):
        yield (
            Outcome.NEEDS_REVIEW,
            "no-document",
            "The citation names no document (a front page, a profile or a group).",
            {"key": answer.source_key},
        )
    if page is None and answer.head is not None and answer.head.content_type in _HTML:
        yield Outcome.NEEDS_REVIEW, "not-html", "The page cannot be parsed.", {}


def _names_no_document(answer: Answer, site: Site) -> bool:
    parts = urlsplit(answer.url)
    if not parts.path.strip("/") and not parts.query:
        return True
    return any(re.search(pattern, answer.source_key) for pattern in site.no_document)
