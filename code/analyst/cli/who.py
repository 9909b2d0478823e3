"""Options that say whose policy holds: the file, the role, what is known of the person, the source."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from analyst import guard, policies
from analyst.catalog import Catalog
from analyst.errors import AnalystError, WrongUsage
from analyst.policies import Person, Policies
from analyst.policy import Policy


def add_policy_options(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """--policy, --role, --user and --source."""
    add_acting_options(parser, required=required)
    parser.add_argument("--source", default="", metavar="NAME", help="the source whose rules hold")


def add_acting_options(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """--policy, --role and --user."""
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", required=required, help="the policies, as TOML"
    )
    parser.add_argument(
        "--role", default="", metavar="NAME", required=required, help="a role of the policies"
    )
    parser.add_argument(
        "--user",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="what is known of the person, for the row filters; once for each value",
    )


def add_schema_option(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """--schema."""
    parser.add_argument(
        "--schema",
        type=Path,
        metavar="FILE",
        required=required,
        help='tables that may be read: {"schema": {"table": {"column": "type"}}}',
    )


def policies_of(path: Path) -> Policies:
    """The policies of a file; raises WrongUsage with what is wrong."""
    try:
        return policies.read(path)
    except AnalystError as error:
        raise WrongUsage(str(error)) from None


def policy_of(options: argparse.Namespace) -> Policy:
    """The policy that the options name; none of them means the one that restricts nothing."""
    if options.policy is None:
        if options.role or options.user or options.source:
            raise WrongUsage("--role, --user and --source need --policy.")
        return Policy()
    if not options.role:
        raise WrongUsage("--policy needs --role.")
    known = policies_of(options.policy)
    return known.of(options.role, _attributes(options.user), source=options.source)


def acting(options: argparse.Namespace) -> Person | None:
    """The person that --role and --user describe; None where a command is asked by whoever runs it."""
    if not options.role:
        if options.policy is not None or options.user:
            raise WrongUsage("--policy and --user need --role.")
        return None
    attributes = {name: tuple(values) for name, values in _attributes(options.user).items()}
    return Person(role=options.role, attributes=attributes)


def catalog_of(path: Path, dialect: str) -> Catalog:
    """The catalog of a schema file; raises WrongUsage."""
    try:
        return guard.load_catalog(json.loads(path.read_text(encoding="utf-8")), dialect)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise WrongUsage(
            f"{path} is no schema file: a JSON object of schemas, tables, columns and types."
        ) from None


def _attributes(given: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in given:
        key, sign, value = pair.partition("=")
        if not key or not sign:
            raise WrongUsage("--user is written as KEY=VALUE.")
        found.setdefault(key, []).append(value)
    return found
