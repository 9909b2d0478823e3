from __future__ import annotations

import pytest

from analyst.result import Kind, ResultColumn, ResultSet
from analyst.wording import for_model, numbers_hold, template


def result(
    columns: list[tuple[str, Kind]],
    *rows: tuple[object, ...],
    count: int | None = None,
    truncated: bool = False,
) -> ResultSet:
    return ResultSet(
        columns=tuple(ResultColumn(name=n, kind=k) for n, k in columns),
        rows=rows,
        row_count=len(rows) if count is None else count,
        truncated=truncated,
    )


def one(name: str, kind: Kind, value: object) -> ResultSet:
    return result([(name, kind)], (value,))


BY_ORIGIN = [("origin", Kind.TEXT), ("flights", Kind.INTEGER)]
ORIGINS = (("EWR", 120835), ("JFK", 111279), ("LGA", 104662))

SENTENCES = [
    (result([("flights", Kind.INTEGER)]), "No rows match."),
    (one("flights", Kind.INTEGER, 336776), "The answer is 336,776 (flights)."),
    (one("?column?", Kind.INTEGER, 336776), "The answer is 336,776."),
    (one("avgDepDelay", Kind.DECIMAL, "12.6390704686832354"), "The answer is 12.64 (avg dep delay)."),
    (one("amount", Kind.DECIMAL, "1234.50"), "The answer is 1,234.50 (amount)."),
    (one("share", Kind.NUMBER, 0.0341299), "The answer is 0.0341 (share)."),
    (one("mean", Kind.NUMBER, 1234567.891), "The answer is 1,234,567.89 (mean)."),
    (one("tiny", Kind.NUMBER, 1e-300), "The answer is 1e-300 (tiny)."),
    (one("huge", Kind.NUMBER, 1.5e300), "The answer is 1.5e+300 (huge)."),
    (one("huge", Kind.INTEGER, 10**20), "The answer is 100,000,000,000,000,000,000 (huge)."),
    (one("delta", Kind.NUMBER, -3.0), "The answer is -3 (delta)."),
    (one("n", Kind.DECIMAL, "0"), "The answer is 0 (n)."),
    (one("n", Kind.NUMBER, "NaN"), "The answer is NaN (n)."),
    (one("n", Kind.NUMBER, "-Infinity"), "The answer is -Infinity (n)."),
    (one("year", Kind.INTEGER, 2013), "The answer is 2013 (year)."),
    (one("customer_id", Kind.INTEGER, 10203), "The answer is 10203 (customer id)."),
    (one("is_late", Kind.BOOLEAN, True), "The answer is yes (is late)."),
    (one("first_day", Kind.DATE, "2013-01-01"), "The answer is 2013-01-01 (first day)."),
    (one("t", Kind.TIMESTAMP, "2013-01-31T17:45:00"), "The answer is 2013-01-31 17:45 (t)."),
    (one("t", Kind.INSTANT, "2013-01-31T17:45:00+00:00"), "The answer is 2013-01-31 17:45 UTC (t)."),
    (one("t", Kind.INSTANT, "2013-01-31T17:45:30+02:00"), "The answer is 2013-01-31 17:45:30 +02:00 (t)."),
    (one("doc", Kind.JSON, {"a": [1, 2]}), 'The answer is {"a": (1, 2)} (doc).'),
    (one("avg_delay", Kind.DECIMAL, None), "There is no value: avg delay is empty (null)."),
    (one("?column?", Kind.DECIMAL, None), "There is no value: the result is empty (null)."),
    (
        result(
            [("carrier", Kind.TEXT), ("flights", Kind.INTEGER), ("delay", Kind.NUMBER)], ("UA", 58665, None)
        ),
        "One row: carrier UA, flights 58,665, delay no value.",
    ),
    (result([], (), (), count=2), "2 rows."),
    (
        result(BY_ORIGIN, *ORIGINS),
        "3 rows (origin, flights): EWR: 120,835; JFK: 111,279; LGA: 104,662.",
    ),
    (result([("dest", Kind.TEXT)], ("ATL",), ("ORD",)), "2 rows (dest): ATL; ORD."),
    (
        result([("n", Kind.INTEGER), ("n", Kind.INTEGER)], (1, 2), (3, 4)),
        "2 rows (n, n): 1: 2; 3: 4.",
    ),
    (
        result([("a", Kind.TEXT), ("b", Kind.INTEGER), ("b", Kind.INTEGER)], ("x", 1, 2), ("y", 3, 4)),
        "2 rows: x (b 1, b 2); y (b 3, b 4).",
    ),
    (
        result([("month", Kind.INTEGER), ("flights", Kind.INTEGER)], *[(m, 1000 * m) for m in range(1, 13)]),
        "12 rows (month, flights); the first 5: 1: 1,000; 2: 2,000; 3: 3,000; 4: 4,000; 5: 5,000. "
        "The lowest flights is 1,000, the highest 12,000.",
    ),
    (
        result(BY_ORIGIN, *ORIGINS, count=1_000_000, truncated=True),
        "The first 1,000,000 rows (origin, flights); the first 3: EWR: 120,835; JFK: 111,279; LGA: 104,662. "
        "There are more rows than were fetched.",
    ),
    (result(BY_ORIGIN, count=7), "7 rows."),
]


