"""The settings of one archive, read from its ``saqta.toml``; every default has its reason beside it."""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec.structs import replace

from archive.errors import InputError
from archive.record import Record, to_json
from archive.words import RobotsPolicy

Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
_LOGIN = re.compile(r"//\$([A-Z_][A-Z0-9_]*)@")
Bytes = Annotated[int, msgspec.Meta(ge=1_024, le=1 << 40)]


class Fetch(Record, frozen=True, kw_only=True):
    """How pages are asked for."""

    delay: Seconds = 1.0
    """Seconds between the starts of two page loads of one host: what a quick reader does."""
    connect_timeout: Seconds = 15.0
    """Seconds until a connection must stand: a healthy server needs under 3, a far one under 10."""
    answer_timeout: Seconds = 60.0
    """Seconds until the whole answer must be there: a 10 MB page on a 2 Mbit/s line takes 40."""
    max_bytes: Bytes = 100_000_000
    """Bytes of one answer that are kept; scanned PDF reports reach 80 MB."""
    max_decoded_bytes: Bytes = 200_000_000
    """Bytes that an answer may unpack to before it counts as a decompression bomb."""
    max_redirects: Count = 20
    """Redirects that are followed in one capture; browsers stop at 20."""
    retries: Count = 2
    """Further attempts after a failure that may pass; a third one rarely changes the answer."""
    retry_wait: Seconds = 30.0
    """Seconds before the first retry, doubled for each further one."""
    retry_after_limit: Seconds = 600.0
    """Longest Retry-After that is waited for in one run; a longer one is left to the next run."""
    failures_before_put_off: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    """Connection failures in a row after which a host is put off to the end of the run."""
    workers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 2
    """Crawl processes side by side; politeness, not the processor, is the limit of a report."""
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=512)] = 64
    """Hosts that one crawl process asks at the same time."""
    chunk: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 250
    """Jobs that one crawl process takes; starting a process costs about 2 seconds."""
    robots: RobotsPolicy = RobotsPolicy.RECORD
    """``record`` fetches a cited page as a reader would and keeps what robots.txt says; ``obey`` refuses."""
    contact: Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]{1,200}$")] | None = None
    """An address that sites see in the User-Agent (plain characters); none is told unless you set it."""


class Store(Record, frozen=True, kw_only=True):
    """How captures are written."""

    compression: Annotated[int, msgspec.Meta(ge=1, le=9)] = 6
    """Level of zlib-ng; 6 is within 0.5 % of the size of 9 at a third of the time."""


class Extract(Record, frozen=True, kw_only=True):
    """How text is taken out of pages."""

    workers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1
    """Extraction processes; one reads 20 pages a second, more than a polite crawl brings."""
    timeout: Seconds = 60.0
    """Seconds for one page; the slowest real page took 4."""
    memory_mb: Annotated[int, msgspec.Meta(ge=256, le=65_536)] = 2_048
    """Address space of an extraction process in MB."""


class People(Record, frozen=True, kw_only=True):
    """Who runs the tool; written into a record of its own, which an export may leave out."""

    operator: str | None = None
    """The person who captures; a certificate names them, and nobody is named unless you set it."""
    organisation: str | None = None
    """The organisation they act for; not named unless you set it."""


class Serve(Record, frozen=True, kw_only=True):
    """How the pages are served."""

    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 8001
    """Datasette's own default port."""


class Settings(Record, frozen=True, kw_only=True):
    """All settings of an archive in force."""

    fetch: Fetch = Fetch()
    store: Store = Store()
    extract: Extract = Extract()
    people: People = People()
    serve: Serve = Serve()
    proxies: dict[str, str] = msgspec.field(default_factory=dict)
    """Host (its subdomains included) to proxy: ``"rus.azattyq.org" = "socks5://127.0.0.1:9050"``.
    A user and password stand in an environment variable: ``"socks5://$PROXY_LOGIN@127.0.0.1:1080"``."""

    @property
    def without_people(self) -> Settings:
        """Give the settings as the closing record and their hash have them."""
        return replace(self, people=People())

    @property
    def sha256(self) -> str:
        """Name these settings, without the people, by the hash of their canonical JSON."""
        return hashlib.sha256(to_json(self.without_people)).hexdigest()


def load_settings(path: Path) -> Settings:
    """Read ``saqta.toml``; raises InputError that names the file, the place and the nearest known key."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read ({error}); save it as UTF-8 text.") from error
    try:
        return parse_settings(text)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def parse_settings(text: str) -> Settings:
    """Read the text of a settings file; raises InputError."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}.") from error
    _refuse_unknown(values, Settings, "")
    try:
        settings = msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise InputError(f"{error}.") from error
    for host, proxy in settings.proxies.items():
        _refuse_secret(host, proxy)
    return settings


def proxies_with_logins(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """Put the logins from the environment into the proxies; raises InputError where one is missing."""
    return {host: _with_login(proxy, environment) for host, proxy in settings.proxies.items()}


def _with_login(proxy: str, environment: Mapping[str, str]) -> str:
    match = _LOGIN.search(proxy)
    if match is None:
        return proxy
    if match[1] not in environment:
        raise InputError(f"the proxy {proxy} needs the environment variable {match[1]} (user:password).")
    return proxy.replace(match[0], f"//{environment[match[1]]}@")


def _refuse_secret(host: str, proxy: str) -> None:
    if "@" in proxy and not _LOGIN.search(proxy):
        raise InputError(
            f'the proxy of {host} holds a login, and this file is part of the archive: put "user:password" '
            "into an environment variable and write its name, as in socks5://$PROXY_LOGIN@127.0.0.1:1080."
        )


def describe_settings() -> Iterator[tuple[str, object]]:
    """Give every setting as ``section.key`` with its default, in the order of the documentation."""
    for section, value in msgspec.structs.asdict(Settings()).items():
        if isinstance(value, Record):
            for key, default in msgspec.structs.asdict(value).items():
                yield f"{section}.{key}", default
        else:
            yield section, value


def _refuse_unknown(values: dict[str, Any], kind: type[Record], place: str) -> None:
    known = get_type_hints(kind)
    for key, value in values.items():
        if key not in kind.__struct_fields__:
            near = difflib.get_close_matches(key, kind.__struct_fields__, n=1)
            names = ", ".join(kind.__struct_fields__)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known are: {names}."
            raise InputError(f"the setting {place + key!r} is not known. {hint}")
        section = known[key]
        if isinstance(section, type) and issubclass(section, Record) and isinstance(value, dict):
            _refuse_unknown(value, section, f"{place}{key}.")
