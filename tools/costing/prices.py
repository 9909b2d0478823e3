"""The price file: docs/prices.toml, or one of the reader's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "docs" / "prices.toml"
HOURS = 730
"""Of a month."""
GEOGRAPHIES = ("us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa", "global")
"""What the id of an inference profile begins with."""


class PriceError(Exception):
    """A price is missing; says in one sentence which."""


@dataclass(frozen=True, kw_only=True)
class PriceFile:
    """Prices by region, prices of models, and habits."""

    written_down: str
    usage: Mapping[str, float]
    sizes: Mapping[int, Mapping[str, Any]]
    """Number of analysts -> options that are different from the defaults."""
    regions: Mapping[str, Mapping[str, Any]]
    models: Mapping[str, Any]

    def price(self, region: str, name: str, kind: str = "") -> float:
        """A price in a region, of one kind ("t4g.small") where there are several; raises PriceError."""
        if region not in self.regions:
            raise PriceError(
                f"There are no prices for {region}, only for {', '.join(self.regions)}: add them."
            )
        found = self.regions[region].get(name)
        if kind and isinstance(found, Mapping):
            found = found.get(kind)
        if not isinstance(found, int | float):
            raise PriceError(
                f"The price {name}{f'.{kind!r}' if kind else ''} is missing for {region}: add it."
            )
        return float(found)

    def tokens(self, model: str, *, read: float, written: float) -> float:
        """Dollars for so many tokens of a model, by its id or its inference profile's; raises PriceError."""
        geography, _, rest = model.partition(".")
        name = rest if geography in GEOGRAPHIES else model
        found = next((p for begin, p in self.models["prices"].items() if name.startswith(begin)), None)
        if found is None:
            raise PriceError(f"The price of the model {model} is missing: add it under models.prices.")
        dearer = found["premium"] and geography != "global"
        factor = self.models["regional_premium"] if dearer else 1
        return float(factor * (read * found["in"] + written * found["out"]) / 1e6)


def read_prices(file: Path = FILE) -> PriceFile:
    """The price file; raises OSError, or ValueError where it is no TOML."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return PriceFile(
        written_down=content["written_down"],
        usage=content["usage"],
        sizes={int(analysts): options for analysts, options in content["sizes"].items()},
        regions=content["regions"],
        models=content["models"],
    )
