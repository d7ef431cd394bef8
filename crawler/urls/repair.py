"""Named repairs of printed addresses: one ordered table, nothing is mended silently.

A repair is a guess about what the author copied. Each is logged with the text before and after and
with its confidence; where another reading is possible it becomes a candidate, best first. An address
that is right passes through every rule unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.report import Repair
from crawler.urls.key import MAX_URL, fetch_url, is_web

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2066-\u2069\u202a-\u202e\ufeff"
_CYRILLIC = "\u0400-\u04ff"
_CERTAIN = 0.95
"""From here on the text before the repair is no reading worth a request."""
_LOOKALIKES = str.maketrans("асеорхуіѕкмтвнһАСЕОРХУІЅКМТВНҺ", "aceopxyiskmtbhhaceopxyiskmtbhh")

Mend = Callable[[str], str]
Others = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One named way in which print damages an address.

    ``mend`` gives the repaired text or the same text; ``others`` gives further readings of the text
    before the repair, best first, whether or not the rule repaired it.
    """

    name: str
    confidence: float
    mend: Mend
    others: Others = lambda _before: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a printed address most likely means: the address, how it was reached, what else it may be."""

    url: str
    repairs: tuple[Repair, ...] = ()
    candidates: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """The product of the repairs' confidences, rounded to three places."""
        product = 1.0
        for repair in self.repairs:
            product *= repair.confidence
        return round(product, 3)


_BROKEN = r"h{0,2}(?:t{1,3}|xx|\*\*)p{1,2}s{0,2}(?:[ ]?(?:\[:(?://)?\]|[:;])[ ]?[/\\]{0,3}|[/\\]{2,3})"
_BROKEN_SCHEME = re.compile(_BROKEN, re.IGNORECASE)
_WHOLE_SCHEME = re.compile(r"https?://(?![/\\])", re.IGNORECASE)


def _replace(pattern: str, by: str) -> Mend:
    compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return lambda text: compiled.sub(by, text)


def _one_scheme(text: str) -> str:
    """Keep the last of several schemes in a row."""
    while (first := _BROKEN_SCHEME.match(text)) and _BROKEN_SCHEME.match(text, first.end()):
        text = text[first.end() :]
    return text


def _whole_scheme(text: str) -> str:
    """Write a damaged scheme out; the s stays if one was printed."""
    broken = _BROKEN_SCHEME.match(text)
    if broken is None or _WHOLE_SCHEME.match(text):
        return text
    return ("https://" if "s" in broken[0].lower() else "http://") + text[broken.end() :]


_NO_SCHEME = re.compile(r"(?=[\w-]+\.)(?![a-z][a-z0-9+.-]*:(?!\d))", re.IGNORECASE)


def _with_scheme(text: str) -> str:
    is_bare = _NO_SCHEME.match(text) and not _BROKEN_SCHEME.match(text)
    return f"https://{text}" if is_bare else text


def _plain_scheme(text: str) -> tuple[str, ...]:
    return (f"http://{text}",) if _with_scheme(text) != text else ()


_AUTHORITY = re.compile(r"[a-z*]{0,7}(?:\[:(?://)?\]|[:;])?[ ]?[/\\]{0,3}[^/?#\\]*", re.IGNORECASE)


def _at_path(text: str) -> tuple[str, str]:
    """Split behind the host: defanging happens there, and brackets in a path may be right."""
    match = _AUTHORITY.match(text)
    end = match.end() if match else 0
    return text[:end], text[end:]


def _refang(text: str) -> str:
    head, rest = _at_path(re.sub(r"^(\w{2,5})\[://\]", r"\1://", text))
    head = re.sub(r"^h(?:xx|\*\*)p(?=s?[:\[])", "http", head, flags=re.IGNORECASE)
    head = re.sub(r"\[([:.])\]", r"\1", head)
    head = re.sub(r"\[dot\]|(?<=\w)[({]\.[)}](?=\w)", ".", head, flags=re.IGNORECASE)
    return head + rest


def _latin_host(text: str) -> str:
    head, rest = _at_path(text)
    start = max(head.rfind("/"), head.rfind("@")) + 1
    return head[:start] + ".".join(_latin_label(label) for label in head[start:].split(".")) + rest


def _latin_label(label: str) -> str:
    latin = label.translate(_LOOKALIKES)
    is_mixed = re.search("[a-zA-Z]", label) and re.search(f"[{_CYRILLIC}]", label)
    return latin if is_mixed and latin.isascii() else label


