"""What a page says of itself when it is not the cited document: walls, interstitials, pages not found.

No rule decides by the length of a text or by a password field alone; each needs a sign as well. A phrase
counts only where hardly any prose stands beside it, for articles speak of logins, 404 and blocked sites.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain

from archive.words import Outcome
from crawler.answer import Found
from crawler.visible import Page

SHORT = 600
"""Characters of prose under which a phrase in title, heading or text decides: articles have over 1,200."""
BARE = 1_200
"""Characters of visible text, navigation included, under which a page is a notice and no site's page."""
SILENT = 200
"""Characters of prose under which there is nothing to read beside a password field."""
LOGIN_PROSE = 700
"""Characters of prose under which a password field raises the question: it is asked of 45 of 52 real login
pages, and of no real article that has one."""
LOGIN_ROOM = 2_500
"""The same for a page that names itself a login page: some have conditions of use and an advertisement."""
EMPTY = 60
"""Characters of visible text under which a page shows nothing a reader could have cited."""

_CHALLENGE_MARKS = (
    "_cf_chl_opt",
    "__cf_chl_tk=",
    "__cf_chl_f_tk=",
    'id="cf-challenge-running"',
    'id="cf-please-wait"',
    "cf-browser-verification",
    "/ddos-guard/js-challenge",
    "/ddos-guard/ddg-captcha-page",
    "captcha-delivery.com",
    'id="px-captcha"',
    "_Incapsula_Resource?SWCGH",
    "_Incapsula_Resource?SWJSV",
    "sucuri_cloudproxy_js",
    "/__qrator/",
    'action="/checkcaptcha',
)
"""Markup that only an interstitial has; good pages carry /cdn-cgi/challenge-platform/ as well."""

_CHALLENGE_TITLE = re.compile(
    r"^(?:just a moment|attention required|checking your browser|один момент|ddos-guard|access denied"
    r"|доступ запрещ[её]н|проверка браузера|security check|are you a robot|вы не робот|human verification)",
    re.IGNORECASE,
)
_NOT_FOUND_TITLE = re.compile(
    r"^\W*404\W*(?:$|[-–—|:.]|(?:error|page|not|file|ошибка|страница|не|бет)\b)"
    r"|\b(?:error|ошибка|қате)[\s:№-]*404\b|\b404[\s-]*(?:error|not found|ошибка|қате)"
    r"|\b(?:page|article|document) (?:was |could )?not (?:be )?found"
    r"|(?:страница|запись|публикация) не (?:найдена|существует)|(?:страница|запись|публикация) удалена\s*$"
    r"|(?:материал|документ) (?:не найден|не существует)|(?:материал|документ) удал[её]н\s*$"
    r"|(?:бет|парақ|құжат|материал|мақала) (?:табылмады|жоқ)",
    re.IGNORECASE,
)
_NOT_FOUND_TEXT = re.compile(
    r"(?:page|article|document|address)s? (?:that )?(?:you|you're|you are) "
    r"(?:requested|looking for|are looking for|tried|were looking for)"
    r"|the requested (?:page|url|document|article)[^.]{0,60}(?:not|no longer)"
    r"|(?:страниц|материал|документ|публикаци|стать)\w*,? (?:которую |который )?вы "
    r"(?:ищете|искали|запросили|запрашиваете)"
    r"|запрашиваем\w+ (?:вами )?(?:страниц|материал|документ|публикаци|стать)\w+[^.]{0,60}"
    r"(?:не |удал|отсутств)"
    r"|сіз (?:іздеген|сұраған) (?:бет|парақ|құжат|материал|мақала)",
    re.IGNORECASE,
)
_PARKED = re.compile(
    r"buy this domain|(?:this )?domain (?:name )?(?:is|may be) for sale|домен (?:прода[её]тся|припаркован)"
    r"|срок регистрации домена|домен сатылады",
    re.IGNORECASE,
)
_PARKING_HOSTS = re.compile(
    r"//(?:[\w-]+\.)*(?:sedoparking|parkingcrew|bodis|hugedomains|afternic)\.(?:com|net)/"
)
_BLOCKED = re.compile(
    r"доступ к (?:данному |этому |запрашиваемому |информационному |указанному |интернет-){1,2}ресурсу"
    r"[^.]{0,40}(?:ограничен|заблокирован|закрыт|при?остановлен)"
    r"|(?:осы|бұл|сұралған|аталған) (?:интернет-|ақпараттық )?ресурс\w* қолжетімділік[^.]{0,60} "
    r"(?:шектел|бұғаттал)\w+"
    r"|(?:this|the requested) (?:web ?site|resource|page) (?:has been|is) blocked (?:by|under|in accordance)",
    re.IGNORECASE,
)
_GEO = re.compile(
    r"(?:not|isn't|is not|un)\s?(?:currently )?available (?:in|from) your (?:country|region|location)"
    r"|недоступ\w+ (?:в|для) (?:вашей стран|вашем регион|вашего регион)"
    r"|сіздің (?:еліңіз|аймағыңыз)де қолжетімсіз",
    re.IGNORECASE,
)
_PAYWALL = re.compile(r"\"isAccessibleForFree\"\s*:\s*\"?[Ff]alse")

