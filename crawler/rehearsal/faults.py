"""Everything that goes wrong on the rehearsal web, as one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.words import Outcome
from crawler.rehearsal import fault_pages as made
from crawler.rehearsal.addresses import bare_host
from crawler.rehearsal.answer import Reply, Request
from crawler.rehearsal.certificates import CertificateFault
from crawler.rehearsal.line import HandshakeFault
from crawler.rehearsal.wordpress import article_page


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One faulty address: its name, what a client meets there, and what an honest tool calls it.

    ``outcome`` is None where the words of `Outcome` leave it to the circumstances. ``page`` answers;
    it is None where the trouble comes before HTTP, which is what ``tls`` says.
    """

    name: str
    url: str
    shows: str
    outcome: Outcome | None
    page: Callable[[Request], Reply] | None = None
    tls: CertificateFault | HandshakeFault | None = None


def _fault(
    name: str, url: str, outcome: Outcome | None, page: Callable[[Request], Reply], shows: str = ""
) -> Fault:
    text = shows or (page.__doc__ or "").partition("\n")[0]
    return Fault(name=name, url=url, shows=text, outcome=outcome, page=page)


def _tls(name: str, tls: CertificateFault | HandshakeFault, outcome: Outcome, shows: str) -> Fault:
    host = name.removeprefix("tls_").replace("_", "-")
    return Fault(
        name=name, url=f"https://{host}.example/statya-o-sude/", shows=shows, outcome=outcome, tls=tls
    )


_O = Outcome
FAULTS: tuple[Fault, ...] = (
    _fault("not_found", "https://broken.example/status/404", _O.GONE, made.status_page),
    _fault("gone", "https://broken.example/status/410", _O.GONE, made.status_page),
    _fault("legal_block", "https://broken.example/status/451", _O.GEO_BLOCKED, made.status_page),
    _fault("server_error", "https://broken.example/status/500", _O.SERVER_ERROR, made.status_page),
    _fault("overloaded", "https://broken.example/status/503", _O.SERVER_ERROR, made.status_page),
    _fault("too_many", "https://broken.example/status/429", _O.RATE_LIMITED, made.status_page),
    _fault("redirect_chain", "https://moved.example/chain/1", _O.CAPTURED, made.chain),
    _fault("redirect_home", "https://moved.example/2019/old-article/", _O.REDIRECTED_HOME, made.to_home),
    _fault("redirect_loop", "https://moved.example/loop/a", None, made.loop),
    _fault("redirect_to_other_host", "https://short.example/x7Qa", _O.CAPTURED, made.short_link),
    _fault("soft_404", "https://lost.example/2021/12/14/zabastovka/", _O.SOFT_404, made.soft_404),
    _fault("login_wall", "https://members.example/reports/77/", _O.LOGIN_WALL, made.login_wall),
    _fault("consent", "https://portal.example/article/5/", _O.CONSENT_WALL, made.to_consent),
    _fault("challenge", "https://guarded.example/news/1/", _O.CHALLENGE, made.challenge),
    _fault(
        "challenge_markup", "https://guarded.example/news/2/", _O.CHALLENGE, made.challenge_without_header
    ),
    _fault("paywall", "https://paid.example/rassledovanie-o-tendere/", _O.PAYWALL, made.paywall),
    _fault("empty_shell", "https://app.example/post/12", _O.EMPTY, made.shell),
    _fault("slow", "https://slow.example/dolgaya-istoriya/", _O.CAPTURED, made.slow),
    _fault("never", "https://silent.example/never/", _O.TIMED_OUT, made.never),
    _fault("never_ends", "https://silent.example/half/", None, made.never_ends),
    _fault("reset", "https://broken.example/reset/", None, made.reset_before),
    _fault("closed", "https://broken.example/close/", None, made.close_before),
    _fault("reset_in_body", "https://broken.example/reset-in-body/", _O.TRUNCATED, made.reset_within),
    _fault("cut_short", "https://broken.example/cut-short/", _O.TRUNCATED, made.cut_short),
    _fault("cut_chunks", "https://broken.example/cut-chunks/", _O.TRUNCATED, made.cut_chunks),
    _fault("length_too_small", "https://broken.example/length-too-small/", None, made.length_too_small),
    _fault("no_http", "https://broken.example/no-http/", None, made.no_http),
    _fault(
        "sample_soft_404",
        "https://uralskweek.kz/news/zhiteli-uralska-prosyat-otmenit-snos/",
        _O.SOFT_404,
        made.soft_404,
        "The same on an outlet's host: the sample report cites it.",
    ),
    _fault(
        "sample_challenge",
        "https://ulysmedia.kz/news/20461-v-stolice-otkazali-v-provedenii-mitinga/",
        _O.CHALLENGE,
        made.challenge,
        "The same on an outlet's host: the sample report cites it.",
    ),
    _tls("tls_expired", CertificateFault.EXPIRED, _O.NEEDS_REVIEW, "The certificate ended yesterday."),
    _tls(
        "tls_wrong_name", CertificateFault.WRONG_NAME, _O.NEEDS_REVIEW, "The certificate is another host's."
    ),
    _tls(
        "tls_self_signed",
        CertificateFault.SELF_SIGNED,
        _O.NEEDS_REVIEW,
        "No authority signed the certificate.",
    ),
    _tls(
        "tls_refused",
        HandshakeFault.ALERT,
        _O.TLS_FAILED,
        "The server refuses every handshake with an alert.",
    ),
    _tls(
        "tls_reset",
        HandshakeFault.RESET,
        _O.NETWORK_BLOCKED,
        "A reset after ClientHello, for the whole host.",
    ),
    _tls(
        "tls_silence",
        HandshakeFault.SILENCE,
        _O.NETWORK_BLOCKED,
        "Silence after ClientHello, for the whole host.",
    ),
)

_STEPS: dict[tuple[str, str], Callable[[Request], Reply]] = {
    ("moved.example", "/chain/2"): made.chain,
    ("moved.example", "/chain/3"): made.chain,
    ("moved.example", "/loop/b"): made.loop,
    (made.CONSENT_HOST, "/"): made.consent,
    ("app.example", "/api/post/12.json"): made.shell,
    ("broken.example", "/robots.txt"): made.robots_overloaded,
}
_PLACES: dict[tuple[str, str], Callable[[Request], Reply]] = _STEPS | {
    (bare_host(urlsplit(fault.url).hostname or ""), urlsplit(fault.url).path): fault.page or article_page
    for fault in FAULTS
}


def _hosts_with(kind: type) -> dict[str, Fault]:
    return {urlsplit(fault.url).hostname or "": fault for fault in FAULTS if isinstance(fault.tls, kind)}


CERTIFICATE_FAULTS = {
    host: CertificateFault(fault.tls or "") for host, fault in _hosts_with(CertificateFault).items()
}
HANDSHAKE_FAULTS = {
    host: HandshakeFault(fault.tls or "") for host, fault in _hosts_with(HandshakeFault).items()
}


def fault(name: str) -> Fault:
    """Give a fault by its name; raises KeyError."""
    return {known.name: known for known in FAULTS}[name]


def fault_page(request: Request) -> Reply | None:
    """Answer a faulty address; None for every other."""
    page = _PLACES.get((bare_host(request.host), request.path))
    return page(request) if page else None
