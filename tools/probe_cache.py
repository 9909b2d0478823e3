"""Whether the cache of approved questions lies: `matching.compare` on stored pairs, judged by what is returned.

    python tools/probe_cache.py [--url postgresql://…] [--half dev|held] [--across] [--show misses] [--cache DIR]

The server of the URL, or one of its own for the time it runs, is given the databases `probe_flights` and, for each
tests/cache_probes/NAME.sql, `probe_NAME`, each loaded once. Each probe (tests/cache_probes/*.jsonl) is a question
beside a stored one with its SQL: what is served for it, through the guard, must return what the probe's gold returns.
Exit 1 when anything wrong was served, or less than is wanted of the rest; tune on the half `dev`, and believe the half
`held` more, though never wholly:

- probes.jsonl was written along with the matcher.
- rewordings.jsonl was written by authors who had not seen the matcher. The probes of company and flights-1xx were
  used to tune it afterwards; those of clinic and flights-2xx only judged it, before they were put here.
- near_misses.jsonl holds questions that were made to be served wrongly. Those that once were have been mended.

So all of it is known to the matcher by now. What it does with words that it has not met, only new sets can tell.

Under `--across` read what is called wrong: two approved pairs may mean the same and show other columns, or round.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql as pg_sql

from analyst import guard
from analyst.catalog import Catalog
from analyst.engines import open_engine
from analyst.errors import AnalystError
from analyst.example import Example, ExampleStatus
from analyst.judging import Rows, rows_of, same
from analyst.matching import Verdict, compare
from analyst.ports import Cancellation, Engine
from analyst.result import Cell, ResultColumn
from analyst.settings import Settings
from load_nycflights13 import LoadError, load
from scratch_postgres import scratch_postgres

ROOT = Path(__file__).resolve().parent.parent
PROBES = ROOT / "tests" / "cache_probes"
"""Sets of probes, and the databases that they ask beside the flights."""
HALVES = ("dev", "held")

TODAY = date(2025, 1, 10)
"""The day on which every probe is asked; no data goes beyond 31 December 2024."""
FOLLOWS = "data"
"""All databases are of the past, so relative days are counted from their last one."""

PARAPHRASE = "paraphrase"
LITERALS = ("number", "date", "month", "year", "value", "top_n", "literal")
"""What differs is a literal, and nothing else; `literal` is any of the kinds before it."""
NEAR_MISSES = (
    *("aggregation", "comparator", "negation", "grouping", "measure", "order", "grain", "period"),
    *("unit", "scope", "entity", "swap", "grown_old", "near_miss"),
)
"""What differs is the meaning, in `near_miss` in any way; in `grown_old` it is the day on which the words are said."""
KINDS = (PARAPHRASE, *LITERALS, *NEAR_MISSES)
WANTED = {PARAPHRASE: 60.0, "literals": 80.0}
"""Percent served right, at least."""
SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A question, the stored pair it is put beside, and the SQL that is right for it."""

    id: str
    database: str
    stored_question: str
    stored_sql: str
    question: str
    kind: str
    gold: str
    file: str = ""
    """The set that it is of."""

    @property
    def half(self) -> str:
        """ "dev" or "held", the same for all probes of one stored question, whatever else the file holds."""
        return HALVES[hashlib.sha256(self.stored_question.encode()).digest()[0] % 2]

    @property
    def group(self) -> str:
        """What the probe is counted under: "paraphrase", "literals" or "near misses"."""
        if self.kind == PARAPHRASE:
            return PARAPHRASE
        return "literals" if self.kind in LITERALS else "near misses"


class Outcome(StrEnum):
    """What came of a probe."""

    RIGHT = "right"
    """Served, and it returns what the gold returns."""
    WRONG = "wrong"
    MISSED = "missed"
    FAILED = "failed"
    """What was to be served is refused by the guard or does not run: nobody would have seen it."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A probe and what was served for it."""

    probe: Probe
    outcome: Outcome
    verdict: Verdict
    beside: str = ""
    """The stored question it was put beside, where that is not the probe's own."""


Compare = Callable[[str, Example, Catalog], Verdict]


