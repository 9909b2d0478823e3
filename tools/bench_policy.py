"""What a policy costs: questions to the flights data with and without one, and with its condition written by hand.

    python tools/bench_policy.py --url postgresql://…/flights

Both comparisons are printed. "By hand" is the same question of somebody who knows the policy and writes its condition
into the query: what the rewriting adds. "Without" is the same question of somebody who may see every row: what the
policy's own condition does is in it as well, and so are the rows it saves.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import psycopg2

from analyst.catalog import Catalog
from analyst.engines import open_engine
from analyst.guard import check
from analyst.policy import Policy, RowFilter
from bench_figures import Figure, spread

RUNS = 15
SHORT_MS, SHORT_RUNS = 2.0, 120
"""Look-ups are over so soon that they are run more often."""
MOST_TIMES, GUARD_MS = 1.2, 10.0
FILTERS = {
    "a value": "origin = 'JFK'",
    "every row": "distance > 0",
    "list of 3": "origin IN ('JFK', 'LGA', 'EWR')",
    "list of 12": "carrier IN ('AA', 'B6', 'UA', 'DL', 'EV', 'MQ', 'US', 'WN', '9E', 'FL', 'AS', 'YV')",
    "small query": "carrier IN (SELECT carrier FROM airlines WHERE name <> 'nobody')",
    "large query": "dest IN (SELECT faa FROM airports WHERE tz = -5)",
}
"""Row filters of flights."""
QUESTIONS = {
    "count": "SELECT count(*) FROM flights AS f WHERE true",
    "average": "SELECT avg(f.dep_delay) FROM flights AS f WHERE f.month = 6",
    "average of a difference": "SELECT avg(f.arr_delay - f.dep_delay) FROM flights AS f WHERE true",
    "per airline": "SELECT f.carrier, avg(f.dep_delay), count(*) FROM flights AS f WHERE true GROUP BY f.carrier",
    "per airport and month": "SELECT f.origin, f.month, sum(f.distance), max(f.arr_delay) FROM flights AS f"
    " WHERE true GROUP BY f.origin, f.month",
    "speed per month": "SELECT date_trunc('month', f.time_hour), avg(f.distance * 60.0 / NULLIF(f.air_time, 0))"
    " FROM flights AS f WHERE true GROUP BY 1 ORDER BY 1",
    "airlines' names": "SELECT a.name, avg(f.arr_delay) FROM flights AS f"
    " JOIN airlines AS a ON a.carrier = f.carrier WHERE true GROUP BY a.name",
    "makers": "SELECT p.manufacturer, count(*) FROM flights AS f JOIN planes AS p ON p.tailnum = f.tailnum"
    " WHERE true GROUP BY p.manufacturer",
    "time made up per maker": "SELECT p.manufacturer, avg(f.arr_delay - f.dep_delay) FROM flights AS f"
    " JOIN planes AS p ON p.tailnum = f.tailnum WHERE f.month = 6 GROUP BY p.manufacturer",
    "delay in the rain": "SELECT w.hour, avg(f.dep_delay + 0) FROM flights AS f JOIN weather AS w"
    " ON w.origin = f.origin AND w.time_hour = f.time_hour WHERE f.origin = 'JFK' AND w.precip > 0 GROUP BY w.hour",
    "latest": "SELECT f.flight, f.dep_delay FROM flights AS f WHERE f.dep_delay IS NOT NULL"
    " ORDER BY f.dep_delay DESC LIMIT 10",
    "look-up: a plane's day": "SELECT f.flight, f.dep_delay, f.dest FROM flights AS f"
    " WHERE f.tailnum = 'N14228' AND f.month = 1 AND f.day = 1",
    "look-up: worked out": "SELECT f.flight, f.arr_delay - f.dep_delay FROM flights AS f"
    " WHERE f.tailnum = 'N14228' AND f.month = 1",
    "look-up: whole row": "SELECT * FROM flights AS f WHERE f.time_hour = '2013-01-01 10:00:00+00'"
    " AND f.carrier = 'UA' AND f.flight = 1545",
    "look-up: joined": "SELECT p.model, f.flight, f.arr_delay - f.dep_delay FROM planes AS p"
    " JOIN flights AS f ON f.tailnum = p.tailnum WHERE p.tailnum = 'N14228'",
}
"""Each on flights by the name f, with WHERE; some may fail on a row's values and some may not."""
COUNTED = f"""\
Medians of {RUNS} runs each, {SHORT_RUNS} of look-ups, in turn, on one warm connection; as long as the client waits.
A value, every row, lists: conditions on the row itself. Queries: conditions with a subquery."""


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """One question under one filter: milliseconds of the medians."""

    question: str
    filter: str
    without: float
    by_hand: float
    policy: float


