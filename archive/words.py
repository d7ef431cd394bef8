"""The words that the code, the database and the pages share.

Each enumeration here is also a CHECK constraint in the catalogue; one test says that both are equal.
"""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What one attempt at one URL came to. Only ``captured`` counts as archived."""

    CAPTURED = "captured"
    NEEDS_REVIEW = "needs_review"
    EMPTY = "empty"
    LOGIN_WALL = "login_wall"
    CONSENT_WALL = "consent_wall"
    PAYWALL = "paywall"
    CHALLENGE = "challenge"
    GEO_BLOCKED = "geo_blocked"
    NETWORK_BLOCKED = "network_blocked"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    SOFT_404 = "soft_404"
    GONE = "gone"
    SERVER_ERROR = "server_error"
    REDIRECTED_HOME = "redirected_home"
    DNS_FAILED = "dns_failed"
    CONNECT_FAILED = "connect_failed"
    TLS_FAILED = "tls_failed"
    TIMED_OUT = "timed_out"
    TRUNCATED = "truncated"
    REFUSED_UNSAFE = "refused_unsafe"
    REFUSED_ROBOTS = "refused_robots"
    UNSUPPORTED = "unsupported"


class Means(StrEnum):
    """How an attempt reaches a page."""

    WIRE = "wire"
    BROWSER = "browser"
    ARCHIVE_COPY = "archive-copy"


class Method(StrEnum):
    """How the evidence of a capture came to us, as the status and the pages name it."""

    WIRE = "wire"
    BROWSER = "browser"
    IMPORT = "import"
    THIRD_PARTY = "third_party"


class Kind(StrEnum):
    """What a capture is for."""

    PAGE = "page"
    ROBOTS = "robots"
    PROBE = "probe"
    IMPORT = "import"


class Role(StrEnum):
    """What one exchange is within its capture."""

    PAGE = "page"
    REDIRECT = "redirect"
    ROBOTS = "robots"
    REQUISITE = "requisite"
    PROBE = "probe"


class Truncation(StrEnum):
    """Why a block is shorter than the message was (WARC 1.1, section 5.13)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


class Failure(StrEnum):
    """Why an exchange has no whole answer, as the recorder saw it."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    CONNECT_TIMEOUT = "connect_timeout"
    HANDSHAKE = "handshake"
    TIMEOUT = "timeout"
    DISCONNECTED = "disconnected"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    UNSAFE = "unsafe"
    PROXY = "proxy"


class TlsVerdict(StrEnum):
    """What became of the check of the certificate chain that the server sent."""

    VALID = "valid"
    INVALID = "invalid"
    UNCHECKED = "unchecked"
    NONE = "none"


class RobotsPolicy(StrEnum):
    """What robots.txt means for a cited page."""

    RECORD = "record"
    OBEY = "obey"


class FootnoteKind(StrEnum):
    """Where a citation stood in the report."""

    NOTE = "note"
    INLINE = "inline"
    LIST = "list"
    MARK = "mark"


class EventType(StrEnum):
    """The events that the ledger knows."""

    ARCHIVE_CREATED = "archive_created"
    REPORT_READ = "report_read"
    RUN_STARTED = "run_started"
    CAPTURE_SEALED = "capture_sealed"
    CAPTURE_SALVAGED = "capture_salvaged"
    RUN_ENDED = "run_ended"
    SETTINGS_CHANGED = "settings_changed"


class JobState(StrEnum):
    """Where a job stands in the queue of the command that made it."""

    QUEUED = "queued"
    IN_HAND = "in_hand"
    DONE = "done"


class AttemptKind(StrEnum):
    """What an attempt is within its visit."""

    FIRST = "first"
    RETRY = "retry"
    CANDIDATE = "candidate"
