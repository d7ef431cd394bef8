"""``python -m crawler.cli``: the same as ``saqta``."""

from crawler.cli import main

main()
