"""`analyst evaluate`: a suite of questions, one prediction a line; gold answers are never looked at."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote, urlsplit, urlunsplit

from analyst.analyst import Work
from analyst.cli.place import Commands, add_source_options, on_source
from analyst.errors import AnalystError, Cancelled, Refused, WrongUsage
from analyst.journal import Journal
from analyst.ports import Cancellation
from analyst.question import Mode, Question
from analyst.source import Source, source_of
from analyst.stores.result_files import ResultFiles
from analyst.wiring import House


@dataclass(frozen=True, kw_only=True)
class Case:
    """One line of a suite."""

    id: str | int
    question: str
    context: str = ""
    database: str = ""


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("evaluate", help="answer a suite of questions and write what came of each")
    parser.add_argument("suite", type=Path, help='lines of {"id", "question", "context"?, "database"?}')
    parser.add_argument(
        "--out", type=Path, required=True, help="the file to write; a second run goes on in it"
    )
    add_source_options(parser)
    parser.add_argument("--mode", choices=[m.value for m in Mode], default="fast")
    parser.add_argument("--cache-only", action="store_true", help="answer from approved questions alone")
    parser.add_argument(
        "--leave-one-out", action="store_true", help="leave the asked question's own example out"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer every case that OUT does not hold yet; 1 when a line of the suite was broken."""
    cases, problems = read_suite(options.suite)
    done = _done(options.out)
    waiting = [case for case in cases if case.id not in done]

    def answer(house: House, source: Source, cancellation: Cancellation) -> int:
        with tempfile.TemporaryDirectory() as folder, _appending(options.out) as out:
            house.results = ResultFiles(Path(folder))
            for number, case in enumerate(waiting, 1):
                cancellation.check()
                prediction = _predict(house, source, case, options, cancellation)
                out.write(json.dumps(prediction) + "\n")
                out.flush()
                _progress(number, len(waiting), prediction)
        for problem in problems:
            sys.stderr.write(f"analyst: {problem}\n")
        sys.stdout.write(f"{len(waiting)} questions answered, {len(done)} were there before: {options.out}\n")
        return 1 if problems else 0

    return on_source(options, answer, model=not options.cache_only)


def read_suite(path: Path) -> tuple[list[Case], list[str]]:
    """The cases of a suite, and what is wrong with its broken lines; raises WrongUsage."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise WrongUsage(f"{path} cannot be read as text.") from None
    cases: list[Case] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(_case(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError):
                problems.append(f'line {number}: not {{"id": …, "question": …}}')
    return cases, problems


def at_database(source: Source, database: str) -> Source:
    """The same server's other database, or the source itself for none."""
    if not database:
        return source
    parts = urlsplit(source.url)
    return source_of(urlunsplit(parts._replace(path="/" + quote(database))))


def _case(data: dict[str, Any]) -> Case:
    question = data["question"]
    if not isinstance(question, str) or not question.strip():
        raise ValueError("no question")
    texts = {name: str(data.get(name) or "") for name in ("context", "database")}
    if isinstance(data["id"], bool) or not isinstance(data["id"], (str, int)):
        raise ValueError("no id")
    return Case(id=data["id"], question=question, **texts)


def _done(path: Path) -> set[str | int]:
    """The ids that OUT holds; a last line that a killed run left unfinished is taken out of it."""
    try:
        text = path.read_bytes()
        whole, torn = text[: text.rfind(b"\n") + 1], text[text.rfind(b"\n") + 1 :]
        ids = {json.loads(line)["id"] for line in whole.splitlines() if line.strip()}
        if torn and not torn.startswith(b'{"id"'):
            raise ValueError("no prediction")
        if torn:
            os.truncate(path, len(whole))
        return ids
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise _cannot_write(path, error) from None
    except (ValueError, KeyError, TypeError):
        raise WrongUsage(f"{path} holds something else than predictions; choose another file.") from None


def _appending(path: Path) -> TextIO:
    try:
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise _cannot_write(path, error) from None


def _cannot_write(path: Path, error: OSError) -> WrongUsage:
    return WrongUsage(f"{path} cannot be written to ({error.strerror}).")


def _predict(
    house: House, source: Source, case: Case, options: argparse.Namespace, cancellation: Cancellation
) -> dict[str, Any]:
    there = at_database(source, case.database)
    house.add_source(there)
    journal = Journal()
    question = Question(
        id=str(uuid.uuid4()),
        text=case.question,
        session_id=str(uuid.uuid4()),
        source=there.key,
        asked_at=house.clock.now(),
        request_id=str(case.id),
        mode=Mode(options.mode),
        context=case.context,
    )
    work = Work(
        question=question,
        journal=journal,
        cancellation=cancellation,
        cache_only=options.cache_only,
        leave_one_out=options.leave_one_out,
    )
    status, cached, sql = _outcome(house, work)
    return {
        "id": case.id,
        "status": status,
        "sql": sql,
        "cached": cached,
        "attempts": work.attempts,
        "prompt_tokens": work.usage.prompt_tokens,
        "completion_tokens": work.usage.completion_tokens,
        "ms": journal.milliseconds(),
    }


def _outcome(house: House, work: Work) -> tuple[str, str | None, str]:
    try:
        answer = house.analyst.ask(work)
    except Refused:
        return "refused", None, work.sql
    except Cancelled:
        if work.cancellation.wished:  # it was not answered, so a second run has to find it missing
            raise
        return "cancelled", None, work.sql
    except AnalystError as error:
        return ("miss" if error.code == "miss" else "failed"), None, work.sql
    receipt = answer.receipt
    return answer.status.value, receipt.cached if receipt else None, receipt.sql if receipt else ""


def _progress(number: int, total: int, prediction: dict[str, Any]) -> None:
    if sys.stderr.isatty() or number % 10 == 0 or number == total:
        sys.stderr.write(f"{number}/{total} {prediction['id']}: {prediction['status']}\n")