def measure(url: str) -> Iterator[Figure]:
    """Every question under every filter; the URL names the database of the flights data."""
    with closing(open_engine(url, query_id="bench")) as engine:
        catalog = engine.catalog(source="flights")
    with closing(psycopg2.connect(url)) as connection:
        connection.set_session(readonly=True, autocommit=True)
        with connection.cursor() as cursor:
            ratios = [
                _ratio(cursor, catalog, question=question, filter_name=name)
                for name in FILTERS
                for question in QUESTIONS
            ]
    yield from _figures(ratios)
    yield from _guarding(catalog)


def _ratio(cursor: Any, catalog: Catalog, *, question: str, filter_name: str) -> Ratio:
    texts = dict(
        zip(("without", "by_hand", "policy"), texts_of(question, FILTERS[filter_name], catalog), strict=True)
    )
    first = {name: _once(cursor, text) for name, text in texts.items()}
    runs = SHORT_RUNS if max(first.values()) < SHORT_MS else RUNS
    times: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(runs):
        for name, text in texts.items():
            times[name].append(_once(cursor, text))
    return Ratio(question=question, filter=filter_name, **{n: statistics.median(t) for n, t in times.items()})


def texts_of(question: str, condition: str, catalog: Catalog) -> tuple[str, str, str]:
    """What would run without a policy, with its condition written by hand, and with the policy."""
    sql = QUESTIONS[question]
    by_hand = sql.replace(" WHERE ", f" WHERE f.{condition} AND ", 1)
    return (
        _guarded(sql, catalog, Policy()),
        _guarded(by_hand, catalog, Policy()),
        _guarded(sql, catalog, policy_of(condition)),
    )


def policy_of(condition: str) -> Policy:
    """A role that sees these flights only."""
    return Policy(role="bench", filters=(RowFilter(schema="public", table="flights", sql=condition),))


def _guarded(sql: str, catalog: Catalog, policy: Policy) -> str:
    return check(sql, dialect="postgres", catalog=catalog, policy=replace(policy, row_limit=10_000)).sql


def _once(cursor: Any, sql: str) -> float:
    began = time.perf_counter()
    cursor.execute(sql)
    cursor.fetchall()
    return 1000 * (time.perf_counter() - began)


def _figures(ratios: Sequence[Ratio]) -> Iterator[Figure]:
    titles = {
        "A policy's rewriting, to the condition by hand": ("by_hand", _against_hand(ratios)),
        "A policy, to the question without one": ("without", _against_none(ratios)),
    }
    for title, (base, values) in titles.items():
        yield Figure(
            part="policy",
            title=title,
            unit="times",
            values=spread(values),
            target=("p95", MOST_TIMES) if base == "by_hand" else None,
            counted=f"{COUNTED}\n{_table(ratios, base)}",
        )


def _against_hand(ratios: Sequence[Ratio]) -> list[float]:
    return [r.policy / r.by_hand for r in ratios]


def _against_none(ratios: Sequence[Ratio]) -> list[float]:
    return [r.policy / r.without for r in ratios]


def _table(ratios: Sequence[Ratio], base: str) -> str:
    """Questions down, filters across."""
    width = max(len(q) for q in QUESTIONS)
    lines = [f"{'':<{width}}  ms    " + "".join(f"{name:>13}" for name in FILTERS)]
    for question in QUESTIONS:
        row: Mapping[str, Ratio] = {r.filter: r for r in ratios if r.question == question}
        cells = (f"{row[name].policy / getattr(row[name], base):13.2f}" for name in FILTERS)
        bare = statistics.median(r.without for r in row.values())
        lines.append(f"{question:<{width}}  {bare:6.2f}" + "".join(cells))
    return "\n".join(lines)


def _guarding(catalog: Catalog) -> Iterator[Figure]:
    policies = {"with a policy": [policy_of(c) for c in FILTERS.values()], "without": [Policy()]}
    for title, listed in policies.items():
        times = [
            _checked(sql, catalog, policy)
            for _ in range(6)
            for policy in listed
            for sql in QUESTIONS.values()
        ]
        yield Figure(
            part="policy",
            title=f"Guarding a query {title}",
            unit="ms",
            values=spread(times[len(times) // 6 :]),
            target=("p95", GUARD_MS),
        )


def _checked(sql: str, catalog: Catalog, policy: Policy) -> float:
    began = time.perf_counter()
    _guarded(sql, catalog, policy)
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    from bench_figures import table

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", required=True)
    sys.stdout.write(table(list(measure(parser.parse_args().url))))
