"""From a report file to claims and footnotes."""
