from __future__ import annotations

import pytest

from analyst.result import Kind, ResultColumn, ResultSet
from analyst.wording import numbers_hold


def result(columns: dict[str, Kind], *rows: tuple[object, ...], count: int | None = None) -> ResultSet:
    return ResultSet(
        columns=tuple(ResultColumn(name=n, kind=k) for n, k in columns.items()),
        rows=rows,
        row_count=len(rows) if count is None else count,
    )


TOTAL = result({"flights": Kind.INTEGER}, (336776,))
MEAN = result({"avg_dep_delay": Kind.DECIMAL}, ("12.6390704686832354",))
SHARE = result({"share": Kind.NUMBER}, (0.3412,))
PERCENT = result({"pct_delayed": Kind.NUMBER}, (34.12,))
UNNAMED = result({"x": Kind.NUMBER}, (0.3412,))
AIRLINES = result(
    {"name": Kind.TEXT, "flights": Kind.INTEGER, "avg_delay": Kind.NUMBER},
    ("United Air Lines Inc.", 58665, 12.106),
    ("JetBlue Airways", 54635, 13.022),
    ("ExpressJet Airlines Inc.", 54173, 19.955),
    ("American Airlines Inc.", 32729, 8.586),
)
EARLY = result({"name": Kind.TEXT, "arr_delay": Kind.DECIMAL}, ("Alaska Airlines Inc.", "-9.93"))
MONTHLY = result({"month": Kind.INTEGER, "flights": Kind.INTEGER}, (7, 29425), (2, 24951), (12, 28135))
DAYS = result({"day": Kind.DATE, "flights": Kind.INTEGER}, ("2013-11-27", 1014), ("2013-07-11", 1006))
INSTANTS = result({"time_hour": Kind.INSTANT, "n": Kind.INTEGER}, ("2013-01-31T17:45:00+00:00", 3))
CLOCK = result({"sched_dep_time": Kind.INTEGER}, (517,))
PLANES = result(
    {"tailnum": Kind.TEXT, "model": Kind.TEXT, "seats": Kind.INTEGER},
    ("N14228", "737-824", 149),
    ("N24211", "A320-232", 182),
)
EMPTY = result({"flights": Kind.INTEGER})
LARGE = result({"n": Kind.INTEGER}, (1234567,))
NESTED = result({"doc": Kind.JSON}, ({"total": 17, "lines": [{"price": 3.5}]},))
LASTING = result({"lasted": Kind.INTERVAL}, ("1 day 02:30:00",))
ORIGINS = result(
    {"origin": Kind.TEXT, "dest": Kind.TEXT, "flights": Kind.INTEGER},
    ("EWR", "ORD", 6100),
    ("LGA", "ATL", 10263),
    ("JFK", "LAX", 11262),
)