_SLUG = re.compile(r"(?<=/)[a-z0-9–—-]+(?=[/?#.]|$)")


def _ascii_dashes(text: str) -> str:
    """Undo WordPress, which prints ``--`` and ``---`` as dashes; only in slugs of Latin words."""

    def mend(slug: re.Match[str]) -> str:
        is_slug = "-" in slug[0] and not slug[0].startswith(("–", "—"))
        return slug[0].replace("–", "--").replace("—", "---") if is_slug else slug[0]

    return _SLUG.sub(mend, text)


def _other_dashes(text: str) -> tuple[str, ...]:
    if not re.search("[–—]", text):
        return ()
    return text, re.sub("[–—]", "-", text), text.replace("–", "--").replace("—", "---")


_TAIL = re.compile(rf"[{_CYRILLIC}]+$")


def _glued(text: str) -> int:
    """Give where a Cyrillic word begins that ends an otherwise Latin address; the length if none does."""
    tail = _TAIL.search(text)
    head, _ = _at_path(text)
    is_glued = tail and tail.start() > len(head) + 1 and text[: tail.start()].isascii()
    return tail.start() if tail and is_glued else len(text)


def _without_glued(text: str) -> str:
    """Cut a word that touches a Latin letter or digit; behind a slash or dash it may be a name."""
    cut = text[: _glued(text)]
    trimmed = cut.rstrip(";,.:)")
    return trimmed if cut != text and trimmed[-1:].isalnum() else text


def _first_line(text: str) -> tuple[str, ...]:
    return (text.split("\n", 1)[0].rstrip(),) if "\n" in text else ()


RULES: tuple[Rule, ...] = (
    Rule(name="second-address", confidence=0.9, mend=_replace(r"\s+h?ttps?://.*$", "")),
    Rule(name="joined-lines", confidence=0.85, mend=_replace(r"[ \t]*\n[ \t]*", ""), others=_first_line),
    Rule(
        name="invisible-characters",
        confidence=1.0,
        # Joiners shape Persian and Indic words: between two such letters they belong to the address.
        mend=_replace(
            "[\u00ad\u200b\u200e\u200f\u2060\u2066-\u2069\u202a-\u202e\ufeff]"
            "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])",
            "",
        ),
    ),
    Rule(name="stray-letter", confidence=0.95, mend=_replace(rf"\s+[{_CYRILLIC}]$", "")),
    Rule(name="html-entity", confidence=0.99, mend=_replace(r"&(?:amp|#0*38|#x0*26);", "&")),
    Rule(name="markdown-escape", confidence=0.97, mend=_replace(r"\\([_*\[\]()~.#+\-!&=?])", r"\1")),
    Rule(name="defanged", confidence=0.97, mend=_refang),
    Rule(name="scheme-doubled", confidence=0.95, mend=_one_scheme),
    Rule(name="scheme-damaged", confidence=0.95, mend=_whole_scheme),
    Rule(name="scheme-missing", confidence=0.9, mend=_with_scheme, others=_plain_scheme),
    Rule(name="nonbreaking-hyphen", confidence=0.99, mend=_replace("[\u2010\u2011\u2212]", "-")),
    Rule(name="lookalike-letters", confidence=0.9, mend=_latin_host),
    Rule(name="typographic-dash", confidence=0.8, mend=_ascii_dashes, others=_other_dashes),
    Rule(name="glued-text", confidence=0.9, mend=_without_glued),
)
"""Every repair of one address, in the order in which they are applied; their names are public."""


def read_address(printed: str) -> Reading:
    """Apply the table to one printed address; never raises, whatever the text.

    The reading's ``url`` is the address to fetch, candidates are such addresses too. A repair that is
    not certain keeps the text before it as a candidate where that text is an address.
    """
    text = printed.strip()[:MAX_URL]
    repairs: list[Repair] = []
    others: list[str] = []
    for rule in RULES:
        mended = rule.mend(text)
        others += rule.others(text)
        if mended == text:
            continue
        repairs.append(Repair(rule=rule.name, before=text, after=mended, confidence=rule.confidence))
        if rule.confidence < _CERTAIN:
            others.append(text)
        text = mended
    url = fetch_url(text)
    candidates = dict.fromkeys(fetch_url(other) for other in others if is_web(other))
    candidates.pop(url, None)
    return Reading(url=url, repairs=tuple(repairs), candidates=tuple(candidates))
