"""`analyst guard`: SQL on standard input, what would be executed on standard output."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from analyst import guard
from analyst.catalog import Catalog
from analyst.cli.place import Commands
from analyst.errors import WrongUsage


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("guard", help="check SQL from standard input; prints what would be executed")
    parser.add_argument("--dialect", required=True, choices=["postgres", "redshift", "athena"])
    parser.add_argument(
        "--schema",
        type=Path,
        metavar="FILE",
        help='tables that may be read: {"schema": {"table": {"column": "type"}}}',
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the guarded SQL; a refusal is raised as Refused."""
    catalog = _catalog(options.schema, options.dialect) if options.schema else None
    query = guard.check(sys.stdin.read(), dialect=options.dialect, catalog=catalog)
    sys.stdout.write(query.sql + "\n")
    return 0


def _catalog(path: Path, dialect: str) -> Catalog:
    try:
        return guard.load_catalog(json.loads(path.read_text(encoding="utf-8")), dialect)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise WrongUsage(
            f"{path} is no schema file: a JSON object of schemas, tables, columns and types."
        ) from None
