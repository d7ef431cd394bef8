"""Sentences of the reference that the code does not hold; a test says that none is missing or left over."""

from __future__ import annotations

from archive.words import Outcome

OUTCOMES: dict[Outcome, str] = {
    Outcome.CAPTURED: "The page is there, whole, and nothing speaks against its being what was cited. "
    "Only this word counts as archived.",
    Outcome.NEEDS_REVIEW: "Something is kept, and a person should look at it: the certificate does not "
    "verify, the citation names no document (a front page, a profile, a group), the content cannot be "
    "unpacked or parsed, or the page does not show that it is the post that was cited.",
    Outcome.EMPTY: "The server answered, and there is hardly any text to see: an empty answer, or a page "
    "that only fills itself in a browser.",
    Outcome.LOGIN_WALL: "The page asks for a login (an address, a form, or status 401).",
    Outcome.CONSENT_WALL: "The server leads to a page that asks for consent to cookies first.",
    Outcome.PAYWALL: "The page says of itself that its text is not free, and shows little of it.",
    Outcome.CHALLENGE: "The page only checks whether a person is there (Cloudflare and its like).",
    Outcome.GEO_BLOCKED: "The server withholds the page for legal reasons (status 451).",
    Outcome.NETWORK_BLOCKED: "The answer is a block page: it comes from the line, not from the host.",
    Outcome.RATE_LIMITED: "The server says that it was asked too often (status 429).",
    Outcome.UNAVAILABLE: "The server refuses the page (another 4xx status), or the site says that it is not "
    "available; whether it was deleted or hidden cannot be seen from outside.",
    Outcome.SOFT_404: "The server says that all is well, and the page says that there is no such page.",
    Outcome.GONE: "The server says that there is no such page (404, 410), or the domain is for sale.",
    Outcome.SERVER_ERROR: "The server has a fault of its own (a 5xx status), redirects without end, or sends "
    "what is no HTTP answer.",
    Outcome.REDIRECTED_HOME: "The server leads from the cited page to a front page.",
    Outcome.DNS_FAILED: "The name of the host does not resolve.",
    Outcome.CONNECT_FAILED: "No connection could be made, to the host or to its proxy.",
    Outcome.TLS_FAILED: "The connection stood and the TLS handshake failed.",
    Outcome.TIMED_OUT: "No readable answer came within `fetch.answer_timeout`.",
    Outcome.TRUNCATED: "An answer came and is not whole: cut at a limit of size or time, or the connection "
    "was closed. What came is kept.",
    Outcome.REFUSED_UNSAFE: "saqta did not ask: the address is not one of the public Internet, or holds what "
    "must not be sent (a password, control characters).",
    Outcome.REFUSED_ROBOTS: "saqta did not ask: robots.txt does not allow it and `fetch.robots` is `obey`.",
    Outcome.UNSUPPORTED: "The server gave an answer that is no page (204, 304 and their like).",
}

REPAIRS: dict[str, str] = {
    "second-address": "Two addresses stand one behind the other; the first is taken.",
    "joined-lines": "The address was broken over lines; the first line alone is a further reading.",
    "invisible-characters": "Soft hyphens, zero-width spaces and direction marks are left out.",
    "stray-letter": "A single Cyrillic letter behind an address and a space is a slip of the keyboard.",
    "html-entity": "`&amp;` is written as `&`.",
    "markdown-escape": "A backslash before punctuation is left out (`\\_` is `_`).",
    "defanged": "Addresses made unclickable are made whole: `hxxp`, `[.]`, `[dot]`, `[:]`.",
    "scheme-doubled": "Of several schemes in a row the last one is kept (`http://https://…`).",
    "scheme-damaged": "A scheme that lost or gained letters is written out (`ttps://`, `https;//`).",
    "scheme-missing": "`https://` is put before a bare address; `http://` is a further reading.",
    "nonbreaking-hyphen": "A non-breaking hyphen or a minus sign is written as `-`.",
    "lookalike-letters": "Cyrillic letters that look Latin are made Latin, in host names only.",
    "typographic-dash": "A dash that a text editor made of `--` is written as two hyphens; the other "
    "readings of the dash are tried after it.",
    "glued-text": "A Cyrillic word stuck to the end of a Latin address is cut off.",
    "extension-cut": "`.htm` is written `.html` (and so on) where at least five addresses of the same host "
    "in the same report end in the whole extension. Confidence 0.85.",
    "label-without-brackets": "A note's number stands without the brackets that the other notes have. "
    "A repair of the note, not of the address. Confidence 0.97.",
}

FLAGS: dict[str, str] = {
    "home-page-only": "The address is a front page, which changes daily.",
    "profile-or-group-only": "The address is a profile, a channel or a group, not one post of it.",
    "needs-login": "The address lies behind a login by its nature (a mailbox, an editor's screen).",
    "edit-link": "The address is the editor's screen of a WordPress post; its public address is tried too.",
    "cut-short": "The address ends in `…` or in half a percent escape: its end was lost.",
    "bad-host": "The host is none that the Internet could know.",
    "not-web": "The address is neither http nor https.",
    "text-differs-from-link": "The text of the link is another address than the link; both are tried.",
    "duplicate-of:": "Followed by a label: the note with this label cites the same source.",
    "missing-note": "The text cites this note, and the report does not hold it.",
    "not-cited": "The note is there, and no paragraph cites it.",
    "no-url": "The note has text and no web address.",
    "empty": "The note is empty.",
    "ibid": "The note says “ibid.” (там же, сол жерде): it cites what the note before it cites.",
}
