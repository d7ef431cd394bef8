"""Merkle roots are those of RFC 9162, computed here a second time without our code."""

from __future__ import annotations

import hashlib
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.merkle import leaf_hash, node_hash, tree_root

# The entries and roots of the reference implementation of Certificate Transparency.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(entries: list[bytes]) -> bytes:
    """Section 2.1.1, word for word: D[n] is split at the largest power of two smaller than n."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(entries[:k]) + naive_root(entries[k:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_reference_implementation(size):
    """The first n entries have the published root, also by the naive reading of the standard."""
    entries = ENTRIES[:size]
    assert tree_root(map(leaf_hash, entries)).hex() == naive_root(entries).hex() == ROOTS[size]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_computes_the_same_root():
    """A stranger gets the root of three entries with nothing but openssl."""

    def digest(data: bytes) -> bytes:
        command = ["openssl", "dgst", "-sha256", "-binary"]
        return subprocess.run(command, input=data, capture_output=True).stdout

    one, two, three = (digest(b"\x00" + entry) for entry in (b"one", b"two", b"three"))
    root = digest(b"\x01" + digest(b"\x01" + one + two) + three)
    assert tree_root(map(leaf_hash, (b"one", b"two", b"three"))) == root


@settings(deadline=None)
@given(entries=st.lists(st.binary(max_size=40), max_size=70))
def test_any_list_has_the_root_of_the_standard(entries):
    """The root that grows entry by entry is the one that the recursive definition gives."""
    assert tree_root(map(leaf_hash, entries)) == naive_root(entries)


@settings(deadline=None)
@given(entries=st.lists(st.binary(max_size=8), min_size=2, max_size=20, unique=True), data=st.data())
def test_the_order_is_part_of_the_root(entries, data):
    """Two entries exchanged give another root."""
    one, two = data.draw(
        st.lists(st.integers(0, len(entries) - 1), min_size=2, max_size=2, unique=True), label="places"
    )
    swapped = list(entries)
    swapped[one], swapped[two] = swapped[two], swapped[one]
    assert tree_root(map(leaf_hash, swapped)) != tree_root(map(leaf_hash, entries))


def test_a_node_does_not_pass_for_an_entry():
    """The prefixes keep an inner node from being shown as an entry (second preimage)."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert tree_root([left, right]) != leaf_hash(left + right)
    assert node_hash(left, right) != node_hash(right, left)


def test_an_entry_said_twice_is_two_entries():
    """A list does not have the root of the same list with its last entry repeated."""
    leaves = [leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")]
    assert tree_root(leaves) != tree_root([*leaves, leaves[-1]])
