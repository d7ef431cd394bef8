"""From bytes to text: what the file says of itself first, then UTF-8, then the likeliest old code page."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from archive.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLD_CODE_PAGES = ["cp1251", "koi8_r", "cp866", "cp1252", "iso8859_5"]
_SAMPLE = 200_000
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w-]{2,40})", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_RUBBISH = 0.01
"""A text in which more than one character in a hundred is a control character is none."""


def decode(data: bytes, file: str) -> str:
    """Turn a text or a web page into characters, without a byte order mark.

    Raises InputError where the bytes are no text in any encoding that reports come in.
    """
    text = data.decode(encoding_of(data), "replace").lstrip("\ufeff")
    sample = text[:_SAMPLE]
    odd = len(_CONTROL.findall(sample)) + sample.count("\ufffd")
    if odd > _RUBBISH * max(len(sample), 100):
        raise InputError(
            f"{file} is not a text: it holds bytes that stand for no letters; "
            "give the report as a web page (.html) or as plain text (.txt)."
        )
    return text


def encoding_of(data: bytes) -> str:
    """Name the encoding of a text: byte order mark, declaration of a web page, UTF-8, UTF-16, code page."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if _is_utf8(data):
        return "utf-8"
    return _wide(data) or _declared(data) or _guessed(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data[:_SAMPLE]


def _wide(data: bytes) -> str:
    """Recognise UTF-16 without a mark: spaces and line ends have a zero byte on one side only."""
    sample = data[:_SAMPLE]
    little, big = sample[1::2].count(0), sample[::2].count(0)
    enough = len(sample) // 50
    if max(little, big) <= enough or min(little, big) > enough:
        return ""
    return "utf-16-le" if little > big else "utf-16-be"


def _declared(data: bytes) -> str:
    match = _CHARSET.search(data[:4096])
    if match is None:
        return ""
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except LookupError:
        return ""
    return "" if name.startswith("utf") else name


def _guessed(data: bytes) -> str:
    best = from_bytes(data[:_SAMPLE], cp_isolation=_OLD_CODE_PAGES).best()
    return best.encoding if best is not None else "utf-8"
