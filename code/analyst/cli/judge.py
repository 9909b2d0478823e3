"""The judging step of `analyst evaluate`: predictions and gold are run, and what they give is compared.

Both go the way of every draft: through the guard, into a read-only transaction with a time limit, as the
source's own role.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analyst import guard
from analyst.cli import predictions
from analyst.cli.suite import Gold, at_database, read_golds
from analyst.cli.summary import summary
from analyst.errors import AnalystError, DatabaseError, DatabaseUnavailable, Refused, WrongUsage
from analyst.judging import Outcome, Rows, Verdict, golds, outcome, rows_of, same
from analyst.policy import Policy
from analyst.ports import Cancellation, Engine
from analyst.result import Cell, ResultColumn
from analyst.source import Source
from analyst.wiring import House

MOST_ROWS = 100_000
"""Rows that are compared; of two results that hold more, nothing is said."""


class Unjudgeable(Exception):
    """The gold says nothing; `str(error)` says why."""


def judge(
    house: House,
    source: Source,
    *,
    suite: Path,
    out: Path,
    problems: list[str],
    cancellation: Cancellation,
) -> None:
    """Judge each line of the suite that carries gold, write the verdicts and a summary of them.

    Adds to the problems. Raises DatabaseUnavailable, Cancelled or WrongUsage, and writes nothing then.
    """
    known, broken = read_golds(suite)
    problems += broken
    made = predictions.read(out)
    verdicts = []
    for gold in known:
        try:
            found = _outcome(house, source, gold, made.get(gold.case.id, {}), cancellation)
        except Unjudgeable as error:
            problems.append(f"line {gold.case.line}: {error}")
            found = Outcome.UNJUDGED
        verdicts.append(_verdict(gold, made.get(gold.case.id, {}), found))
    path = verdicts_file(out)
    _write(path, verdicts)
    sys.stdout.write(f"{summary(verdicts)}Verdicts: {path}\n")


def verdicts_file(out: Path) -> Path:
    """Where the verdicts on a file of predictions are written."""
    return out.with_name(out.name.removesuffix(".jsonl") + ".verdicts.jsonl")


def _verdict(gold: Gold, prediction: Mapping[str, Any], found: Outcome) -> Verdict:
    return Verdict(
        id=gold.case.id,
        database=gold.case.database,
        category=gold.category,
        answerable=bool(gold.text),
        outcome=found,
        status=str(prediction.get("status", "")),
        prompt_tokens=int(prediction.get("prompt_tokens") or 0),
        completion_tokens=int(prediction.get("completion_tokens") or 0),
        seconds=round(sum((prediction.get("ms") or {}).values()) / 1000, 3),
        attempts=int(prediction.get("attempts") or 0),
        confidence=predictions.confidence(prediction),
    )


def _outcome(
    house: House, source: Source, gold: Gold, prediction: Mapping[str, Any], cancellation: Cancellation
) -> Outcome:
    if not prediction:
        return Outcome.MISSING
    decided = outcome(str(prediction.get("status")), answerable=bool(gold.text))
    if decided:
        return decided
    there = at_database(source, gold.case.database)
    house.add_source(there)
    engine = house.sources.engine(there.key, query_id="judge")
    try:
        return _Bench(engine, seconds=house.access.limits.timeout_seconds, cancellation=cancellation).compare(
            str(prediction.get("sql") or ""), gold.text
        )
    finally:
        engine.close()


class _Bench:
    """Runs statements on one database and compares what they give."""

    def __init__(self, engine: Engine, *, seconds: float, cancellation: Cancellation) -> None:
        self._engine = engine
        self._policy = Policy(row_limit=MOST_ROWS, timeout_seconds=seconds)
        self._cancellation = cancellation

    def compare(self, sql: str, gold: str) -> Outcome:
        """The outcome for an answer; raises Unjudgeable where no gold can be run, and DatabaseUnavailable."""
        if not sql.strip():
            return Outcome.WRONG
        try:
            predicted, more = self._rows(sql)
        except (Refused, DatabaseError) as error:
            _raise_if_gone(error)
            predicted, more = None, False
        return self._against(predicted, more, golds(gold))

    def _against(self, predicted: Rows | None, more: bool, alternatives: Sequence[str]) -> Outcome:
        reason = "its gold holds no SQL"
        ran = False
        for sql in alternatives:
            try:
                rows, gold_more = self._rows(sql)
            except (Refused, DatabaseError) as error:
                _raise_if_gone(error)
                reason = f"its gold does not run. {error}"
                continue
            if gold_more:
                reason = f"its gold gives more than {MOST_ROWS:,} rows, which are not compared"
                continue
            ran = True
            if predicted is None:
                return Outcome.ERROR
            if not more and same(predicted, rows):
                return Outcome.RIGHT
        if not ran:
            raise Unjudgeable(reason)
        return Outcome.WRONG

    def _rows(self, sql: str) -> tuple[Rows, bool]:
        """The rows of a statement, and whether there were more than are compared."""
        query = guard.check(sql, dialect=self._engine.dialect, policy=self._policy)
        sink = _Collected()
        more = self._engine.run(
            query,
            sink,
            timeout_seconds=self._policy.timeout_seconds,
            on_handle=lambda _: None,
            cancellation=self._cancellation,
        )
        return rows_of(sink.header, sink.cells), more


class _Collected:
    """A result in memory."""

    def __init__(self) -> None:
        self.header: Sequence[ResultColumn] = ()
        self.cells: list[Sequence[Cell]] = []

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Called once, before any row."""
        self.header = columns

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """The next batch of rows."""
        self.cells += rows


def _raise_if_gone(error: AnalystError) -> None:
    """A database that went away says nothing about a prediction."""
    if isinstance(error, DatabaseUnavailable):
        raise error


def _write(path: Path, verdicts: Sequence[Verdict]) -> None:
    lines = "".join(json.dumps(verdict.document()) + "\n" for verdict in verdicts)
    unfinished = path.with_name(path.name + ".part")
    try:
        unfinished.write_text(lines, encoding="utf-8")
        os.replace(unfinished, path)
    except OSError as error:
        raise WrongUsage(f"{path} cannot be written to ({error.strerror}).") from None
