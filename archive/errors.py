"""Two roots of error; failing to fetch is neither, it is an outcome.

Every message is one plain sentence that says what, where and what to do next.
"""

from __future__ import annotations


class SaqtaError(Exception):
    """A failure that the user is told about in one sentence, without a traceback."""


class InputError(SaqtaError):
    """What was given is wrong (a report, an option, a setting): exit code 2."""


class ArchiveError(SaqtaError):
    """What is kept is damaged, held by another command, or cannot be written: exit code 1."""
