"""Which hosts a run leaves alone just now: those that do not answer, and those that asked to wait."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from enum import StrEnum

from archive.words import Failure
from crawler.feed import NO_CONNECTION


class Standing(StrEnum):
    """Where a host stands that did not answer often enough."""

    PUT_OFF = "put_off"
    LAST_CHANCE = "last_chance"
    GIVEN_UP = "given_up"


class Hosts:
    """Put off after `patience` failures in a row, tried once more at the end, then given up for the run."""

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self._failures: dict[str, int] = {}
        self._standing: dict[str, Standing] = {}
        self._held: dict[str, datetime] = {}

    def answered(self, host: str, failure: Failure | None) -> bool:
        """Count an attempt, and say whether the host is put off from now on."""
        if failure not in NO_CONNECTION:
            self._failures[host] = 0
            return False
        self._failures[host] = self._failures.get(host, 0) + 1
        if self._standing.get(host) is Standing.LAST_CHANCE:
            self._standing[host] = Standing.GIVEN_UP
        elif self._failures[host] >= self._patience and host not in self._standing:
            self._standing[host] = Standing.PUT_OFF
            return True
        return False

    def hold(self, host: str, until: datetime) -> None:
        """Leave a host alone until a moment, as it asked (Retry-After)."""
        self._held[host] = until

    def excluded(self, moment: datetime) -> set[str]:
        """Give the hosts that get no job at a moment."""
        held = {host for host, until in self._held.items() if until > moment}
        silent = {host for host, standing in self._standing.items() if standing is not Standing.LAST_CHANCE}
        return held | silent

    def waited_for(self, waiting: Container[str], moment: datetime) -> bool:
        """Say whether the only thing to do for one of the waiting hosts is to wait."""
        return any(
            until > moment and host in waiting and host not in self._standing
            for host, until in self._held.items()
        )

    def give_last_chance(self, waiting: Container[str]) -> bool:
        """Let the hosts that were put off have one more attempt; False where there is none."""
        again = [
            host
            for host, standing in self._standing.items()
            if standing is Standing.PUT_OFF and host in waiting
        ]
        self._standing.update(dict.fromkeys(again, Standing.LAST_CHANCE))
        return bool(again)

    @property
    def silent(self) -> list[str]:
        """Give the hosts whose last attempt found nobody, in order."""
        return sorted(host for host, failures in self._failures.items() if failures)

    @property
    def impatience(self) -> dict[str, int]:
        """Give the hosts on their last chance, each with the one failure that is borne."""
        return {host: 1 for host, standing in self._standing.items() if standing is Standing.LAST_CHANCE}
