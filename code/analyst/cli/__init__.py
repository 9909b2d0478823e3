"""The `analyst` command: thin over the package, one file a subcommand."""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from analyst import __version__
from analyst.cli import ask, audit, cache, catalog, evaluate, examples, guard, policy, sources, tokens, up
from analyst.errors import AnalystError, WrongUsage
from analyst.plain_text import visible

COMMANDS = (up, ask, evaluate, guard, policy, examples, cache, catalog, sources, audit, tokens)
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 wrong usage, 3 refused, 4 cannot be answered or
    unclear, 5 the database, 6 the model, 1 anything else."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
        return code
    except AnalystError as error:
        _tell(error, as_json=getattr(chosen, "json", False))
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has left; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the outermost edge of a command
        # By its kind and place alone: an error's own text may hold data.
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}, line {last.lineno}"
        _tell(
            AnalystError(f"Something went wrong on our side ({type(error).__name__} in {place})."),
            as_json=getattr(chosen, "json", False),
        )
        return AnalystError.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="analyst",
        description="Ask questions about your data in plain words.",
        epilog="Exit codes: 0 done, 2 wrong usage, 3 refused, 4 cannot be answered or unclear, 5 the database,"
        " 6 the model, 1 anything else.",
    )
    parser.add_argument("--version", action="version", version=f"analyst {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(commands)
    return parser


def _tell(error: AnalystError, *, as_json: bool) -> None:
    message = visible(" ".join(str(error).split()))
    if as_json:
        code = "wrong_usage" if isinstance(error, WrongUsage) else error.code
        sys.stderr.write(json.dumps({"error": {"code": code, "message": message, "request_id": ""}}) + "\n")
    else:
        sys.stderr.write(f"analyst: {message}\n")
