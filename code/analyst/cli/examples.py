"""`analyst examples`: question/SQL pairs, in and out, and what becomes of each."""

from __future__ import annotations

import argparse
import json
import os
import pwd
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from analyst.cli import pairs
from analyst.cli.pairs import Pair
from analyst.cli.place import Commands, add_source_options, on_source
from analyst.copying import Copied, Copying
from analyst.errors import AnalystError, ConfigurationError, StoreError, WrongUsage
from analyst.example import Example, ExampleStatus
from analyst.plain_text import visible
from analyst.policies import View
from analyst.ports import Cancellation, Engine
from analyst.source import Source
from analyst.teaching import Teaching
from analyst.wiring import House

STATUSES = [status.value for status in ExampleStatus]


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "examples", help="import, export, approve, revoke or check question/SQL pairs"
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    importing = actions.add_parser(
        "import", help='load lines of {"question", "sql", "note"}, or a sheet (.xlsx) with these columns'
    )
    importing.add_argument("file", type=Path)
    importing.add_argument("--approve-as", default="", metavar="NAME", help="approve them in this name")
    importing.set_defaults(run=import_file)
    exporting = actions.add_parser("export", help="write them to a file, .jsonl or .xlsx")
    exporting.add_argument("file", type=Path)
    exporting.set_defaults(run=export_file)
    listing = actions.add_parser("list", help="show them, newest first")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=list_all)
    checking = actions.add_parser(
        "check", help="have those serve, and only those, that fit the tables as they are"
    )
    checking.add_argument("ids", type=int, nargs="*", metavar="ID", help="only these")
    checking.set_defaults(run=check)
    _add_copying(actions)
    for action in (exporting, listing):
        action.add_argument("--status", choices=STATUSES, default="", help="only these")
    for action in (importing, exporting, listing, checking, *_deciding(actions)):
        add_source_options(action)


def _add_copying(actions: Commands) -> None:
    copying = actions.add_parser(
        "copy",
        help="take approved pairs of one source over to another, in its dialect, after checking them there",
    )
    copying.add_argument(
        "--from", dest="origin", required=True, metavar="NAME", help="the source they are of"
    )
    copying.add_argument("--to", dest="source", required=True, metavar="NAME", help="the source they are for")
    copying.add_argument("--approve-as", default="", metavar="NAME", help="approve them in this name")
    copying.set_defaults(run=copy, url="")


def _deciding(actions: Commands) -> Iterator[argparse.ArgumentParser]:
    approving = actions.add_parser(
        "approve", help="approve a pair by its number, after its SQL was run once more"
    )
    approving.add_argument("--sql", default="", help="SQL to approve in place of the pair's own")
    approving.set_defaults(run=approve)
    revoking = actions.add_parser("revoke", help="revoke a pair by its number")
    revoking.set_defaults(run=revoke)
    for action in (approving, revoking):
        action.add_argument("id", type=int)
        action.add_argument("--note", default="", help="why")
        yield action


def import_file(options: argparse.Namespace) -> int:
    """Load the good pairs and name the bad ones; 1 when there was a bad one."""
    given = pairs.read(options.file)

    def load(house: House, source: Source, _: Cancellation) -> int:
        problems = [p for pair in given if (p := _import(house, source, pair, options.approve_as))]
        sys.stdout.write(f"{len(given) - len(problems)} of {len(given)} pairs are in.\n")
        return 1 if problems else 0

    return on_source(options, load)


def export_file(options: argparse.Namespace) -> int:
    """Write every pair of the source, oldest first."""
    if options.file.suffix.lower() not in (".jsonl", pairs.SHEET):
        raise WrongUsage("The file's name ends in .jsonl or .xlsx.")

    def save(house: House, source: Source, _: Cancellation) -> int:
        count = pairs.write(options.file, reversed(_all(house, source, options)))
        sys.stdout.write(f"{count} pairs written.\n")
        return 0

    return on_source(options, save)


def list_all(options: argparse.Namespace) -> int:
    """Print every pair of the source."""

    def show(house: House, source: Source, _: Cancellation) -> int:
        for example in _all(house, source, options):
            text = json.dumps(asdict(example), default=str) + "\n" if options.json else _text(example)
            sys.stdout.write(text)
        return 0

    return on_source(options, show)


def approve(options: argparse.Namespace) -> int:
    """Approve one pair, in its own or in edited SQL, once it has run."""

    def settle(house: House, source: Source, _: Cancellation) -> int:
        with _at_work(house, source) as (teaching, seen, engine):
            example = teaching.approve(
                options.id, seen=seen, engine=engine, by=_me(), note=options.note, sql=options.sql
            )
        sys.stdout.write(_text(example))
        return 0

    return on_source(options, settle)


