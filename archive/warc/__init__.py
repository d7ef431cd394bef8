"""WARC 1.1: writing, reading and salvaging the files that hold the evidence."""
