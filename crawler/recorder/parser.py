"""Twisted's response parser, made to read what browsers read; the bytes are already safe when it runs."""

from __future__ import annotations

from twisted.web._newclient import HEADER, STATUS, HTTPClientParser, ParseError

from crawler.recorder.recording import Head, Recording

LINE_BYTES = 1 << 18
"""Longest header line; Twisted's 16 KiB is below what Facebook sends, Chromium stops at 256 KiB."""
HEAD_BYTES = 1 << 20
"""Bytes that may come before the header section ends, interim responses included."""

_TOKEN = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})


class HeadTooLargeError(Exception):
    """The header section is longer than `LINE_BYTES` a line or `HEAD_BYTES` in all."""


class TolerantParser(HTTPClientParser):
    """Reads one response and notes its head and its interim bytes in a recording.

    Beyond RFC 9112, as browsers do: empty lines before the status line, any spaces within it, header
    lines without a colon or with a bad name (left out), a Transfer-Encoding that is not chunked and a
    Content-Length that is no number (not minded). Conflicting lengths stay an error.
    """

    MAX_LENGTH = LINE_BYTES
    recording: Recording
    fields: list[tuple[bytes, bytes]]

    def begin(self, recording: Recording) -> None:
        """Take up a recording; the parser has seen no byte yet."""
        self.recording = recording
        self.fields = []

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        """Read one line of the head."""
        line = line.removesuffix(b"\r")
        if self.state == STATUS:
            if line.strip():
                self.statusReceived(line)
                self.state = HEADER
            else:
                self._note_interim()
        elif line[:1] in {b" ", b"\t"}:  # obs-fold, RFC 9112 section 5.2
            if self._partialHeader is not None:
                self._partialHeader.append(line)
        else:
            self._end_field()
            if line:
                self._partialHeader = [line]
            else:
                self.allHeadersReceived()

    def statusReceived(self, status: bytes) -> None:  # noqa: N802
        """Read a status line; raises ParseError for what is none."""
        parts = status.split(None, 2)
        if len(parts) < 2 or len(parts[1]) != 3 or not parts[1].isdigit() or parts[1] < b"100":
            raise ParseError("not a status line", status)  # type: ignore[no-untyped-call]
        super().statusReceived(b" ".join(parts))  # type: ignore[no-untyped-call]

    def allHeadersReceived(self) -> None:  # noqa: N802
        """Start over after an interim response (RFC 9110, section 15.2), else note the head and go on."""
        if self.response.code < 200:
            self._note_interim()
            self.connectionMade()  # type: ignore[no-untyped-call]
            self.fields = []
            return
        name, major, minor = self.response.version
        self.recording.head = Head(
            status=self.response.code,
            version=f"{name.decode('latin-1')}/{major}.{minor}",
            fields=tuple(self.fields),
        )
        self._settle_framing()
        super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: ARG002, N802
        """Refuse a line over `LINE_BYTES`."""
        raise HeadTooLargeError(f"a header line is longer than {LINE_BYTES} bytes")

    def _end_field(self) -> None:
        if self._partialHeader is None:
            return
        name, colon, value = b"".join(self._partialHeader).partition(b":")
        self._partialHeader = None
        name = name.rstrip(b" \t")
        if not colon or not name or name.translate(None, _TOKEN):
            return
        value = value.strip(b" \t")
        self.fields.append((name, value))
        if name.lower() in _FRAMING:
            self.connHeaders.addRawHeader(name, value)

    def _settle_framing(self) -> None:
        codings = self.connHeaders.getRawHeaders(b"transfer-encoding")
        if codings is not None:
            self.connHeaders.removeHeader(b"transfer-encoding")
            if any(token.strip().lower() == b"chunked" for coding in codings for token in coding.split(b",")):
                self.connHeaders.addRawHeader(b"transfer-encoding", b"chunked")
        lengths = self.connHeaders.getRawHeaders(b"content-length") or []
        if not all(part.strip().isdigit() for length in lengths for part in length.split(b",")):
            self.connHeaders.removeHeader(b"content-length")

    def _note_interim(self) -> None:
        # What the line reader still holds belongs to what comes next.
        self.recording.interim_bytes = self.recording.received_bytes - len(self._buffer)
