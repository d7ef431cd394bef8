"""Say honestly what came back (step 7 of the way of a URL): a pure function, rules in a fixed order.

Server signals come first, then marks that only an interstitial has, then the final address, then
phrases on short pages, then the site's own proof. No outcome by the length of a text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.closing import ExchangeFacts, Judgement
from archive.http import Head
from archive.site import ProofRule, Site, WallRule
from archive.words import Failure, Outcome, TlsVerdict, Truncation
from crawler.visible import Page, read_page

RULES_VERSION = 1
"""Raised with every change of a rule, so that an outcome can be told from an older one's."""

SHORT = 600
"""Characters of prose under which a phrase in title, heading or text decides: articles have over 1,200."""
LOGIN_PROSE = 700
"""Characters of prose under which a password field makes a login wall (43 of 52 real login pages, and
none of 36 real articles that have one)."""
LOGIN_TITLE_PROSE = 1_100
"""The same where the title speaks of logging in as well."""
EMPTY = 60
"""Characters of visible text under which a page shows nothing a reader could have cited."""

_HTML = frozenset({"text/html", "application/xhtml+xml", ""})

_CHALLENGE = re.compile(
    r"_cf_chl_opt|__cf_chl_(?:f_)?tk=|id=\"cf-(?:challenge-running|please-wait)\"|cf-browser-verification"
    r"|/ddos-guard/(?:js-challenge|ddg-captcha-page)|captcha-delivery\.com|id=\"px-captcha\""
    r"|_Incapsula_Resource\?SW(?:CGH|JSV)|sucuri_cloudproxy_js|/__qrator/|action=\"/checkcaptcha"
)
_CHALLENGE_TITLE = re.compile(
    r"^(?:just a moment|attention required|checking your browser|один момент|ddos-guard|access denied"
    r"|доступ запрещ[её]н|security check|are you a robot|вы не робот|human verification)",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"\b404\b|page not found|страница не (?:найдена|существует)|материал (?:не найден|удал[её]н)"
    r"|(?:бет|парақ|құжат|материал) (?:табылмады|жоқ)",
    re.IGNORECASE,
)
_PARKED = re.compile(
    r"sedoparking\.com|parkingcrew\.net|bodis\.com|hugedomains\.com|afternic\.com/forsale"
    r"|buy this domain|домен (?:прода[её]тся|припаркован)|срок регистрации домена",
    re.IGNORECASE,
)
_BLOCKED = re.compile(
    r"доступ (?:к (?:информационному )?ресурсу )?(?:ограничен|заблокирован)|сайт заблокирован"
    r"|қолжетімділік (?:шектелген|бұғатталған)|blocked by (?:court|order)",
    re.IGNORECASE,
)
_PAYWALL = re.compile(r"\"isAccessibleForFree\"\s*:\s*\"?false", re.IGNORECASE)
_CONSENT = re.compile(r"//(?:[\w-]+\.)*consent\.|/cookie/consent", re.IGNORECASE)
_LOGIN_TITLE = re.compile(r"\b(?:log ?in|sign ?in|вход|войти|войдите|авторизация|кіру)\b", re.IGNORECASE)
_LOGIN = re.compile(
    r"/(?:login|signin|sign-in|checkpoint|accounts/login|recover)(?:\.php|/|$)", re.IGNORECASE
)

_STATUS: dict[int, tuple[Outcome, str]] = {
    401: (Outcome.LOGIN_WALL, "The server asks for a login (401)."),
    404: (Outcome.GONE, "The server says that there is no such page (404)."),
    410: (Outcome.GONE, "The server says that the page was taken away (410)."),
    429: (Outcome.RATE_LIMITED, "The server says that it was asked too often (429)."),
    451: (Outcome.GEO_BLOCKED, "The server withholds the page for legal reasons (451)."),
}

