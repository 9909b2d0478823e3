"""Bring everything that a purpose needs into this folder; instant when all is there already.

Runs on any Python >= 3.11 with nothing installed, so it and `preparing` import the standard library only.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from preparing.environment import Environment
from preparing.machine import prepare_browser
from preparing.node import prepare_cdk, prepare_node
from preparing.programs import ROOT, CannotPrepare, say

PRODUCT = Environment(
    folder=ROOT / ".venv",
    purposes={"run": ("bootstrap", "run"), "dev": ("bootstrap", "run", "dev")},
    has_product=True,
)
DEPLOYMENT = Environment(folder=ROOT / "cdk" / ".venv", purposes={"deploy": ("bootstrap", "deploy")})
LOCAL_CLOUD = Environment(folder=ROOT / ".venv-cloud", purposes={"cloud": ("bootstrap", "cloud")})
ENVIRONMENTS = (PRODUCT, DEPLOYMENT, LOCAL_CLOUD)
PURPOSES = {
    "run": "the product on one machine (.venv)",
    "dev": "its tests and checks (.venv, a browser, Node)",
    "deploy": "deploying it to AWS (cdk/.venv, cdk/node_modules)",
    "cloud": "the local cloud that deploying is tested in (.venv-cloud)",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare for each purpose; 0 when all is there, 1 with one sentence otherwise."""
    listed = "\n".join(f"  {name:8}{text}" for name, text in PURPOSES.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=listed, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("purposes", nargs="+", choices=PURPOSES, metavar="PURPOSE", help=", ".join(PURPOSES))
    purposes = parser.parse_args(arguments).purposes
    try:
        with alone():
            for purpose in purposes:
                prepare(purpose)
    except CannotPrepare as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Set-up was interrupted; the next run takes it up again.\n")
        return 130
    return 0


def prepare(purpose: str) -> None:
    """Make the purpose's environment hold what it needs, and the machine, too."""
    environment = next(one for one in ENVIRONMENTS if purpose in one.purposes)
    environment.prepare(purpose)
    if purpose == "dev":
        prepare_browser()
        prepare_node(environment)
    if purpose == "deploy":
        prepare_cdk(environment)


@contextmanager
def alone() -> Iterator[None]:
    """Let one set-up at a time work in this folder; a second one waits and then finds all done."""
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this folder; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


if __name__ == "__main__":
    sys.exit(main())
