"""`analyst catalog`: what is known of a source."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from analyst.audit import Kind
from analyst.catalog import Catalog
from analyst.cli.place import Commands, add_source_options, on_source
from analyst.cli.who import add_acting_options
from analyst.errors import WrongUsage
from analyst.identifying import os_user
from analyst.plain_text import terminal_text
from analyst.ports import Cancellation
from analyst.showing import schema_text
from analyst.source import Source
from analyst.wiring import House


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("catalog", help="read, show or replace what is known of a source")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    building = actions.add_parser("build", help="read it from the source anew")
    building.set_defaults(run=build)
    showing = actions.add_parser("show", help="print it as the model sees it")
    showing.add_argument("--json", action="store_true", help="print it as JSON, to be edited and imported")
    add_acting_options(showing)
    showing.set_defaults(run=show)
    importing = actions.add_parser("import", help="put an edited one in its place")
    importing.add_argument("file", type=Path)
    importing.set_defaults(run=import_file)
    for action in (building, showing, importing):
        add_source_options(action)


def build(options: argparse.Namespace) -> int:
    """Read the source's catalog and keep it."""

    def read(house: House, source: Source, _: Cancellation) -> int:
        catalog = house.analyst.catalog(source.key, rebuild=True)
        columns = sum(len(t.columns) for t in catalog.tables)
        sys.stdout.write(
            f"{source.name}: {len(catalog.tables)} tables, {columns} columns, {len(catalog.links)} links.\n"
        )
        return 0

    return on_source(options, read)


def show(options: argparse.Namespace) -> int:
    """Print the catalog."""

    def print_out(house: House, source: Source, _: Cancellation) -> int:
        whole = house.analyst.catalog(source.key)
        catalog = house.view(source.key, os_user()).catalog if options.role else whole
        as_json = options.json
        text = json.dumps(catalog.to_dict(), indent=1) if as_json else terminal_text(schema_text(catalog))
        sys.stdout.write(text + "\n")
        return 0

    return on_source(options, print_out)


def import_file(options: argparse.Namespace) -> int:
    """Keep an edited catalog for the source."""
    try:
        catalog = Catalog.from_dict(json.loads(options.file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        raise WrongUsage(
            f"{options.file} is no catalog as `analyst catalog show --json` prints it."
        ) from None

    def keep(house: House, source: Source, _: Cancellation) -> int:
        with house.state.transaction():
            house.catalogs.save(replace(catalog, source=source.key, edited=True))
            house.audit.record(Kind.ADMIN, person=os_user().key, source=source.key, detail="catalog imported")
        sys.stdout.write(f"{source.name}: {len(catalog.tables)} tables are kept.\n")
        return 0

    return on_source(options, keep)
