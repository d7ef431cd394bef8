"""Date, date range and place at the head of a claim, in three languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reports.claims import Period, dateline, period_of

YEAR = Period(years=(2020,), first_month=5)


@pytest.mark.parametrize(
    ("text", "date", "end", "place"),
    [
        ("On May 1, in Aktau, the choir sang", "2020-05-01", None, "Aktau"),
        ("May 2, Semey, “a quotation", "2020-05-02", None, "Semey"),
        ("14 May, Semey, lindens were planted", "2020-05-14", None, "Semey"),
        ("On May 2-3, the ministry met", "2020-05-02", "2020-05-03", None),
        ("From May 30 to June 2, in Aktau, it rained", "2020-05-30", "2020-06-02", "Aktau"),
        ("On 6th November 2019, the region", "2019-11-06", None, None),
        ("On the 21st of October 2019, in Oral city, it", "2019-10-21", None, "Oral city"),
        ("May 15 in Almaty, the band", "2020-05-15", None, "Almaty"),
        ("\xa0On May 6, in Aksu, Pavlodar region, a bridge", "2020-05-06", None, "Aksu, Pavlodar region"),
        ("On May 7, in Nur-Sultan city, readers", "2020-05-07", None, "Nur-Sultan city"),
        ("On May 8, Brown, Mayor of Aktau, said", "2020-05-08", None, None),
        ("On May 9, MEP Brown said in Aktau", "2020-05-09", None, None),
        ("1 мая в Алматы прошёл концерт", "2020-05-01", None, "Алматы"),
        ("2–3 мая 2021 года в городе Актау пели", "2021-05-02", "2021-05-03", "Актау"),
        ("30 декабря – 2 января в Семее", "2020-12-30", "2021-01-02", "Семее"),
        ("5 мая, Уральск. Хор пел", "2020-05-05", None, None),
        ("5 мая, Уральск, хор пел", "2020-05-05", None, "Уральск"),
        ("01.05.2020 г. в г. Атырау рыбаки", "2020-05-01", None, "Атырау"),
        ("1 мамырда Алматы қаласында хор ән айтты", "2020-05-01", None, "Алматы"),
        ("2021 жылғы 2 мамырда Ақтауда", "2021-05-02", None, "Ақтау"),
        ("2021 жылғы 2 мамырда Ақтауда хор ән айтты", "2021-05-02", None, "Ақтау"),
        ("3 желтоқсан күні Семейде көшет отырғызылды", "2020-12-03", None, "Семей"),
        ("2020-05-01, Aktau, the choir", "2020-05-01", None, "Aktau"),
    ],
)
def test_a_dateline_is_read(text, date, end, place):
    """The lead date and the place stand where newspapers put them."""
    line = dateline(text, YEAR)
    assert line is not None
    assert (line.date, line.date_end, line.place) == (date, end, place)


@pytest.mark.parametrize(
    "text",
    [
        "The choir sang on May 1",
        "May 2020 was warm",
        "14 activists met",
        "31 February, the calendar failed",
        "On May 32, the calendar failed",
        "Maybe 12 came",
        "13.45 tenge were paid",
        "",
    ],
)
def test_what_only_looks_like_a_date_is_none(text):
    """A number beside a word, or a day that no calendar has, dates nothing."""
    assert dateline(text, YEAR) is None


def test_without_any_year_the_date_says_so():
    """--05-14 is a day whose year nobody printed; 29 February exists in some year."""
    assert dateline("14 May, a list", Period()).date == "--05-14"
    assert dateline("29 February, a leap", Period()).date == "--02-29"
    assert dateline("29 February, a leap", Period(years=(2021,))) is None


@pytest.mark.parametrize(
    ("title", "month", "year"),
    [
        ("Monitoring from May 1 to May 31, 2020", 5, 2020),
        ("Мониторинг за декабрь 2021 года", 12, 2021),
        ("From December 2020 to January 2021", 12, 2020),
        ("From December 2020 to January 2021", 1, 2021),
        ("2018, 2020 and 2021 compared", 1, None),
        ("A title", 1, None),
    ],
)
def test_the_year_comes_from_the_title(title, month, year):
    """A period over New Year gives each month its own year; an open one gives none."""
    assert period_of(title).year_of(month) == year


@given(st.text())
def test_any_text_can_be_asked_for_a_date(text):
    """Nothing raises on arbitrary text."""
    dateline(text, YEAR)
    period_of(text)
