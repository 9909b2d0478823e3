"""`analyst examples`: approved question/SQL pairs, in and out."""

from __future__ import annotations

import argparse
import json
import os
import pwd
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from analyst.cli.place import Commands, add_source_options, on_source
from analyst.errors import AnalystError, WrongUsage
from analyst.example import Example, ExampleStatus
from analyst.plain_text import visible
from analyst.ports import Cancellation
from analyst.source import Source
from analyst.wiring import House


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("examples", help="import, list, approve or revoke question/SQL pairs")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    importing = actions.add_parser("import", help='load lines of {"question", "sql"}')
    importing.add_argument("file", type=Path)
    importing.add_argument("--approve-as", default="", metavar="NAME", help="approve them in this name")
    importing.set_defaults(run=import_file)
    listing = actions.add_parser("list", help="show them, newest first")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=list_all)
    for action, status in (("approve", ExampleStatus.APPROVED), ("revoke", ExampleStatus.REVOKED)):
        deciding = actions.add_parser(action, help=f"{action} a pair by its number")
        deciding.add_argument("id", type=int)
        deciding.set_defaults(run=decide, status=status)
        add_source_options(deciding)
    add_source_options(importing)
    add_source_options(listing)


def import_file(options: argparse.Namespace) -> int:
    """Load the good lines and name the bad ones; 1 when there was a bad one."""
    lines = _lines(options.file)

    def load(house: House, source: Source, _: Cancellation) -> int:
        problems = [
            p for number, line in lines if (p := _import(house, source, line, number, options.approve_as))
        ]
        for problem in problems:
            sys.stderr.write(f"analyst: {problem}\n")
        sys.stdout.write(f"{len(lines) - len(problems)} of {len(lines)} pairs are in.\n")
        return 1 if problems else 0

    return on_source(options, load)


def list_all(options: argparse.Namespace) -> int:
    """Print every pair of the source."""

    def show(house: House, source: Source, _: Cancellation) -> int:
        for example in house.examples.all(source=source.key):
            text = json.dumps(asdict(example), default=str) + "\n" if options.json else _text(example)
            sys.stdout.write(text)
        return 0

    return on_source(options, show)


def decide(options: argparse.Namespace) -> int:
    """Approve or revoke one pair."""

    def settle(house: House, _: Source, __: Cancellation) -> int:
        example = house.library.decide(options.id, options.status, by=pwd.getpwuid(os.getuid()).pw_name)
        sys.stdout.write(_text(example))
        return 0

    return on_source(options, settle)


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise WrongUsage(f"{path} cannot be read as text.") from None
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _import(house: House, source: Source, line: str, number: int, approve_as: str) -> str:
    """Load one line; the problem in words, or nothing."""
    try:
        pair: dict[str, Any] = json.loads(line)
        question, sql = pair["question"], pair["sql"]
        if not isinstance(question, str) or not isinstance(sql, str):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        return f'line {number}: not {{"question": …, "sql": …}}'
    try:
        house.teach(source.key, question, sql, approve_as=approve_as)
    except AnalystError as error:
        return f"line {number}: {error}"
    return ""


def _text(example: Example) -> str:
    by = f" by {example.decided_by}" if example.decided_by else ""
    return visible(f"#{example.id} {example.status.value}{by}: {example.question}") + "\n"
