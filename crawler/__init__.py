"""What fetches: reads reports, decides what is due, moves bytes, judges outcomes."""
