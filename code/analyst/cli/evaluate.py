"""`analyst evaluate`: a suite of questions, one prediction a line; gold is looked at after all of them."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from analyst.answer import Receipt
from analyst.cli import predictions
from analyst.cli.judge import judge
from analyst.cli.place import Commands, add_source_options, on_source
from analyst.cli.suite import Case, at_database, read_suite
from analyst.cli.who import add_acting_options
from analyst.cli.whose_fault import one_of_several, stops_all
from analyst.errors import AnalystError, Cancelled, DatabaseError, Forbidden, Refused
from analyst.identifying import os_user
from analyst.journal import Journal
from analyst.ports import Cancellation
from analyst.question import Mode, Question
from analyst.source import Source
from analyst.stores.result_files import ResultFiles
from analyst.wiring import House
from analyst.work import Work


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("evaluate", help="answer a suite of questions and write what came of each")
    parser.add_argument(
        "suite", type=Path, help='lines of {"id", "question", "context"?, "database"?, "gold"?}'
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="the file to write; a second run goes on in it"
    )
    add_source_options(parser)
    parser.add_argument("--mode", choices=[m.value for m in Mode], default="fast")
    parser.add_argument("--cache-only", action="store_true", help="answer from approved questions alone")
    parser.add_argument(
        "--leave-one-out", action="store_true", help="leave the asked question's own example out"
    )
    parser.add_argument(
        "--judge",
        action="store_true",
        help='then compare with the suite\'s "gold" by running both, into OUT.verdicts.jsonl',
    )
    add_acting_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer every case that OUT does not hold yet, and judge; 1 when a line of the suite was broken."""
    cases, problems = read_suite(options.suite)
    done = predictions.done(options.out)
    waiting = [case for case in cases if case.id not in done]

    def answer(house: House, source: Source, cancellation: Cancellation) -> int:
        evaluation = Evaluation(
            house=house, source=source, options=options, cancellation=cancellation, problems=problems
        )
        with _named_at_the_end(problems):
            evaluation.answer(waiting, all=cases)
            sys.stdout.write(
                f"{len(waiting)} questions answered, {len(done)} were there before: {options.out}\n"
            )
            if options.judge:
                judge(
                    house,
                    source,
                    suite=options.suite,
                    out=options.out,
                    problems=problems,
                    cancellation=cancellation,
                )
        return 1 if problems else 0

    return on_source(options, answer, model=bool(waiting) and not options.cache_only)


@dataclass(kw_only=True)
class Evaluation:
    """One run over the questions that are still to be answered."""

    house: House
    source: Source
    options: argparse.Namespace
    cancellation: Cancellation
    problems: list[str] = field(default_factory=list)
    """What is named at the end, by its line."""

    def answer(self, waiting: Sequence[Case], *, all: Sequence[Case]) -> None:
        """Write a prediction for each case; raises what would make all further ones fail as well."""
        with tempfile.TemporaryDirectory() as folder, predictions.appending(self.options.out) as out:
            self.house.results = ResultFiles(Path(folder))
            for number, case in enumerate(waiting):
                self.cancellation.check()
                try:
                    prediction = self._predict(case, all)
                except AnalystError:
                    left = len(waiting) - number
                    sys.stdout.write(
                        f"{number} questions answered, {left} are left; the same command goes on with them.\n"
                    )
                    raise
                _write(out, prediction)
                _progress(number + 1, len(waiting), prediction)

    def _predict(self, case: Case, all: Sequence[Case]) -> dict[str, Any]:
        there = at_database(self.source, case.database)
        self.house.add_source(there)
        work = self._work(case, there)
        try:
            status, receipt = _outcome(self.house, work)
        except AnalystError as error:
            self._check_is_its_own(error, case, there, all)
            status, receipt = "failed", None
        return {
            "id": case.id,
            "status": status,
            "sql": receipt.sql if receipt else work.sql,
            "cached": receipt.cached if receipt else None,
            "confidence": receipt.confidence if receipt else 0.0,
            "attempts": work.attempts,
            "prompt_tokens": work.usage.prompt_tokens,
            "completion_tokens": work.usage.completion_tokens,
            "ms": work.journal.milliseconds(),
        }

    def _work(self, case: Case, there: Source) -> Work:
        question = Question(
            id=str(uuid.uuid4()),
            text=case.question,
            session_id=str(uuid.uuid4()),
            source=there.key,
            asked_at=self.house.clock.now(),
            request_id=str(case.id),
            mode=Mode(self.options.mode),
            context=case.context,
            principal=os_user(),
        )
        return Work(
            question=question,
            journal=Journal(),
            cancellation=self.cancellation,
            cache_only=self.options.cache_only,
            leave_one_out=self.options.leave_one_out,
        )

    def _check_is_its_own(self, error: AnalystError, case: Case, there: Source, all: Sequence[Case]) -> None:
        """Raise the error again where it is none of this question; an unknown database is named at the end."""
        if isinstance(error, Cancelled) or stops_all(error, self.house, there, self.cancellation):
            if type(error) is not DatabaseError or not self._knows_others(case, all):
                raise error
            self.problems.append(f"line {case.line}: the database {case.database!r} cannot be asked. {error}")

    def _knows_others(self, case: Case, all: Sequence[Case]) -> bool:
        names = dict.fromkeys(["", *(other.database for other in all)])
        others = [at_database(self.source, name) for name in names if name != case.database]
        return bool(case.database) and one_of_several(self.house, others)


def _outcome(house: House, work: Work) -> tuple[str, Receipt | None]:
    try:
        answer = house.analyst.ask(work)
    except (Refused, Forbidden):
        return "refused", None
    except Cancelled:
        if work.cancellation.wished:  # it was not answered, so a second run has to find it missing
            raise
        return "cancelled", None
    except AnalystError as error:
        if error.code != "miss":
            raise
        return "miss", None
    return answer.status.value, answer.receipt


@contextmanager
def _named_at_the_end(problems: Sequence[str]) -> Iterator[None]:
    try:
        yield
    finally:
        for problem in problems:
            sys.stderr.write(f"analyst: {problem}\n")


def _write(out: TextIO, prediction: dict[str, Any]) -> None:
    out.write(json.dumps(prediction) + "\n")
    out.flush()


def _progress(number: int, total: int, prediction: dict[str, Any]) -> None:
    if sys.stderr.isatty() or number % 10 == 0 or number == total:
        sys.stderr.write(f"{number}/{total} {prediction['id']}: {prediction['status']}\n")
