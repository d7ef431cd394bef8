"""The catalogue in SQLite: an index that can always be rebuilt from what is kept."""
