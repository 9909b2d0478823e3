"""`analyst policy`: whether the policies are right, and Postgres's own row security made of them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analyst import policies
from analyst.cli.place import Commands
from analyst.cli.who import add_policy_options, add_schema_option, catalog_of, policies_of, policy_of
from analyst.errors import ConfigurationError


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("policy", help="check the policies, or make row security of them")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    checking = actions.add_parser("check", help="tell whether the file is right, and fits a source")
    checking.add_argument("--policy", type=Path, metavar="FILE", required=True, help="the policies, as TOML")
    checking.add_argument("--source", default="", metavar="NAME", help="the source whose schema is given")
    checking.add_argument("--dialect", default="postgres", choices=["postgres", "redshift", "athena"])
    add_schema_option(checking)
    checking.set_defaults(run=check)
    writing = actions.add_parser("sql", help="print Postgres's own row security for one role")
    add_policy_options(writing, required=True)
    add_schema_option(writing, required=True)
    writing.add_argument(
        "--login", required=True, metavar="ROLE", help="the database role that will be held by it"
    )
    writing.set_defaults(run=sql)


def check(options: argparse.Namespace) -> int:
    """Print what the file holds; what is wrong with it is raised."""
    known = policies_of(options.policy)
    if options.schema:
        catalog = catalog_of(options.schema, options.dialect)
        if found := policies.misfits(known, catalog, source=options.source):
            raise ConfigurationError(" ".join(found))
    sys.stdout.write(f"Policies {known.version}: {', '.join(known.roles)}.\n")
    return 0


def sql(options: argparse.Namespace) -> int:
    """Print the statements."""
    catalog = catalog_of(options.schema, "postgres")
    sys.stdout.write(policies.native_security(policy_of(options), catalog, login=options.login))
    return 0
