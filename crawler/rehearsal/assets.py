"""What pages need beside their text: pictures, style sheets, fonts, scripts, a PDF, robots.txt."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from crawler.rehearsal.addresses import bare_host, digest_of
from crawler.rehearsal.answer import Answer, Request

_MONTH = ("Cache-Control", "public, max-age=2592000")
NO_ROBOTS_HOST = "kz.media"
"""The host that answers 404 for its robots.txt."""
_ROBOTS_OF_FACEBOOK = "# Collection of data on Facebook needs permission.\nUser-agent: *\nDisallow: /\n"

STYLE = """@import url("print.css");
@font-face { font-family: "Serif"; src: url("fonts/serif.woff2") format("woff2"); font-display: swap; }
body { margin: 0 auto; max-width: 60rem; font: 1rem/1.6 "Serif", Georgia, serif; color: #222; }
.site-header { background: #f3efe6 url("pictures/paper.png"); padding: 1rem; }
nav ul { display: flex; gap: 1rem; list-style: none; padding: 0; }
article img { max-width: 100%; height: auto; }
.cookie-notice { background: #ffe9a8; padding: .4rem 1rem; font-size: .8rem; }
"""
PRINT_STYLE = "@media print { nav, aside, footer, .cookie-notice { display: none } }\n"
SCRIPT = 'document.documentElement.className = document.documentElement.className.replace("no-js", "js");\n'


def asset(request: Request) -> Answer | None:
    """Answer for a path with the ending of a file; None where it is no such path."""
    if request.path == "/robots.txt":
        return robots(request.host)
    ending = request.path.rpartition(".")[2].lower()
    make = _MAKERS.get(ending) if "." in request.path.rpartition("/")[2] else None
    return make(f"{bare_host(request.host)}{request.path}") if make else None


def robots(host: str) -> Answer:
    """Answer robots.txt: nearly everybody allows, Facebook forbids, one host has none."""
    bare = bare_host(host)
    if bare == NO_ROBOTS_HOST:
        return Answer(status=404, headers=(("Content-Type", "text/plain"),), body=b"Not found\n")
    text = f"User-agent: *\nDisallow: /wp-admin/\nAllow: /\n\nSitemap: https://{host}/sitemap.xml\n"
    if bare == "facebook.com":
        text = _ROBOTS_OF_FACEBOOK
    return Answer(headers=(("Content-Type", "text/plain; charset=utf-8"),), body=text.encode())


def png(name: str, width: int = 24, height: int = 16) -> bytes:
    """Draw a small picture, another one for every name (PNG, second edition, section 5)."""
    red, green, blue = digest_of(name).to_bytes(16, "big")[:3]
    row = b"\0" + b"".join(bytes((red, (green + 7 * x) % 256, blue)) for x in range(width))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(row * height, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, data) for kind, data in parts)


def jpeg(name: str) -> bytes:
    """Give a small grey picture with its name in a comment (ITU T.81, B.2.4.5)."""
    return b"\xff\xd8" + _jpeg_segment(0xFE, name.encode()[:200]) + _grey_jpeg()


def pdf(name: str) -> bytes:
    """Write a one-page PDF whose text names the document (ISO 32000-1, section 7.5)."""
    text = f"BT /F1 14 Tf 60 780 Td (Document {digest_of(name) % 10**8} of the rehearsal web) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _file(media_type: str, make: Callable[[str], bytes], *, packed: bool = False) -> Callable[[str], Answer]:
    def answer(name: str) -> Answer:
        tag = ("ETag", f'"{digest_of(name) % 16**12:012x}"')
        return Answer(headers=(("Content-Type", media_type), _MONTH, tag), body=make(name), gzip=packed)

    return answer


def _style(name: str) -> bytes:
    return (PRINT_STYLE if name.endswith("print.css") else STYLE).encode()


def _font(name: str) -> bytes:
    # the signature of WOFF 2 and filler: the rehearsal needs the exchange, not the letters
    return b"wOF2\x00\x01\x00\x00" + digest_of(name).to_bytes(16, "big") * 64


def _icon(name: str) -> bytes:
    picture = png(name, 16, 16)
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 24, len(picture), 22) + picture


def _jpeg_segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def _grey_jpeg() -> bytes:
    # one block of 8 by 8 points whose only DC difference is zero: middle grey (ITU T.81, annex B)
    one_code = bytes((1, *[0] * 15, 0))
    return b"".join(
        (
            _jpeg_segment(0xDB, b"\0" + b"\x10" * 64),
            _jpeg_segment(0xC0, bytes((8, 0, 8, 0, 8, 1, 1, 0x11, 0))),
            _jpeg_segment(0xC4, b"\x00" + one_code),
            _jpeg_segment(0xC4, b"\x10" + one_code),
            _jpeg_segment(0xDA, bytes((1, 1, 0, 0, 63, 0))),
            b"\x3f\xff\xd9",
        )
    )


_MAKERS = {
    "png": _file("image/png", png),
    "jpg": _file("image/jpeg", jpeg),
    "jpeg": _file("image/jpeg", jpeg),
    "ico": _file("image/x-icon", _icon),
    "woff2": _file("font/woff2", _font),
    "pdf": _file("application/pdf", pdf),
    "css": _file("text/css; charset=utf-8", _style, packed=True),
    "js": _file("text/javascript; charset=utf-8", lambda _: SCRIPT.encode(), packed=True),
}
