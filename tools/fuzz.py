"""Statements nobody wrote against the guard, as `make fuzz` does for long and a test does for a minute.

    python tools/fuzz.py [--seconds N] [--seed N] [--dialect postgres|redshift|athena|all] [--url URL] [--no-database]

Half of them come from a grammar, half are statements from tests/guard and tests/security with something broken in
them. Whatever they are, the guard answers in time with a query or a refusal; what it writes it writes again when it
reads that; and what it lets through on Postgres, where it really runs as a role that may write, changes nothing and
shows nothing of what the policy hides. Exit 1 with the smallest statement found that breaks one of these promises.
Without --url an embedded Postgres is started for it; with one, everything in that database is dropped.
"""

from __future__ import annotations

import argparse
import itertools
import json
import logging
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from analyst import guard
from analyst.catalog import Catalog
from analyst.policy import Policy
from fuzzing.grammar import statements
from fuzzing.mutations import mutated
from fuzzing.playground import Playground, opened
from fuzzing.promises import Broken, Promises
from scratch_postgres import scratch_postgres

ROOT = Path(__file__).resolve().parent.parent
DIALECTS = ("postgres", "redshift", "athena")
ROUND = 100
"""Statements before the clock is looked at again."""
POLICY = Policy(
    role="fuzz",
    hidden=frozenset({("public", "api_keys"), ("hr", "salaries")}),
    private=frozenset({("public", "customers", "email"), ("public", "customers", "ssn")}),
)
LONGEST = 5_000
"""Of a statement that is mutated; longer ones test the caps, and have tests of their own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz until the time is over; 1 when a promise was broken."""
    options = _options(arguments)
    logging.disable(logging.CRITICAL)  # the parser's warnings, one for every other statement
    dialects = DIALECTS if options.dialect == "all" else (options.dialect,)
    with _playground(options) as playground:
        promises = Promises(guarded, catalog=catalog(), policy=POLICY, playground=playground)
        try:
            tried = fuzz(promises, dialects=dialects, rounds=_rounds(options.seed, options.seconds))
        except (Broken, Flaky) as broken:
            sys.stdout.write(f"BROKEN: {broken}\n")
            return 1
    sys.stdout.write(f"{tried:,} statements, no promise broken\n")
    for name, count in promises.counts.most_common():
        sys.stdout.write(f"  {count:>8,} {name}\n")
    return 0


def guarded(sql: str, *, dialect: str, catalog: Catalog | None, policy: Policy) -> str:
    """The guard as the product calls it."""
    return guard.check(sql, dialect=dialect, catalog=catalog, policy=policy).sql


def _rounds(start: int, seconds: float) -> Iterator[int]:
    until = time.monotonic() + seconds
    return itertools.takewhile(lambda _: time.monotonic() < until, itertools.count(start))


def fuzz(promises: Promises, *, dialects: Sequence[str], rounds: Iterable[int]) -> int:
    """The number of statements tried; each round has its own seed and takes the dialects in turn.

    Raises Broken, or Flaky where it breaks only sometimes, with the smallest statement that breaks a promise.
    """
    tried = 0
    sources = {d: st.one_of(statements(catalog()), mutated(corpus(d))) for d in dialects}
    for number in rounds:
        dialect = dialects[number % len(dialects)]
        tried += _round(promises, sources[dialect], dialect, number)
    return tried


def _round(promises: Promises, source: st.SearchStrategy[str], dialect: str, number: int) -> int:
    tried = 0

    @seed(number)
    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(source)
    def holds(sql: str) -> None:
        nonlocal tried
        tried += 1
        promises.hold(sql, dialect)

    holds()
    return tried


def corpus(dialect: str) -> list[str]:
    """What people wrote for this dialect: the fixtures of the guard's tests, good and bad."""
    found = []
    for name in ("allowed.sql", "refused.sql"):
        text = (ROOT / "tests" / "guard" / name).read_text(encoding="utf-8")
        found += re.findall(rf"^-- {dialect} \S+\n(.+?)(?:\n\n|\n?\Z)", text, re.M | re.S)
    for name in ("attacks.jsonl", "benign.jsonl"):
        lines = (ROOT / "tests" / "security" / name).read_text(encoding="utf-8").splitlines()
        found += [case["sql"] for case in map(json.loads, lines) if case["dialect"] == dialect]
    return [sql for sql in found if len(sql) <= LONGEST]


def catalog() -> Catalog:
    """The tables that statements are made about."""
    schema = json.loads((ROOT / "tests" / "guard" / "schema.json").read_text(encoding="utf-8"))
    return guard.load_catalog(schema, "postgres")


@contextmanager
def _playground(options: argparse.Namespace) -> Iterator[Playground | None]:
    if options.no_database or options.dialect not in ("postgres", "all"):
        yield None
    elif options.url:
        with opened(options.url, catalog(), POLICY) as playground:
            yield playground
    else:
        with embedded() as url, opened(url, catalog(), POLICY) as playground:
            yield playground


@contextmanager
def embedded() -> Iterator[str]:
    """The URL of an empty database on a server of its own, gone afterwards."""
    with scratch_postgres() as server:
        server.ensure_database("fuzz")
        yield server.url("fuzz")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0, help="the first round's; each round takes the next")
    parser.add_argument("--dialect", choices=(*DIALECTS, "all"), default="all")
    parser.add_argument("--url", help="a Postgres database of a role that may write; ALL IN IT IS DROPPED")
    parser.add_argument("--no-database", action="store_true", help="run nothing, only read and write SQL")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