_FAILURES: dict[Failure, Outcome] = {
    Failure.DNS: Outcome.DNS_FAILED,
    Failure.CONNECT: Outcome.CONNECT_FAILED,
    Failure.CONNECT_TIMEOUT: Outcome.CONNECT_FAILED,
    Failure.PROXY: Outcome.CONNECT_FAILED,
    Failure.TLS: Outcome.TLS_FAILED,
    Failure.TIMEOUT: Outcome.TIMED_OUT,
    Failure.DISCONNECTED: Outcome.TRUNCATED,
    Failure.TOO_LARGE: Outcome.TRUNCATED,
    Failure.UNREADABLE: Outcome.SERVER_ERROR,
    Failure.UNSAFE: Outcome.REFUSED_UNSAFE,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one capture brought: the URL that was cited, the last exchange, its head and decoded body.

    ``source_key`` is what a site's proof rule looks for; ``redirects`` counts the steps before.
    """

    url: str
    source_key: str
    final: ExchangeFacts
    head: Head | None
    body: bytes
    redirects: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """The judgement, and the title of the page for the closing record."""

    judgement: Judgement
    title: str | None


Found = tuple[Outcome, str, str, dict[str, str]]


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
    found = next(_by_exchange(answer), None) or next(_by_status(answer), None)
    outcome, rule, reason, evidence = found or (Outcome.CAPTURED, "robots", "The file is kept.", {})
    return Judgement(
        outcome=outcome, rule=rule, reason=reason, evidence=evidence, rules_version=RULES_VERSION
    )


def refusal(outcome: Outcome, rule: str, reason: str) -> Judgement:
    """Make the judgement of a capture that was not attempted."""
    return Judgement(outcome=outcome, rule=rule, reason=reason, rules_version=RULES_VERSION)


def _findings(answer: Answer, site: Site, page: Page | None) -> Iterator[Found]:
    yield from _by_exchange(answer)
    yield from _by_challenge(answer, page)
    yield from _by_status(answer)
    yield from _by_address(answer)
    if page is not None:
        yield from _by_site_walls(answer, site, page)
        if _unproven(answer, site, page) is not None:
            yield from _by_page(page)
    yield from _by_truncation(answer)
    if page is not None:
        yield from _by_proof(answer, site, page)
    yield from _doubts(answer, site, page)
    yield Outcome.CAPTURED, "content", "The page is there.", {}


def _by_exchange(answer: Answer) -> Iterator[Found]:
    failure = answer.final.failure
    if failure is not None:
        yield _FAILURES[failure], f"failure-{failure}", answer.final.message or "No answer came.", {}


def _by_challenge(answer: Answer, page: Page | None) -> Iterator[Found]:
    if answer.head and answer.head.get("cf-mitigated") == "challenge":
        yield (
            Outcome.CHALLENGE,
            "challenge-header",
            "The server asks to prove that a person is there.",
            {"header": "cf-mitigated: challenge"},
        )
    if page and (match := _CHALLENGE.search(page.markup)):
        yield (
            Outcome.CHALLENGE,
            "challenge-markup",
            "The page only checks whether a person is there.",
            {"markup": match[0]},
        )


def _by_status(answer: Answer) -> Iterator[Found]:
    status = answer.final.status
    if status is None:
        yield Outcome.SERVER_ERROR, "no-status", "The answer is no HTTP message.", {}
    elif status in _STATUS:
        outcome, reason = _STATUS[status]
        yield outcome, f"status-{status}", reason, {"status": str(status)}
    elif status >= 500:
        yield (
            Outcome.SERVER_ERROR,
            "status-5xx",
            f"The server has a fault of its own ({status}).",
            {"status": str(status)},
        )
    elif status >= 400:
        yield (
            Outcome.UNAVAILABLE,
            "status-4xx",
            f"The server refuses the page ({status}).",
            {"status": str(status)},
        )
    elif not 200 <= status < 300 or status in (204, 205):
        yield (
            Outcome.UNSUPPORTED,
            "status-other",
            f"The server gives no page ({status}).",
            {"status": str(status)},
        )


def _by_address(answer: Answer) -> Iterator[Found]:
    asked, got = urlsplit(answer.url), urlsplit(answer.final.url)
    if _CONSENT.search(answer.final.url) and not _CONSENT.search(answer.url):
        yield (
            Outcome.CONSENT_WALL,
            "consent-address",
            "The server leads to a consent page.",
            {"final_url": answer.final.url},
        )
    if _LOGIN.search(got.path) and not _LOGIN.search(asked.path):
        yield (
            Outcome.LOGIN_WALL,
            "login-address",
            "The server leads to a login page.",
            {"final_url": answer.final.url},
        )
    if answer.redirects and _is_deep(asked.path, asked.query) and not _is_deep(got.path, got.query):
        yield (
            Outcome.REDIRECTED_HOME,
            "redirected-home",
            "The server leads from the cited page to a front page.",
            {"final_url": answer.final.url},
        )


def _is_deep(path: str, query: str) -> bool:
    return bool(query) or path.strip("/").lower() not in (
        "",
        "index.html",
        "index.php",
        "ru",
        "kk",
        "kz",
        "en",
    )


def _by_site_walls(answer: Answer, site: Site, page: Page) -> Iterator[Found]:
    for wall in site.walls:
        if wall.where in ("title", "text") and len(page.prose) >= SHORT:
            continue
        if match := re.search(wall.pattern, _place(wall.where, answer, page), re.IGNORECASE):
            yield wall.outcome, f"{site.name}-{wall.name}", _wall_reason(wall), {wall.where: match[0][:120]}


def _place(name: str, answer: Answer, page: Page) -> str:
    if name == "path":
        return urlsplit(answer.final.url).path
    return {"title": page.title, "markup": page.markup, "text": page.text}[name]


def _wall_reason(wall: WallRule) -> str:
    return f"The page is not what was cited ({wall.outcome.value.replace('_', ' ')}: {wall.name})."


def _by_page(page: Page) -> Iterator[Found]:
    limit = LOGIN_TITLE_PROSE if _LOGIN_TITLE.search(page.title) else LOGIN_PROSE
    if page.has_password_field and len(page.prose) < limit:
        yield (
            Outcome.LOGIN_WALL,
            "login-form",
            "The page has a password field and hardly any text to read.",
            {"prose_characters": str(len(page.prose)), "title": page.title[:120]},
        )
    if len(page.prose) >= SHORT:
        return
    for outcome, rule, reason, pattern, places in _PHRASES:
        for place in places:
            if match := pattern.search(getattr(page, place)):
                yield outcome, rule, reason, {place: match[0][:120]}
    if len(page.text) < EMPTY:
        yield (
            Outcome.EMPTY,
            "empty",
            "The page shows hardly any text without a browser.",
            {"characters": str(len(page.text))},
        )


_PHRASES: tuple[tuple[Outcome, str, str, re.Pattern[str], tuple[str, ...]], ...] = (
    (
        Outcome.CHALLENGE,
        "challenge-title",
        "The page only checks whether a person is there.",
        _CHALLENGE_TITLE,
        ("title",),
    ),
    (Outcome.GONE, "parked", "The domain is parked or for sale.", _PARKED, ("markup",)),
    (
        Outcome.NETWORK_BLOCKED,
        "block-page",
        "The answer is a block page.",
        _BLOCKED,
        ("title", "headings", "prose"),
    ),
    (
        Outcome.SOFT_404,
        "not-found-phrase",
        "The page says that there is no such page.",
        _GONE,
        ("title", "headings", "prose"),
    ),
    (
        Outcome.PAYWALL,
        "paywall",
        "The page says that its text is not free, and shows little of it.",
        _PAYWALL,
        ("markup",),
    ),
)


def _by_truncation(answer: Answer) -> Iterator[Found]:
    cut = answer.final.truncated
    if cut is not None:
        reasons = {
            Truncation.LENGTH: "The answer is larger than the limit; the rest was not fetched.",
            Truncation.TIME: "The answer took longer than the limit; the rest was not fetched.",
            Truncation.DISCONNECT: "The server ended the connection before the answer was whole.",
            Truncation.UNSPECIFIED: "The answer is not whole.",
        }
        yield Outcome.TRUNCATED, f"truncated-{cut}", reasons[cut], {}
    if not answer.body and not answer.final.not_decoded:
        yield Outcome.EMPTY, "empty-body", "The answer has no content.", {}


def _by_proof(answer: Answer, site: Site, page: Page) -> Iterator[Found]:
    missing = _unproven(answer, site, page)
    if missing:
        yield Outcome.NEEDS_REVIEW, f"{site.name}-no-proof", missing, {"key": answer.source_key}


def _unproven(answer: Answer, site: Site, page: Page) -> str | None:
    """Say what the site's proof lacks; empty where the site asks for none, None where it is there.

    A page that proves to be the cited document needs no other sign, however short it is.
    """
    wanted = re.search(site.proof.wanted, answer.source_key) if site.proof else None
    if site.proof is None or wanted is None:
        return ""
    return _missing_proof(site.proof, wanted[1], page)


def _missing_proof(proof: ProofRule, wanted: str, page: Page) -> str | None:
    named = re.compile(rf"(?<![\w-]){re.escape(wanted)}(?![\w-])")
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
