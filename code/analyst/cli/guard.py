"""`analyst guard`: SQL on standard input, what would be executed on standard output."""

from __future__ import annotations

import argparse
import sys

from analyst import guard
from analyst.cli.place import Commands
from analyst.cli.who import add_policy_options, add_schema_option, catalog_of, policy_of


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("guard", help="check SQL from standard input; prints what would be executed")
    parser.add_argument("--dialect", required=True, choices=["postgres", "redshift", "athena"])
    add_schema_option(parser)
    add_policy_options(parser, required=False)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the guarded SQL; a refusal is raised as Refused."""
    policy = policy_of(options)
    catalog = catalog_of(options.schema, options.dialect) if options.schema else None
    query = guard.check(sys.stdin.read(), dialect=options.dialect, catalog=catalog, policy=policy)
    sys.stdout.write(query.sql + "\n")
    return 0
