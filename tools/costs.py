"""Tells what a deployment of yours would cost in a month, line by line.

python3 tools/costs.py [--analysts N] [--region REGION] [--options FILE] [--prices FILE]

It needs nothing installed but Python 3.11. The prices are those of docs/prices.toml, which are approximate:
check them. 0 done; 2 wrong usage, a wrong option or a missing price, and one sentence says which.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from costing.bill import Case, bill
from costing.from_code import CDK, deployment
from costing.prices import FILE, PriceError, read_prices


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the bill."""
    wanted = parse(arguments)
    try:
        lines = bill(case(wanted))
    except (PriceError, OSError, ValueError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    for name, dollars in lines.items():
        sys.stdout.write(f"{name:<12}{dollars:>12,.2f}\n")
    sys.stdout.write(f"{'together':<12}{sum(lines.values()):>12,.2f}  US dollars a month, approximately\n")
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--analysts", type=int, default=100)
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--options", default="", help="options file that the deployment is made with")
    parser.add_argument("--prices", type=Path, default=FILE)
    return parser.parse_args(arguments)


def case(wanted: argparse.Namespace) -> Case:
    """What is asked for."""
    if wanted.analysts < 1:
        raise ValueError("--analysts needs a number from 1 up.")
    settings = json.loads((CDK / "cdk.json").read_text(encoding="utf-8"))
    options = deployment(settings["context"].get("deployment") or {}, wanted.options)
    return Case(
        analysts=wanted.analysts, options=options, region=wanted.region, prices=read_prices(wanted.prices)
    )


if __name__ == "__main__":
    sys.exit(main())
