"""What a claim says of itself: its date, the end of its date range, its place; and the report's year.

English, Russian and Kazakh datelines: "On December 2-3, in Almaty, …", "14 December, …",
"2–3 декабря 2021 года в Алматы …", "2021 жылғы 1 желтоқсанда Алматы қаласында …".
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

_MONTHS = (
    "january|jan|январ[ьяе]|янв|қаңтар",
    "february|feb|феврал[ьяе]|фев|ақпан",
    "march|mar|март[ае]?|наурыз",
    "april|apr|апрел[ьяе]|апр|сәуір",
    "may|ма[йяе]|мамыр",
    "june|jun|июн[ьяе]|маусым",
    "july|jul|июл[ьяе]|шілде",
    "august|aug|август[ае]?|авг|тамыз",
    "september|sept|sep|сентябр[ьяе]|сент|қыркүйек",
    "october|oct|октябр[ьяе]|окт|қазан",
    "november|nov|ноябр[ьяе]|нояб?|қараша",
    "december|dec|декабр[ьяе]|дек|желтоқсан",
)
_KAZAKH_CASE = r"(?:ы|і|да|де|та|те|ында|інде|ның|нің|дың|дің|тың|тің|нан|нен|дан|ден|тан|тен|ға|ге|қа|ке)?"
_MONTH = rf"(?:{'|'.join(_MONTHS)}){_KAZAKH_CASE}(?!\w)\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th|-?(?:го|е|ші|шы|і|ы)(?!\w))?"
_TO = r"\s{0,2}(?:[-–—]|to|and|until|до|по|и|және|мен)\s{0,2}(?:the\s)?"
_YEAR = r"(?:19|20)\d{2}"
_AFTER_YEAR = r"(?:\s?(?:года?|г\.|г(?!\w)|жыл\w{0,5}|ж\.))?"
_BULLET = r"\s{0,9}(?:[•*–—-]\s{1,3}|\d{1,3}[.)]\s{1,3})?"
_START = _BULLET + r"(?P<on>(?:on|from|since|by|с|со|до|к)\s{1,3})?(?:the\s{1,3})?"

# December 1 | December 2-3 | December 30 - January 2
_MONTH_FIRST = (
    rf"(?P<m>{_MONTH})\s{{1,3}}(?P<d>{_DAY})(?!\w)"
    rf"(?:{_TO}(?P<m_end>{_MONTH})?\s{{0,3}}(?P<d_end>{_DAY})(?!\w))?(?:,?\s{{0,3}}(?P<y>{_YEAR})(?!\w))?"
)
# 14 December | 2–3 декабря 2021 года | 30 декабря – 2 января | 1 желтоқсанда
_DAY_FIRST = (
    rf"(?P<d>{_DAY})(?:{_TO}(?P<d_same>{_DAY}))?\s{{1,3}}(?:of\s)?(?P<m>{_MONTH})"
    rf"(?:{_TO}(?P<d_end>{_DAY})\s{{1,3}}(?P<m_end>{_MONTH}))?"
    rf"(?:,?\s{{0,3}}(?P<y>{_YEAR})(?!\w){_AFTER_YEAR})?"
)
# 2021 жылғы 1 желтоқсанда | 2021 жылдың 2-3 желтоқсаны
_YEAR_FIRST = (
    rf"(?P<y>{_YEAR})\s?жыл\w{{0,5}}\s{{1,3}}(?P<d>{_DAY})(?:{_TO}(?P<d_end>{_DAY}))?\s{{1,3}}(?P<m>{_MONTH})"
)
# 01.12.2021 | 1.12.
_DOTTED = rf"(?P<d>\d{{1,2}})\.(?P<m_number>\d{{1,2}})(?:\.(?P<y>{_YEAR})(?!\w){_AFTER_YEAR}|\.(?=\s|,))"
# 2021-12-01
_ISO = rf"(?P<y>{_YEAR})-(?P<m_number>\d{{2}})-(?P<d>\d{{2}})(?!\w)"

_LEADS = tuple(
    re.compile(_START + form, re.IGNORECASE)
    for form in (_MONTH_FIRST, _DAY_FIRST, _YEAR_FIRST, _DOTTED, _ISO)
)
_MONTH_NUMBERS = tuple(re.compile(rf"(?:{names})", re.IGNORECASE) for names in _MONTHS)

_WORD = r"[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w’'ʼ`]*(?:-[\w’'ʼ`]+)*"
_NAME = rf"{_WORD}(?:\s{_WORD}){{0,3}}"
_KIND = (
    "city|town|village|settlement|region|district|oblast|Oblast|province"
    "|области|область|районе|район|қаласы|облысы|ауданы"
)
_PART = rf"{_NAME}(?:\s(?:{_KIND}))?"
_WIDER = rf"{_NAME}\s(?:{_KIND})"
_IN = re.compile(
    rf"(?:in|at|В|в|во|Во)\s(?:the\s)?(?:(?:г\.|гор\.|городе|город|селе|с\.|посёлке|поселке|пос\.|п\.|ауле"
    rf"|city\sof|village\sof)\s?)?(?P<place>{_PART}(?:,\s{_WIDER}){{0,2}})"
)
_BARE = re.compile(rf"(?P<place>{_NAME}(?:\s(?:{_KIND}))?(?:,\s{_WIDER})?)(?=[,:])")
_KAZAKH = re.compile(
    rf"(?:күн[іи]\s)?(?P<place>{_NAME})(?:\s(?:қаласында|ауылында|облысында|ауданында)|(?<=\w)[дт][ае](?!\w))"
)
_GAP = re.compile(r"[\s,:;–—-]{0,6}")
_TITLE_YEAR = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_TITLE_MONTH = re.compile(_MONTH, re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """The date and place at the head of a claim, as `archive.report.Claim` writes them."""

    date: str
    date_end: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The years that a title names, and its first month: enough to date a day without a year."""

    years: tuple[int, ...] = ()
    first_month: int = 0

    def year_of(self, month: int) -> int | None:
        """Give the year of a month of this period; None where the title leaves it open."""
        if len(self.years) == 1:
            return self.years[0]
        if len(self.years) == 2 and self.years[1] == self.years[0] + 1 and self.first_month:
            return self.years[0] if month >= self.first_month else self.years[1]
        return None


