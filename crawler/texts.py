"""Keeps the extraction processes busy with captures that have no text yet, and enters what comes back."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, wait

from archive.addresses import host_of
from archive.catalogue.catalogue import Catalogue
from archive.folder import Folder
from archive.ids import CaptureId
from archive.settings import Settings
from archive.text.model import EXTRACTOR, VERSION, PageText, TextTask
from archive.text.pool import ExtractionError, ExtractionPool
from crawler.sites import Sites

_AHEAD = 4
"""Tasks handed to each process ahead of time."""


class Texts:
    """Walks once through the captures of a catalogue, in order; memory does not grow with their number."""

    def __init__(
        self, folder: Folder, catalogue: Catalogue, settings: Settings, sites: Sites, pool: ExtractionPool
    ) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._settings = settings
        self._sites = sites
        self._pool = pool
        self._seen = 0
        self._waiting: dict[Future[PageText], CaptureId] = {}
        self.problems: list[str] = []

    def pump(self) -> int:
        """Enter the texts that are there, hand out more work, and give the number still in work."""
        self._collect()
        room = _AHEAD * self._settings.extract.workers - len(self._waiting)
        if room > 0:
            newest = self._catalogue.last_capture()
            rows = self._catalogue.missing_texts(EXTRACTOR, VERSION, self._seen, room)
            for row in rows:
                self._submit(*row)
            if len(rows) < room:
                self._seen = newest
        return len(self._waiting)

    def finish(self) -> None:
        """Take out every missing text before returning."""
        while self.pump():
            wait(self._waiting, return_when=FIRST_COMPLETED)

    def wait(self, seconds: float) -> None:
        """Wait until a text is there, at most so many seconds."""
        if self._waiting:
            wait(self._waiting, timeout=seconds, return_when=FIRST_COMPLETED)
        else:
            time.sleep(seconds)

    def _submit(self, number: int, capture: str, warc: str, offset: int, url: str) -> None:
        self._seen = number
        task = TextTask(
            capture=CaptureId(capture),
            warc=str(self._folder.inside(warc)),
            offset=offset,
            url=url,
            selectors=self._sites.of(host_of(url)).selectors,
            max_decoded_bytes=self._settings.fetch.max_decoded_bytes,
        )
        self._waiting[self._pool.submit(task)] = task.capture

    def _collect(self) -> None:
        done = [future for future in self._waiting if future.done()]
        if not done:
            return
        with self._catalogue.batch():
            for future in done:
                capture = self._waiting.pop(future)
                try:
                    self._catalogue.add_text(future.result())
                except ExtractionError as error:
                    self._catalogue.add_doubt(capture, str(error))
                    self.problems.append(str(error))