TRUE = [
    ("There are 336,776 flights.", TOTAL, ""),
    ("There are 336776 flights.", TOTAL, ""),
    ("There are 336\u202f776 flights.", TOTAL, ""),
    ("There are ３３６,７７６ flights.", TOTAL, ""),
    ("About 337,000 flights departed.", TOTAL, ""),
    ("More than 336,000 flights departed.", TOTAL, ""),
    ("Almost 337,000 flights departed.", TOTAL, ""),
    ("There are 336.8 thousand flights.", TOTAL, ""),
    ("There are 336.8k flights.", TOTAL, ""),
    (
        "There are three hundred thirty-six thousand seven hundred and seventy-six flights.",
        TOTAL,
        "",
    ),
    ("The average delay is 12.6 minutes.", MEAN, ""),
    ("The average delay is 12.64 minutes.", MEAN, ""),
    ("The average delay is about 13 minutes.", MEAN, ""),
    ("The average delay is 12.6min.", MEAN, ""),
    ("It is 1.2 million.", LARGE, ""),
    ("It is 1.23M.", LARGE, ""),
    ("It is $1,234,567.", LARGE, ""),
    ("The share is 34%.", SHARE, ""),
    ("The share is 34.1 percent.", SHARE, ""),
    ("The share is 0.34.", SHARE, ""),
    ("It is 34 percentage points.", PERCENT, ""),
    ("34.1% were delayed.", PERCENT, ""),
    ("It is 34%.", UNNAMED, ""),
    ("United Air Lines Inc. had the most flights, 58,665.", AIRLINES, ""),
    ("JetBlue had 54,635 flights.", AIRLINES, ""),
    ("The 4 airlines range from 32,729 to 58,665.", AIRLINES, ""),
    ("There are four airlines.", AIRLINES, ""),
    ("There are 4 rows and 3 columns.", AIRLINES, ""),
    ("The top 3 are United, JetBlue and ExpressJet.", AIRLINES, ""),
    ("The 3rd is ExpressJet.", AIRLINES, ""),
    ("The third is ExpressJet.", AIRLINES, ""),
    ("In 2013, United had 58,665 flights.", AIRLINES, "Flights per airline in 2013?"),
    ("Among flights delayed by more than 60 minutes, JetBlue had 54,635.", AIRLINES, "more than 60 minutes"),
    ("JetBlue had 54,635 flights over 60 minutes late.", AIRLINES, "delayed by more than 60 minutes"),
    ("The 5 busiest airlines are led by JetBlue.", AIRLINES, "What are the 5 busiest airlines?"),
    ('The airline is "JetBlue Airways".', AIRLINES, ""),
    ("Delta is not among them.", AIRLINES, "How did Delta do?"),
    ("Alaska Airlines arrived 9.93 minutes early.", EARLY, ""),
    ("The arrival delay is -9.93 minutes.", EARLY, ""),
    ("The arrival delay is −9.9 minutes.", EARLY, ""),
    ("July had 29,425 flights, February 24,951.", MONTHLY, ""),
    ("In December there were 28,135.", MONTHLY, ""),
    ("On November 27, 2013 there were 1,014 flights.", DAYS, ""),
    ("On 27 November there were 1,014 flights.", DAYS, ""),
    ("On November 27th there were 1,014.", DAYS, ""),
    ("On 2013-11-27 there were 1,014 flights.", DAYS, ""),
    ("On 11/27/2013 there were 1,014 flights.", DAYS, ""),
    ("The days are in 2013.", DAYS, ""),
    ("In November 2013 there was a day with 1,014.", DAYS, ""),
    ("At 17:45 there were 3.", INSTANTS, ""),
    ("At 5:45 pm there were 3.", INSTANTS, ""),
    ("At 5:17 it leaves.", CLOCK, ""),
    ("N14228 is a 737-824 with 149 seats.", PLANES, ""),
    ("The A320-232 has 182 seats.", PLANES, ""),
    ("There are 0 flights.", EMPTY, ""),
    ("There are zero flights.", EMPTY, ""),
    ("The total is 17 and the price 3.50.", NESTED, ""),
    ("It lasted 1 day, 2 hours.", LASTING, ""),
    ("EWR to ORD had 6,100.", ORIGINS, ""),
    ("Only one row matches.", TOTAL, ""),
    ("United had 58,665 flights, followed by JetBlue with 54,635.", AIRLINES, ""),
    ("United and JetBlue had 58,665 and 54,635 flights respectively.", AIRLINES, ""),
    ("58,665 flights were United's and 54,635 JetBlue's.", AIRLINES, ""),
    ("With 58,665 flights United leads, JetBlue follows with 54,635.", AIRLINES, ""),
    ("Of the 4 airlines, United (58,665) and JetBlue (54,635) lead.", AIRLINES, ""),
    ("From EWR to ORD there were 6,100, from LGA to ATL 10,263.", ORIGINS, ""),
    ("It was 57.2°F.", result({"temp": Kind.NUMBER}, (57.2,)), ""),
    ("One of them is JetBlue.", AIRLINES, ""),
    ("Yes, there are.", TOTAL, ""),
]

