"""The base of every value that is written to disk as JSON or handed between processes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from archive.times import in_utc, iso

T = TypeVar("T")


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen record with named fields; refuses unknown fields when read and naive times when made."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, datetime):
                msgspec.structs.force_setattr(self, name, in_utc(value))


def to_plain(value: Any) -> Any:
    """Turn records, enums and times into what `json` knows; times as `archive.times.iso` writes them."""
    return _times_as_text(msgspec.to_builtins(value, builtin_types=(datetime,)))


def to_json(value: Any) -> bytes:
    """Write canonical JSON: sorted keys, no spaces, UTF-8, no line end.

    The same value always gives the same bytes. It is not RFC 8785, which writes 1.0 as 1.
    """
    return msgspec.json.encode(to_plain(value), order="sorted")


def _times_as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return {key: _times_as_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_times_as_text(item) for item in value]
    return value


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Read one JSON value as `kind`; raises msgspec.ValidationError, which names the place."""
    return msgspec.json.decode(data, type=kind)
