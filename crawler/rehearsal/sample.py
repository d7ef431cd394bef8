"""The sample report of the demonstration: a monitoring report with the defects that real ones have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archive.words import Outcome

SAMPLE_CLAIMS = 24
"""Paragraphs of the sample report, its title not counted; two of them cite nothing."""

_DATA = Path(__file__).with_name("data")
_O = Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleNote:
    """One footnote of the sample report as a careful reader understands it.

    ``url`` is the address to fetch first, None where the report has the mark and no note; ``defect``
    names what is wrong in print. ``outcome`` is what a plain request for ``url`` comes to.
    """

    label: str
    url: str | None
    outcome: Outcome | None = Outcome.CAPTURED
    defect: str | None = None


SAMPLE_NOTES: tuple[SampleNote, ...] = (
    SampleNote(
        label="1",
        url="https://rus.azattyq.org/a/kazakhstan-pavlodar--karasor-miners-stay-underground/33561207.html",
        defect="an en dash where the address has two hyphens",
    ),
    SampleNote(label="2", url="https://www.youtube.com/watch?v=Rq7vT2mKx0s", outcome=None),
    SampleNote(label="3", url="https://www.facebook.com/aisulu.taszhargan/posts/10231785526417301"),
    SampleNote(label="4", url="https://rus.azattyq.org/a/33562318.html"),
    SampleNote(label="5", url="https://www.facebook.com/groups/DalaMonitoring/posts/3412907718265511/"),
    SampleNote(label="6", url="https://orda.kz/pikaterov-v-almaty-otpustili-bez-protokola/"),
    SampleNote(label="7", url=None, outcome=None, defect="a mark without a note"),
    SampleNote(
        label="8",
        url="https://www.facebook.com/aisulu.taszhargan/posts/10231790018264093",
        defect="the scheme has lost its first letter",
    ),
    SampleNote(label="9", url="https://rus.azattyq.org/a/33564471.html", defect=".htm for .html"),
    SampleNote(
        label="10",
        url="https://acca.media/en/the-same-letter-another-date/",
        defect="a label without brackets",
    ),
    SampleNote(label="11", url="https://kz.media/archives/81264", defect="a tracking parameter"),
    SampleNote(
        label="12",
        url="https://www.facebook.com/permalink.php?story_fbid=2118540773092216&id=100081234567890",
        outcome=_O.LOGIN_WALL,
    ),
    SampleNote(
        label="13",
        url="https://vlast.kz/novosti/62417-v-taldykorgane-trebovania-zitelej-nazvali-prezdevremennymi.html",
    ),
    SampleNote(label="14", url="https://rus.azattyq.org/a/33562318.html", defect="the same source as note 4"),
    SampleNote(label="15", url="https://bureau.kz/", outcome=_O.NEEDS_REVIEW, defect="a front page"),
    SampleNote(
        label="16",
        url="https://www.facebook.com/groups/DalaMonitoring/posts/4461902257318845/",
        outcome=_O.UNAVAILABLE,
    ),
    SampleNote(label="17", url="http://www.adilsoz.kz/news/show/id/6120"),
    SampleNote(
        label="18",
        url="https://uralskweek.kz/news/zhiteli-uralska-prosyat-otmenit-snos/",
        outcome=_O.SOFT_404,
    ),
    SampleNote(
        label="19",
        url="https://ulysmedia.kz/news/20461-v-stolice-otkazali-v-provedenii-mitinga/",
        outcome=_O.CHALLENGE,
    ),
    SampleNote(label="20", url="https://www.azattyq.org/a/33565902.html"),
    SampleNote(label="21", url="https://tirek.info/?p=31207"),
    SampleNote(
        label="22",
        url="https://orda.kz/pikaterov-v-almaty-otpustili-bez-protokola/",
        defect="the same source as note 6, with a fragment",
    ),
)


def sample_report(ending: Literal["txt", "html"] = "txt") -> Path:
    """Give the path of the sample report inside the package, as plain text or as a WordPress page."""
    return _DATA / f"monitoring-2026-10.{ending}"
