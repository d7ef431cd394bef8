"""``--resolve HOST:PORT:ADDRESS[:PORT]``: the only way past the guard, and always labelled rehearsal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from archive.errors import InputError
from crawler.recorder.address import ascii_host

_RULE = re.compile(r"(\*|\[[^\[\]]+\]|[^:\[\]]+):(\d+):(\[[^\[\]]+\]|[^:\[\]]+)(?::(\d+))?", re.ASCII)
_NAME = re.compile(r"\*|[a-z0-9._:%-]+")
_SHAPE = "It is written HOST:PORT:ADDRESS[:PORT], with * for any host and an IPv6 address in brackets."


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolveRule:
    """Connections to ``host`` (``*`` for any) and ``port`` go to ``address`` and ``to_port`` instead."""

    host: str
    port: int
    address: str
    to_port: int


def parse_resolve_rule(text: str) -> ResolveRule:
    """Read one rule; raises InputError that says what is wrong with it."""
    match = _RULE.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{text!r} is no resolve rule. {_SHAPE}")
    host, port, address, to_port = match.groups()
    return ResolveRule(
        host=_host(host, text),
        port=_port(port, text),
        address=_address(address, text),
        to_port=_port(to_port or port, text),
    )


class ResolveTable:
    """The rules in force. A rule for the very host goes before ``*``, a later rule before an earlier one."""

    def __init__(self, rules: Iterable[ResolveRule]) -> None:
        self._rules = {(rule.host, rule.port): rule for rule in rules}

    def find(self, host: str, port: int) -> tuple[str, int] | None:
        """Give the address and port that a host, as `ascii_host` writes it, is mapped to."""
        rule = self._rules.get((host, port)) or self._rules.get(("*", port))
        return (rule.address, rule.to_port) if rule else None


def _host(text: str, rule: str) -> str:
    try:
        host = ascii_host(text)
        host = str(ip_address(host)) if ":" in host else host
    except ValueError as error:
        raise InputError(f"The host of the resolve rule {rule!r} is not a host name: {error}.") from error
    if _NAME.fullmatch(host) is None:
        raise InputError(f"The host of the resolve rule {rule!r} is not a host name. {_SHAPE}")
    return host


def _port(text: str, rule: str) -> int:
    port = int(text) if len(text) <= 5 else 0
    if not 1 <= port <= 65_535:
        raise InputError(f"The port {text} in the resolve rule {rule!r} is not between 1 and 65535.")
    return port


def _address(text: str, rule: str) -> str:
    bare = text[1:-1] if text.startswith("[") else text
    try:
        address = ip_address(bare)
    except ValueError as error:
        raise InputError(f"{bare!r} in the resolve rule {rule!r} is not an IP address. {_SHAPE}") from error
    if (address.version == 6) != text.startswith("["):
        raise InputError(f"Only an IPv6 address stands in brackets, unlike in {rule!r}. {_SHAPE}")
    return str(address)
