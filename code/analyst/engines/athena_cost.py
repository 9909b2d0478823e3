"""What a query reads and costs on Athena: bounded before it runs, known after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyst.spending import Spent, in_words

MEGABYTE = 1_000_000
TERABYTE = 1_000_000_000_000
_LEAST_MEGABYTES = 10
"""Athena charges for so much even where less was read."""


def dollars(size: int, *, usd_per_tb: float) -> float:
    """What reading so many bytes costs, by whole megabytes and at least ten; nothing where nothing is read."""
    if size <= 0:
        return 0.0
    return max(_LEAST_MEGABYTES, -(-size // MEGABYTE)) * MEGABYTE / TERABYTE * usd_per_tb


def spent(execution: Mapping[str, Any], *, usd_per_tb: float) -> Spent:
    """What an execution has cost so far, by its own statistics; an earlier result of Athena costs nothing."""
    statistics = execution.get("Statistics") or {}
    if (statistics.get("ResultReuseInformation") or {}).get("ReusedPreviousResult"):
        return Spent(bytes=0, usd=0.0, words="an earlier result of Athena, nothing read")
    size = int(statistics.get("DataScannedInBytes") or 0)
    usd = dollars(size, usd_per_tb=usd_per_tb)
    return Spent(bytes=size, usd=usd, words=f"{in_words(size)} read, about ${usd:.4f}")


@dataclass(frozen=True, kw_only=True)
class TableEstimate:
    """What one place of a query reads of one table at most."""

    schema: str
    table: str
    bytes: int
    complete: bool = True
    """False where not all of it could be listed: it is `bytes` or more."""
    partition_keys: tuple[str, ...] = ()
    partitions: int = 0
    """How many partitions the filters leave; 0 for a table without any."""
    filtered: bool = False
    """True when a condition names nothing but partition keys."""
    newest: str = ""
    """The greatest value of the first partition key as SQL writes it, where it is known."""
    own: bool = True
    """False for a table that is read by way of a view."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An upper bound of what a query reads, from the sizes of files: columns and statistics may spare much of it."""

    tables: tuple[TableEstimate, ...]
    usd_per_tb: float
    whole: bool = True
    """False where some of what the query reads could not be found."""

    @property
    def bytes(self) -> int:
        """All tables together; a table that is read in two places counts twice, as Athena does."""
        return sum(t.bytes for t in self.tables)

    @property
    def partitions(self) -> int:
        """All partitions together."""
        return sum(t.partitions for t in self.tables)

    @property
    def complete(self) -> bool:
        """True when it is an upper bound; else so much was found before the look was broken off."""
        return self.whole and all(t.complete for t in self.tables)

    @property
    def usd(self) -> float:
        """What that costs."""
        return dollars(self.bytes, usd_per_tb=self.usd_per_tb)

    @property
    def words(self) -> str:
        """One phrase for the receipt, labelled as the bound that it is."""
        bound = "at most" if self.complete else "could not be bounded; at least the files of"
        return f"{bound} {in_words(self.bytes)}, about ${self.usd:.4f}"