FALSE = [
    ("", TOTAL, ""),
    ("   ", TOTAL, ""),
    ("There are 336,775 flights.", TOTAL, ""),
    ("There are 337,000 flights.", TOTAL, ""),
    ("More than 337,000 flights departed.", TOTAL, ""),
    ("Almost 336,000 flights departed.", TOTAL, ""),
    ("About 300,000 flights departed.", TOTAL, ""),
    ("There are 336.776 flights.", TOTAL, ""),
    ("There are 33,6776 flights.", TOTAL, ""),
    ("There are 3,36,776 flights.", TOTAL, ""),
    ("There are 336 776 flights.", TOTAL, ""),
    ("There are 33.6万 flights.", TOTAL, ""),
    ("There are ½ flights.", TOTAL, ""),
    ("There are 337 million flights.", TOTAL, ""),
    ("There are three hundred thousand flights.", TOTAL, ""),
    ("There are 336,776 flights, twice as many as before.", TOTAL, ""),
    ("Half of the 336,776 flights were late.", TOTAL, ""),
    ("A third of the 336,776 flights were late.", TOTAL, ""),
    ("Dozens of flights.", TOTAL, ""),
    ("There were 336,776 flights in 2013.", TOTAL, "How many flights?"),
    ("There is 1 flight.", TOTAL, ""),
    ("The average delay is 12.7 minutes.", MEAN, ""),
    ("The average delay is 12.5 minutes.", MEAN, ""),
    ("The average delay is 12 minutes.", MEAN, ""),
    ("The average delay is 126 minutes.", MEAN, ""),
    ("The average delay is -12.64 minutes.", MEAN, ""),
    ("The average is 1.", result({"x": Kind.NUMBER}, (0.6,)), ""),
    ("It is 1.3 million.", LARGE, ""),
    ("The share is 0.34%.", SHARE, ""),
    ("The share is 35%.", SHARE, ""),
    ("The share is 34.", SHARE, ""),
    ("It is 0.34%.", PERCENT, ""),
    ("It is 336,776%.", TOTAL, ""),
    ("United had 54,635 flights.", AIRLINES, ""),
    ("JetBlue had an average delay of 12.1 minutes.", AIRLINES, ""),
    ("JetBlue had 58,665 flights, followed by United with 54,635.", AIRLINES, ""),
    ("JetBlue and United had 58,665 and 54,635 flights respectively.", AIRLINES, ""),
    ("58,665 flights were JetBlue's and 54,635 United's.", AIRLINES, ""),
    ("Together they had 200,202 flights.", AIRLINES, ""),
    ("United had 4,030 more than JetBlue.", AIRLINES, ""),
    ("Delta had 58,665 flights.", AIRLINES, ""),
    ("The airline with the most flights is Delta Air Lines.", AIRLINES, ""),
    ('The airline is "Spirit".', AIRLINES, ""),
    ("The airline is 'spirit'.", AIRLINES, ""),
    ("The airline DL leads.", AIRLINES, ""),
    ("The 7th is ExpressJet.", AIRLINES, ""),
    ("The top 9 are led by JetBlue.", AIRLINES, ""),
    ("There are 16 airlines.", AIRLINES, ""),
    ("JetBlue had 4 flights.", AIRLINES, ""),
    ("There are 5 airlines.", AIRLINES, ""),
    ("JetBlue had 60 flights.", AIRLINES, "flights with more than 60 minutes"),
    ("JetBlue had an average of 60 minutes.", AIRLINES, "airlines delayed more than 60 minutes"),
    ("JetBlue had less than 60.", AIRLINES, "airlines with more than 60"),
    ("JetBlue had at most 60 minutes.", AIRLINES, "airlines with at least 60 minutes"),
    ("JetBlue had 2013 flights.", AIRLINES, "flights in 2013"),
    ("There are 500 flights.", TOTAL, "Are there more than 500 flights?"),
    ("Alaska Airlines arrived 9.93 minutes late.", EARLY, ""),
    ("March had 29,425 flights.", MONTHLY, ""),
    ("On November 28, 2013 there were 1,014 flights.", DAYS, ""),
    ("On November 27, 2014 there were 1,014 flights.", DAYS, ""),
    ("On 2013-11-28 there were 1,014 flights.", DAYS, ""),
    ("On 2013-13-27 there were 1,014 flights.", DAYS, ""),
    ("On 12/27/2013 there were 1,014 flights.", DAYS, ""),
    ("The days are in 2012.", DAYS, ""),
    ("At 18:45 there were 3.", INSTANTS, ""),
    ("At 5:45 am there were 3.", INSTANTS, ""),
    ("At 5:18 it leaves.", CLOCK, ""),
    ("N99999 has 149 seats.", PLANES, ""),
    ("N14228 has 182 seats.", PLANES, ""),
    ("The A321-232 has 182 seats.", PLANES, ""),
    ("There are 3 flights.", EMPTY, ""),
    ("The total is 18.", NESTED, ""),
    ("It lasted 3 days.", LASTING, ""),
    ("EWR had 10,263.", ORIGINS, ""),
    ("Version 1.2.3 has them.", TOTAL, ""),
    ("There are exactly one flights.", AIRLINES, ""),
    ("There are 9 airlines.", AIRLINES, ""),
    ("There are 13 airlines.", AIRLINES, ""),
]


