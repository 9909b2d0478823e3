"""`analyst ask`: one question, its answer on the terminal."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import uuid
from collections.abc import Sequence
from typing import Any, cast

from analyst import errors
from analyst.cli.place import Commands, add_source_options, on_source
from analyst.cli.who import add_acting_options
from analyst.client import Document, assured, reused
from analyst.errors import AnalystError
from analyst.identifying import os_user
from analyst.plain_text import terminal_text, visible
from analyst.ports import Cancellation
from analyst.question import Mode, Question, Step
from analyst.source import Source
from analyst.wiring import House
from analyst.worker import LEASE_SECONDS

ROWS_SHOWN = 20
WIDEST_CELL = 40
EXIT_CODES = {"answered": 0, "clarify": 4, "unanswerable": 4, "refused": 3}


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("ask", help="ask a question in plain words")
    parser.add_argument("question", help='the question, "-" to read it from standard input')
    add_source_options(parser)
    parser.add_argument(
        "--mode",
        choices=[m.value for m in Mode],
        default="fast",
        help="fast: one draft, corrected at most twice; thorough: up to five drafts whose results are compared,"
        " which takes several times as long",
    )
    parser.add_argument("--session", default="", metavar="ID", help="go on with an earlier conversation")
    parser.add_argument("--no-cache", action="store_true", help="no approved questions, no rows read before")
    add_acting_options(parser)
    parser.add_argument("--json", action="store_true", help="print the whole document")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ask, print, and return the exit code."""
    text = sys.stdin.read() if options.question == "-" else options.question

    def ask(house: House, source: Source, cancellation: Cancellation) -> int:
        question = house.desk.new_question(
            text,
            source=source.key,
            session_id=options.session,
            principal=os_user(),
            request_id=str(uuid.uuid4()),
            mode=options.mode,
            use_cache=not options.no_cache,
        )
        cancellation.on_wish(lambda: _take_back(house, question))
        document = _answered(house, question, show=sys.stderr.isatty() and not options.json)
        _print(document, as_json=options.json)
        return exit_code(document)

    return on_source(options, ask, model=True)


def exit_code(document: dict[str, Any]) -> int:
    """The command's exit code for an answer."""
    status = document["status"]
    if status in EXIT_CODES:
        return EXIT_CODES[status]
    code = (document["error"] or {}).get("code", "")
    kinds = (k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, errors.AnalystError))
    return next((kind.exit_code for kind in kinds if kind.code == code), 1)


def _answered(house: House, question: Question, *, show: bool) -> dict[str, Any]:
    worker = f"command-{uuid.uuid4()}"
    house.questions.add(question, worker=worker, lease_seconds=LEASE_SECONDS)
    house.worker(worker, on_steps=_show_step if show else None).answer(question)
    return house.desk.document(house.questions.get(question.id), rows=1000)


def _take_back(house: House, question: Question) -> None:
    with contextlib.suppress(AnalystError):  # it may not be stored yet, or be finished already
        house.questions.wish_cancel(question.id)


def _print(document: dict[str, Any], *, as_json: bool) -> None:
    sys.stdout.write(json.dumps(document, indent=1) + "\n" if as_json else terminal_text(_text(document)))
    if document["error"] and not as_json:
        sys.stderr.write(f"analyst: {visible(document['error']['message'])}\n")


def _show_step(steps: Sequence[Step]) -> None:
    newest, drafts = steps[-1], sum(step.name == "draft" for step in steps)
    number = f", draft {drafts}" if newest.name == "draft" and drafts > 1 else ""
    sys.stderr.write(f"  {newest.label}{number} …\n")


def _text(document: dict[str, Any]) -> str:
    answer = document["answer"] or {}
    parts = [answer.get("words", ""), _trust(document)]
    if answer.get("table") and answer["table"]["row_count"] > 1:
        parts.append(_table(answer["table"]))
    receipt = answer.get("receipt")
    if receipt:
        parts += [f"Note: {w}" for w in (*receipt["warnings"], reused(receipt)) if w]
        parts.append("\n".join([f"Understood: {a}" for a in receipt["assumptions"]]))
        parts.append(f"Cost: {receipt['cost']}" if receipt.get("cost") else "")
        parts.append("SQL:\n" + receipt["sql"] if receipt["sql"] else "")
    if answer.get("suggestions") and document["status"] != "answered":
        parts.append("You could ask:\n" + "\n".join(f"  {s}" for s in answer["suggestions"]))
    text = "\n\n".join(part for part in parts if part)
    return text + "\n" if text else ""


def _trust(document: dict[str, Any]) -> str:
    """How sure the answer is, and what to do about one that is not."""
    found = assured(cast(Document, document))
    return f"Trust: {found.words}. {found.advice}".rstrip() if found else ""


def _table(table: dict[str, Any]) -> str:
    lines = [[_cell(c["name"]) for c in table["columns"]]]
    lines += [[_cell(value) for value in row] for row in table["rows"][:ROWS_SHOWN]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    right = [c["kind"] in ("integer", "number", "decimal") for c in table["columns"]]
    drawn = [
        "  ".join(_aligned(*cell) for cell in zip(line, widths, right, strict=True)).rstrip()
        for line in lines
    ]
    rest = table["row_count"] - ROWS_SHOWN
    return "\n".join(drawn) + (f"\n… {rest:,} more rows" if rest > 0 else "")


def _aligned(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


def _cell(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = visible(text)
    return text if len(text) <= WIDEST_CELL else text[: WIDEST_CELL - 1] + "…"
