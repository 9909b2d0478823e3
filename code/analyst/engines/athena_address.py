"""Where Athena is asked: workgroup, databases, region and limits, as a URL says them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from analyst.errors import WrongUsage

OWN_CATALOG = "AwsDataCatalog"
"""What Athena calls the account's own Glue catalog; every other is a federated one."""
EVERY = "*"
GIGABYTE = 1_000_000_000
_SHAPE = "An Athena URL looks like athena://workgroup/database?region=eu-central-1."
_TEXTS = ("region", "endpoint", "catalog", "output")
_NUMBERS = ("result_reuse_minutes", "usd_per_tb", "large_gb", "large_partitions")
LONGEST_REUSE_MINUTES = 10_080
"""A week, which is what Athena allows."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """All that an `athena://` URL says; what it leaves out is the environment's or the workgroup's."""

    workgroup: str
    database: str
    databases: tuple[str, ...]
    """Every database whose tables are read, the default one first; ("*",) behind it for all."""
    catalog: str = OWN_CATALOG
    region: str = ""
    endpoint: str = field(default="", repr=False)
    output: str = ""
    """Where results are kept, as "s3://…", for a workgroup that does not say."""
    reuse_minutes: int = 0
    """How old a result may be that Athena shows again, which costs nothing; 0 for never."""
    usd_per_tb: float = 5.0
    """Athena's list price in most regions; check it on AWS's own page of prices."""
    large_bytes: int = 20 * GIGABYTE
    large_partitions: int = 1000
    """Beyond one of these, a partitioned table is read only with a filter on its partitions."""

    @property
    def federated(self) -> bool:
        """True where the tables are not in Glue and their data not in S3."""
        return self.catalog.lower() != OWN_CATALOG.lower()


def address_of(url: str) -> Address:
    """The address in a URL; raises WrongUsage, which never repeats the URL."""
    try:
        parts = urlsplit(url)
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise WrongUsage(_SHAPE) from None
    workgroup, database = unquote(parts.netloc), unquote(parts.path.strip("/"))
    if parts.scheme != "athena" or not re.fullmatch(r"[\w.-]{1,128}", workgroup) or not database:
        raise WrongUsage(_SHAPE)
    unknown = options.keys() - {*_TEXTS, *_NUMBERS, "databases"}
    if unknown:
        raise WrongUsage(f"An Athena URL has no option {', '.join(sorted(unknown))!r}.")
    texts = {name: options[name][-1] for name in _TEXTS if name in options}
    output = texts.get("output", "")
    if output and not output.startswith("s3://"):
        raise WrongUsage("The option output of an Athena URL begins with s3://.")
    listed = [name.strip() for name in ",".join(options.get("databases", [])).split(",")]
    databases = tuple(dict.fromkeys(name for name in (database, *listed) if name))
    given: dict[str, Any] = {**texts, **_numbers(options)}
    return Address(workgroup=workgroup, database=database, databases=databases, **given)


def _numbers(options: Mapping[str, list[str]]) -> dict[str, int | float]:
    given = {name: options[name][-1] for name in _NUMBERS if name in options}
    for name, text in given.items():
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
            raise WrongUsage(f"The option {name} of an Athena URL is a number.")
    found: dict[str, int | float] = {}
    if "result_reuse_minutes" in given:
        found["reuse_minutes"] = min(int(float(given["result_reuse_minutes"])), LONGEST_REUSE_MINUTES)
    if "usd_per_tb" in given:
        found["usd_per_tb"] = float(given["usd_per_tb"])
    if "large_gb" in given:
        found["large_bytes"] = int(float(given["large_gb"]) * GIGABYTE)
    if "large_partitions" in given:
        found["large_partitions"] = int(float(given["large_partitions"]))
    return found