def period_of(title: str) -> Period:
    """Read the period off a title such as "from December 1 to December 31, 2021"."""
    years = tuple(sorted({int(year) for year in _TITLE_YEAR.findall(title)}))
    month = _TITLE_MONTH.search(title)
    return Period(years=years, first_month=_month_number(month[0]) if month else 0)


def has_dateline(text: str) -> bool:
    """Say whether a paragraph starts with a date."""
    return dateline(text, Period()) is not None


def dateline(text: str, period: Period) -> Dateline | None:
    """Read date and place off the head of a paragraph; None where it starts with no date.

    A date without a year, neither printed nor in the title, is written ``--12-14``. A date that no
    calendar has is none.
    """
    head = text.strip()[:400]
    for lead in _LEADS:
        match = lead.match(head)
        if match is not None:
            break
    else:
        return None
    parts = match.groupdict()
    month = int(parts.get("m_number") or 0) or _month_number(parts.get("m") or "")
    day = _day(parts["d"])
    year = int(parts.get("y") or 0) or period.year_of(month)
    if not _exists(year, month, day):
        return None
    return Dateline(
        date=_iso(year, month, day),
        date_end=_end(parts, year, month, day),
        place=_place(head[match.end() :], bool(parts["on"])),
    )


def _end(parts: dict[str, str | None], year: int | None, month: int, day: int) -> str | None:
    printed = parts.get("d_end") or parts.get("d_same")
    if not printed:
        return None
    last_month = _month_number(parts.get("m_end") or "") or month
    last_year = year + 1 if year and last_month < month else year
    last = _day(printed)
    is_later = last_month != month or last > day
    return _iso(last_year, last_month, last) if is_later and _exists(last_year, last_month, last) else None


def _place(rest: str, has_preposition: bool) -> str | None:
    rest = rest[_GAP.match(rest).end() :]  # type: ignore[union-attr]
    forms = (_IN, _KAZAKH) if has_preposition else (_IN, _KAZAKH, _BARE)
    for form in forms:
        match = form.match(rest)
        if match is not None:
            return match["place"]
    return None


def _month_number(name: str) -> int:
    return next((n for n, names in enumerate(_MONTH_NUMBERS, 1) if names.match(name)), 0)


def _day(printed: str) -> int:
    return int(re.sub(r"\D", "", printed))


def _exists(year: int | None, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year or 2000, month)[1]


def _iso(year: int | None, month: int, day: int) -> str:
    return f"{year:04d}-{month:02d}-{day:02d}" if year else f"--{month:02d}-{day:02d}"
