"""`analyst audit`: who ran what, to take away and to check."""

from __future__ import annotations

import argparse
import contextlib
import os
import pwd
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from analyst import log
from analyst.audit import RAN, AuditEntry, Kind, canonical
from analyst.cli.place import Commands, settings_here
from analyst.errors import AnalystError, WrongUsage
from analyst.exports import to_csv
from analyst.local.attach import Task, with_house
from analyst.ports import Cancellation
from analyst.result import Kind as CellKind
from analyst.result import ResultColumn
from analyst.stores.audit import AuditEntries, Kept, Mark
from analyst.stores.whole_file import whole_file
from analyst.wiring import House

COLUMNS = (
    *("number", "at", "person", "role", "policy_version", "source", "kind", "verdict", "question", "draft"),
    *("query", "ms", "rows", "example_id", "model", "detail", "request_id", "question_id", "id"),
    *("previous", "hash"),
)
"""Columns of the CSV file."""
_MARK = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("audit", help="export or verify who ran what")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    exporting = actions.add_parser("export", help="print the entries, oldest first")
    exporting.add_argument("--since", type=day, metavar="DATE", help="from this day on (UTC)")
    exporting.add_argument("--until", type=day, metavar="DATE", help="up to the end of this day (UTC)")
    exporting.add_argument("--person", metavar="P", help="of one person")
    exporting.add_argument("--format", choices=["jsonl", "csv"], default="jsonl")
    exporting.add_argument("--out", type=Path, metavar="FILE", help="write a file that only you can read")
    exporting.set_defaults(run=export)
    verifying = actions.add_parser("verify", help="check that no entry was changed or taken away")
    verifying.add_argument(
        "--known", type=mark, metavar="NUMBER:HASH", help="the newest entry, as an earlier run printed it"
    )
    verifying.set_defaults(run=verify)


def export(options: argparse.Namespace) -> int:
    """Print the entries or write them to a file; the export itself is an entry, too."""
    until = options.until and options.until + timedelta(days=1)
    if options.out and (options.out.is_dir() or not options.out.parent.is_dir()):
        raise WrongUsage(f"{options.out} cannot be written.")

    def take(house: House, _: Cancellation) -> int:
        kept = AuditEntries(house.state)
        kept.write(_admin(house, options))
        found = kept.entries(since=options.since, until=until, person=options.person)
        with _opened(options.out) as out:
            count = as_csv(found, out) if options.format == "csv" else as_lines(found, out)
        if options.out:
            sys.stdout.write(f"{count:,} entries are in {options.out}.\n")
        return 0

    return _on_house(take)


def verify(options: argparse.Namespace) -> int:
    """Say that all entries hold, or raise with the number of the first that does not."""

    def check(house: House, _: Cancellation) -> int:
        found = AuditEntries(house.state).verify(known=options.known)
        if found.broken is not None:
            raise AnalystError(f"Entry {found.broken} of the audit does not hold: {found.why}.")
        last = found.newest
        if last.number < found.first:
            sys.stdout.write("The audit holds no entry.\n")
        else:
            count = last.number - found.first + 1
            sys.stdout.write(f"{count:,} entries hold. The newest is {last.number}:{last.hash}\n")
        return 0

    return _on_house(check)


def as_lines(entries: Iterable[Kept], out: BinaryIO) -> int:
    """One JSON object a line, {"entry", "hash", "number", "previous"}; how many."""
    count = 0
    for count, kept in enumerate(entries, 1):  # noqa: B007 - the last number is what is returned
        out.write(canonical(kept.document).encode() + b"\n")
    return count


def as_csv(entries: Iterable[Kept], out: BinaryIO) -> int:
    """A row an entry, with no cell that Excel takes for a formula; how many."""
    columns = [ResultColumn(name=name, kind=CellKind.TEXT) for name in COLUMNS]
    flat = ((document := kept.document) | document["entry"] for kept in entries)
    return to_csv.write(columns, ([[row.get(name) for name in COLUMNS]] for row in flat), out)


def day(text: str) -> datetime:
    """The beginning of a day in UTC."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-01-31") from None


def mark(text: str) -> Mark:
    """A place in the chain."""
    found = _MARK.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("a mark is a number, a colon and 64 hexadecimal digits")
    return Mark(number=int(found[1]), hash=found[2])


def _on_house(task: Task) -> int:
    log.start("WARNING")
    return with_house(settings_here(), task, sample=False, model=False)


def _admin(house: House, options: argparse.Namespace) -> AuditEntry:
    said = {
        "since": options.since and options.since.date(),
        "until": options.until and options.until.date(),
        "person": options.person,
    }
    what = " ".join(f"{name} {value}" for name, value in said.items() if value)
    return AuditEntry(
        kind=Kind.ADMIN,
        verdict=RAN,
        at=house.clock.now(),
        person=pwd.getpwuid(os.getuid()).pw_name,
        detail=f"audit export {what}".strip(),
    )


@contextlib.contextmanager
def _opened(path: Path | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole_file(path) as file:
        yield file