@pytest.mark.parametrize(("rows", "sentence"), SENTENCES, ids=[s[:60] for _, s in SENTENCES])
def test_a_result_becomes_a_plain_sentence(rows: ResultSet, sentence: str) -> None:
    assert template("How many?", rows) == sentence


@pytest.mark.parametrize("rows", [r for r, _ in SENTENCES], ids=[s[:60] for _, s in SENTENCES])
def test_every_number_of_the_sentence_is_in_the_result(rows: ResultSet) -> None:
    assert numbers_hold(template("How many?", rows), rows)


def test_values_in_the_sentence_are_harmless_and_short() -> None:
    hostile = one("x", Kind.TEXT, "![a](https://evil.test) <b>bold</b> @channel " + "long " * 100)
    sentence = template("?", hostile)
    assert "evil" not in sentence
    assert "<" not in sentence
    assert "@" not in sentence
    assert len(sentence) < 120


def test_many_long_rows_do_not_make_a_long_sentence() -> None:
    columns = [(f"column_{i}", Kind.TEXT) for i in range(30)]
    wide = result(columns, *[tuple("x" * 80 for _ in columns)] * 20)
    assert len(template("?", wide)) <= 600


def test_a_small_result_goes_to_the_model_row_by_row() -> None:
    rows = result([*BY_ORIGIN, ("ok", Kind.BOOLEAN), ("doc", Kind.JSON)], ("EWR", None, True, {"a": 1}))
    assert for_model(rows) == (
        ("origin", "flights", "ok", "doc"),
        (("EWR", "null", "true", '{"a": 1}'),),
        "",
    )


def test_cells_are_cut_and_keep_to_one_line() -> None:
    _, rows, _ = for_model(one("x", Kind.TEXT, "a\nQuestion: b\r\t" + "c" * 500), characters=30)
    assert rows == (("a Question: b ccccccccccccccc…",),)
    assert len(rows[0][0]) == 30


def test_a_larger_result_goes_to_the_model_as_aggregates() -> None:
    rows = result(
        [("carrier", Kind.TEXT), ("delay", Kind.NUMBER), ("day", Kind.DATE), ("flight_id", Kind.INTEGER)],
        *[
            ("UA" if i % 3 else "DL", None if i == 0 else float(i), f"2013-01-{1 + i % 31:02d}", i)
            for i in range(60)
        ],
    )
    names, table, summary = for_model(rows)
    assert names == ("carrier", "delay", "day", "flight_id")
    assert table == ()
    assert summary.splitlines() == [
        "Aggregates of all 60 rows:",
        "carrier: 60 values; 0 nulls; 2 distinct; top UA (40), DL (20)",
        "delay: 59 values; 1 nulls; min 1; max 59; mean 30",
        "day: 60 values; 0 nulls; min 2013-01-01; max 2013-01-31; 31 distinct; "
        "top 2013-01-01 (2), 2013-01-02 (2), 2013-01-03 (2)",
        "flight_id: 60 values; 0 nulls; min 0; max 59; 60 distinct; top 0 (1), 1 (1), 2 (1)",
    ]


def test_aggregates_of_a_head_say_so() -> None:
    rows = result([("n", Kind.INTEGER)], *[(i,) for i in range(100)], count=5000)
    assert for_model(rows)[2].startswith("Aggregates of the first 100 of 5,000 rows only:")
    cut = result([("n", Kind.INTEGER)], *[(i,) for i in range(100)], count=5000, truncated=True)
    assert "of 5,000 or more rows only" in for_model(cut)[2]


def test_fifty_rows_are_the_most_that_a_model_reads() -> None:
    fifty = result([("n", Kind.INTEGER)], *[(i,) for i in range(50)])
    assert len(for_model(fifty)[1]) == 50
    assert for_model(result([("n", Kind.INTEGER)], *[(i,) for i in range(51)]))[1] == ()
    # A head of three rows is not the result.
    assert for_model(result([("n", Kind.INTEGER)], (1,), (2,), (3,), count=60))[1] == ()


def test_what_goes_to_a_model_is_bounded_however_wide_the_result() -> None:
    wide = result([(f"c{i}", Kind.TEXT) for i in range(300)], *[tuple("x" * 300 for _ in range(300))] * 50)
    names, rows, summary = for_model(wide)
    assert len(names) == 40
    assert rows == ()
    assert len(summary) <= 12_000
    assert "260 more columns are left out" in summary


def test_numbers_that_are_none_are_left_out_of_aggregates() -> None:
    rows = result([("n", Kind.NUMBER)], *[("NaN",), ("Infinity",), (None,), (2.5,)] * 20)
    assert "n: 60 values; 20 nulls; min 2.5; max 2.5; mean 2.5" in for_model(rows)[2]
