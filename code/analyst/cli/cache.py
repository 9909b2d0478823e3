"""`analyst cache`: what the answer cache makes of a question."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from analyst.cli.place import Commands, add_source_options, on_source
from analyst.cli.who import add_acting_options
from analyst.identifying import os_user
from analyst.plain_text import terminal_text, visible
from analyst.ports import Cancellation
from analyst.source import Source
from analyst.wiring import House

_HEADS = {
    "same": "Answered from approved question #{id}, which means the same. No model is asked.",
    "bound": "Answered from approved question #{id}, with your values put in. No model is asked.",
    "miss": "No approved question answers this, so a model would be asked.",
}
_KINDS = {"same": "hit", "bound": "bind", "miss": "miss"}
"""What people call the verdicts."""


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("cache", help="see why a question is answered from an approved one, or not")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    explaining = actions.add_parser(
        "explain", help="show the nearest approved questions, and why each is a hit, a bind or a miss"
    )
    explaining.add_argument("question", help='the question, "-" to read it from standard input')
    add_source_options(explaining)
    add_acting_options(explaining)
    explaining.add_argument("--json", action="store_true", help="print the whole document")
    explaining.set_defaults(run=explain)


def explain(options: argparse.Namespace) -> int:
    """Print the candidates, nearest first; nothing is run and no model is asked."""
    text = sys.stdin.read() if options.question == "-" else options.question

    def show(house: House, source: Source, _: Cancellation) -> int:
        document = house.explain(source.key, text, principal=os_user())
        sys.stdout.write(json.dumps(document, indent=1) + "\n" if options.json else _text(document))
        return 0

    return on_source(options, show)


def _text(document: dict[str, Any]) -> str:
    head = _HEADS[document["verdict"]].format(id=document["example_id"])
    parts = [f"{head}\n{visible(document['reason'])}", *map(_candidate, document["candidates"])]
    return terminal_text("\n\n".join(parts) + "\n")


def _candidate(candidate: dict[str, Any]) -> str:
    kind, near = _KINDS[candidate["verdict"]], candidate["similarity"]
    lines = [f"#{candidate['example_id']}  {kind}  near by {near:.2f}  {visible(candidate['question'])}"]
    lines += [f"    {visible(candidate['reason'])}"]
    lines += [f"    {visible(_swap(swap))}" for swap in candidate["swaps"]]
    return "\n".join(lines)


def _swap(swap: dict[str, str]) -> str:
    where = f" in {swap['column']}" if swap["column"] else ""
    return f"{swap['old']} -> {swap['new']}{where}"