@dataclass
class Rowed:
    """A `ResultSink` that keeps a result as it is compared."""

    heads: Sequence[ResultColumn] = ()
    cells: list[Sequence[Cell]] = field(default_factory=list)

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """The result's columns."""
        self.heads = columns

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Further rows."""
        self.cells += rows


class Place:
    """A database, its catalog, and what its statements return; each is run once."""

    def __init__(self, engine: Engine, *, name: str) -> None:
        self._engine = engine
        self.catalog = engine.catalog(source=name)
        self._known: dict[str, Rows] = {}

    def rows(self, sql: str) -> Rows:
        """What a statement returns, in its order; raises an AnalystError where guard or database refuse it."""
        if sql not in self._known:
            query = guard.check(sql, dialect=self.catalog.dialect, catalog=self.catalog)
            sink = Rowed()
            self._engine.run(
                query, sink, timeout_seconds=SECONDS, on_handle=lambda _: None, cancellation=Cancellation()
            )
            self._known[sql] = rows_of(sink.heads, sink.cells)
        return self._known[sql]


def compared(question: str, example: Example, catalog: Catalog) -> Verdict:
    """The product's own verdict, on the probes' day."""
    return compare(question, example, catalog=catalog, today=TODAY, follows=FOLLOWS)


def judged(probe: Probe, place: Place, *, by: Compare = compared, beside: Probe | None = None) -> Judged:
    """What is served for a probe, from its own stored pair or that of another probe, against its gold."""
    stored = beside or probe
    verdict = by(probe.question, example_of(stored, place.catalog), place.catalog)
    outcome = Outcome.MISSED if verdict.kind == "miss" else _outcome(probe, verdict.sql, place)
    return Judged(
        probe=probe, outcome=outcome, verdict=verdict, beside=beside.stored_question if beside else ""
    )


def _outcome(probe: Probe, sql: str, place: Place) -> Outcome:
    try:
        served = place.rows(sql)
    except AnalystError:
        return Outcome.FAILED
    return Outcome.RIGHT if alike(served, place.rows(probe.gold), kind=probe.kind) else Outcome.WRONG


def alike(served: Rows, gold: Rows, *, kind: str) -> bool:
    """True when both results say the same; where order is the question, in the same order."""
    return same(served, gold) and (kind != "order" or list(served) == list(gold))


def example_of(probe: Probe, catalog: Catalog) -> Example:
    """The stored pair as an approved example."""
    return Example(
        id=1,
        source=catalog.source,
        dialect=catalog.dialect,
        question=probe.stored_question,
        sql=probe.stored_sql,
        status=ExampleStatus.APPROVED,
        fingerprint=catalog.fingerprint(),
    )


def read_probes(path: Path = PROBES, *, half: str = "") -> list[Probe]:
    """The probes of a file or of a folder's sets, or of one half of their stored questions.

    Raises OSError or ValueError.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    probes = [probe for file in files for probe in _probes(file)]
    return [probe for probe in probes if half in ("", probe.half)]


def _probes(file: Path) -> Iterator[Probe]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            yield replace(_probe(line, f"line {number} of {file.name}"), file=file.name)


def _probe(text: str, place: str) -> Probe:
    try:
        line = json.loads(text)
        pair = {"stored_question": line["stored"]["question"], "stored_sql": line["stored"]["sql"]}
        own = {name: line[name] for name in ("id", "database", "question", "kind", "gold")}
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"There is no probe on {place}.") from None
    if own["kind"] not in KINDS:
        raise ValueError(f"The probe on {place} is of an unknown kind.")
    if own["database"] != "flights" and not (PROBES / f"{own['database']}.sql").exists():
        raise ValueError(f"The probe on {place} is of an unknown database.")
    return Probe(**own, **pair)


def all_judged(
    probes: Sequence[Probe], places: Mapping[str, Place], *, by: Compare = compared, across: bool = False
) -> Iterator[Judged]:
    """Every probe beside its stored pair; with `across` also beside each other pair of its set and database.

    Of the latter only those are given for which something was served: that they miss is no merit. Other sets are left
    out: their authors approved other SQL for the same words, with other columns or rounded.
    """
    pairs = {(probe.file, probe.database, probe.stored_question): probe for probe in probes}
    for probe in probes:
        place = places[probe.database]
        yield judged(probe, place, by=by)
        for (file, database, question), other in pairs.items() if across else ():
            if (file, database) == (probe.file, probe.database) and question != probe.stored_question:
                found = judged(probe, place, by=by, beside=other)
                if found.outcome is not Outcome.MISSED:
                    yield found


def report(results: Iterable[Judged], *, show: Iterable[Outcome] = ()) -> tuple[str, bool]:
    """A table by kind with what was served wrong, and whether all is as wanted."""
    results = list(results)
    own = [result for result in results if not result.beside]
    wrong = [result for result in results if result.outcome is Outcome.WRONG]
    shares = {group: _percent(own, group) for group in WANTED}
    lines = [_row("kind", "probes", *Outcome), *_rows(own, KINDS, "kind"), ""]
    lines += _rows(own, (PARAPHRASE, "literals", "near misses"), "group")
    lines += [
        f"{group}: {shares[group]:.1f} % served right, {least:g} % wanted" for group, least in WANTED.items()
    ]
    lines += [
        f"wrong answers: {len(wrong)}, of them beside another stored question: {len(wrong) - _count(own)}"
    ]
    shown = [r for r in results if r.outcome in {Outcome.WRONG, *show}]
    lines += [_told(result) for result in sorted(shown, key=lambda r: (r.outcome, r.probe.id))]
    reached = all(shares[group] >= least for group, least in WANTED.items())
    return "\n".join(lines) + "\n", reached and not wrong


