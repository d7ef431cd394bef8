"""The text of a page as it goes from an extraction process to the catalogue."""

from __future__ import annotations

from importlib.metadata import version

from archive.ids import CaptureId
from archive.record import Record
from archive.site import Selectors

EXTRACTOR = "trafilatura"
VERSION = version("trafilatura")


class TextTask(Record, frozen=True, kw_only=True):
    """Which record to read and what is known of its site.

    ``warc`` is the path of the file, ``offset`` the byte at which the response record starts.
    """

    capture: CaptureId
    warc: str
    offset: int
    url: str
    selectors: Selectors
    max_decoded_bytes: int


class PageText(Record, frozen=True, kw_only=True):
    """The main text of one capture by one version of one extractor; what is missing stays None."""

    capture: CaptureId
    extractor: str
    extractor_version: str
    settings_sha256: str
    title: str | None
    author: str | None
    published_at: str | None
    language: str | None
    text: str
    text_sha256: str
