"""`analyst up`: the whole product on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse

from analyst.cli.place import Commands, settings_here


def add_to(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("up", help="start everything on this machine, until Ctrl-C")
    parser.add_argument("--port", type=int, default=None, help="the page's port (8080)")
    parser.add_argument("--api-port", type=int, default=None, help="the API's port (8081)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Start, serve, stop."""
    from analyst.local.up import up

    return up(settings_here(port=options.port, api_port=options.api_port))
