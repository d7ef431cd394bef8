"""News pages that look real to a compressor and to an HTML parser, the same ones in every run.

Words follow Zipf's law over made-up Russian and Kazakh syllables, so that zlib at level 6 makes a page
of 200 kB about 0.23 of its size, as it does with pages of news sites.
"""

from __future__ import annotations

from itertools import accumulate
from random import Random

_SOUNDS = "бавегадежизакалеманепорасатеулфехацачашаыныказаланаселеротөзұлңықа"
_SYLLABLES = [_SOUNDS[at : at + 2] for at in range(0, len(_SOUNDS), 2)]
_WORDS = 40_000
ARTICLE_SHARE = 0.3
"""The article's part of a small page; the rest is navigation, teasers and scripts."""
LONGEST_ARTICLE = 9_000
MARK = b"@@@@@@@@"
"""Stands wherever a page names its own number; as long as any number that is put in."""


class Writer:
    """Writes pages; the same seed writes the same pages."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)
        self._words = [self._make_word() for _ in range(_WORDS)]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(_WORDS)))

    def page(self, size: int) -> bytes:
        """Write a page of about `size` bytes with `MARK` in its title and its canonical address."""
        mark = MARK.decode()
        parts = [
            '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8">',
            f"<title>{self._sentence()} №{mark}</title>",
            f'<meta name="description" content="{self._sentence()}">',
            f'<link rel="canonical" href="/a/{mark}.html"></head><body><nav><ul>',
            *(self._menu_item(number) for number in range(24)),
            f"</ul></nav><main><article><h1>{self._sentence()}</h1>",
        ]
        article = min(LONGEST_ARTICLE, int(size * ARTICLE_SHARE))
        while article > 0:
            parts.append(f"<p>{' '.join(self._sentence() for _ in range(self._random.randint(2, 5)))}</p>")
            article -= len(parts[-1].encode())
        parts.append("</article></main><aside>")
        left = size - len("".join(parts).encode())
        while left > 0:
            parts.append(self._script() if self._random.random() < 0.3 else self._teaser())
            left -= len(parts[-1].encode())
        return "".join([*parts, "</aside><footer><p>© 2021</p></footer></body></html>"]).encode()

    def _make_word(self) -> str:
        return "".join(self._random.choices(_SYLLABLES, k=self._random.choice((1, 2, 2, 3, 3, 4))))

    def _sentence(self) -> str:
        words = self._random.choices(self._words, cum_weights=self._weights, k=self._random.randint(6, 20))
        return " ".join(words).capitalize() + "."

    def _menu_item(self, number: int) -> str:
        target = self._random.randint(100, 99_999)
        link = f'<a data-n="{number}" href="/z/{target}.html">{self._words[target % 300]}</a>'
        return f'<li class="menu-item lvl-1">{link}</li>'

    def _teaser(self) -> str:
        bits = self._random.getrandbits
        return (
            f'<div class="media-block" data-id="{bits(48):x}"><a class="img-wrap" href="/a/{bits(26)}.html">'
            f'<img data-src="https://gdb.example.org/{bits(96):x}_w408_r1.jpg" alt=""></a>'
            f'<h4 class="media-block__title">{self._sentence()}</h4>'
            f'<span class="date">{self._random.randint(1, 28)} декабря</span></div>'
        )

    def _script(self) -> str:
        bits = self._random.getrandbits
        return f'<script>(window.cfg=window.cfg||[]).push({{"id":{bits(40)},"w":"{bits(64):x}"}});</script>'
