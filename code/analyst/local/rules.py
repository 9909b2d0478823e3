"""Says at the start whether the policies fit the sources, before anybody asks.

python -m analyst.local.rules
"""

from __future__ import annotations

import sys

from analyst import log
from analyst.errors import AnalystError, DatabaseError
from analyst.policies import misfits
from analyst.settings import Settings
from analyst.wiring import House


def check(house: House) -> tuple[list[str], list[str]]:
    """What of the policies does not fit, and the names of sources that could not be reached to tell."""
    found: list[str] = []
    unreached: list[str] = []
    policies = house.access.policies
    for source in house.sources.all if policies else ():
        assert policies is not None
        try:
            catalog = house.analyst.catalog(source.key, rebuild=True)
        except DatabaseError:
            unreached.append(source.name)
        else:
            found += misfits(policies, catalog, source=source.name)
    return found, unreached


def main() -> int:
    """Tell it in one line; 1 where something does not fit."""
    settings = Settings.read()
    log.start(settings.log_level)
    house = House(settings)
    try:
        found, unreached = check(house)
        policies = house.access.policies
    except AnalystError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        house.close()
    if found:
        sys.stderr.write(" ".join(found) + "\n")
        return 1
    roles = ", ".join(policies.roles) if policies else "none"
    later = f"; not checked, since not reached: {', '.join(unreached)}" if unreached else ""
    sys.stderr.write(f"{roles}{later}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
