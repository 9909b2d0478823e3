"""Options that several commands share: where the data is, and the installation that serves them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from analyst import log
from analyst.cli.who import acting
from analyst.errors import WrongUsage
from analyst.local.attach import with_house
from analyst.ports import Cancellation
from analyst.settings import Settings, read_env_file
from analyst.source import Source, source_of
from analyst.wiring import House


class Commands(Protocol):
    """What argparse's subparsers offer."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:
        """A parser for one subcommand."""
        ...


def add_source_options(parser: argparse.ArgumentParser) -> None:
    """--source and --url."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--source", default="", metavar="NAME", help="a source by name; the sample by default")
    where.add_argument(
        "--url",
        default="",
        help="any database: postgresql://user@host:5432/database, redshift://…, athena://workgroup/database",
    )


def settings_here(**changes: Any) -> Settings:
    """The settings of the environment and of a `.env` file in this folder, which the environment overrides."""
    return Settings.read({**read_env_file(Path(".env")), **os.environ}, **changes)


def on_source(
    options: argparse.Namespace, task: Callable[[House, Source, Cancellation], int], *, model: bool = False
) -> int:
    """Run a task on the installation, with the source, and in the role, that the options name."""
    person = acting(options) if "role" in options else None
    settings = settings_here(policies=str(options.policy.absolute()) if person and options.policy else None)
    if person and not settings.policies:
        raise WrongUsage("--role needs --policy, or the setting ANALYST_POLICIES.")
    log.start("WARNING")
    given = source_of(options.url) if options.url else None

    def work(house: House, cancellation: Cancellation) -> int:
        house.act_as(person)
        if given:
            house.add_source(given)
        return task(house, given or house.sources.get(options.source), cancellation)

    return with_house(settings, work, sample=given is None and not settings.sources, model=model)
