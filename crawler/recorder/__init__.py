"""The only part that touches the network; it keeps the exact bytes of both directions."""
