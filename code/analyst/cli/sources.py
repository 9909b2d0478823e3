"""`analyst sources`: which databases may be asked, and what works with each of them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyst import log, source_check
from analyst.cli.place import Commands, settings_here
from analyst.engines.roots import rds_bundle
from analyst.errors import DatabaseError, NotFound
from analyst.local.attach import with_house
from analyst.plain_text import visible
from analyst.ports import Cancellation
from analyst.settings import read_env_file
from analyst.source_check import Step, works
from analyst.source_secrets import SourceSecrets
from analyst.sources import SourceTable, entries_of
from analyst.sources_file import Entry
from analyst.wiring import House

if TYPE_CHECKING:
    from analyst.aws.secrets import Secrets

_SIGNS = {
    source_check.GOOD: "ok",
    source_check.NOTE: "note",
    source_check.FAILED: "FAILED",
    source_check.NOT_TRIED: "-",
}
_Task = Callable[[list[Entry], SourceTable], int]


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("sources", help="list the databases that may be asked, or check them")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="show them, the one that is asked by default first")
    listing.set_defaults(run=list_all)
    checking = actions.add_parser(
        "check", help="tell what works with each and what does not; 5 where one fails"
    )
    checking.add_argument("names", nargs="*", metavar="NAME", help="only these")
    checking.set_defaults(run=check)
    for action in (listing, checking):
        action.add_argument("--json", action="store_true")


def list_all(options: argparse.Namespace) -> int:
    """Print every source, or what is wrong with it."""

    def show(entries: list[Entry], _: SourceTable) -> int:
        found = [_listed(entry) for entry in entries]
        if options.json:
            _write(json.dumps({"sources": found}, ensure_ascii=False))
        for document in () if options.json else found:
            told = document["problem"] or f"{document['engine']}, {document['key']}"
            title = f" — {document['title']}" if document["title"] else ""
            _write(f"{document['name']}: {told}{title}")
        return 0

    return _on_entries(show)


def check(options: argparse.Namespace) -> int:
    """Try every step of each source; 5 when one failed."""

    def tell(entries: list[Entry], table: SourceTable) -> int:
        found = []
        for entry in _chosen(entries, options.names):
            steps = source_check.check_source(entry, table)
            found.append(_checked(entry, steps))
            if not options.json:
                _write(_text(entry, steps))
        if options.json:
            _write(json.dumps({"sources": found}, ensure_ascii=False))
        return 0 if all(document["works"] for document in found) else DatabaseError.exit_code

    return _on_entries(tell)


def _on_entries(task: _Task) -> int:
    """Run a task on the sources of the setting, with nothing else started; on the sample where there is none."""
    settings = settings_here()
    log.start("WARNING")
    if settings.sources:
        entries = entries_of(settings.sources)
        good = [entry.source for entry in entries if entry.source]
        bundle = rds_bundle(settings.rds_ca, cache=settings.cache)
        return task(entries, SourceTable(good, secrets=_secrets(), rds_bundle=bundle))

    def on_sample(house: House, _: Cancellation) -> int:
        return task([Entry(name=s.name, source=s) for s in house.sources.all], house.sources)

    return with_house(settings, on_sample, sample=True, model=False)


def _secrets() -> SourceSecrets:
    known = {**read_env_file(Path(".env")), **os.environ}

    @cache
    def of_aws() -> Secrets:
        from analyst.aws.clients import client
        from analyst.aws.secrets import Secrets

        return Secrets(client("secretsmanager"))

    return SourceSecrets(
        login=lambda arn: of_aws().get(arn),
        anew=lambda arn: of_aws().get(arn, fresh=True),
        variable=lambda name: known.get(name, ""),
    )


def _chosen(entries: list[Entry], names: list[str]) -> list[Entry]:
    known = [entry.name for entry in entries]
    if unknown := [name for name in names if name not in known]:
        raise NotFound(f"There is no source {unknown[0]!r}; there is {', '.join(known) or 'none'}.")
    return [entry for entry in entries if not names or entry.name in names]


def _listed(entry: Entry) -> dict[str, Any]:
    source = entry.source
    return {
        "name": entry.name,
        "engine": source.engine_word if source else "",
        "key": source.key if source else "",
        "title": source.title if source else "",
        "description": source.description if source else "",
        "problem": entry.problem,
    }


def _checked(entry: Entry, steps: list[Step]) -> dict[str, Any]:
    engine = entry.source.engine_word if entry.source else ""
    return {"name": entry.name, "engine": engine, "works": works(steps), "steps": [asdict(s) for s in steps]}


def _text(entry: Entry, steps: list[Step]) -> str:
    lines = [f"{entry.name} ({entry.source.engine_word})" if entry.source else entry.name]
    for step in steps:
        lines.append(f"  {_SIGNS[step.state]:<6}  {step.name:<9}  {step.said or step.state}")
        if step.next:
            lines.append(f"{'':<21}{step.next}")
    return "\n".join(lines)


def _write(text: str) -> None:
    sys.stdout.write("\n".join(visible(line) for line in text.split("\n")) + "\n")