_SEPARATOR = re.compile(r"\s*[|•·»―–—:/]+\s*|\s+-+\s+|\n")
_NAME = 80
"""Characters of the longest name that is looked at; the pattern would take long on a longer one."""
_PLACE = r"(?:[\w.-]+ ?){1,3}"
_LOGIN_PHRASE = re.compile(
    rf"(?:[\w.'’&-]+ ){{0,4}}(?:log[ -]?in|sign[ -]?in)"
    rf"(?: (?:page|options|form|required|or .+|to .+|with .+))?"
    rf"|(?:existing|new|returning) (?:user|customer|member)s?|(?:register|registration|sign[ -]?up)"
    rf"|(?:forgot(?:ten)?|reset|lost) (?:your )?password\??|my account|create (?:an )?account"
    rf"|вход(?: (?:на|в) {_PLACE})?|войти(?: (?:на|в) {_PLACE})?|войдите(?: (?:на|в) {_PLACE})?"
    rf"|авторизация(?: (?:на|в) {_PLACE})?|регистрация|(?:забыли|восстановление|напомнить) парол[ья]\??"
    rf"|вход (?:и|или) регистрация|авторизация (?:и|или) регистрация"
    rf"|(?:{_PLACE})?(?:жүйеге |сайтқа )?кіру|тіркелу|авторландыру|(?:{_PLACE})?кирүү|увійти|вхід|авторизація"
    rf"|kirish|anmelden|einloggen|(?:kunden)?login|connexion|se connecter|iniciar sesión|acceder"
    rf"|giriş(?: yap)?|zaloguj(?: się)?|logowanie|kirjaudu(?: \S+)?|ログイン",
    re.IGNORECASE,
)


def challenge(page: Page) -> Iterator[Found]:
    """Find the marks of a page that only checks whether a person is there."""
    if len(page.prose) < SHORT and (mark := next(filter(page.markup.__contains__, _CHALLENGE_MARKS), None)):
        yield (
            Outcome.CHALLENGE,
            "challenge-markup",
            "The page only checks whether a person is there.",
            {"markup": mark},
        )


def by_page(page: Page, *, logins_known: bool = False) -> Iterator[Found]:
    """Find what a page says of itself: a login, a notice, nothing found, nothing free, nothing at all.

    With `logins_known` (the site's own rules know its login pages) only a page that names itself one is.
    """
    if page.has_password_field and (not logins_known or login_name(page)):
        yield from _login(page)
    if len(page.prose) < SHORT:
        for outcome, rule, reason, find in _SIGNS:
            if match := find(page):
                yield outcome, rule, reason, {"found": match[0][:120]}
    if len(page.text) < EMPTY:
        yield (
            Outcome.EMPTY,
            "empty",
            "The page shows hardly any text without a browser.",
            {"characters": str(len(page.text))},
        )


