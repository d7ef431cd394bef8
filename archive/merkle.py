"""Merkle trees as in RFC 9162 (Certificate Transparency 2.0), section 2.1."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def leaf_hash(data: bytes) -> bytes:
    """Hash one entry: SHA-256 over 0x00 and the entry (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees: SHA-256 over 0x01 and both hashes (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """Give the root over leaf hashes in order; of none, the hash of nothing (section 2.1.1).

    Keeps one hash per level, so that memory does not grow with the number of entries.
    """
    levels: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, value = 1, leaf
        while levels and levels[-1][0] == size:
            value = node_hash(levels.pop()[1], value)
            size *= 2
        levels.append((size, value))
    if not levels:
        return hashlib.sha256(b"").digest()
    root = levels.pop()[1]
    while levels:
        root = node_hash(levels.pop()[1], root)
    return root
