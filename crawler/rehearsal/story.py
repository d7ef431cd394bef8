"""Stories for the rehearsal web: title, author, date and paragraphs, all from the hash of an address."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urlsplit

from crawler.rehearsal.addresses import bare_host, digest_of, identity
from crawler.rehearsal.words import VOCABULARIES, Vocabulary

T = TypeVar("T")

_LANGUAGES = {
    "azattyq.org": "kk",
    "youtube.com": "ru",
    "acca.media": "en",
}
_LANGUAGE_IN_PATH = re.compile(r"/(en|kk|kz|ru)/")
_DATE_IN_PATH = re.compile(r"/(20\d\d)/(0[1-9]|1[0-2])(?:/(0[1-9]|1\d|2[0-8]))?/")
_OLD_NEWS = 32_000_000
"""Newsroom articles below this number are of December 2021, the others of October 2026."""


class Picker:
    """Chooses by hash alone, so that every Python on every machine chooses the same."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0

    def below(self, limit: int) -> int:
        """Give a number from 0 to ``limit`` - 1."""
        self._count += 1
        return digest_of(f"{self._seed}#{self._count}") % limit

    def pick(self, items: Sequence[T]) -> T:
        """Give one of the items."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Give all the items in another order."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in items]


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One invented document; ``published`` is aware and in UTC, ``word`` stands in one paragraph only."""

    name: str
    language: str
    title: str
    author: str
    published: datetime
    paragraphs: tuple[str, ...]
    comments: tuple[str, ...]
    word: str

    @property
    def summary(self) -> str:
        """The first paragraph, cut as og:description is: never with the unique word."""
        first = self.paragraphs[0]
        return first if len(first) <= 160 else first[:157].rsplit(" ", 1)[0] + "…"


def unique_word(url: str) -> str:
    """Give the invented word that stands in the main text at this address, and on no other page."""
    return story_at(url).word


def story_at(url: str) -> Story:
    """Give the story that an address leads to; every spelling of the address gives the same one."""
    return story_named(identity(url), urlsplit(url).path)


def title_at(url: str) -> str:
    """Give the title of the story at an address, without making the story."""
    name = identity(url)
    return _title(name, VOCABULARIES[_language(name, urlsplit(url).path)])


@lru_cache(maxsize=512)
def story_named(name: str, path: str = "/") -> Story:
    """Make the story of a document's name; language and date may stand in its path."""
    pick = Picker(name)
    language = _language(name, path)
    words = VOCABULARIES[language]
    word = _invent(pick, words)
    published = _published(pick, name, path)
    return Story(
        name=name,
        language=language,
        title=_title(name, words),
        author=pick.pick(words.women + words.men),
        published=published,
        paragraphs=_paragraphs(pick, words, word),
        comments=tuple(pick.shuffled(words.comments)[:3]),
        word=word,
    )


def _language(name: str, path: str) -> str:
    host = bare_host(re.split(r"[:/]", name, maxsplit=1)[0])
    if match := _LANGUAGE_IN_PATH.match(path):
        return {"kz": "kk"}.get(match[1], match[1])
    if host == "facebook.com":
        return ("ru", "ru", "ru", "kk", "en")[digest_of(name) % 5]
    return _LANGUAGES.get(host, "ru")


def _published(pick: Picker, name: str, path: str) -> datetime:
    year, month, day = 2026, 10, 1 + pick.below(28)
    number = name.rpartition(":")[2]
    if "azattyq.org:" in name and int(number) < _OLD_NEWS:
        year, month = 2021, 12
    if match := _DATE_IN_PATH.match(path):
        year, month, day = int(match[1]), int(match[2]), int(match[3] or day)
    return datetime(year, month, day, 3 + pick.below(14), pick.below(60), tzinfo=UTC)


def _paragraphs(pick: Picker, words: Vocabulary, word: str) -> tuple[str, ...]:
    count = 4 + pick.below(9)
    deck: list[str] = []
    paragraphs = []
    for _ in range(count):
        wanted = 2 + pick.below(2)
        if len(deck) < wanted:
            deck = pick.shuffled(words.sentences)
        chosen, deck = deck[:wanted], deck[wanted:]
        paragraphs.append(" ".join(_fill(sentence, pick, words) for sentence in chosen))
    # never in the first paragraph, which og:description repeats
    place = 1 + pick.below(count - 1)
    paragraphs[place] += " " + pick.pick(words.marks).replace("{word}", word)
    return tuple(paragraphs)


def _title(name: str, words: Vocabulary) -> str:
    pick = Picker(f"{name} title")
    return _fill(pick.pick(words.titles), pick, words)


def _fill(sentence: str, pick: Picker, words: Vocabulary) -> str:
    makers: dict[str, Callable[[], str]] = {
        "man": lambda: pick.pick(words.men),
        "woman": lambda: pick.pick(words.women),
        "city": lambda: pick.pick(words.cities),
        "place": lambda: pick.pick(words.places),
        "date": lambda: f"{1 + pick.below(28)} {pick.pick(words.months)}",
        "n": lambda: str(3 + pick.below(90)),
    }
    for name, make in makers.items():
        if f"{{{name}}}" in sentence:
            sentence = sentence.replace(f"{{{name}}}", make())
    return sentence


def _invent(pick: Picker, words: Vocabulary) -> str:
    syllables = [pick.pick(words.consonants) + pick.pick(words.vowels) for _ in range(5)]
    return "".join(syllables) + pick.pick(words.consonants)