@pytest.mark.parametrize(("text", "rows", "question"), TRUE, ids=[t[0][:50] for t in TRUE])
def test_words_that_say_what_the_rows_say_hold(text: str, rows: ResultSet, question: str) -> None:
    assert numbers_hold(text, rows, question=question)


@pytest.mark.parametrize(
    ("text", "rows", "question"), FALSE, ids=[f"{i}:{t[0][:50]}" for i, t in enumerate(FALSE)]
)
def test_words_that_say_something_else_do_not_hold(text: str, rows: ResultSet, question: str) -> None:
    assert not numbers_hold(text, rows, question=question)


def test_more_known_things_may_be_handed_in() -> None:
    text = "Of the flights over Denver, the mean is 12.5."
    assert not numbers_hold(text, TOTAL)
    assert numbers_hold(text, TOTAL, extra=["only where city = 'Denver'", 12.5])


def test_the_count_of_a_larger_result_holds_though_only_its_head_is_there() -> None:
    head = result({"n": Kind.INTEGER}, *[(i,) for i in range(50)], count=1_000_000)
    assert numbers_hold("There are 1,000,000 rows.", head)
    assert numbers_hold("There are 1 million rows.", head)
    assert not numbers_hold("There are 999,999 rows.", head)


def test_cells_that_are_no_numbers_do_no_harm() -> None:
    odd = result(
        {
            "a": Kind.NUMBER,
            "b": Kind.DATE,
            "c": Kind.TIME,
            "d": Kind.BOOLEAN,
            "e": Kind.BYTES,
            "f": Kind.TEXT,
        },
        ("NaN", "infinity", "24:00:00", True, "\\x00ff", None),
        ("-Infinity", "0044-03-15 BC", None, None, None, ""),
    )
    assert numbers_hold("There are 2 rows.", odd)
    assert not numbers_hold("The value is 44.1.", odd)


def test_the_number_of_one_row_is_not_that_of_all() -> None:
    assert not numbers_hold("The average delay by airline is 13.0 minutes.", AIRLINES)
    assert not numbers_hold("There were 54,635 flights.", AIRLINES)
    assert numbers_hold("JetBlue Airways had 54,635 flights.", AIRLINES)
    assert numbers_hold("The longest average delay is 20.0 minutes.", AIRLINES)


@pytest.mark.parametrize(
    ("text", "rows", "holds"),
    [
        ("Tenant 1 has 336,776 flights, while tenant 2 has 336,776, too.", TOTAL, False),
        ("There were 336,776 flights.", TOTAL, True),
        ("There are no flights listed in the result.", AIRLINES, False),
        ("There are no cancelled flights.", result({"n": Kind.INTEGER}, (0,)), True),
        ("None of them was late.", AIRLINES, False),
    ],
)
def test_nothing_is_told_twice_or_denied(text: str, rows: ResultSet, holds: bool) -> None:
    assert numbers_hold(text, rows, question="How do tenants 1 and 2 compare?") is holds
