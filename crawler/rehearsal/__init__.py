"""A web of its own on this machine, for the demonstration and the tests."""
