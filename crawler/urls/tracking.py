"""Declared knowledge about links that only count clicks: parameters to drop, redirectors to unwrap."""

from __future__ import annotations

import re

Pattern = re.Pattern[str]


def _names(expression: str) -> Pattern:
    return re.compile(expression, re.IGNORECASE)


TRACKING: tuple[tuple[str, Pattern], ...] = (
    (
        "",
        _names(
            r"utm_\w+|mtm_\w+|fbclid|gclid|dclid|yclid|ysclid|msclkid|twclid|ttclid|igshid|igsh|_openstat"
            r"|mc_[ce]id|fb_(?:source|ref|action_ids|action_types)|_ga|_gl|gs_l|mkt_tok|srsltid|cmpid"
            r"|__twitter_impression|_hsenc|__hs(?:fp|sc|tc)|hsctatracking|rb_clickid|vero_(?:conv|id)"
        ),
    ),
    (
        "facebook.com",
        _names(
            r"__(?:tn__|xts__|cft__|eep__).*|hc_\w+|fref|ref|ref_\w+|refid|refsrc|\w+_ref|ls_ref"
            r"|rdid|share_url|comment_tracking|notif_id|notif_t|_?rd[cr]|paipv|eav|sfnsn|mibextid|wtsid"
        ),
    ),
    ("youtube.com", _names(r"si|feature|pp|kw|ab_channel")),
    ("youtu.be", _names(r"si|feature|pp|kw|ab_channel")),
    ("twitter.com", _names(r"s|t|cn|ref_?src|ref_url|src")),
    ("x.com", _names(r"s|t|cn|ref_?src|ref_url|src")),
    ("instagram.com", _names(r"hl|img_index_ref|ig_rid|ig_mid")),
    ("tiktok.com", _names(r"_r|_t|is_from_webapp|sender_device|share_\w+|u_code|tt_from")),
)
"""(host or "" for any, parameter names): each host stands for its subdomains too.

Only parameters of which the host's own pages show that they do not choose the document.
"""

REDIRECTORS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("google.com", "/url", ("q", "url")),
    ("google.kz", "/url", ("q", "url")),
    ("google.ru", "/url", ("q", "url")),
    ("facebook.com", "/l.php", ("u",)),
    ("facebook.com", "/flx/warn", ("u",)),
    ("vk.com", "/away.php", ("to",)),
    ("youtube.com", "/redirect", ("q",)),
    ("l.instagram.com", "/", ("u",)),
    ("out.reddit.com", "/", ("url",)),
    ("t.umblr.com", "/redirect", ("z",)),
    ("slack-redir.net", "/link", ("url",)),
    ("steamcommunity.com", "/linkfilter/", ("url",)),
    ("t.me", "/iv", ("url",)),
    ("safelinks.protection.outlook.com", "/", ("url",)),
)
"""(host, path, parameters that hold the real address); each host stands for its subdomains too."""


def is_of_host(host: str, name: str) -> bool:
    """Say whether `host` is `name` or a subdomain of it; the empty name covers every host."""
    return not name or host == name or host.endswith("." + name)


def is_tracking(host: str, parameter: str) -> bool:
    """Say whether a decoded parameter name only counts clicks on this host."""
    return any(is_of_host(host, name) and names.fullmatch(parameter) for name, names in TRACKING)


def wrapped_in(host: str, path: str) -> tuple[str, ...]:
    """Give the parameters in which this address carries another one; empty if it is no redirector."""
    for name, wanted, parameters in REDIRECTORS:
        if is_of_host(host, name) and path == wanted:
            return parameters
    return ()
