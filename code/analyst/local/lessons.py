"""Teaches a new installation the sample's approved pairs, each run through the guard and planned first.

python -m analyst.local.lessons FILE.jsonl
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from analyst import log
from analyst.errors import AnalystError
from analyst.example import ExampleStatus
from analyst.local.preparation import SAMPLE
from analyst.settings import Settings
from analyst.wiring import House

TEACHER = "shipped with the sample"


def teach(house: House, pairs: list[dict[str, str]]) -> int:
    """Keep the pairs that are not known yet, whatever a person has decided on them since; how many were new."""
    source = house.sources.get(SAMPLE)
    kept = house.catalogs.load(source.key)
    fingerprint = house.analyst.catalog(source.key, rebuild=not (kept and kept.edited)).fingerprint()
    stored = house.examples.all(source=source.key)
    known = {e.question for e in stored if e.fingerprint == fingerprint or e.status is ExampleStatus.REVOKED}
    new = [pair for pair in pairs if pair["question"] not in known]
    for pair in new:
        house.teach(source.key, pair["question"], pair["sql"], approve_as=TEACHER)
    return len(new)


def main() -> int:
    """Teach, and say so in one line."""
    settings = Settings.read()
    log.start(settings.log_level)
    house = House(settings)
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    pairs = [json.loads(line) for line in lines if line.strip()]
    try:
        new = teach(house, pairs)
    except AnalystError as error:
        sys.stderr.write(f"an example does not run: {error}\n")
        return 1
    finally:
        house.close()
    sys.stderr.write(f"{len(pairs)} example questions, {new} of them new\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
