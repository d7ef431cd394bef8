"""The one exception of the recorder: an exchange that brought no readable answer."""

from __future__ import annotations

from archive.words import Failure


class ExchangeFailed(Exception):  # noqa: N818 - it is a result for the spider's errback, not a defect
    """Why there is no answer to show; ``message`` is one plain sentence without any secret."""

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(message)
        self.failure = failure
        self.message = message

    def __reduce__(self) -> tuple[type[ExchangeFailed], tuple[Failure, str]]:
        return type(self), (self.failure, self.message)