def revoke(options: argparse.Namespace) -> int:
    """Revoke one pair."""

    def settle(house: House, _: Source, __: Cancellation) -> int:
        example = house.library.decide(options.id, ExampleStatus.REVOKED, by=_me(), note=options.note)
        sys.stdout.write(_text(example))
        return 0

    return on_source(options, settle)


def check(options: argparse.Namespace) -> int:
    """Plan approved and quarantined pairs anew and say which are in quarantine; 1 where any is."""

    def settle(house: House, source: Source, _: Cancellation) -> int:
        wanted = options.ids or [
            example.id
            for status in (ExampleStatus.APPROVED, ExampleStatus.QUARANTINED)
            for example in house.examples.all(source=source.key, status=status)
        ]
        with _at_work(house, source, rebuild=True) as (teaching, seen, engine):
            found = [teaching.recheck(id, seen=seen, engine=engine, by=_me()) for id in sorted(wanted)]
        kept_back = [example for example in found if example.status is ExampleStatus.QUARANTINED]
        for example in kept_back:
            sys.stdout.write(_text(example))
        sys.stdout.write(f"{len(found) - len(kept_back)} of {len(found)} pairs serve.\n")
        return 1 if kept_back else 0

    return on_source(options, settle)


def copy(options: argparse.Namespace) -> int:
    """Copy what passes and name what does not; 1 when there was one that did not."""

    def take_over(house: House, source: Source, _: Cancellation) -> int:
        origin = house.sources.get(options.origin)
        if origin.key == source.key:
            raise WrongUsage("--from and --to are the same source.")
        approved = house.examples.all(source=origin.key, status=ExampleStatus.APPROVED)
        revoked = house.examples.all(source=source.key, status=ExampleStatus.REVOKED)
        with _at_work(house, source) as (teaching, seen, engine):
            copying = Copying(
                teaching=teaching,
                origin=house.analyst.catalog(origin.key),
                seen=seen,
                engine=engine,
                approve_as=options.approve_as,
                by=_me(),
            )
            found = [_told(copied) for copied in copying.copy(reversed(approved), revoked=revoked)]
        done = "approved" if options.approve_as else "proposed"
        sys.stdout.write(
            f"{sum(found)} of {len(found)} pairs of {origin.name} are {done} for {source.name}.\n"
        )
        return 0 if all(found) else 1

    return on_source(options, take_over)


def _told(copied: Copied) -> bool:
    """Name one that was left out at once; True for one that is in."""
    if copied.reason:
        example = copied.example
        sys.stderr.write(visible(f"analyst: #{example.id} {example.question}: {copied.reason}") + "\n")
    return copied.kept is not None


@contextmanager
def _at_work(
    house: House, source: Source, *, rebuild: bool = False
) -> Iterator[tuple[Teaching, View, Engine]]:
    """What it takes to judge a pair in the name of the installation itself."""
    kept = house.catalogs.load(source.key)
    whole = house.analyst.catalog(source.key, rebuild=rebuild and not (kept and kept.edited))
    engine = house.sources.engine(source.key, query_id="example")
    try:
        yield house.teaching, View(policy=house.access.limits, whole=whole, catalog=whole), engine
    finally:
        engine.close()


def _all(house: House, source: Source, options: argparse.Namespace) -> list[Example]:
    status = ExampleStatus(options.status) if options.status else None
    return house.examples.all(source=source.key, status=status)


def _import(house: House, source: Source, pair: Pair, approve_as: str) -> str:
    """Load one pair, and tell what is wrong with it at once; the problem in words, or nothing."""
    problem = pair.problem
    if not problem:
        try:
            house.teach(source.key, pair.question, pair.sql, approve_as=approve_as, note=pair.note)
        except (ConfigurationError, StoreError):
            raise
        except AnalystError as error:
            problem = str(error)
    if problem:
        sys.stderr.write(visible(f"analyst: {pair.place}: {problem}") + "\n")
    return problem


def _me() -> str:
    return pwd.getpwuid(os.getuid()).pw_name


def _text(example: Example) -> str:
    by = f" by {example.decided_by}" if example.decided_by else ""
    by = f", approved{by}" if example.quarantine else by
    used = f" ({example.hits} hits)" if example.hits else ""
    why = f" — {example.quarantine}" if example.quarantine else ""
    return visible(f"#{example.id} {example.status.value}{by}: {example.question}{used}{why}") + "\n"
