"""`analyst tokens`: let programs ask in your name, and take that back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime

from analyst import log
from analyst.cli.place import Commands, settings_here
from analyst.identifying import MOST_DAYS, Entrances, os_user
from analyst.identity import Scope
from analyst.local.attach import with_house
from analyst.plain_text import visible
from analyst.ports import Cancellation
from analyst.stores.tokens import Token
from analyst.wiring import House

SCOPES = (Scope.ASK.value, Scope.APPROVE.value)


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("tokens", help="let programs use the API in your name")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    creating = actions.add_parser("create", help="make a token and print it, this one time")
    creating.add_argument("name", metavar="NAME", help="what it is for")
    creating.add_argument(
        "--scope", action="append", choices=SCOPES, help="what it may do (default: ask); may be given twice"
    )
    creating.add_argument(
        "--days", type=int, default=30, metavar="N", help=f"how long it holds, 1 to {MOST_DAYS} (default: 30)"
    )
    creating.set_defaults(run=create)
    actions.add_parser("list", help="print those that hold").set_defaults(run=show)
    revoking = actions.add_parser("revoke", help="take one back, at once")
    revoking.add_argument("id", metavar="ID", help="as `analyst tokens list` prints it")
    revoking.set_defaults(run=revoke)


def create(options: argparse.Namespace) -> int:
    """Print the token alone, so that it can be taken into a variable; what else is to say goes to the terminal."""
    scopes = frozenset(Scope(scope) for scope in options.scope or [Scope.ASK])

    def make(entrances: Entrances) -> None:
        made = entrances.make(os_user(), name=options.name, scopes=scopes, days=options.days)
        sys.stdout.write(f"{made.text}\n")
        sys.stderr.write(f"It holds until {_day(made.token.expires_at)} and is not shown again.\n")

    return _with_entrances(make)


def show(options: argparse.Namespace) -> int:
    """One line a token, tabs between: id, scopes, until when it holds, when it was used last, name."""

    def write(entrances: Entrances) -> None:
        for token in entrances.tokens(os_user()):
            sys.stdout.write("\t".join(_cells(token)) + "\n")

    return _with_entrances(write)


def revoke(options: argparse.Namespace) -> int:
    """Say which one is worth nothing any more; raises NotFound."""

    def take_back(entrances: Entrances) -> None:
        token = entrances.revoke(os_user(), options.id)
        sys.stdout.write(f"{token.id} is revoked.\n")

    return _with_entrances(take_back)


def _with_entrances(work: Callable[[Entrances], None]) -> int:
    log.start("WARNING")

    def task(house: House, _: Cancellation) -> int:
        work(house.entrances)
        return 0

    return with_house(settings_here(), task, sample=False, model=False)


def _cells(token: Token) -> tuple[str, ...]:
    used = f"used {_day(token.used_at)}" if token.used_at else "never used"
    scopes = ",".join(sorted(token.principal.scopes))
    return token.id, scopes, f"until {_day(token.expires_at)}", used, visible(token.name)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
