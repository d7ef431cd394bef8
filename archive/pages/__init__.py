"""The Datasette pages."""