def _login(page: Page) -> Iterator[Found]:
    said = login_name(page)
    prose = len(page.prose)
    evidence = {"prose_characters": str(prose), "title": page.title[:120]} | ({"found": said} if said else {})
    article = prose >= SILENT and _is_article(page)
    if prose < LOGIN_PROSE and not article and (said or prose < SILENT):
        yield (
            Outcome.LOGIN_WALL,
            "login-form",
            "The page has a password field and hardly any text to read.",
            evidence,
        )
    if prose < LOGIN_PROSE and not article:
        yield (
            Outcome.NEEDS_REVIEW,
            "login-doubt",
            "The page has a password field and little text: a short article, or a login page.",
            evidence,
        )
    if said and prose < LOGIN_ROOM:
        yield (
            Outcome.NEEDS_REVIEW,
            "login-name",
            "The page has a password field and names itself a login page.",
            evidence,
        )


def login_name(page: Page) -> str | None:
    """Give the words by which a page names itself a login page; None where it does not.

    A part of its title is such a name, or it has headings and every one of them is: a headline about
    logins is longer, and a login box beside an article has the headline beside it.
    """
    for part in _SEPARATOR.split(page.title):
        if _is_login_name(part):
            return part
    parts = [part for heading in page.headings for part in _SEPARATOR.split(heading) if part]
    return parts[0] if parts and all(map(_is_login_name, parts)) else None


def _is_login_name(part: str) -> bool:
    return len(part) <= _NAME and _LOGIN_PHRASE.fullmatch(part) is not None


def _is_article(page: Page) -> bool:
    return bool(
        page.tree.xpath(
            "boolean(/descendant::article | /descendant::*[@itemprop='articleBody']"
            " | /html/head/meta[@property='og:type' and starts-with(@content, 'article')])"
        )
    )


Find = Callable[[Page], re.Match[str] | None]


def _in_names(pattern: re.Pattern[str]) -> Find:
    """Search the title and the headings, each from its start."""
    return lambda page: next(filter(None, map(pattern.search, (page.title, *page.headings))), None)


def _in_notice(pattern: re.Pattern[str]) -> Find:
    """Search the title, the headings and the prose of a page that has hardly any text of any kind."""

    def find(page: Page) -> re.Match[str] | None:
        places = chain((page.title,), page.headings, (page.text,))
        return next(filter(None, map(pattern.search, places)), None) if len(page.text) < BARE else None

    return find


def _loads_parking(page: Page) -> re.Match[str] | None:
    """Find a script or frame of a parking service: a link to one is no sign."""
    sources = page.tree.xpath("(/descendant::script | /descendant::iframe | /descendant::frame)/@src")
    found = filter(None, (_PARKING_HOSTS.search(str(source)) for source in sources))
    return next(found, None) if len(page.text) < BARE else None


_SIGNS: tuple[tuple[Outcome, str, str, Find], ...] = (
    (
        Outcome.CHALLENGE,
        "challenge-title",
        "The page only checks whether a person is there.",
        lambda page: _CHALLENGE_TITLE.search(page.title) if len(page.text) < BARE else None,
    ),
    (
        Outcome.GONE,
        "parked",
        "The domain is parked or for sale.",
        lambda page: _in_notice(_PARKED)(page) or _loads_parking(page),
    ),
    (Outcome.NETWORK_BLOCKED, "block-page", "The answer is a block page.", _in_notice(_BLOCKED)),
    (
        Outcome.GEO_BLOCKED,
        "not-in-your-country",
        "The page says that it is not shown in this country.",
        _in_notice(_GEO),
    ),
    (
        Outcome.SOFT_404,
        "not-found-name",
        "The page says that there is no such page.",
        _in_names(_NOT_FOUND_TITLE),
    ),
    (
        Outcome.SOFT_404,
        "not-found-phrase",
        "The page says that there is no such page.",
        lambda page: _NOT_FOUND_TEXT.search(page.prose),
    ),
    (
        Outcome.PAYWALL,
        "paywall",
        "The page says that its text is not free, and shows little of it.",
        lambda page: _PAYWALL.search(page.markup),
    ),
)
"""Signs that count on a page with hardly any prose: outcome, rule, sentence, and how the sign is found."""
