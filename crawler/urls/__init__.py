"""Addresses: found in print, repaired by named rules, given a key."""