def _rows(results: Sequence[Judged], names: Sequence[str], by: str) -> Iterator[str]:
    for name in names:
        counts = Counter(r.outcome for r in results if getattr(r.probe, by) == name)
        if counts:
            yield _row(name, str(counts.total()), *(str(counts[outcome]) for outcome in Outcome))


def _row(name: str, *cells: str) -> str:
    return f"{name:14}" + "".join(f"{cell:>8}" for cell in cells)


def _percent(results: Sequence[Judged], group: str) -> float:
    of_group = [r for r in results if r.probe.group == group]
    return 100.0 * sum(r.outcome is Outcome.RIGHT for r in of_group) / max(1, len(of_group))


def _count(results: Sequence[Judged]) -> int:
    return sum(result.outcome is Outcome.WRONG for result in results)


def _told(result: Judged) -> str:
    probe, verdict = result.probe, result.verdict
    return (
        f"{result.outcome} {probe.id} ({probe.kind})\n  stored: {result.beside or probe.stored_question}\n"
        f"  asked:  {probe.question}\n  {verdict.kind}: {verdict.reason}"
        + (f"\n  {verdict.sql}" if result.outcome in (Outcome.WRONG, Outcome.FAILED) else "")
    )


@contextmanager
def server(url: str) -> Iterator[str]:
    """That server, or where none is named one that is gone afterwards."""
    if url:
        yield url
        return
    with scratch_postgres() as own:
        yield own.url()


def prepared(url: str, *, cache: Path) -> dict[str, str]:
    """The URL of each database, made and loaded on that server; raises LoadError, OSError or psycopg2.Error."""
    files = {file.stem: file.read_text(encoding="utf-8") for file in sorted(PROBES.glob("*.sql"))}
    urls = {name: _url_of(url, f"probe_{name}") for name in ("flights", *files)}
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database")
            there = dict(cursor.fetchall())
            if "probe_flights" not in there:
                _execute(cursor, "CREATE DATABASE {}", "probe_flights")
            old = [name for name, rows in files.items() if there.get(f"probe_{name}") != _version(rows)]
            for name in old:
                _execute(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", f"probe_{name}")
                _execute(cursor, "CREATE DATABASE {}", f"probe_{name}")
    load(urls["flights"], archive=None, cache=cache)
    for name in old:
        load_rows(urls[name], files[name])
    return urls


def load_rows(url: str, rows: str) -> None:
    """Load all of a file's SQL into an empty database and note its version, or nothing; raises psycopg2.Error."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(rows)
        cursor.execute("ANALYZE")
        name = pg_sql.Identifier(connection.info.dbname)
        cursor.execute(pg_sql.SQL("COMMENT ON DATABASE {} IS %s").format(name), (_version(rows),))


def _version(rows: str) -> str:
    return hashlib.sha256(rows.encode()).hexdigest()


def _execute(cursor: psycopg2.extensions.cursor, statement: str, database: str) -> None:
    cursor.execute(pg_sql.SQL(statement).format(pg_sql.Identifier(database)))


def _url_of(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="probe_cache", description="Whether the cache lies.")
    parser.add_argument(
        "--url", default="", help="a scratch Postgres, as a superuser; without it one is started"
    )
    parser.add_argument(
        "--cache", type=Path, default=Settings.read().cache, help="where the sample's archive lies"
    )
    parser.add_argument("--probes", type=Path, default=PROBES, help="a set, or a folder of them")
    parser.add_argument("--half", choices=HALVES, default="", help="of the stored questions")
    parser.add_argument(
        "--across", action="store_true", help="also beside every other stored question of its set"
    )
    parser.add_argument("--show", choices=("misses",), help="name what was missed, too, each with its reason")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Load, compare, judge, print; 1 when it is not as wanted, 2 when it could not be found out."""
    options = _options(arguments)
    try:
        probes = read_probes(options.probes, half=options.half)
        with server(options.url) as url:
            urls = prepared(url, cache=options.cache)
            places = {
                name: Place(open_engine(found, query_id="probes"), name=name) for name, found in urls.items()
            }
            show = (Outcome.MISSED, Outcome.FAILED) if options.show else ()
            text, good = report(all_judged(probes, places, across=options.across), show=show)
    except (AnalystError, LoadError, OSError, ValueError, psycopg2.Error) as error:
        sys.stderr.write(f"probe_cache: {' '.join(str(error).split())}\n")
        return 2
    sys.stdout.write(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
